"""The container image: built from these sources, looked at, and run as docs/deploy-container.md says."""

import contextlib
import json
import os
import re
import tarfile
import time
import unittest
import urllib.request

from containers import (BASE, BASE_OF_BUILDS, HARDENED, PREFIX, Builds, call, exporter_image, gone_within, podman_or_skip,
                        process_facts)
from program import ROOT, TESTS, Case, Metrics, free_port, wait_for
from test_exposition import without_volatile

MEGABYTE = 1_000_000
DIALOUT = 20


def version():
    with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
        return re.search(r"^project\(\S+ VERSION (\S+)", file.read(), re.M).group(1)


def files_of(podman, image):
    """Every file of an image by its path, as tarfile tells it."""
    archive = os.path.join(podman.folder, "files.tar")
    container = podman.text("create", "--name", f"{PREFIX}-files", image, "none")
    podman("export", "--output", archive, container)
    podman("rm", container)
    with tarfile.open(archive) as tar:
        files = {"/" + member.name: member for member in tar.getmembers() if not member.isdir()}
    os.remove(archive)
    return files


class Container:
    """A running container of an image, with the exporter's port on this machine."""

    def __init__(self, podman, image, *arguments, options=(), inside=10030):
        self.podman = podman
        self.port = free_port()
        self.name = f"{PREFIX}-{self.port}"
        podman("run", "--detach", "--name", self.name, *HARDENED, f"--publish=127.0.0.1:{self.port}:{inside}", *options,
               image, *arguments)
        self.pid = int(podman.text("inspect", "--format", "{{.State.Pid}}", self.name))

    def log(self):
        done = self.podman("logs", self.name)
        return done.stdout + done.stderr

    def wait_for_log(self, text):
        def logged():
            if text in self.log():
                return True
            if self.podman.text("inspect", "--format", "{{.State.Running}}", self.name) != "true":
                raise AssertionError(f"ended before it said {text!r}:\n{self.log()}")
            return False
        wait_for(logged, f"{text!r} in the log of {self.name}")

    def get(self, path="/metrics"):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def scrape(self):
        return Metrics(self.get())

    def health(self, *arguments):
        return self.podman("exec", self.name, "/usr/bin/mppsolar_exporter", "healthcheck", *arguments, check=False)

    def end(self):
        self.podman("rm", "--force", "--time=0", self.name)


class Files(unittest.TestCase):
    """What holds without podman."""

    def test_the_version_is_that_of_the_build(self):
        with open(os.path.join(ROOT, "deploy", "container", "Dockerfile"), encoding="utf-8") as file:
            self.assertIn(f"\nARG VERSION={version()}\n", file.read())

    def test_nothing_in_it_is_of_one_architecture(self):
        for name in ("Dockerfile", "collect"):
            with open(os.path.join(ROOT, "deploy", "container", name), encoding="utf-8") as file:
                self.assertNotRegex(file.read(), "x86|amd64|aarch|arm")


class Image(Case):
    @classmethod
    def setUpClass(cls):
        cls.podman = podman_or_skip(cls)
        cls.image = exporter_image(cls.podman)
        cls.told = json.loads(cls.podman.text("image", "inspect", cls.image))[0]
        cls.config = cls.told["Config"]

    def container(self, *arguments, **kwargs):
        container = Container(self.podman, self.image, *arguments, **kwargs)
        self.addCleanup(container.end)
        return container

    def served(self, *arguments, **kwargs):
        container = self.container(*arguments, **kwargs)
        container.wait_for_log("Listening")
        return container

    def test_labels_say_what_it_is(self):
        labels = {name.removeprefix("org.opencontainers.image."): value for name, value in self.config["Labels"].items()
                  if name.startswith("org.opencontainers.image.")}
        repository = "https://github.com/mppsolar-exporter/mppsolar_exporter"
        commit = call(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).stdout.strip()
        when = call(["git", "log", "-1", "--format=%ct"], cwd=ROOT).stdout.strip()
        self.assertRegex(labels.pop("description"), "Prometheus exporter")
        self.assertRegex(labels.pop("revision"), f"^{commit}(-modified)?$")
        self.assertEqual(labels, {
            "title": "mppsolar_exporter", "version": version(), "licenses": "MIT",
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(when))),
            "source": repository, "url": repository,
            "documentation": repository + "/blob/main/docs/deploy-container.md", "base.name": BASE_OF_BUILDS})

    def test_its_build_info_is_the_commit(self):
        commit = call(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).stdout.strip()
        branch = call(["git", "rev-parse", "--abbrev-ref", "HEAD"], cwd=ROOT).stdout.strip()
        said = self.podman.text("run", "--rm", "--network=none", self.image, "--version")
        self.assertRegex(said, rf"^mppsolar_exporter, version {version()} \(branch: {branch}, revision: {commit}(-modified)?\)")

    def test_it_starts_the_program_without_a_shell_and_without_root(self):
        program = "/usr/bin/mppsolar_exporter"
        self.assertEqual(self.config["User"], "65532:65532")
        self.assertEqual(self.config["Entrypoint"], [program])
        self.assertFalse(self.config.get("Cmd"))
        self.assertEqual(self.told["Healthcheck"]["Test"], ["CMD", program, "healthcheck"])
        self.assertEqual(list(self.config["ExposedPorts"]), ["10030/tcp"])

    def test_it_adds_to_its_base_the_program_and_its_libraries_only(self):
        ours, base = files_of(self.podman, self.image), files_of(self.podman, BASE)
        new = [path for path in ours if path not in base]
        self.assertIn("/usr/bin/mppsolar_exporter", new)
        self.assertIn("/usr/share/doc/mppsolar-exporter/copyright", new)
        other = [path for path in new if not re.fullmatch(
            r"/usr/bin/mppsolar_exporter|/usr/lib/[\w-]+/lib[^/]+\.so\.[\d.]+|/usr/share/doc/[^/]+/copyright|"
            r"/var/lib/dpkg/status\.d/[^/]+|/etc/mtab", path)]
        # Which packages' headers are compiled in.
        self.assertEqual(other, ["/usr/share/doc/mppsolar-exporter/built-with"])
        # A library comes with its licence and with its entry for scanners.
        packages = [path.rsplit("/", 1)[1] for path in new if "/status.d/" in path]
        self.assertIn("libssl3", packages)
        for package in packages:
            self.assertIn(f"/usr/share/doc/{package}/copyright", new)

    def test_it_is_small(self):
        sizes = [int(self.podman.text("image", "inspect", "--format", "{{.Size}}", image)) for image in (self.image, BASE)]
        # 9.8 MB on amd64: the program, OpenSSL and five smaller libraries. The base is not ours.
        self.assertLess(sizes[0] - sizes[1], 15 * MEGABYTE)

    def test_it_runs_read_only_without_rights(self):
        container = self.served("--device=sim:")
        facts = process_facts(container.pid)
        self.assertTrue(facts["read_only"])
        self.assertEqual(facts["Uid"].split(), ["65532"] * 4)
        self.assertEqual(facts["Gid"].split(), ["65532"] * 4)
        for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(facts[capabilities], 16), 0, capabilities)
        self.assertEqual(facts["NoNewPrivs"], "1")

    def test_a_serial_port_of_the_host_is_read_as_it_is(self):
        capture = os.path.join(TESTS, "captures", "pip4048-fw52.30.txt")
        line = os.path.realpath(self.simulator("--no-pace", f"--capture={capture}"))
        # As udev gives it to a serial port.
        os.chown(line, 0, DIALOUT)
        os.chmod(line, 0o660)
        container = self.served("--device=house=/dev/ttyUSB0", "--scrape.cache=0s",
                                options=[f"--volume={line}:/dev/ttyUSB0", f"--group-add={DIALOUT}"])
        with open(os.path.join(TESTS, "golden", "pip4048-fw52.30.prom"), encoding="utf-8") as file:
            golden = file.read()
        # What is asked in idle time is there after some scrapes.
        with contextlib.suppress(AssertionError):
            wait_for(lambda: without_volatile(container.get()) == golden, "the golden exposition", patience=20)
        self.assertEqual(without_volatile(container.get()), golden)

    def test_without_the_group_a_port_says_which_one_is_missing(self):
        line = os.path.realpath(self.simulator("--no-pace"))
        os.chown(line, 0, DIALOUT)
        os.chmod(line, 0o660)
        container = self.served("--device=house=/dev/ttyUSB0", options=[f"--volume={line}:/dev/ttyUSB0"])
        self.assertEqual(container.scrape()['mppsolar_up{inverter="house"}'], 0)
        container.wait_for_log("dialout")

    def test_a_config_file_is_taken(self):
        config = self.path("mppsolar.yml", "inverters:\n  - {name: barn, device: 'sim:'}\n")
        os.chmod(self.folder, 0o755)
        container = self.served("--config.file=/etc/mppsolar/mppsolar.yml",
                                options=[f"--volume={config}:/etc/mppsolar/mppsolar.yml:ro"])
        self.assertEqual(container.scrape()['mppsolar_up{inverter="barn"}'], 1)

    def test_health_is_asked_by_the_program_itself(self):
        container = self.served("--device=sim:")
        self.assertEqual(container.health().returncode, 0)
        self.assertEqual(self.podman("healthcheck", "run", container.name, check=False).returncode, 0)
        wrong = container.health("--web.listen-address=:1")
        self.assertEqual(wrong.returncode, 1)
        self.assertRegex(wrong.stderr, "not healthy")

    def test_health_follows_another_address_in_the_environment(self):
        container = self.served("--device=sim:", options=["--env=MPPSOLAR_WEB_LISTEN_ADDRESS=:9999"], inside=9999)
        self.assertEqual(container.health().returncode, 0)
        self.assertIn("mppsolar_up", container.get())

    def test_a_missing_inverter_is_no_ill_health(self):
        container = self.served("--device=house=/dev/ttyUSB0")
        self.assertEqual(container.scrape()['mppsolar_up{inverter="house"}'], 0)
        self.assertEqual(container.health().returncode, 0)

    def test_sigterm_ends_it_within_a_second(self):
        container = self.served("--device=sim:")
        container.scrape()
        self.podman("kill", "--signal=TERM", container.name)
        self.assertTrue(gone_within(container.pid, 1))
        self.assertEqual(self.podman.text("wait", container.name), "0")


class Built(Case):
    """What another build of the same sources gives, from the beginning."""

    @classmethod
    def setUpClass(cls):
        cls.podman = podman_or_skip(cls)
        cls.image = exporter_image(cls.podman)
        cls.builds = Builds(cls.podman)
        cls.addClassCleanup(cls.builds.close)
        cls.again = cls.builds.image("again")

    def test_the_same_commit_gives_the_same_image(self):
        """All layers and the whole config. podman's note of which image a step began with differs, and so the image's id."""
        same = "{{json .RootFS.Layers}} {{json .Config}} {{.Created}}"
        first = self.podman.text("image", "inspect", "--format", same, self.image)
        self.assertEqual(self.builds.run("image", "inspect", "--format", same, self.again), first)

    def test_the_minimal_one_has_no_shell_and_works(self):
        minimal = self.builds.image("minimal", "--minimal")
        # 19.2 MB on amd64.
        size = int(self.builds.run("image", "inspect", "--format", "{{.Size}}", minimal))
        self.assertLess(size, 25 * MEGABYTE)
        self.builds.move(minimal)
        files = files_of(self.podman, minimal)
        self.assertEqual([path for path in files if path.startswith(("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"))],
                         ["/usr/bin/mppsolar_exporter"])
        self.assertEqual([path for path, member in files.items() if member.mode & 0o6000], [])
        container = Container(self.podman, minimal, "--device=house=tcp://no-such-host.invalid:1", "--device=sim:")
        self.addCleanup(container.end)
        container.wait_for_log("Listening")
        metrics = container.scrape()
        self.assertEqual(metrics['mppsolar_up{inverter="sim"}'], 1)
        self.assertEqual(container.health().returncode, 0)
        self.assertEqual(self.podman("exec", container.name, "sh", check=False).returncode, 127)


if __name__ == "__main__":
    unittest.main()
