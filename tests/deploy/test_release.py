"""What script/release checks before it builds, and what it writes beside what it has built."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECK = os.path.join(ROOT, "deploy", "release", "check.py")
IMAGE_ARCHIVE = os.path.join(ROOT, "deploy", "release", "image_archive.py")
SBOM = os.path.join(ROOT, "deploy", "release", "sbom.py")
sys.path.insert(0, os.path.dirname(CHECK))
from check import REPEATED  # noqa: E402  (the path comes first)

FILES = ["CMakeLists.txt", "CHANGELOG.md", *REPEATED]


def output_of(*command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, check=True, **kwargs).stdout


class ReleaseCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name


class Check(ReleaseCase):
    """deploy/release/check.py, over a copy of the files that it reads."""

    def setUp(self):
        super().setUp()
        for name in FILES:
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy(os.path.join(ROOT, name), path)
        self.version = output_of(os.path.join(ROOT, "script", "version")).strip()

    def change(self, name, pattern, replacement):
        path = os.path.join(self.folder, name)
        with open(path, encoding="utf-8") as file:
            text, count = re.subn(pattern, replacement, file.read(), count=1, flags=re.M)
        self.assertEqual(count, 1, f"{pattern} is not in {name}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def complaints(self, *arguments):
        done = subprocess.run([sys.executable, "-B", CHECK, *arguments, self.folder],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1 if done.stderr else 0)
        return done.stderr.splitlines()

    def test_this_tree_is_ready_for_a_snapshot(self):
        self.assertEqual(self.complaints("--snapshot"), [])

    def test_a_dated_changelog_is_ready_for_a_release_and_an_undated_one_is_not(self):
        self.change("CHANGELOG.md", r"^## .*$", f"## {self.version} (unreleased)")
        self.assertEqual(len(self.complaints()), 1)
        self.assertIn("YEAR-MONTH-DAY", self.complaints()[0])
        self.change("CHANGELOG.md", r"^## .*$", f"## {self.version} / 2026-12-01")
        self.assertEqual(self.complaints(), [])

    def test_a_version_that_was_raised_in_one_place_only_is_named_in_every_other(self):
        self.change("CMakeLists.txt", r" VERSION [0-9.]+ ", " VERSION 9.8.7 ")
        self.change("CHANGELOG.md", r"^## .*$", "## 9.8.7 / 2026-12-01")
        named = {complaint.split(":")[0] for complaint in self.complaints()}
        self.assertEqual(named, set(REPEATED))
        self.assertIn("CMakeLists.txt says 9.8.7", self.complaints()[0])

    def test_a_changelog_without_entries_or_with_one_of_no_kind_is_not_ready(self):
        self.change("CHANGELOG.md", r"^\* \[FEATURE\]", "* [NEWS]")
        self.assertIn("[NEWS]", self.complaints("--snapshot")[0])
        self.change("CHANGELOG.md", r"(?s)\A.*\Z", f"# Changelog\n\n## {self.version} (unreleased)\n")
        self.assertIn("nothing is said", self.complaints("--snapshot")[0])


class Tarball(ReleaseCase):
    def test_it_knows_its_commit_without_git(self):
        if not os.path.isdir(os.path.join(ROOT, ".git")):
            self.skipTest("skipped: this is no git repository")
        tarball = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True,
                                 check=True).stdout
        subprocess.run(["tar", "-x", "-C", self.folder], input=tarball, check=True)

        def fact(root, name):
            return output_of(os.path.join(root, "script", "version"), name).strip()
        for name in ["version", "revision", "epoch"]:
            self.assertEqual(fact(self.folder, name), fact(ROOT, name))
        self.assertRegex(fact(self.folder, "epoch"), r"^\d+$")
        self.assertEqual(fact(self.folder, "branch"), "unknown")


class ImageArchive(unittest.TestCase):
    LAYER = b"a layer"

    def saved(self, began_with, when, links):
        """What an engine saves of the same image, built another time."""
        config = {"architecture": "amd64", "created": "2001-09-09T01:46:40Z", "parent": began_with,
                  "config": {"User": "65532:65532", "Hostname": began_with}, "history": [
                      {"created_by": "COPY", "comment": f"FROM {began_with}"}],
                  "rootfs": {"type": "layers", "diff_ids": [
                      "sha256:" + hashlib.sha256(self.LAYER).hexdigest()]}}
        config = json.dumps(config).encode()
        config_name = hashlib.sha256(config).hexdigest() + ".json"
        manifest = [{"Config": config_name, "RepoTags": ["x:y"], "Layers": ["one/layer.tar"]}]
        files = {config_name: config, "manifest.json": json.dumps(manifest).encode()}
        files["two/layer.tar" if links else "one/layer.tar"] = self.LAYER
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(content), when
                archive.addfile(info, io.BytesIO(content))
            if links:
                info = tarfile.TarInfo("one/layer.tar")
                info.type, info.linkname = tarfile.SYMTYPE, "../two/layer.tar"
                archive.addfile(info)
        return out.getvalue()

    def rewritten(self, saved):
        return subprocess.run([sys.executable, "-B", IMAGE_ARCHIVE, "name:tag"], input=saved,
                              capture_output=True, check=True).stdout

    def test_two_builds_of_an_image_are_the_same_bytes(self):
        first = self.rewritten(self.saved("aaaa", 1, links=False))
        self.assertEqual(self.rewritten(self.saved("bbbb", 2, links=True)), first)
        self.assertEqual(self.rewritten(first), first)

    def test_layers_and_what_the_image_says_stay_as_they_are(self):
        with tarfile.open(fileobj=io.BytesIO(
                self.rewritten(self.saved("aaaa", 1, links=True)))) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))[0]
            config = archive.extractfile(manifest["Config"]).read()
            self.assertEqual(manifest["Config"], hashlib.sha256(config).hexdigest() + ".json")
            self.assertEqual(manifest["RepoTags"], ["name:tag"])
            self.assertEqual(archive.extractfile(manifest["Layers"][0]).read(), self.LAYER)
        config = json.loads(config)
        self.assertEqual(config["config"], {"User": "65532:65532"})
        self.assertEqual(config["history"], [{"created_by": "COPY"}])


class Sbom(ReleaseCase):
    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def document(self):
        artifact = self.write("mppsolar-exporter_1.2.3_arm64.deb", "a package")
        return output_of(
            sys.executable, "-B", SBOM, f"--artifact={artifact}", "--version=1.2.3",
            "--epoch=1000000000", "--architecture=arm64",
            "--needs=" + self.write("needs", "libssl3 3.0.17-1~deb12u2\nlibc6 2.36-9+deb12u14\n"),
            "--built-with=" + self.write("with", "libasio-dev 1:1.22.1-1\n"))

    def test_it_names_the_artifact_what_it_needs_and_what_it_was_built_with(self):
        document = json.loads(self.document())
        packages = {package["name"]: package for package in document["packages"]}
        self.assertEqual(set(packages), {"mppsolar_exporter", "libssl3", "libc6", "libasio-dev"})
        artifact = packages["mppsolar_exporter"]
        self.assertEqual(artifact["checksums"][0]["checksumValue"],
                         hashlib.sha256(b"a package").hexdigest())
        # As the purl specification writes them: "+" and ":" are escaped.
        self.assertEqual(packages["libc6"]["externalRefs"][0]["referenceLocator"],
                         "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=arm64&distro=debian-12")
        relations = {(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"])
                     for r in document["relationships"]}
        self.assertEqual(relations, {
            ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Artifact"),
            ("SPDXRef-Artifact", "DEPENDS_ON", "SPDXRef-Package-libssl3"),
            ("SPDXRef-Artifact", "DEPENDS_ON", "SPDXRef-Package-libc6"),
            ("SPDXRef-Package-libasio-dev", "BUILD_DEPENDENCY_OF", "SPDXRef-Artifact")})
        self.assertEqual(document["creationInfo"]["created"], "2001-09-09T01:46:40Z")

    def test_the_same_artifact_has_the_same_document(self):
        self.assertEqual(self.document(), self.document())

    def test_it_is_right_spdx(self):
        validator = shutil.which("pyspdxtools")
        if not validator:
            self.skipTest("skipped: pyspdxtools is not here (pip install spdx-tools)")
        path = self.write("document.spdx.json", self.document())
        done = subprocess.run([validator, "--infile", path], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
