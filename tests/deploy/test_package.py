"""The Debian package: built, judged by lintian, installed by apt, its service started, purged."""

import contextlib
import gzip
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "end_to_end"))
from program import EXPORTER, PATIENCE, ROOT, free_port, run, wait_for  # noqa: E402

NAME = "mppsolar-exporter"
UNIT = os.path.join(ROOT, "deploy", "systemd", f"{NAME}.service")
CONFIG = os.path.join(ROOT, "deploy", "debian", "mppsolar.yml")
DEFAULTS = os.path.join(ROOT, "deploy", "debian", f"{NAME}.default")


def output_of(*command, **kwargs):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def built(architecture=""):
    """The path of the package; script/package builds what is not up to date."""
    return os.path.join(ROOT, output_of(os.path.join(ROOT, "script", "package"),
                                        *architecture.split()).splitlines()[-1])


class Config(unittest.TestCase):
    """The config and the flags that the package brings."""

    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(text)
            file.flush()
            return run("check-config", file.name)

    def everything_on(self):
        """The config as it is with all keys that it shows; the second inverter makes auto wrong."""
        text = re.sub(r"(?m)^( *)#(?=\S)", r"\1", read(CONFIG))
        return text.replace("device: auto", "device: /dev/ttyUSB0", 1)

    def test_it_is_right_as_it_comes_and_with_everything_in_it_turned_on(self):
        code, _, err = self.check(read(CONFIG))
        self.assertEqual((code, err), (0, ""))
        code, out, err = self.check(self.everything_on())
        self.assertEqual((code, err), (0, ""))
        self.assertIn("with 2 inverters", out)

    def test_it_shows_every_key_that_there_is(self):
        shown = set(re.findall(r"(?m)^[ #-]*([a-z_]+):", read(CONFIG)))
        for wrong in ["x: 1\ninverters: [{device: 'sim:'}]", "inverters: [{device: 'sim:', x: 1}]",
                      "scrape: {x: 1}\ninverters: [{device: 'sim:'}]",
                      "energy: {x: 1}\ninverters: [{device: 'sim:'}]"]:
            code, _, err = self.check(wrong)
            self.assertEqual(code, 1)
            keys = re.search(r"; .* has (.*)\n", err).group(1).split(", ")
            self.assertLessEqual(set(keys), shown)

    def test_every_flag_of_the_service_is_explained_as_a_variable_with_its_default(self):
        names = set(re.findall(r"\(Env:(\w+)\)", run("--help")[1]))
        self.assertGreater(len(names), 15)
        shown = dict(re.findall(r"(?m)^#(MPPSOLAR_\w+)=(.*)$", read(DEFAULTS)))
        # The unit says these two.
        self.assertEqual(set(shown), names - {"MPPSOLAR_CONFIG_FILE", "MPPSOLAR_WEB_SYSTEMD_SOCKET"})
        for name, value in shown.items():
            self.assertTrue(value, name)


class Unit(unittest.TestCase):
    def test_systemd_calls_it_well_protected(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("skipped: systemd-analyze is not here")
        output_of("systemd-analyze", "security", "--offline=true", "--threshold=19", UNIT)

    def test_it_may_use_every_kind_of_port_that_the_exporter_knows(self):
        allowed = set(re.findall(r"(?m)^DeviceAllow=char-(\w+) rw$", read(UNIT)))
        self.assertLessEqual({"ttyUSB", "ttyACM", "ttyS", "ttyAMA", "hidraw"}, allowed)
        self.assertNotIn("PrivateDevices", read(UNIT))


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = built()

    def files(self):
        listing = output_of("dpkg-deb", "--contents", self.path)
        return {line.split()[5][1:]: line.split()[0] for line in listing.splitlines()}

    def test_lintian_has_nothing_to_say(self):
        said = output_of("lintian", "--allow-root", "--display-info", "--fail-on",
                         "error,warning,info", self.path)
        self.assertEqual(said, "")

    def test_it_has_all_that_belongs_to_it(self):
        files = self.files()
        for path in ["/usr/bin/mppsolar_exporter", f"/usr/lib/systemd/system/{NAME}.service",
                     f"/usr/lib/systemd/system/{NAME}.socket",
                     "/usr/lib/udev/rules.d/70-mppsolar.rules",
                     "/etc/mppsolar/mppsolar.yml", f"/etc/default/{NAME}",
                     "/usr/share/man/man1/mppsolar_exporter.1.gz",
                     "/usr/share/bash-completion/completions/mppsolar_exporter",
                     "/usr/share/zsh/vendor-completions/_mppsolar_exporter",
                     "/usr/share/fish/vendor_completions.d/mppsolar_exporter.fish"]:
            self.assertIn(path, files)
        share = f"/usr/share/{NAME}"
        for folder, there in [("grafana/dashboards", "dashboards"),
                              ("deploy/prometheus/rules", "rules"),
                              ("metrics/protocols", "protocols")]:
            for name in os.listdir(os.path.join(ROOT, folder)):
                self.assertIn(f"{share}/{there}/{name}", files)
        self.assertTrue(files["/usr/bin/mppsolar_exporter"].startswith("-rwxr-xr-x"))

    def test_it_says_which_version_and_which_libraries(self):
        fields = {name: output_of("dpkg-deb", "--field", self.path, name).strip()
                  for name in ["Version", "Depends", "Architecture"]}
        self.assertEqual(fields["Version"],
                         output_of(os.path.join(ROOT, "script", "version")).strip())
        self.assertEqual(fields["Architecture"],
                         output_of("dpkg", "--print-architecture").strip())
        self.assertRegex(fields["Depends"], r"libssl3 .*libstdc\+\+6")

    def test_a_release_can_list_what_it_needs_and_was_built_with(self):
        with tempfile.TemporaryDirectory() as folder:
            needs, built_with = (os.path.join(folder, name) for name in ["needs", "with"])
            output_of(os.path.join(ROOT, "deploy", "release", "contents"), self.path, ROOT, needs,
                      built_with)
            depends = output_of("dpkg-deb", "--field", self.path, "Depends")
            self.assertEqual(len(read(needs).splitlines()), len(depends.split(",")))
            self.assertRegex(read(built_with), r"(?m)^libasio-dev \S+$")
            for line in (read(needs) + read(built_with)).splitlines():
                self.assertRegex(line, r"^[a-z0-9.+-]+ \S+$")


def system_files():
    """Every file that a package may leave behind, but for what dpkg and apt write for themselves."""
    found = set()
    for top in ["/etc", "/usr", "/lib", "/var/lib", "/var/cache", "/var/log", "/run", "/srv", "/opt",
                "/home"]:
        for parent, folders, names in os.walk(top):
            folders[:] = [folder for folder in folders if os.path.join(parent, folder) not in {
                "/var/lib/dpkg", "/var/lib/apt", "/var/cache/apt", "/var/log/apt",
                "/var/lib/containers"}]
            # In /run there is always somebody at work.
            found.update(os.path.join(parent, name) for name in [*folders, *names]
                         if not parent.startswith("/run") or "mppsolar" in name)
    return found


def accounts():
    """Users and groups, as far as they are somebody's."""
    return {path: read(path) for path in ["/etc/passwd", "/etc/group"]}


class Installed(unittest.TestCase):
    """What happens on a machine from apt install to apt purge."""

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("skipped: only root may install packages")
        known = subprocess.run(["dpkg-query", "--status", NAME], capture_output=True, check=False)
        if known.returncode == 0:
            self.skipTest(f"skipped: {NAME} is installed here, and it is not the tests'")

    def apt(self, *arguments):
        output_of("apt-get", "--yes", "--quiet", "--no-install-recommends", *arguments,
                  env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})

    def command_of_the_unit(self):
        return re.search(r"(?m)^ExecStart=(.*)$",
                         read(f"/usr/lib/systemd/system/{NAME}.service")).group(1).split()

    @contextlib.contextmanager
    def service(self):
        """Runs ExecStart as the unit's user, as far as that can be done without systemd; its port."""
        port = free_port()
        with tempfile.TemporaryDirectory() as folder, socket.socket(
                socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
            os.chmod(folder, 0o755)
            path = os.path.join(folder, "notify")
            notified.bind(path)
            os.chmod(path, 0o666)
            notified.settimeout(PATIENCE)
            process = subprocess.Popen(
                ["setpriv", f"--reuid={NAME}", f"--regid={NAME}", "--init-groups",
                 "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs",
                 *self.command_of_the_unit()],
                stderr=subprocess.PIPE, text=True, cwd="/",
                env={"MPPSOLAR_WEB_LISTEN_ADDRESS": f"127.0.0.1:{port}", "NOTIFY_SOCKET": path,
                     "PATH": "/usr/bin:/bin"})
            try:
                self.assertIn(b"READY=1", notified.recv(4096))
                yield port
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(PATIENCE), 0)
            finally:
                process.kill()
                process.wait()
                process.stderr.close()

    def get(self, port, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def test_from_install_to_purge(self):
        # What apt wants besides, so that only the package itself is compared.
        package = built()
        simulated = output_of("apt-get", "--simulate", "--no-install-recommends", "install", package)
        new = re.findall(r"(?m)^Inst (\S+)", simulated)
        others = [name for name in new if name != NAME]
        if others:
            self.apt("install", *others)
        files, users = system_files(), accounts()
        self.addCleanup(subprocess.run, ["dpkg", "--purge", NAME], capture_output=True, check=False)

        self.apt("install", package)
        groups = set(output_of("id", "--name", "--groups", NAME).split())
        self.assertLessEqual({NAME, "dialout"}, groups)
        entry = pwd.getpwnam(NAME)
        self.assertEqual((entry.pw_dir, entry.pw_shell), ("/nonexistent", "/usr/sbin/nologin"))
        self.assertLess(entry.pw_uid, 1000)
        self.assertTrue(os.path.islink(
            f"/etc/systemd/system/multi-user.target.wants/{NAME}.service"))
        output_of("systemd-analyze", "verify", "--man=no", f"/usr/lib/systemd/system/{NAME}.service",
                  f"/usr/lib/systemd/system/{NAME}.socket")
        with gzip.open("/usr/share/man/man1/mppsolar_exporter.1.gz", "rt") as page:
            self.assertIn(run("man-page")[1].splitlines()[1], page.read())

        # As it comes: it looks for an inverter, serves while there is none, and says so.
        with self.service() as port:
            self.assertIn("mppsolar_up", self.get(port, "/metrics"))
            self.assertIn("Healthy", self.get(port, "/-/healthy"))
        # With an inverter in the config.
        config = "/etc/mppsolar/mppsolar.yml"
        with open(config, "w", encoding="utf-8") as file:
            file.write(read(CONFIG).replace("device: auto", 'device: "sim:"'))
        output_of("mppsolar_exporter", "check-config", config)
        with self.service() as port:
            def answers():
                return 'mppsolar_up{inverter="house"} 1' in self.get(port, "/metrics")
            wait_for(answers, "the simulated inverter")
            self.assertIn("healthy", output_of("mppsolar_exporter", "healthcheck",
                                               f"--web.listen-address=127.0.0.1:{port}"))

        # An upgrade keeps what the owner has changed.
        self.apt("install", "--reinstall", package)
        self.assertIn("sim:", read(config))

        self.apt("purge", NAME)
        self.assertEqual(sorted(system_files() - files), [])
        self.assertEqual(accounts(), users)
        self.assertEqual(subprocess.run(["dpkg-query", "--status", NAME], capture_output=True,
                                        check=False).returncode, 1)


if __name__ == "__main__":
    assert EXPORTER
    unittest.main()
