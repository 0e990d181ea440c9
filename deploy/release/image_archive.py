"""Writes an image's archive anew so that the same image is the same bytes.

image_archive.py NAME:TAG < SAVED > ARCHIVE

SAVED is what `podman save` or `docker save` gives. Beside layers and config it holds which images
the steps of the build began with, times and an order, all of which another build has otherwise.
`podman load` and `docker load` take the result.
"""

import copy
import hashlib
import io
import json
import sys
import tarfile
import tempfile


def without_traces(config):
    """The config without what is only of the build that made it."""
    config = copy.deepcopy(config)
    for key in ["id", "parent", "container", "container_config", "docker_version"]:
        config.pop(key, None)
    # The name of the container that the build's last step ran in.
    config.get("config", {}).pop("Hostname", None)
    for step in config.get("history", []):
        step.pop("comment", None)
    return json.dumps(config, sort_keys=True, separators=(",", ":")).encode()


def rewrite(saved, out, name):
    with tarfile.open(fileobj=saved) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        config = without_traces(json.load(archive.extractfile(manifest["Config"])))
        digest = hashlib.sha256(config).hexdigest()
        layers = [f"{diff.split(':')[1]}.tar" for diff in json.loads(config)["rootfs"]["diff_ids"]]
        new_manifest = json.dumps([{"Config": f"{digest}.json", "RepoTags": [name],
                                    "Layers": layers}]).encode()
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.USTAR_FORMAT) as result:
            def add(path, size, content):
                info = tarfile.TarInfo(path)
                info.size, info.mode = size, 0o644
                result.addfile(info, content)
            add("manifest.json", len(new_manifest), io.BytesIO(new_manifest))
            add(f"{digest}.json", len(config), io.BytesIO(config))
            for path, old in zip(layers, manifest["Layers"]):
                content = archive.extractfile(old)
                size = content.seek(0, io.SEEK_END)
                content.seek(0)
                add(path, size, content)


def main():
    # A pipe cannot be read twice.
    with tempfile.TemporaryFile() as saved:
        while block := sys.stdin.buffer.read(1 << 20):
            saved.write(block)
        saved.seek(0)
        rewrite(saved, sys.stdout.buffer, sys.argv[1])


if __name__ == "__main__":
    main()
