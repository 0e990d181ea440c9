"""Podman as these tests use it. No registry is needed: a base made by mmdebstrap or debootstrap stands in for
debian:bookworm-slim. Images are built in a store of their own, which is thrown away; what runs has names that begin with
PREFIX and is gone after the test, also one that failed."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "end_to_end"))

from program import EXPORTER, ROOT  # noqa: E402  (found by the line above)

PREFIX = f"mppsolar-test-{os.getpid()}"
BASE = f"localhost/{PREFIX}-base:bookworm-slim"
# The same in the store for builds, where it needs no name of its own, so that an image's labels do not change with it.
BASE_OF_BUILDS = "localhost/debian:bookworm-slim"
# Bases and images take minutes to make, so they are kept beside what else was built.
KEPT = os.path.join(os.path.dirname(EXPORTER), "containers")
KEPT_BASE, KEPT_IMAGE = "localhost/mppsolar-test-kept:base", "localhost/mppsolar-test-kept:exporter"
# What every container here runs with.
HARDENED = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"]


def call(command, check=True, **kwargs):
    """Runs a command to its end."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, **kwargs)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done


class Missing(Exception):
    """What is not on this machine, in words."""


class Podman:
    """Podman with the settings that work here. Raises Missing where it cannot run containers."""

    def __init__(self):
        self.environment = dict(os.environ)
        if not shutil.which("podman"):
            raise Missing("podman is not here")
        if os.geteuid() != 0:
            raise Missing("podman is not here for this user: the tests look at processes from outside, as root")
        self.folder = tempfile.mkdtemp(prefix="mppsolar-test-", dir="/var/tmp")
        try:
            base = self._base()
            self("load", "--quiet", "--input", base)
            self("tag", KEPT_BASE, BASE)
            self("untag", KEPT_BASE, KEPT_BASE)
            self._find_a_runtime()
        except BaseException:
            self.close()
            raise

    def _base(self):
        """The base as an image in an archive: the same image for every build, also by its date."""
        archive = os.path.join(KEPT, "bookworm-base.tar")
        if not os.path.exists(archive):
            os.makedirs(KEPT, exist_ok=True)
            with open(small_debian(self.folder), "rb") as files:
                subprocess.run(["podman", "import", "-q", "-", KEPT_BASE], stdin=files, capture_output=True, check=True)
            self("save", "--quiet", "--output", archive + ".new", KEPT_BASE)
            os.rename(archive + ".new", archive)
        return archive

    def _find_a_runtime(self):
        """crun, podman's own choice, fails under older cgroups, and limits above this process's fail in a container."""
        settings = os.path.join(self.folder, "containers.conf")
        tries = ["", '[engine]\nruntime = "runc"\n',
                 '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]\n[engine]\nruntime = "runc"\n']
        for text in tries:
            if text:
                with open(settings, "w", encoding="utf-8") as file:
                    file.write(text)
                self.environment["CONTAINERS_CONF"] = settings
            done = self("run", "--rm", "--network=none", BASE, "true", check=False)
            if done.returncode == 0:
                return
        raise Missing(f"podman that can run a container is not here: {done.stderr.strip()[-300:]}")

    def __call__(self, *arguments, check=True):
        return call(["podman", *arguments], check=check, env=self.environment)

    def text(self, *arguments):
        return self(*arguments).stdout.strip()

    def ours(self, kind):
        """The names of what these tests made and have not removed: kind is container, volume, network or image."""
        field = "{{.Names}}" if kind == "container" else "{{.Repository}}:{{.Tag}}" if kind == "image" else "{{.Name}}"
        every = ["--all"] if kind == "container" else []
        return [name for name in self.text(kind, "ls", *every, "--format", field).split() if PREFIX in name]

    def close(self):
        self("rmi", KEPT_BASE, KEPT_IMAGE, check=False)
        for kind in ("container", "volume", "network", "image"):
            for name in self.ours(kind):
                self(kind, "rm", "--force", name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def small_debian(folder):
    """The files of a small Debian 12 as an archive, like debian:bookworm-slim: without manuals, translations and lists of
    packages."""
    new = os.path.join(folder, "base.tar")
    if shutil.which("mmdebstrap"):
        left_out = ["man/*", "info/*", "locale/*", "groff/*", "lintian/*", "doc/*"]
        call(["mmdebstrap", "--quiet", "--variant=minbase",
              *(f"--dpkgopt=path-exclude=/usr/share/{pattern}" for pattern in left_out),
              "--dpkgopt=path-include=/usr/share/doc/*/copyright", "bookworm", new])
    elif shutil.which("debootstrap"):
        root = os.path.join(folder, "base")
        call(["debootstrap", "--variant=minbase", "bookworm", root])
        call(["tar", "--create", "--file", new, "--directory", root, "--exclude=./var/cache/apt/archives/*",
              "--exclude=./var/lib/apt/lists/*", "."])
        shutil.rmtree(root)
    else:
        raise Missing("neither mmdebstrap nor debootstrap, to make a base image, is here")
    return new


class Builds:
    """Runs script/image in a store of podman's own under `folder`, with all its layers, so that nothing is left of them."""

    def __init__(self, podman):
        self.podman = podman
        self.store = os.path.join(podman.folder, "store")
        self.engine = os.path.join(podman.folder, "podman")
        with open(self.engine, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec podman --root={self.store} --runroot={self.store}-run "$@"\n')
        os.chmod(self.engine, 0o755)
        self.run("load", "--quiet", "--input", os.path.join(KEPT, "bookworm-base.tar"))
        self.run("tag", KEPT_BASE, BASE_OF_BUILDS)

    def run(self, *arguments):
        return call([self.engine, *arguments], env=self.podman.environment).stdout.strip()

    def image(self, name, *options):
        """Builds localhost/PREFIX-NAME with options of script/image and returns that."""
        image = f"localhost/{PREFIX}-{name}:test"
        # The network of the host: addresses given out by two stores could be the same.
        call([os.path.join(ROOT, "script", "image"), f"--base={BASE_OF_BUILDS}", f"--tag={image}", *options, "--network=host"],
             env={**self.podman.environment, "ENGINE": self.engine})
        return image

    def move(self, image, archive=None):
        """To where containers run, by an archive that may be kept."""
        archive = archive or os.path.join(self.podman.folder, "image.tar")
        self.run("save", "--quiet", "--output", archive, image)
        self.podman("load", "--quiet", "--input", archive)

    def close(self):
        call([self.engine, "rmi", "--all", "--force"], check=False, env=self.podman.environment)
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.rmtree(self.store + "-run", ignore_errors=True)


def fingerprint():
    """Of all that an image is made from: the commit, for its labels, and the files, which may differ from it."""
    digest = hashlib.sha256(call(["git", "rev-parse", "HEAD"], cwd=ROOT).stdout.encode())
    digest.update(b"modified" if call(["git", "status", "--porcelain"], cwd=ROOT).stdout else b"")
    files = call(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT).stdout
    for name in sorted(filter(None, files.split("\0"))):
        # The image's own tests and others' folders do not change it.
        if name.startswith(("tests/", "grafana/", "deploy/compose/", "deploy/kubernetes/", "deploy/helm/")):
            continue
        path = os.path.join(ROOT, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                digest.update(name.encode() + b"\0" + file.read())
    return digest.hexdigest()[:20]


def exporter_image(podman):
    """The image of these sources, built now or kept from a test before, under a name of its own."""
    kept = os.path.join(KEPT, f"exporter-{fingerprint()}.tar")
    if not os.path.exists(kept):
        for old in os.listdir(KEPT):
            if old.startswith("exporter-"):
                os.remove(os.path.join(KEPT, old))
        builds = Builds(podman)
        try:
            builds.run("tag", builds.image("exporter"), KEPT_IMAGE)
            builds.move(KEPT_IMAGE, kept + ".new")
            os.rename(kept + ".new", kept)
        finally:
            builds.close()
    else:
        podman("load", "--quiet", "--input", kept)
    image = f"localhost/{PREFIX}-exporter:test"
    podman("tag", KEPT_IMAGE, image)
    podman("untag", KEPT_IMAGE, KEPT_IMAGE)
    return image


def podman_or_skip(case):
    """For setUpClass: podman, closed with the class."""
    try:
        podman = Podman()
    except Missing as missing:
        raise unittest.SkipTest(f"skipped: {missing}") from None
    case.addClassCleanup(podman.close)
    return podman


def process_facts(pid):
    """What the kernel says of a process in /proc: Uid, CapEff, NoNewPrivs and so on, and whether its root is read-only."""
    facts = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            name, value = line.split(":", 1)
            facts[name] = value.strip()
    with open(f"/proc/{pid}/mountinfo", encoding="utf-8") as file:
        roots = [line.split() for line in file if line.split()[4] == "/"]
    facts["read_only"] = "ro" in roots[-1][5].split(",")
    return facts


def gone_within(pid, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not os.path.exists(f"/proc/{pid}"):
            return True
        time.sleep(0.01)
    return False
