"""The rules of deploy/prometheus: right, complete, tested, and evaluated by a real Prometheus."""

import glob
import json
import os
import re
import shutil
import subprocess
import unittest
import urllib.request

from program import ROOT, Case, Process, free_port, run, wait_for

DEPLOY = os.path.join(ROOT, "deploy", "prometheus")
RULES = sorted(glob.glob(os.path.join(DEPLOY, "rules", "*.yml")))
UNIT_TESTS = sorted(glob.glob(os.path.join(ROOT, "tests", "prometheus", "*.yml")))
RUNBOOKS = os.path.join(ROOT, "docs", "runbooks")
KINDS = ("fires", "does not fire", "with a missing series", "when flapping")
URL = "https://github.com/mppsolar-exporter/mppsolar_exporter/blob/main/docs/runbooks/"


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def needs(tool):
    return unittest.skipUnless(shutil.which(tool), f"skipped: {tool} is not installed")


def rules():
    """Every rule as text without comments, by name; there is no YAML in Python's own library."""
    found = {}
    for path in RULES:
        text = re.sub(r"^\s*#.*\n", "", read(path), flags=re.MULTILINE)
        for part in re.split(r"\n\s+- (?=alert: |record: )", text)[1:]:
            kind, name = re.match(r"(alert|record): (\S+)", part).groups()
            assert name not in found, f"{name} is there twice"
            found[name] = (kind, part)
    return found


def alerts():
    return {name: text for name, (kind, text) in rules().items() if kind == "alert"}


def expression(rule):
    return re.search(r"expr: (.*?)(?=\n        (?:for|keep_firing_for|labels):|\Z)", rule,
                     re.DOTALL).group(1)


def defined_states(label, metric):
    """What docs/metrics.md says that a label can be."""
    row = next(line for line in read(ROOT, "docs", "metrics.md").splitlines()
               if line.startswith(f"| `{metric}` | gauge | inverter, {label} |"))
    return re.search(r"One of: (.*?)\.", row).group(1).split(", ")


class Rules(unittest.TestCase):
    maxDiff = None

    def test_every_metric_in_a_rule_is_one_that_the_exporter_has(self):
        code, listed, _ = run("list-metrics", "--output=markdown")
        self.assertEqual(code, 0)
        exporters = set(re.findall(r"^\| `(\w+)`", listed, re.MULTILINE))
        documented = set(re.findall(r"^\| `(\w+)`", read(ROOT, "docs", "metrics.md"), re.MULTILINE))
        self.assertIn("mppsolar_battery_volts", exporters)
        recorded = {name for name, (kind, _) in rules().items() if kind == "record"}
        for name, (_, text) in rules().items():
            used = re.sub(r"{.*?}", "", expression(text))
            with self.subTest(rule=name):
                self.assertLessEqual(set(re.findall(r"\w+:\w+:\w+", used)), recorded)
                raw = set(re.findall(r"(?<![:\w])mppsolar_\w+(?![:\w])", used))
                self.assertLessEqual(raw, exporters)
                self.assertLessEqual(raw, documented)

    def test_every_label_value_in_a_rule_is_one_that_the_exporter_has(self):
        known = {"warning": defined_states("warning", "mppsolar_warning_active"),
                 "mode": defined_states("mode", "mppsolar_mode"),
                 "priority": defined_states("priority", "mppsolar_setting_output_source_priority"),
                 "reason": ["timeout", "bad_frame", "nak", "io"]}
        for name, (_, text) in rules().items():
            for label, pattern in re.findall(r'[{,](\w+)(?:=~?|!=)"([^"]+)"', expression(text)):
                if label == "job":
                    continue
                for one in pattern.split("|"):
                    with self.subTest(rule=name, label=label, value=one):
                        self.assertTrue([v for v in known[label] if re.fullmatch(one, v)])

    def test_every_warning_has_an_alert_or_is_left_out_on_purpose(self):
        patterns = [pattern for name, (_, text) in rules().items()
                    for pattern in re.findall(r'warning=~?"([^"]+)"', expression(text))]
        page = read(RUNBOOKS, "MppsolarWarning.md")
        left_out = re.findall(r"`(\w+)`", page[page.index("## Left out"):])
        for warning in defined_states("warning", "mppsolar_warning_active"):
            with self.subTest(warning=warning):
                self.assertNotEqual(any(re.fullmatch(p, warning) for p in patterns),
                                    warning in left_out)

    def test_every_fault_is_explained(self):
        page = read(RUNBOOKS, "MppsolarFault.md")
        for fault in defined_states("fault", "mppsolar_fault_active"):
            with self.subTest(fault=fault):
                self.assertIn(f"| `{fault}` |", page)

    def test_every_alert_says_all_that_it_must(self):
        for name, text in alerts().items():
            with self.subTest(alert=name):
                self.assertRegex(name, r"^Mppsolar[A-Z]\w+$")
                self.assertRegex(text, r"\n          severity: (critical|warning|info)\n")
                about = "instance" if re.search("Exporter|Config", name) else "inverter"
                summary = re.search(r"\n          summary: (.+)\n", text).group(1)
                description = re.search(r"\n          description: >-\n(.*?)\n          runbook_url",
                                        text, re.DOTALL).group(1)
                self.assertIn("{{ $labels.%s }}" % about, summary)
                self.assertIn("{{ $labels.%s }}" % about, description)
                self.assertIn("$value", description)
                self.assertIn(f"runbook_url: {URL}{name}.md\n", text + "\n")

    def test_every_alert_has_its_runbook_and_every_runbook_its_alert(self):
        pages = {os.path.basename(path)[:-3] for path in glob.glob(os.path.join(RUNBOOKS, "*.md"))}
        self.assertEqual(pages, set(alerts()))
        for page in pages:
            with self.subTest(runbook=page):
                text = read(RUNBOOKS, page + ".md")
                self.assertTrue(text.startswith(f"# {page}\n"))
                for part in ("## What it means", "## What to look at", "## What to do"):
                    self.assertIn(f"\n{part}\n", text)

    def test_every_alert_is_in_the_table(self):
        table = dict(re.findall(r"^\| \[(\w+)\]\(runbooks/\1\.md\) \| (\w+) \|",
                                read(ROOT, "docs", "alerts.md"), re.MULTILINE))
        self.assertEqual(table, {name: re.search(r"severity: (\w+)", text).group(1)
                                 for name, text in alerts().items()})

    def test_every_alert_has_its_four_kinds_of_tests(self):
        tests = [test for path in UNIT_TESTS for test in read(path).split("\n  - name: ")[1:]]
        for alert in alerts():
            for kind in KINDS:
                with self.subTest(alert=alert, kind=kind):
                    found = [test for test in tests if test.startswith(f"{alert} {kind}, ")]
                    self.assertTrue(found)
                    if kind == "fires":  # and is shown as people get it
                        shown = f"alertname: {alert}\n        exp_alerts:\n"
                        self.assertTrue([test for test in found if shown in test])


@needs("promtool")
class Promtool(unittest.TestCase):
    def promtool(self, *arguments):
        done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=540)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_it_accepts_the_rules_and_the_example_loads_them_all(self):
        self.promtool("check", "rules", *RULES)
        said = self.promtool("check", "config", os.path.join(DEPLOY, "prometheus.yml"))
        self.assertIn(f"{len(RULES)} rule files found", said)

    @unittest.skipIf(os.environ.get("MPPSOLAR_SANITIZED"),
                     "skipped: nothing of the program runs in them, so a sanitizer sees nothing")
    def test_the_unit_tests_pass(self):
        for path in UNIT_TESTS:
            with self.subTest(file=os.path.basename(path)):
                self.promtool("test", "rules", path)


@needs("amtool")
class Alertmanager(unittest.TestCase):
    PATH = os.path.join(DEPLOY, "alertmanager.yml")

    def test_amtool_accepts_the_example(self):
        subprocess.run(["amtool", "check-config", self.PATH], check=True, capture_output=True)

    def test_severity_decides_who_is_told(self):
        for severity, receiver in (("critical", "phone"), ("warning", "mail"), ("info", "nobody")):
            done = subprocess.run(
                ["amtool", "config", "routes", "test", f"--config.file={self.PATH}",
                 "alertname=MppsolarFault", f"severity={severity}"],
                check=True, capture_output=True, text=True)
            self.assertEqual(done.stdout.strip(), receiver)


class Inhibition(unittest.TestCase):
    def test_it_names_only_alerts_that_there_are_and_never_silences_a_silent_battery(self):
        text = read(DEPLOY, "alertmanager.yml")
        text = text[text.index("inhibit_rules:"):text.index("receivers:")]
        silenced = set()
        for where, pattern in re.findall(r"(source|target)_matchers: \['alertname=~?\"(.*?)\"'\]",
                                         text):
            # Mppsolar(A|B) is spelled out, so that each of its names is checked.
            head, _, names = pattern.partition("(")
            for name in names.rstrip(")").split("|"):
                with self.subTest(name=head + name):
                    self.assertIn(head + name, alerts())
                if where == "target":
                    silenced.add(head + name)
        self.assertIn("MppsolarInverterDown", silenced)
        for loud in ("MppsolarBatteryAtCutoff", "MppsolarBatteryLowAndSilent", "MppsolarFault"):
            self.assertNotIn(loud, silenced)


@needs("prometheus")
class RealPrometheus(Case):
    def test_every_rule_is_evaluated_over_a_day_without_an_error(self):
        # 40 simulated minutes a second: a day in 36 s. Both ways to scrape, so that every series is there twice.
        exporter = self.exporter("--device=cabin=sim:pip-1012-mse?speed=2400",
                                 "--device=house=sim:max-8000?speed=2400")
        target = f"127.0.0.1:{exporter.port}"
        config = read(DEPLOY, "prometheus.yml").replace("localhost:10030", target)
        config = config.replace("scrape_interval: 15s", "scrape_interval: 2s")
        config += (f"  - job_name: mppsolar-probe\n"
                   f"    http_sd_configs: [{{url: 'http://{target}/sd'}}]\n")
        os.mkdir(self.path("rules"))
        for path in RULES:
            self.path(os.path.join("rules", os.path.basename(path)),
                      re.sub(r"\binterval: \w+", "interval: 1s", read(path)))
        port = free_port()
        prometheus = Process(["prometheus", f"--config.file={self.path('prometheus.yml', config)}",
                              f"--storage.tsdb.path={self.path('data')}",
                              f"--web.listen-address=127.0.0.1:{port}"])
        self.addCleanup(prometheus.end)

        def ask(path):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}",
                                            timeout=10) as answer:
                    return json.load(answer)["data"]
            except OSError:
                return None

        def series(query):
            return (ask("query?query=" + urllib.request.quote(query)) or {}).get("result", [])

        # From day to night and back to day, at both inverters and by both jobs.
        dusk_and_dawn = ("changes((inverter:mppsolar_pv_watts:sum > bool 0)[5m:1s]) >= 2"
                         " and inverter:mppsolar_pv_watts:sum > 0")
        wait_for(lambda: len(series(dusk_and_dawn)) == 4, "a whole day", patience=240)
        evaluated = {}
        for group in ask("rules")["groups"]:
            for rule in group["rules"]:
                evaluated[rule["name"]] = rule
        self.assertEqual(set(evaluated), set(rules()))
        for name, rule in evaluated.items():
            with self.subTest(rule=name):
                self.assertEqual((rule["health"], rule.get("lastError", "")), ("ok", ""))
        for name in ("inverter:mppsolar_balance_watts:residual",
                     "inverter:mppsolar_battery_low_volts:threshold",
                     "inverter:mppsolar_battery_high_volts:threshold",
                     "inverter:mppsolar_battery_low:latched",
                     "inverter:mppsolar_pv_energy_joules:increase1d",
                     "inverter:mppsolar_self_sufficiency_ratio:lower1d",
                     "inverter:mppsolar_grid_present:last5m"):
            with self.subTest(series=name):
                self.assertEqual(len(series(f"last_over_time({name}[1m])")), 4)
        for ratio in series("inverter:mppsolar_self_sufficiency_ratio:lower1d"):
            self.assertTrue(0 <= float(ratio["value"][1]) <= 1)
        # Nothing is broken here, so nothing may say so.
        broken = "InverterDown|InverterGone|ExporterDown|ConfigReloadFailed|Fault.*|BatteryLowAndSilent"
        self.assertEqual(series(f'ALERTS{{alertname=~"Mppsolar({broken})",alertstate="firing"}}'), [])


if __name__ == "__main__":
    unittest.main()
