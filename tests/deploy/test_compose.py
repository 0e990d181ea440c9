"""deploy/compose: what its files say, and the stack as docker-compose starts it under podman. Debian's Prometheus and
Alertmanager stand in for those of the registry; Grafana is not in Debian and is not started here."""

import contextlib
import glob
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest
import urllib.request

try:
    import yaml  # comes with docker-compose
except ImportError:
    yaml = None

from containers import BASE, PREFIX, call, exporter_image, podman_or_skip, process_facts
from program import EXPORTER, ROOT, Case, Metrics, Process, free_port, wait_for

FOLDER = os.path.join(ROOT, "deploy", "compose")
RULES = os.path.join(ROOT, "deploy", "prometheus", "rules")
PROFILES = ["demo", "usb", "tcp"]
SERVICES = ["alertmanager", "exporter-demo", "exporter-tcp", "exporter-usb", "grafana", "prometheus"]
DIALOUT = 20


def needs_compose():
    if not shutil.which("docker-compose") or not yaml:
        raise unittest.SkipTest("skipped: docker-compose is not here")


def compose(*arguments, check=True, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
    return call(["docker-compose", *arguments], check=check, cwd=FOLDER, env={**environment, **variables})


def text_of(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class Config(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        needs_compose()
        cls.config = yaml.safe_load(compose("config").stdout)
        cls.services = cls.config["services"]

    def test_each_profile_is_valid(self):
        self.assertEqual(sorted(self.services), SERVICES)
        for profile in PROFILES:
            with self.subTest(profile=profile):
                done = compose("--profile", profile, "config")
                self.assertEqual(done.stderr, "")
                self.assertEqual(sorted(yaml.safe_load(done.stdout)["services"]), SERVICES)

    def test_it_is_valid_from_another_folder_too(self):
        call(["docker-compose", "--file", "deploy/compose/compose.yaml", "--profile", "demo", "config"], cwd=ROOT)

    def test_a_profile_starts_one_exporter_and_all_that_watches(self):
        for profile in PROFILES:
            started = sorted(name for name, service in self.services.items() if profile in service["profiles"])
            self.assertEqual(started, sorted(["alertmanager", f"exporter-{profile}", "grafana", "prometheus"]))

    def test_every_service_is_hardened(self):
        for name, service in self.services.items():
            with self.subTest(service=name):
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertNotIn("cap_add", service)
                self.assertNotIn("privileged", service)
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["restart"], "unless-stopped")
                self.assertEqual(service["healthcheck"]["test"][0], "CMD", "no shell")

    def test_every_image_is_pinned(self):
        for name, service in self.services.items():
            with self.subTest(service=name):
                self.assertRegex(service["image"], r"^[a-z.]+/[a-z/_-]+:v?\d+\.\d+\.\d+$", name)

    def test_the_exporter_is_of_this_version(self):
        version = re.search(r"^project\(\S+ VERSION (\S+)", text_of(ROOT, "CMakeLists.txt"), re.M).group(1)
        for name, service in self.services.items():
            with self.subTest(service=name):
                if name.startswith("exporter"):
                    self.assertEqual(service["image"], f"ghcr.io/mppsolar-exporter/mppsolar_exporter:{version}")

    def test_ports_are_open_to_this_machine_only(self):
        for name, service in self.services.items():
            with self.subTest(service=name):
                for port in service["ports"]:
                    self.assertRegex(port, r"^127\.0\.0\.1:")

    def test_every_mounted_file_is_there_and_read_only(self):
        for name, service in self.services.items():
            with self.subTest(service=name):
                for volume in service.get("volumes", []):
                    source, _, mode = volume.split(":")
                    if source.startswith("/"):
                        self.assertTrue(os.path.exists(source), source)
                        self.assertEqual(mode, "ro", volume)
                    else:
                        self.assertIn(source, self.config["volumes"])

    def test_the_rules_and_dashboards_are_those_of_the_repository(self):
        mounted = {tuple(volume.split(":")[:2]) for service in self.services.values()
                   for volume in service.get("volumes", [])}
        for source, target in [("deploy/prometheus/rules", "/etc/prometheus/rules"),
                               ("deploy/prometheus/alertmanager.yml", "/etc/alertmanager/alertmanager.yml"),
                               ("grafana/dashboards", "/var/lib/grafana/dashboards/mppsolar"),
                               ("grafana/provisioning/dashboards", "/etc/grafana/provisioning/dashboards")]:
            self.assertIn((os.path.join(ROOT, source), target), mounted)
        provider = yaml.safe_load(text_of(ROOT, "grafana", "provisioning", "dashboards", "mppsolar.yml"))["providers"][0]
        self.assertEqual(provider["options"]["path"], "/var/lib/grafana/dashboards/mppsolar")
        home = self.services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
        self.assertTrue(os.path.exists(os.path.join(ROOT, "grafana", "dashboards", os.path.basename(home))))

    def test_the_data_source_differs_from_the_repositorys_by_its_address_only(self):
        ours = yaml.safe_load(text_of(FOLDER, "grafana-datasource.yml"))
        self.assertEqual(ours["datasources"][0].pop("url"), "http://prometheus:9090")
        shared = yaml.safe_load(text_of(ROOT, "grafana", "provisioning", "datasources", "prometheus.yml"))
        del shared["datasources"][0]["url"]
        self.assertEqual(ours, shared)

    def test_grafana_has_no_password_that_everybody_knows(self):
        settings = self.services["grafana"]["environment"]
        self.assertEqual(settings["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"], "true")
        self.assertEqual(settings["GF_AUTH_ANONYMOUS_ORG_ROLE"], "Viewer")
        admin = ["--file", "compose.yaml", "--file", "compose.admin.yaml", "config"]
        without = compose(*admin, check=False)
        self.assertNotEqual(without.returncode, 0)
        self.assertIn("set GRAFANA_ADMIN_PASSWORD in .env", without.stderr)
        settings = yaml.safe_load(compose(*admin, GRAFANA_ADMIN_PASSWORD="s3cret").stdout)["services"]["grafana"]["environment"]
        self.assertEqual(settings["GF_SECURITY_ADMIN_PASSWORD"], "s3cret")
        self.assertEqual(settings["GF_AUTH_ANONYMOUS_ENABLED"], "false")
        self.assertEqual(settings["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"], "false")

    def test_usb_needs_no_device_to_start(self):
        usb = self.services["exporter-usb"]
        self.assertNotIn("devices", usb)
        self.assertEqual(usb["volumes"], ["/dev:/dev:ro"])
        # Open, read, write; nothing may be made.
        self.assertEqual(usb["device_cgroup_rules"], ["c 188:* rw", "c 166:* rw", "c 0:* rw"])
        self.assertEqual(usb["group_add"], [str(DIALOUT)])

    def test_prometheus_and_the_alertmanager_take_their_files(self):
        for tool in ("promtool", "amtool"):
            if not shutil.which(tool):
                self.skipTest(f"skipped: {tool} is not here")
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(RULES, os.path.join(folder, "rules"))
            config = text_of(FOLDER, "prometheus.yml")
            larger = config[config.index("# remote_write:"):].replace("\n# ", "\n").replace("# remote", "remote", 1)
            for name, text in (("as-it-is.yml", config), ("remote-write.yml", config + larger)):
                with self.subTest(config=name):
                    path = os.path.join(folder, name)
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(text)
                    # The password is a file of the user's.
                    done = call(["promtool", "check", "config", *(["--syntax-only"] if "remote" in name else []), path])
                    self.assertIn("SUCCESS", done.stdout)
                    if "remote" not in name:
                        self.assertEqual(done.stdout.count("rules found"), len(os.listdir(RULES)))
            self.assertEqual(yaml.safe_load(config + larger)["remote_write"][0]["url"], "https://store.example.org/api/v1/write")
            self.assertNotIn("remote_write", yaml.safe_load(config))
        call(["amtool", "check-config", os.path.join(ROOT, "deploy", "prometheus", "alertmanager.yml")])


class Started(Case):
    """What docker-compose starts, over podman's socket."""

    @classmethod
    def setUpClass(cls):
        needs_compose()
        cls.podman = podman_or_skip(cls)
        cls.variables = {"MPPSOLAR_IMAGE": exporter_image(cls.podman), "COMPOSE_PROJECT_NAME": PREFIX}
        socket = os.path.join(cls.podman.folder, "podman.sock")
        cls.variables["DOCKER_HOST"] = "unix://" + socket
        with open(os.path.join(cls.podman.folder, "service.log"), "wb") as log:
            service = subprocess.Popen(["podman", "system", "service", "--time=0", "unix://" + socket],
                                       env=cls.podman.environment, stdout=log, stderr=log)
        cls.addClassCleanup(service.wait)
        cls.addClassCleanup(service.terminate)
        wait_for(lambda: os.path.exists(socket), "podman's socket")

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.variables = {**self.variables, "EXPORTER_ADDRESS": f"127.0.0.1:{self.port}"}

    def start(self, profile, *services):
        self.addCleanup(compose, "--profile", profile, "down", "--volumes", "--timeout=2", **self.variables)
        compose("--profile", profile, "up", "--detach", "--no-build", *services, **self.variables)

    def name(self, service):
        return f"{PREFIX}_{service}_1"

    def inspect(self, service, field):
        return self.podman.text("inspect", "--format", field, self.name(service))

    def healthy(self, service):
        return self.podman("healthcheck", "run", self.name(service), check=False).returncode == 0

    def get(self, port, path):
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                return answer.read().decode()
        return ""

    def scrape(self):
        return Metrics(self.get(self.port, "/metrics"))

    def up(self):
        return self.scrape().values.get('mppsolar_up{inverter="house"}')


class Demo(Started):
    def stand_ins(self):
        """Debian's Prometheus and Alertmanager with busybox's wget, as the real images have it."""
        dockerfile = f"""
FROM {BASE} AS debian
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager busybox \\
 && ln -s /bin/busybox /usr/bin/wget && mkdir /prometheus /alertmanager && chown nobody /prometheus /alertmanager
USER nobody
FROM debian AS prometheus
ENTRYPOINT ["/usr/bin/prometheus"]
FROM debian AS alertmanager
ENTRYPOINT ["/usr/bin/prometheus-alertmanager"]
"""
        path = self.path("Dockerfile", dockerfile)
        for name in ("prometheus", "alertmanager"):
            image = f"localhost/{PREFIX}-{name}:test"
            self.podman("build", "--quiet", "--layers=false", "--network=host", "--file", path, "--target", name, "--tag", image,
                        self.folder)
            self.variables[f"{name.upper()}_IMAGE"] = image

    def asked(self, path):
        answer = self.get(self.prometheus, path)
        return json.loads(answer)["data"] if answer else {}

    def test_the_demo_is_watched_without_hardware_and_leaves_nothing(self):
        self.stand_ins()
        self.prometheus, alertmanager = free_port(), free_port()
        self.variables.update(PROMETHEUS_ADDRESS=f"127.0.0.1:{self.prometheus}",
                              ALERTMANAGER_ADDRESS=f"127.0.0.1:{alertmanager}")
        services = ["exporter-demo", "prometheus", "alertmanager"]
        self.start("demo", *services)

        wait_for(lambda: [target["health"] for target in self.asked("/api/v1/targets").get("activeTargets", [])] == ["up"],
                 "Prometheus to scrape the exporter")
        self.assertEqual(self.asked("/api/v1/targets")["activeTargets"][0]["labels"],
                         {"instance": "exporter:10030", "job": "mppsolar"})
        result = self.asked("/api/v1/query?query=mppsolar_up")["result"]
        self.assertEqual([(one["metric"]["inverter"], one["value"][1]) for one in result], [("demo", "1")])

        alerts = sum(text_of(path).count("- alert: ") for path in glob.glob(RULES + "/*.yml"))
        records = sum(text_of(path).count("- record: ") for path in glob.glob(RULES + "/*.yml"))
        rules = [rule for group in self.asked("/api/v1/rules")["groups"] for rule in group["rules"]]
        self.assertEqual((sum(rule["type"] == "alerting" for rule in rules), sum(rule["type"] == "recording" for rule in rules)),
                         (alerts, records))
        self.assertTrue(alerts > 20 and records > 20)
        self.assertEqual([one["url"] for one in self.asked("/api/v1/alertmanagers")["activeAlertmanagers"]],
                         ["http://alertmanager:9093/api/v2/alerts"])
        self.assertEqual(self.get(alertmanager, "/-/healthy").strip(), "OK")

        for service in services:
            with self.subTest(service=service):
                self.assertTrue(self.healthy(service))
                facts = process_facts(self.inspect(service, "{{.State.Pid}}"))
                self.assertTrue(facts["read_only"])
                self.assertNotEqual(facts["Uid"].split()[0], "0")
                self.assertEqual((int(facts["CapEff"], 16), int(facts["CapBnd"], 16), facts["NoNewPrivs"]), (0, 0, "1"))
        # Far from its limit of 64 MB.
        self.assertLess(self.scrape()["process_resident_memory_bytes"], 20_000_000)

        compose("--profile", "demo", "down", "--volumes", **self.variables)
        self.assertEqual([self.podman.ours(kind) for kind in ("container", "volume", "network")], [[], [], []])


class Usb(Started):
    """A pty stands in for the serial adapter. It comes and goes as one does, with its name in /dev/serial/by-id."""

    def setUp(self):
        super().setUp()
        self.link = f"/dev/serial/by-id/usb-{PREFIX}-if00-port0"
        made = []
        for folder in ("/dev/serial", "/dev/serial/by-id"):
            if not os.path.isdir(folder):
                os.mkdir(folder)
                made.insert(0, folder)
        for folder in reversed(made):
            self.addCleanup(os.rmdir, folder)

    def plug_in(self, model):
        simulator = Process([EXPORTER, "simulate", f"--pty={self.link}", f"--model={model}", "--speed=0", "--no-pace"])
        self.addCleanup(simulator.end)
        simulator.wait_for_log("Simulating")
        # As udev does.
        os.chown(os.path.realpath(self.link), 0, DIALOUT)
        os.chmod(os.path.realpath(self.link), 0o660)
        return simulator

    def test_it_starts_without_the_device_and_survives_a_replug(self):
        self.variables["MPPSOLAR_DEVICE"] = self.link
        self.start("usb", "exporter-usb")
        wait_for(lambda: self.get(self.port, "/-/ready"), "the exporter to listen")
        self.assertEqual(self.up(), 0)
        self.assertTrue(self.healthy("exporter-usb"))
        begun = self.inspect("exporter-usb", "{{.State.StartedAt}}")

        first = self.plug_in("pip-5048")
        wait_for(lambda: self.up() == 1, "the inverter to be read")
        volts = 'mppsolar_battery_volts{inverter="house"}'
        self.assertGreater(self.scrape()[volts], 40)

        first.end()
        wait_for(lambda: self.up() == 0, "the inverter to be gone")
        self.assertNotIn(volts, self.scrape().values)
        self.assertFalse(os.path.lexists(self.link))

        self.plug_in("pip-1012-mse")
        wait_for(lambda: self.up() == 1, "the inverter to be read again")
        self.assertLess(self.scrape()[volts], 20)
        self.assertEqual(self.inspect("exporter-usb", "{{.State.StartedAt}}"), begun, "the container was started anew")

    def test_only_serial_adapters_may_be_opened(self):
        """By the number of the driver, also for a node that was made after the start. None of these has a driver here."""
        usb = yaml.safe_load(compose("config").stdout)["services"]["exporter-usb"]
        # podman 4.3 forgets device_cgroup_rules that come by docker's protocol, so it is told them itself.
        options = [f"--{option}={value}" for option, key in (
            ("cap-drop", "cap_drop"), ("security-opt", "security_opt"), ("volume", "volumes"), ("group-add", "group_add"),
            ("device-cgroup-rule", "device_cgroup_rules")) for value in usb[key]]
        container = f"{PREFIX}-usb"
        self.addCleanup(self.podman, "rm", "--force", "--time=0", container, check=False)
        self.podman("run", "--detach", "--name", container, "--network=none", "--read-only", *options,
                    self.variables["MPPSOLAR_IMAGE"], *usb["command"])
        for major, said in ((188, "No such device"), (166, "No such device"), (189, "not permitted")):
            with self.subTest(major=major):
                node = f"/dev/{PREFIX}-{major}"
                os.mknod(node, stat.S_IFCHR, os.makedev(major, 250))
                self.addCleanup(os.remove, node)
                os.chown(node, 0, DIALOUT)
                os.chmod(node, 0o660)
                done = self.podman("exec", container, "/usr/bin/mppsolar_exporter", "query", f"--device={node}", "QPI",
                                   check=False)
                self.assertEqual(done.returncode, 5)
                self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
