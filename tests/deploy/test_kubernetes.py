"""deploy/kubernetes: every overlay and component builds into what Kubernetes takes, restricted and complete; rules and
dashboards are the project's own; the demo runs for real."""

import glob
import ipaddress
import json
import os
import re
import shutil
import time
import unittest
import urllib.request

from containers import exporter_image, podman_or_skip, process_facts
from manifests import (EXPORTER, ROOT, Case, configs, dashboards, documents, exporter, kustomize, loose_ends, of_kind,
                       pod_faults, read, rule_groups, run, schema_complaints, scraped_as, too_big, version, yaml)
from program import Metrics, Process, free_port, wait_for

FOLDER = os.path.join(ROOT, "deploy", "kubernetes")
OVERLAYS = sorted(os.listdir(os.path.join(FOLDER, "overlays")))
PLUGIN = os.path.join(FOLDER, "components", "generic-device-plugin", "plugin")


def built(*path):
    done = run(*kustomize(), os.path.join(FOLDER, *path))
    assert done.returncode == 0, done.stderr
    return done.stdout


def overlay(name):
    return documents(built("overlays", name))


class Built(Case):
    """A test of what kustomize builds."""

    @classmethod
    def setUpClass(cls):
        kustomize()

    def own_overlay(self, *components, **more):
        """An overlay as a user would write it, of the base and some components."""
        def path(*parts):
            return os.path.relpath(os.path.join(FOLDER, *parts), self.folder)
        self.path("kustomization.yaml", json.dumps({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "namespace": "house",
            "resources": [path("base")], "components": [path("components", one) for one in components], **more}))
        done = run(*kustomize(), self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Kustomize(Built):
    def test_everything_that_can_be_built_fits_the_schemas(self):
        folders = [os.path.dirname(path) for path in
                   glob.glob(os.path.join(FOLDER, "**", "kustomization.yaml"), recursive=True)
                   if "kind: Kustomization" in read(path)]
        self.assertGreater(len(folders), len(OVERLAYS) + 1)
        for folder in folders:
            with self.subTest(folder=folder):
                self.assertEqual(schema_complaints(built(folder)), [])

    def test_every_component_fits_the_schemas_on_the_base(self):
        paths = glob.glob(os.path.join(FOLDER, "components", "**", "kustomization.yaml"), recursive=True)
        components = {os.path.relpath(os.path.dirname(path), os.path.join(FOLDER, "components"))
                      for path in paths if "kind: Component" in read(path)}
        self.assertLessEqual({"servicemonitor", "prometheusrule", "grafana-dashboards", "generic-device-plugin",
                              "generic-device-plugin/hidraw", "hostpath-device", "tcp-bridge", "namespace"}, components)
        without = self.own_overlay()
        for component in components:
            with self.subTest(component=component):
                text = self.own_overlay(component)
                self.assertNotEqual(text, without)
                self.assertEqual(schema_complaints(text), [])

    def test_what_the_schemas_do_not_know_is_refused(self):
        text = built("overlays", "usb-inverter")
        for right, wrong, said in (
                ("livenessProbe:", "livenesProbe:", "'livenesProbe' not allowed"),
                ("replicas: 1", "replicas: one", "expected integer or null, but got string"),
                ("  kind: Service\n".strip(), "kind: Servce", "could not find schema for Servce"),
                ("apiVersion: apps/v1", "apiVersion: apps/v1beta1", "could not find schema for Deployment"),
                ("scrapeTimeout:", "scrape_timeout:", "'scrape_timeout' not allowed"),
                ("keep_firing_for:", "keepFiringFor:", "'keepFiringFor' not allowed"),
        ):
            with self.subTest(wrong):
                self.assertIn(right, text)
                if wrong == "kind: Servce":
                    changed = re.sub(r"^kind: Service$", wrong, text, flags=re.MULTILINE)
                else:
                    changed = text.replace(right, wrong)
                self.assertIn(said, "\n".join(schema_complaints(changed)))

    def test_every_pod_is_restricted_and_watched(self):
        for name in OVERLAYS:
            with self.subTest(overlay=name):
                docs = overlay(name)
                self.assertEqual(pod_faults(exporter(docs)), [])
                account, = of_kind(docs, "ServiceAccount")
                self.assertIs(account["automountServiceAccountToken"], False)
                namespace, = of_kind(docs, "Namespace")
                self.assertEqual(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted")
                self.assertEqual(len(of_kind(docs, "NetworkPolicy")), 1)
        for component in ("generic-device-plugin", "generic-device-plugin/hidraw"):
            docs = documents(self.own_overlay(component))
            self.assertEqual(pod_faults(exporter(docs)), [])
            limits = exporter(docs)["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
            told = {f"squat.ai/{one['name']}" for one in self.told_devices()}
            self.assertEqual(len(told & set(limits)), 1)

    def told_devices(self):
        """What the device plugin is told to find."""
        plugin, = of_kind(documents(built(PLUGIN)), "DaemonSet")
        arguments = plugin["spec"]["template"]["spec"]["containers"][0]["args"]
        self.assertEqual(set(arguments[::2]), {"--device"})
        return [yaml.safe_load(one) for one in arguments[1::2]]

    def test_the_device_plugin_puts_devices_where_the_config_looks(self):
        for device in self.told_devices():
            for group in device["groups"]:
                self.assertEqual([path["mountPath"] for path in group["paths"]], ["/dev/inverter"])
        config, = configs(overlay("usb-inverter")).values()
        self.assertEqual([one["device"] for one in yaml.safe_load(config)["inverters"]], ["/dev/inverter"])

    def test_only_the_hosts_device_makes_a_pod_privileged_and_the_namespace_says_so(self):
        docs = documents(self.own_overlay("namespace", "hostpath-device"))
        self.assertEqual(pod_faults(exporter(docs), privileged_device=True), [])
        pod = exporter(docs)["spec"]["template"]["spec"]
        self.assertEqual(pod["securityContext"]["supplementalGroups"], [20])
        self.assertTrue(pod["nodeSelector"])
        namespace, = of_kind(docs, "Namespace")
        self.assertEqual({value for key, value in namespace["metadata"]["labels"].items()
                          if key.startswith("pod-security")}, {"privileged"})
        # In a namespace that somebody else made it does not fail for want of one.
        self.assertEqual(of_kind(documents(self.own_overlay("hostpath-device")), "Namespace"), [])

    def test_the_device_plugin_stays_out_of_the_restricted_namespace(self):
        docs = overlay("usb-inverter")
        plugin, = of_kind(docs, "DaemonSet")
        self.assertEqual(plugin["metadata"]["namespace"], "kube-system")
        self.assertEqual(exporter(docs)["metadata"]["namespace"], "mppsolar")

    def test_all_that_is_referred_to_is_there(self):
        for name in OVERLAYS:
            with self.subTest(overlay=name):
                docs = overlay(name)
                self.assertEqual(loose_ends(docs), [])
                self.assertEqual(too_big(docs), [])

    def test_the_image_is_of_the_exporters_version(self):
        for name in OVERLAYS:
            image = exporter(overlay(name))["spec"]["template"]["spec"]["containers"][0]["image"]
            self.assertEqual(image, "ghcr.io/mppsolar-exporter/mppsolar_exporter:" + version())

    def test_the_exporter_takes_every_config_but_the_bases(self):
        for name in OVERLAYS:
            for file, text in configs(overlay(name)).items():
                with self.subTest(overlay=name, file=file):
                    done = run(EXPORTER, "check-config", self.path("config.yml", text))
                    self.assertEqual(done.returncode, 0, done.stderr)
        config, = configs(documents(built("base"))).values()
        self.assertIn("no inverter", run(EXPORTER, "check-config", self.path("config.yml", config)).stderr)

    def test_a_change_of_the_config_begins_a_new_pod(self):
        def pod(text):
            self.path("mppsolar.yml", text)
            docs = documents(self.own_overlay(configMapGenerator=[
                {"name": "mppsolar-exporter", "behavior": "replace", "files": ["mppsolar.yml"]}]))
            return exporter(docs)["spec"]["template"]
        self.assertEqual(pod("inverters: [{device: 'sim:'}]"), pod("inverters: [{device: 'sim:'}]"))
        self.assertNotEqual(pod("inverters: [{device: 'sim:'}]"), pod("inverters: [{device: 'sim:max-8000'}]"))

    def test_no_inverter_is_asked_by_two_shards(self):
        docs = overlay("tcp-fleet")
        workload = exporter(docs)
        name, replicas = workload["metadata"]["name"], workload["spec"]["replicas"]
        container = workload["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(container["args"], ["--config.file=/etc/mppsolar/$(POD_NAME).yml"])
        self.assertGreater(replicas, 1)
        self.assertEqual(set(configs(docs)), {f"{name}-{n}.yml" for n in range(replicas)})
        inverters = [one for text in configs(docs).values() for one in yaml.safe_load(text)["inverters"]]
        for key in ("name", "device"):
            values = [one[key] for one in inverters]
            self.assertEqual(sorted(values), sorted(set(values)))

    def test_the_policy_lets_the_fleet_out_to_its_bridges_and_names_only(self):
        docs = overlay("tcp-fleet")
        names, bridges = of_kind(docs, "NetworkPolicy")[0]["spec"]["egress"]
        self.assertEqual({(one["protocol"], one["port"]) for one in names["ports"]}, {("UDP", 53), ("TCP", 53)})
        networks = [ipaddress.ip_network(to["ipBlock"]["cidr"]) for to in bridges["to"]]
        ports = {(one["protocol"], one["port"]) for one in bridges["ports"]}
        for text in configs(docs).values():
            for inverter in yaml.safe_load(text)["inverters"]:
                host, port = re.fullmatch(r"tcp://(.*):(\d+)", inverter["device"]).groups()
                self.assertTrue(any(ipaddress.ip_address(host) in network for network in networks), host)
                self.assertIn(("TCP", int(port)), ports)
        for name in set(OVERLAYS) - {"tcp-fleet"}:
            policy, = of_kind(overlay(name), "NetworkPolicy")
            self.assertNotIn("egress", policy["spec"], name)
            self.assertIn("Egress", policy["spec"]["policyTypes"])


class Taken(Built):
    """What is taken from elsewhere in the project."""

    def test_dashboards_are_those_of_grafana_byte_for_byte(self):
        found = {}
        for one in of_kind(overlay("usb-inverter"), "ConfigMap"):
            if one["metadata"]["labels"].get("grafana_dashboard") == "1":
                found.update(one["data"])
        self.assertEqual(found, dashboards())

    def test_rules_are_those_of_prometheus(self):
        groups = [group for one in of_kind(overlay("usb-inverter"), "PrometheusRule") for group in one["spec"]["groups"]]
        self.assertEqual(groups, rule_groups())
        done = run(os.path.join(ROOT, "script", "prometheusrules"), "--check")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_takes_the_rules(self):
        if not shutil.which("promtool"):
            self.skipTest("skipped: promtool is not here")
        for one in of_kind(overlay("usb-inverter"), "PrometheusRule"):
            done = run("promtool", "check", "rules", self.path("rules.yml", yaml.safe_dump(one["spec"])))
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_series_keep_their_labels_when_a_pod_is_replaced(self):
        """A real Prometheus relabels targets as the operator would give them to it."""
        if not shutil.which("prometheus"):
            self.skipTest("skipped: prometheus is not here")
        monitor, = of_kind(overlay("usb-inverter"), "ServiceMonitor")
        common = {"namespace": "mppsolar", "service": "mppsolar-exporter", "endpoint": "http", "container": "exporter"}
        of_shard = "__meta_kubernetes_pod_label_statefulset_kubernetes_io_pod_name"
        targets = [{"targets": [address], "labels": {**common, **labels}} for address, labels in {
            "127.0.0.1:1": {"pod": "mppsolar-exporter-7d4b-x2x"},
            "127.0.0.1:2": {"pod": "mppsolar-exporter-99c5-abc"},
            "127.0.0.1:3": {"pod": "mppsolar-exporter-0", of_shard: "mppsolar-exporter-0"},
            "127.0.0.1:4": {"pod": "mppsolar-exporter-1", of_shard: "mppsolar-exporter-1"}}.items()]
        port = free_port()
        jobs = [{"job_name": f"job{n}", "static_configs": [one], "relabel_configs": scraped_as(monitor)}
                for n, one in enumerate(targets)]
        prometheus = Process(["prometheus", "--config.file=" + self.path("prometheus.yml", json.dumps({"scrape_configs": jobs})),
                              "--storage.tsdb.path=" + self.path("data"), f"--web.listen-address=127.0.0.1:{port}"])
        self.addCleanup(prometheus.end)

        def seen():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/targets", timeout=10) as answer:
                    active = json.load(answer)["data"]["activeTargets"]
            except OSError:
                return None
            return {one["labels"].pop("job"): one["labels"] for one in active} if len(active) == 4 else None
        labels = wait_for(seen, "four targets")
        kept = {"namespace": "mppsolar", "service": "mppsolar-exporter", "endpoint": "http"}
        self.assertEqual(labels["job0"], {**kept, "instance": "mppsolar-exporter"})
        self.assertEqual(labels["job1"], labels["job0"])
        self.assertEqual(labels["job2"], {**kept, "instance": "mppsolar-exporter-0"})
        self.assertEqual(labels["job3"], {**kept, "instance": "mppsolar-exporter-1"})


class Played(Built):
    """Manifests as podman plays them, with the image of these sources."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.podman = podman_or_skip(cls)
        cls.image = exporter_image(cls.podman)

    def play(self, text):
        """Plays the exporter of some manifests: the container's name, and a function that asks the exporter."""
        workload = exporter(documents(text))
        image = workload["spec"]["template"]["spec"]["containers"][0]["image"]
        port = free_port()
        # podman 4.3 publishes a containerPort as it is; here another program may have it.
        for there, here in ((f"image: {image}", f"image: {self.image}"),
                            ("containerPort: 10030", f"containerPort: 10030\n          hostPort: {port}")):
            self.assertEqual(text.count(there), 1)
            text = text.replace(there, here)
        manifests = self.path("manifests.yml", text)
        # What podman makes for itself, and leaves behind.
        pause = self.podman.text("version", "--format", "{{.Client.Version}}-{{.Client.Built}}")
        for kind, name in (("network", "podman-default-kube-network"), ("image", f"localhost/podman-pause:{pause}")):
            if self.podman(kind, "exists", name, check=False).returncode != 0:
                self.addCleanup(self.podman, kind, "rm", name, check=False)
        for config in of_kind(documents(text), "ConfigMap"):
            self.addCleanup(self.podman, "volume", "rm", config["metadata"]["name"], check=False)
        self.addCleanup(self.podman, "kube", "down", manifests, check=False)
        self.podman("kube", "play", manifests)
        name, = self.podman.text("ps", "--filter", f"name={workload['metadata']['name']}-pod.*-exporter$",
                                 "--format", "{{.Names}}").split()

        def ask(path="/metrics"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                    return answer.read().decode()
            except OSError:
                return None
        wait_for(ask, "the exporter to answer")
        return name, ask

    def facts_of(self, name):
        """What the kernel says of the container's first process."""
        return process_facts(self.podman.text("inspect", "--format", "{{.State.Pid}}", name))

    def test_the_demo_serves_two_inverters_as_a_user_without_rights(self):
        name, ask = self.play(built("overlays", "demo"))
        metrics = Metrics(ask())
        self.assertEqual({series: value for series, value in metrics.values.items() if series.startswith("mppsolar_up{")},
                         {'mppsolar_up{inverter="house"}': 1, 'mppsolar_up{inverter="barn"}': 1})
        self.assertIn('mppsolar_battery_volts{inverter="house"}', metrics.values)
        for path in ("/-/healthy", "/-/ready"):
            self.assertIsNotNone(ask(path))
        # podman would restart a container whose liveness probe fails.
        self.podman("healthcheck", "run", name)
        facts = self.facts_of(name)
        self.assertTrue(facts["read_only"])
        self.assertEqual(set(facts["Uid"].split()), {"65532"})
        self.assertEqual({facts[key] for key in facts if key.startswith("Cap")}, {"0" * 16})
        self.assertEqual(facts["NoNewPrivs"], "1")
        begun = time.monotonic()
        self.podman("stop", "--time", "10", name)
        self.assertLess(time.monotonic() - begun, 8)  # It ended by itself, before the 10 s were over.
        self.assertEqual(self.podman.text("inspect", "--format", "{{.State.ExitCode}}", name), "0")

    def test_a_line_of_the_node_is_read_by_its_lasting_name_and_found_again_after_a_replug(self):
        line = f"/dev/mppsolar-test-{os.getpid()}"
        if not os.access("/dev", os.W_OK):
            self.skipTest("skipped: the right to name a device in /dev is not here")

        def plug_in(name):
            device = os.path.realpath(self.simulator("--no-pace", name=name))
            os.chown(device, 0, 20)
            os.chmod(device, 0o660)
            # As udev does it in /dev/serial/by-id.
            os.symlink(os.path.relpath(device, "/dev"), line)
        self.addCleanup(lambda: os.path.lexists(line) and os.unlink(line))
        plug_in("first")
        self.path("mppsolar.yml", f"inverters: [{{name: house, device: /host{line}}}]")
        name, ask = self.play(self.own_overlay("namespace", "hostpath-device", configMapGenerator=[
            {"name": "mppsolar-exporter", "behavior": "replace", "files": ["mppsolar.yml"]}]))

        def up():
            return Metrics(ask()).values['mppsolar_up{inverter="house"}'] == 1
        wait_for(up, "the inverter to answer")
        # Privileged, but nobody: the capabilities are there for a root that it is not.
        facts = self.facts_of(name)
        self.assertEqual(facts["CapEff"], "0" * 16)
        self.assertIn("20", facts["Groups"].split())
        os.unlink(line)
        self.last_simulator.end()
        wait_for(lambda: not up(), "the inverter to be missed")
        # Its name in /dev is gone for as long as this takes, so the new one gets another number.
        held = os.openpty()
        self.addCleanup(os.close, held[0])
        self.addCleanup(os.close, held[1])
        plug_in("second")
        wait_for(up, "the inverter to be found again")


if __name__ == "__main__":
    unittest.main()
