"""podman for the tests that run pods: the settings under which containers start here, a stand-in for the exporter's image
where that is not built, and an end for everything."""

import json
import os
import re
import shutil
import subprocess
import tarfile
import unittest

from manifests import EXPORTER, read, run

# Where the machine lets no container have more, runc and lower limits may still do.
SETTINGS = ("", '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]\n[engine]\nruntime = "runc"\n')


def stand_in(podman, image, folder):
    """An image of the program under test, the libraries that it loads, and a shell, in which podman starts its health checks."""
    archive = os.path.join(folder, "image.tar")
    with tarfile.open(archive, "w") as files:
        files.add(EXPORTER, "usr/bin/mppsolar_exporter")
        files.add(os.path.realpath("/bin/sh"), "bin/sh")
        libraries = set()
        for program in (EXPORTER, "/bin/sh"):
            libraries |= set(re.findall(r"(/\S+) \(0x", run("ldd", program).stdout))
        for library in libraries:
            files.add(os.path.realpath(library), library.lstrip("/"))
    done = podman("import", "--change", 'ENTRYPOINT ["/usr/bin/mppsolar_exporter"]', "--change", "USER 65532:65532",
                  archive, image)
    assert done.returncode == 0, done.stderr


class Podman:
    """podman with settings that work here. Skips the test where none do."""

    def __init__(self, case, image):
        if not shutil.which("podman"):
            raise unittest.SkipTest("skipped: podman is not here")
        self.folder = case.folder
        self.environment = dict(os.environ)
        # What `kube play` makes for itself, and leaves behind.
        for kind, name in (("network", "podman-default-kube-network"), ("image", f"localhost/podman-pause:{self.build()}")):
            if self(kind, "exists", name).returncode != 0:
                case.addCleanup(self, kind, "rm", name)
        if self("image", "exists", image).returncode != 0:
            case.addCleanup(self, "image", "rm", image)
            stand_in(self, image, case.folder)
        why = ""
        for settings in SETTINGS:
            if settings:
                self.environment["CONTAINERS_CONF"] = case.path("containers.conf", settings)
            done = self("run", "--rm", image, "--version")
            if done.returncode == 0:
                return
            why = done.stderr.strip()
        raise unittest.SkipTest(f"skipped: podman cannot run a container here: {why}")

    def __call__(self, *arguments, text=None):
        try:
            return run("podman", *arguments, text=text, env=self.environment)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"podman {arguments} does not end") from error

    def play(self, case, text):
        """Plays manifests and takes them down with the test."""
        manifests = case.path("manifests.yml", text)
        case.addCleanup(self._down, manifests)
        done = self("kube", "play", manifests)
        assert done.returncode == 0, done.stderr

    def _down(self, manifests):
        self("kube", "down", manifests)
        # podman keeps a ConfigMap that was mounted as a volume of its name.
        for name in re.findall(r"^  name: (mppsolar-exporter-\S+)$", read(manifests), re.MULTILINE):
            self("volume", "rm", "--force", name)

    def build(self):
        """The version of podman with its time of build, by which it names the image of its pause container."""
        client = json.loads(self("version", "--format", "json").stdout)["Client"]
        return f"{client['Version']}-{client['Built']}"
