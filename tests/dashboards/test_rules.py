"""The rules of Grafana's dashboard-linter, one test each, and those that this project adds.

The tool itself runs too where it is installed:
go install github.com/grafana/dashboard-linter@latest
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from dashboards import (FOLDER, ROOT, all_dashboards, all_panels, all_queries, filled, metrics_of,
                        panels, selectors)

UNITS = {"watt", "voltamp", "kwatth", "amp", "volt", "celsius", "hertz", "percentunit", "s", "none",
         "dtdurations", "bytes", "reqps", "short", "string"}
WITH_QUERIES = {"stat", "table", "timeseries", "state-timeline", "bargauge"}
RESULT_OF_ONE = {"rate", "irate", "increase"}


def variables(dashboard, kind=None):
    return {v["name"]: v for v in dashboard["templating"]["list"] if kind in (None, v["type"])}


def check_promql(case, expressions):
    """Lets promtool parse the expressions, as rules. `expressions`: (where, expression)."""
    if not shutil.which("promtool"):
        case.skipTest("skipped: promtool is not installed (Debian: prometheus)")
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"groups": [{"name": "all", "rules": [
            {"record": f"r:{i}", "expr": e} for i, (_, e) in enumerate(expressions)]}]}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", "--lint=none", file.name],
                              capture_output=True, text=True)
    case.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class LinterRules(unittest.TestCase):
    """The names are those of the linter's rules."""

    maxDiff = None

    def each(self, things, check):
        """Checks every (where, thing), and goes on after one that fails."""
        for where, thing in things:
            with self.subTest(where):
                check(thing)

    def each_dashboard(self, check):
        self.each(all_dashboards().items(), check)

    def each_panel(self, check):
        self.each(((f"{name}: {panel['title']}", panel) for name, panel in all_panels()), check)

    def each_query(self, check):
        self.each(((f"{name}: {panel['title']} {target['refId']}", target["expr"])
                   for name, panel, target in all_queries()), check)

    def test_template_datasource_rule(self):
        def check(dashboard):
            sources = variables(dashboard, "datasource")
            self.assertEqual(list(sources), ["datasource"])
            self.assertEqual(sources["datasource"]["label"], "Data source")
            self.assertEqual(sources["datasource"]["query"], "prometheus")
        self.each_dashboard(check)

    def check_variable(self, name, label):
        def check(dashboard):
            variable = variables(dashboard, "query")[name]
            self.assertEqual(variable["label"], label)
            self.assertEqual(variable["datasource"]["uid"], "${datasource}")
            self.assertTrue(variable["multi"])
            self.assertEqual(variable["allValue"], ".+")
        self.each_dashboard(check)

    def test_template_job_rule(self):
        self.check_variable("job", "Job")

    def test_template_instance_rule(self):
        self.check_variable("instance", "Instance")

    def test_template_label_promql_rule(self):
        found = []
        def check(dashboard):
            for name, variable in variables(dashboard, "query").items():
                query = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"])
                self.assertIsNotNone(query, variable["query"])
                self.assertEqual(query[2], name)
                self.assertEqual(variable["datasource"]["type"], "prometheus")
                # Each list is of what was chosen before it: job, instance, inverter.
                before = ["job", "instance", "inverter"]
                for other in before[:before.index(name)]:
                    self.assertIn(f'{other}=~"${other}"', query[1])
                found.append((name, filled(query[1])))
        self.each_dashboard(check)
        check_promql(self, found)

    def test_template_on_time_change_reload_rule(self):
        def check(dashboard):
            for variable in variables(dashboard, "query").values():
                self.assertEqual(variable["refresh"], 2)
        self.each_dashboard(check)

    def test_panel_datasource_rule(self):
        def check(panel):
            self.assertEqual(panel["datasource"]["uid"], "${datasource}")
            for target in panel["targets"]:
                self.assertEqual(target["datasource"]["uid"], "${datasource}")
        self.each_panel(check)

    def test_panel_title_description_rule(self):
        def check(panel):
            self.assertTrue(panel["title"])
            self.assertRegex(panel["description"], r"^[A-Z].{15,}\.$")
        self.each_panel(check)

    def test_panel_units_rule(self):
        def check(panel):
            self.assertIn(panel["fieldConfig"]["defaults"].get("unit"), UNITS)
            for override in panel["fieldConfig"]["overrides"]:
                for one in override["properties"]:
                    if one["id"] == "unit":
                        self.assertIn(one["value"], UNITS)
        self.each_panel(check)

    def test_panel_no_targets_rule(self):
        def check(panel):
            self.assertIn(panel["type"], WITH_QUERIES)
            self.assertTrue(panel["targets"])
        self.each_panel(check)

    def test_target_logql_rules_have_nothing_to_check(self):
        def check(panel):
            self.assertEqual(panel["datasource"]["type"], "prometheus")
        self.each_panel(check)

    def test_target_promql_rule(self):
        check_promql(self, [(panel["title"], filled(target["expr"]))
                            for _, panel, target in all_queries()])

    def test_target_rate_interval_rule(self):
        def check(expression):
            for function, time in re.findall(r"\b(i?rate)\([^\[]*\[([^\]]*)\]", expression):
                self.assertEqual(time, "$__rate_interval", function)
        self.each_query(check)

    def check_matcher(self, name):
        def check(expression):
            for metric, matchers, _ in selectors(expression):
                self.assertIn(f'{name}=~"${name}"', matchers.split(", "), metric)
            # No metric without braces gets past this.
            self.assertEqual(metrics_of(expression), {m for m, _, _ in selectors(expression)})
        self.each_query(check)

    def test_target_job_rule(self):
        self.check_matcher("job")

    def test_target_instance_rule(self):
        self.check_matcher("instance")

    def test_target_counter_agg_rule(self):
        def check(expression):
            for metric, _, _ in selectors(expression):
                if metric.endswith(("_total", "_bucket")):
                    uses = expression.count(metric + "{")
                    inside = re.findall(rf"\b(?:rate|increase)\({metric}\{{[^}}]*\}}\[", expression)
                    self.assertEqual(len(inside), uses, metric)
        self.each_query(check)

    def test_uneditable_dashboard(self):
        def check(dashboard):
            self.assertIs(dashboard["editable"], False)
        self.each_dashboard(check)

    def test_the_linter_itself_agrees(self):
        linter = shutil.which("dashboard-linter")
        if not linter:
            self.skipTest("skipped: dashboard-linter is not installed")
        for name in all_dashboards():
            with self.subTest(name):
                done = subprocess.run([linter, "lint", "--strict", os.path.join(FOLDER, name)],
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class OurRules(unittest.TestCase):
    def test_every_panel_says_what_to_do_without_data(self):
        for name, panel in all_panels():
            with self.subTest(f"{name}: {panel['title']}"):
                self.assertRegex(panel["fieldConfig"]["defaults"].get("noValue", ""), r"\w+ \w+")

    def test_every_query_about_an_inverter_obeys_the_choice_of_inverters(self):
        of_exporters = ("mppsolar_exporter_", "process_", "scrape_", "up")
        for name, panel, target in all_queries():
            with self.subTest(f"{name}: {panel['title']}"):
                for metric, matchers, _ in selectors(target["expr"]):
                    self.assertEqual('inverter=~"$inverter"' in matchers.split(", "),
                                     not metric.startswith(of_exporters), metric)

    def test_dashboards_have_fixed_names_and_link_to_each_other(self):
        for name, dashboard in all_dashboards().items():
            with self.subTest(name):
                self.assertEqual(dashboard["uid"] + ".json", name)
                self.assertIsNone(dashboard["id"])
                self.assertIn("mppsolar", dashboard["tags"])
                self.assertEqual(dashboard["links"][0]["tags"], ["mppsolar"])
                self.assertNotIn("__inputs", dashboard)

    def test_panels_have_numbers_and_titles_of_their_own(self):
        for name, dashboard in all_dashboards().items():
            with self.subTest(name):
                for key in ("id", "title"):
                    seen = [panel[key] for panel in panels(dashboard)]
                    self.assertEqual(len(seen), len(set(seen)), key)

    def test_panels_fill_whole_lines_and_none_lies_on_another(self):
        for name, dashboard in all_dashboards().items():
            with self.subTest(name):
                taken = {}
                for panel in dashboard["panels"]:
                    at = panel["gridPos"]
                    for y in range(at["y"], at["y"] + at["h"]):
                        for x in range(at["x"], at["x"] + at["w"]):
                            self.assertNotIn((x, y), taken, panel["title"])
                            self.assertLess(x, 24, panel["title"])
                            taken[x, y] = panel["title"]
                bottom = max(y for _, y in taken)
                holes = [(x, y) for y in range(bottom + 1) for x in range(24)
                         if (x, y) not in taken]
                self.assertEqual(holes, [])

    def test_colours_come_from_the_palette(self):
        source = os.path.join(ROOT, "grafana", "src")
        with open(os.path.join(source, "palette.ts"), encoding="utf-8") as file:
            palette = set(re.findall(r"#[0-9A-Fa-f]{6}", file.read()))
        for name, dashboard in all_dashboards().items():
            with self.subTest(name):
                used = set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(dashboard)))
                self.assertLessEqual(used, palette)
                self.assertNotRegex(json.dumps(dashboard), r'"(?:fixedColor|color)": "[a-z]')

    def test_a_big_number_is_never_an_old_one(self):
        """Of a time, Grafana takes the last value that there is, unless something comes after it."""
        for name, panel in all_panels():
            if panel["type"] not in ("stat", "bargauge"):
                continue
            with self.subTest(f"{name}: {panel['title']}"):
                self.assertEqual(panel["options"]["reduceOptions"]["calcs"], ["last"])
                for target in panel["targets"]:
                    if not target.get("instant"):
                        self.assertTrue(target["expr"].endswith(" or vector(NaN)"))

    def test_labels_in_tables_are_not_taken_for_numbers(self):
        """Grafana shows the firmware 00014.02 as 14.0 otherwise."""
        for name, panel in all_panels():
            if panel["type"] != "table":
                continue
            with self.subTest(f"{name}: {panel['title']}"):
                organize = [t for t in panel["transformations"] if t["id"] == "organize"][0]
                units = {o["matcher"]["options"]: [p["value"] for p in o["properties"]
                                                   if p["id"] == "unit"]
                         for o in panel["fieldConfig"]["overrides"]}
                for column, title in organize["options"]["renameByName"].items():
                    if not column.startswith("Value"):
                        self.assertEqual(units[title], ["string"], title)

    def test_battery_lines_are_the_inverters_own(self):
        """A number of ours would be wrong for 12, 24 or 48 volts."""
        for name, panel in all_panels():
            if panel["fieldConfig"]["defaults"]["unit"] != "volt":
                continue
            with self.subTest(f"{name}: {panel['title']}"):
                steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
                self.assertEqual([s for s in steps if s["value"] is not None], [])
                for target in panel["targets"]:
                    self.assertNotRegex(target["expr"], r"battery_volts\{[^}]*\} *[<>]=? *\d")


if __name__ == "__main__":
    unittest.main()
