"""A real Prometheus with two days of two simulated inverters, of which the last seconds are scraped
live, is asked every query of every dashboard."""

import json
import re
import shutil
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from make_day import make_days  # This also finds program.py.
from dashboards import all_dashboards, filled, panels
from program import Case, Process, free_port, wait_for

INVERTERS = {"house": "pip-5048", "barn": "max-8000"}
INSTANCE = "house:10030"
# A panel may be empty for some inverters only if its description says so.
MAY_BE_EMPTY = re.compile(r"\bEmpty (for|while|without)\b")
PARTS_MAY_BE_EMPTY = re.compile(r"\b(drawn for|drawn where|not drawn|shown only while)\b")


class Queries(Case):
    def setUp(self):
        super().setUp()
        for program in ("prometheus", "promtool"):
            self.need(program)
        data = self.path("data")
        make_days(data, INVERTERS, days=2, step=240, speed=7200, instance=INSTANCE)
        # At 2400 baud a scrape would not be done within its second.
        exporter = self.exporter(*(
            f"--device={name}=" + self.simulator("--no-pace", "--speed=600", f"--model={model}",
                                                 name=name)
            for name, model in INVERTERS.items()), "--scrape.cache=0s")
        port = free_port()
        config = self.path("prometheus.yml", json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": "mppsolar", "static_configs": [{
                "targets": [f"127.0.0.1:{exporter.port}"], "labels": {"instance": INSTANCE}}]}]}))
        prometheus = Process(["prometheus", f"--config.file={config}",
                              f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=10d",
                              f"--web.listen-address=127.0.0.1:{port}"])
        self.addCleanup(prometheus.end)
        self.address = f"http://127.0.0.1:{port}/api/v1/"
        # Settings come with the second scrape, and a rate needs a few.
        wait_for(lambda: self.result("query", query=(
            "count(count_over_time(mppsolar_setting_enabled{setting='buzzer'}[10s]) >= 5) == 2")),
                 "five scrapes with all settings")

    def need(self, program):
        if not shutil.which(program):
            self.skipTest(f"skipped: {program} is not installed (Debian: prometheus)")

    def result(self, path, **question):
        """What Prometheus answers; its own words if it refuses the question."""
        url = self.address + path + "?" + urllib.parse.urlencode(question)
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                data = json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return None  # It still opens its blocks.
            raise AssertionError(json.load(error)["error"] + ": " + str(question)) from error
        except OSError:
            return None  # It does not listen yet.
        return data["result"] if isinstance(data, dict) else data

    def ask(self, panel, target, inverter):
        """The series of a query as Grafana would ask it, over the time that the panel shows."""
        shown = {"now/d": "1d", "1d/d": "1d", None: "1d"}.get(panel.get("timeFrom"),
                                                             panel.get("timeFrom"))
        expression = filled(target["expr"], inverter, shown)
        now = time.time()
        if target.get("instant"):
            return self.result("query", query=expression, time=now)
        # A big number is "not read" where there is no data.
        expression = expression.removesuffix(" or vector(NaN)")
        if panel.get("interval") == "1d":
            today = now // 86400 * 86400
            return self.result("query_range", query=expression, start=today - 86400, end=today,
                               step=86400)
        return self.result("query_range", query=expression, start=now - 300, end=now, step=15)

    def check(self, panel, inverter):
        found = [self.ask(panel, target, inverter) for target in panel["targets"]]
        if MAY_BE_EMPTY.search(panel["description"]):
            return
        if PARTS_MAY_BE_EMPTY.search(panel["description"]):
            self.assertTrue(any(found), "no query has data")
            return
        for target, series in zip(panel["targets"], found):
            self.assertTrue(series, "no data for " + target["expr"])

    def check_energy_of_yesterday(self):
        """What is drawn at yesterday's first moment is what was counted until today's."""
        today = time.time() // 86400 * 86400
        panel = [p for d in all_dashboards().values() for p in panels(d)
                 if p["title"] == "Energy per day"][0]
        drawn = self.result("query", query=filled(panel["targets"][0]["expr"], "house"),
                            time=today - 86400)
        counted = self.result("query", query=(
            'increase(mppsolar_pv_energy_joules_total{inverter="house"}[1d]) / 3.6e6'), time=today)
        self.assertEqual(drawn[0]["value"][1], counted[0]["value"][1])
        self.assertGreater(float(counted[0]["value"][1]), 1.0)

    def test_every_query_is_answered_and_has_the_data_that_its_panel_promises(self):
        for name, dashboard in all_dashboards().items():
            variables = {v["name"]: v for v in dashboard["templating"]["list"]}
            of_one = not variables["inverter"].get("multi")
            for panel in panels(dashboard):
                for inverter in list(INVERTERS) if of_one else [".+"]:
                    with self.subTest(f"{name}: {panel['title']}", inverter=inverter):
                        self.check(panel, inverter)
        with self.subTest("the two trackers of one inverter"):
            by_tracker = self.result("query", query=filled(
                'mppsolar_pv_watts{job=~"$job", inverter="barn"}'))
            self.assertEqual([s["metric"]["mppt"] for s in by_tracker], ["1", "2"])
        with self.subTest("a day's energy stands at that day"):
            self.check_energy_of_yesterday()
        with self.subTest("the choice of inverters"):
            self.assertEqual(self.result("label/inverter/values", **{
                "match[]": 'mppsolar_up{job=~".+", instance=~".+"}'}), ["barn", "house"])


if __name__ == "__main__":
    unittest.main()
