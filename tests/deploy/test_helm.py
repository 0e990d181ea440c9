"""The Helm chart: what it renders, with each file of ci/, is what Kubernetes takes, and restricted; its rules and dashboards
are the project's own; wrong values are refused."""

import base64
import glob
import json
import os
import shutil
import tarfile
import unittest

from manifests import (EXPORTER, ROOT, Case, configs, dashboards, documents, exporter, helm, loose_ends, of_kind,
                       pod_faults, read, rule_groups, run, schema_complaints, too_big, version, workloads, yaml)

CHART = os.path.join(ROOT, "deploy", "helm", "mppsolar-exporter")
CI = {os.path.basename(path).removesuffix("-values.yaml"): path for path in sorted(glob.glob(os.path.join(CHART, "ci", "*")))}


def rendered(*arguments, chart=CHART, name="solar"):
    done = run(helm(), "template", name, chart, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(*arguments):
    """What helm says of values that it does not take."""
    done = run(helm(), "template", "solar", CHART, *arguments)
    assert done.returncode != 0, done.stdout
    return done.stderr


def of_case(name, *more):
    return documents(rendered("--values", CI[name], *more))


class Chart(Case):
    @classmethod
    def setUpClass(cls):
        helm()

    def test_lint_finds_nothing(self):
        for values in ([], *(["--values", path] for path in CI.values())):
            with self.subTest(values=values):
                done = run(helm(), "lint", "--strict", CHART, *values)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertNotIn("[WARNING]", done.stdout)

    def test_everything_that_it_renders_fits_the_schemas(self):
        for values in ([], *(["--values", path] for path in CI.values())):
            with self.subTest(values=values):
                self.assertEqual(schema_complaints(rendered(*values)), [])

    def test_a_misspelt_field_is_refused(self):
        text = rendered("--values", CI["default"])
        self.assertIn(" livenessProbe:", text)
        self.assertIn("additionalProperties 'livenesProbe' not allowed",
                      schema_complaints(text.replace(" livenessProbe:", " livenesProbe:"))[0])

    def test_every_pod_is_restricted_and_watched(self):
        for name in CI:
            with self.subTest(case=name):
                docs = of_case(name)
                found = workloads(docs)
                self.assertEqual(len(found), 1)
                self.assertEqual(pod_faults(found[0], privileged_device=name == "hostpath"), [])
                for account in of_kind(docs, "ServiceAccount"):
                    self.assertIs(account["automountServiceAccountToken"], False)

    def test_all_that_is_referred_to_is_there(self):
        for name in CI:
            with self.subTest(case=name):
                docs = of_case(name)
                self.assertEqual(loose_ends(docs), [])
                self.assertEqual(too_big(docs), [])
                self.assertEqual({one["metadata"].get("namespace") for one in docs} - {"solar", "monitoring"},
                                 set() if name == "everything" else {"default"})

    def test_the_exporter_takes_every_config(self):
        for name in CI:
            for file, text in configs(of_case(name)).items():
                with self.subTest(case=name, file=file):
                    done = run(EXPORTER, "check-config", self.path("config.yml", text))
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_is_of_the_exporters_version(self):
        chart = yaml.safe_load(read(CHART, "Chart.yaml"))
        self.assertEqual(chart["appVersion"], version())
        self.assertEqual(chart["version"], version())
        pod = exporter(of_case("default"))["spec"]["template"]["spec"]
        self.assertEqual(pod["containers"][0]["image"], "ghcr.io/mppsolar-exporter/mppsolar_exporter:" + version())

    def test_its_rules_are_the_projects(self):
        rule, = of_kind(of_case("usb-plugin"), "PrometheusRule")
        self.assertEqual(rule["spec"]["groups"], rule_groups())
        self.assertIn("{{ $labels.inverter }}", json.dumps(rule))

    def test_promtool_takes_its_rules(self):
        if not shutil.which("promtool"):
            self.skipTest("skipped: promtool is not here")
        for name in ("usb-plugin", "everything"):
            rule, = of_kind(of_case(name), "PrometheusRule")
            done = run("promtool", "check", "rules", self.path("rules.yml", yaml.safe_dump(rule["spec"])))
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_alerts_can_be_left_out_labelled_and_added(self):
        rule, = of_kind(of_case("everything"), "PrometheusRule")
        *groups, last = rule["spec"]["groups"]
        self.assertEqual(last["name"], "mine")
        expected = rule_groups()
        for group in expected:
            group["rules"] = [one for one in group["rules"] if one.get("alert") != "MppsolarNoSunAtNoon"]
            for one in group["rules"]:
                if "alert" in one:
                    one["labels"] = {"team": "energy", **one["labels"]}
        self.assertEqual(groups, [group for group in expected if group["rules"]])
        self.assertIn("there is no alert MppsolarTypo",
                      refusal("--values", CI["usb-plugin"], "--set", "prometheusRule.disabledAlerts={MppsolarTypo}"))

    def test_its_dashboards_are_the_projects_byte_for_byte(self):
        found = {}
        for one in of_kind(of_case("usb-plugin"), "ConfigMap"):
            if "grafana_dashboard" in one["metadata"]["labels"]:
                self.assertEqual(one["metadata"]["annotations"], {"grafana_folder": "MPP Solar"})
                found.update(one["data"])
        self.assertEqual(found, dashboards())

    def test_the_package_holds_rules_and_dashboards_and_renders_the_same(self):
        done = run(helm(), "package", CHART, "--destination", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        package = self.path(f"mppsolar-exporter-{version()}.tgz")
        with tarfile.open(package) as files:
            inside = {file.name: file for file in files.getmembers()}
            for name, text in dashboards().items():
                file = inside[f"mppsolar-exporter/files/dashboards/{name}"]
                self.assertTrue(file.isreg())
                self.assertEqual(files.extractfile(file).read().decode(), text)
        self.assertEqual([name for name in inside if "/ci/" in name], [])
        values = ("--values", CI["usb-plugin"])
        self.assertEqual(rendered(*values, chart=package), rendered(*values))

    def test_the_readme_has_every_value(self):
        done = run(os.path.join(os.path.dirname(CHART), "make-readme"), "--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_value_is_set_by_a_file_of_ci_and_known_to_the_schema(self):
        def keys(values, path=""):
            for key, value in values.items():
                yield path + key
                if isinstance(value, dict) and value:
                    yield from keys(value, f"{path}{key}.")
        # extraContainers and initContainers must be restricted themselves; a test of its own has one.
        left_out = {"extraContainers", "initContainers"}
        used = {key for path in CI.values() for key in keys(yaml.safe_load(read(path)))}
        top = set(yaml.safe_load(read(CHART, "values.yaml")))
        self.assertEqual(top - {key for key in used if "." not in key} - left_out,
                         {"podSecurityContext", "securityContext"})
        self.assertEqual(top, set(json.loads(read(CHART, "values.schema.json"))["properties"]))

    def test_unknown_and_wrong_values_are_refused(self):
        for wrong, word in {
                "servicemonitor.enabled=true": "servicemonitor",
                "serviceMonitor.enable=true": "enable",
                "serviceMonitor.enabled=yes": "enabled",
                "serviceMonitor.interval=30": "interval",
                "config.inverter=x": "inverter",
                "config.inverters[0].name=house": "device is required",
                "config.inverters[0].devices=x": "devices",
                "image.digest=sha256:12": "digest",
                "service.port=70000": "port",
                "replicaCount=2": "replicaCount",
        }.items():
            with self.subTest(wrong):
                said = refusal("--set", wrong)
                self.assertIn("values don't meet the specifications of the schema", said)
                self.assertIn(word, said)

    def test_one_line_is_never_given_to_two(self):
        two = json.dumps([[{"name": "a", "device": "tcp://10.0.0.1:1"}], [{"name": "b", "device": "tcp://10.0.0.1:1"}]])
        self.assertIn("tcp://10.0.0.1:1 is there twice", refusal("--set-json", f"shards={two}"))
        two = json.dumps([{"device": "/dev/inverter"}, {"device": "/dev/inverter"}])
        self.assertIn("/dev/inverter is there twice", refusal("--set-json", f"config.inverters={two}"))
        two = json.dumps([[{"name": "a", "device": "tcp://10.0.0.1:1"}], [{"name": "a", "device": "tcp://10.0.0.2:1"}]])
        self.assertIn("the inverter name a is there twice", refusal("--set-json", f"shards={two}"))
        self.assertIn("give one of the two", refusal("--values", CI["tcp-fleet"], "--set", "config.inverters[0].device=sim:"))
        self.assertIn("enable one of the two",
                      refusal("--set", "devices.plugin.enabled=true", "--set", "devices.hostPath.enabled=true"))
        self.assertIn("shards are for TCP bridges",
                      refusal("--values", CI["tcp-fleet"], "--set", "devices.plugin.enabled=true"))

    def test_shards_are_pods_with_a_config_each(self):
        docs = of_case("tcp-fleet")
        workload = exporter(docs)
        self.assertEqual((workload["kind"], workload["spec"]["replicas"]), ("StatefulSet", 2))
        container = workload["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(container["env"], [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])
        path, = (one.removeprefix("--config.file=") for one in container["args"])
        files = {path.replace("$(POD_NAME)", f"{workload['metadata']['name']}-{n}") for n in range(2)}
        self.assertEqual({"/etc/mppsolar/" + name for name in configs(docs)}, files)
        parsed = [yaml.safe_load(text) for text in configs(docs).values()]
        self.assertEqual([[one["name"] for one in file["inverters"]] for file in parsed], [["alder", "ash"], ["birch"]])
        # What is common to all stands in each.
        self.assertEqual([file["scrape"] for file in parsed], [{"timeout": "5s"}] * 2)

    def test_a_change_of_the_config_begins_a_new_pod_and_one_of_the_web_config_does_not(self):
        def pod(case, *more):
            return exporter(of_case(case, *more))["spec"]["template"]
        self.assertEqual(pod("tls"), pod("tls"))
        self.assertNotEqual(pod("tls"), pod("tls", "--set", "config.inverters[0].name=other"))
        self.assertEqual(pod("tls"), pod("tls", "--set", "webConfig.rate_limit.interval=1s"))

    def test_a_secret_that_the_kubelet_swaps_is_read_anew(self):
        """The files as the kubelet has them: links into a folder that is replaced by another one."""
        def written(user):
            users = json.dumps({user: yaml.safe_load(read(CI["tls"]))["webConfig"]["basic_auth_users"]["prometheus"]})
            secret, = of_kind(of_case("default", "--set-json", f"webConfig.basic_auth_users={users}"), "Secret")
            os.mkdir(self.path(f"..{user}"))
            for name, text in secret["data"].items():
                self.path(f"..{user}/{name}", base64.b64decode(text).decode())
            os.symlink(f"..{user}", self.path("..new"))
            os.rename(self.path("..new"), self.path("..data"))
        written("one")
        os.symlink("..data/web.yml", self.path("web.yml"))
        # As the pod has it: in the environment.
        exporter = self.exporter("--device=sim:", env={"MPPSOLAR_WEB_CONFIG_FILE": self.path("web.yml")})

        def status(user):
            word = base64.b64encode(f"{user}:prometheus".encode()).decode()
            return exporter.request("/", headers={"Authorization": f"Basic {word}"})[0]
        self.assertEqual((status("one"), status("two")), (200, 401))
        self.assertEqual(exporter.request("/-/healthy")[0], 200)
        written("two")
        self.assertEqual((status("one"), status("two")), (401, 200))

    def test_the_device_is_added_to_what_the_user_set(self):
        pod = exporter(of_case("usb-plugin", "--set", "podSecurityContext.supplementalGroups={5}"))["spec"]["template"]["spec"]
        self.assertEqual(pod["securityContext"]["supplementalGroups"], [5, 20])
        self.assertEqual(pod["containers"][0]["resources"]["limits"],
                         {"cpu": "500m", "memory": "64Mi", "squat.ai/mppsolar": "1"})
        pod = exporter(of_case("hostpath"))["spec"]["template"]["spec"]
        self.assertEqual(pod["securityContext"]["supplementalGroups"], [20, 986])
        self.assertIn({"name": "dev", "mountPath": "/host/dev"}, pod["containers"][0]["volumeMounts"])
        self.assertNotIn("supplementalGroups", exporter(of_case("default"))["spec"]["template"]["spec"]["securityContext"])

    def test_extra_manifests_are_filled_in(self):
        found = {one["metadata"]["name"]: one for one in of_kind(of_case("everything"), "ConfigMap")}
        self.assertEqual(found["definitions"]["metadata"]["namespace"], "solar")
        self.assertIn("solar-text", found)

    def test_two_releases_do_not_meet(self):
        def names(release):
            return {(one["kind"], one["metadata"]["name"])
                    for one in documents(rendered("--values", CI["usb-plugin"], name=release))}
        self.assertEqual(names("house") & names("barn"), set())
        long = documents(rendered("--values", CI["tcp-fleet"], name="a" * 53))
        # A StatefulSet's name and a revision's hash become a label.
        self.assertLessEqual(len(exporter(long)["metadata"]["name"]), 52)


if __name__ == "__main__":
    unittest.main()
