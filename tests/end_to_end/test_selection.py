"""Parts of everything: filters, one inverter as a target, discovery, and what went over the wire."""

import json
import os
import unittest
import urllib.parse

from program import Case, Metrics, wait_for


class Selection(Case):
    def setUp(self):
        super().setUp()
        config = self.path("two.yml", """
inverters:
  - {name: house, device: "sim:"}
  - {name: "barn & co", device: "sim:pip-1012-mse"}
""")
        self.exporter = self.exporter(f"--config.file={config}")
        wait_for(lambda: all(self.exporter.scrape().named("mppsolar_up").values()), "both")

    def get(self, path, expected=200, **headers):
        status, _, body = self.exporter.request(path, headers=headers)
        self.assertEqual(status, expected, body)
        return body

    def test_one_inverter_of_several(self):
        body = self.get("/metrics?inverter[]=house")
        self.assertIn('mppsolar_battery_volts{inverter="house"}', body)
        self.assertNotIn("barn", body)
        self.assertNotIn("process_", body)
        self.assertNotIn("mppsolar_exporter_", body)

    def test_several_inverters_with_names_that_a_url_cannot_hold(self):
        barn = urllib.parse.quote("barn & co")
        body = self.get(f"/metrics?inverter[]=house&inverter[]={barn}")
        self.assertIn('mppsolar_battery_volts{inverter="barn & co"}', body)
        self.assertIn('mppsolar_battery_volts{inverter="house"}', body)

    def test_one_command_of_all(self):
        metrics = Metrics(self.get("/metrics?collect[]=QMOD"))
        self.assertTrue(metrics.named("mppsolar_mode"))
        self.assertFalse(metrics.named("mppsolar_battery_volts"))
        self.assertEqual(metrics['mppsolar_up{inverter="house"}'], 1)
        commands = {series.split('command="')[1].split('"')[0]
                    for series in metrics.named("mppsolar_commands_total")}
        self.assertEqual(commands, {"QMOD"})

    def test_a_wrong_filter_is_refused_without_being_repeated(self):
        for query in ("inverter[]=<script>", "collect[]=POP03", "inverter=house", "debug=yes",
                      "inverter[]=", "house"):
            body = self.get("/metrics?" + urllib.parse.quote(query, safe="=[]"), expected=400)
            self.assertEqual(body.count("\n"), 1, body)
            for part in ("script", "POP03", "yes"):
                self.assertNotIn(part, body)

    def test_a_probe_is_of_one_inverter_without_the_exporter(self):
        body = self.get("/probe?target=house")
        self.assertIn('mppsolar_up{inverter="house"} 1', body)
        self.assertNotIn("barn", body)
        self.assertNotIn("process_", body)

    def test_a_probe_takes_targets_from_the_config_only(self):
        for query in ("", "?target=", "?target=sim:", "?target=tcp://127.0.0.1:1",
                      "?target=house&target=house", "?target=house&module=x"):
            body = self.get("/probe" + query, expected=400)
            self.assertEqual(body.count("\n"), 1, body)
            self.assertNotIn("127.0.0.1", body)

    def test_discovery_lists_every_inverter_as_a_target_that_can_be_probed(self):
        port = self.exporter.port
        _, headers, body = self.exporter.request("/sd", headers={"Host": f"pi.local:{port}"})
        self.assertEqual(headers["Content-Type"], "application/json")
        targets = json.loads(body)
        self.assertEqual([target["targets"] for target in targets], [[f"pi.local:{port}"]] * 2)
        self.assertEqual([target["labels"] for target in targets],
                         [{"__metrics_path__": "/probe", "__param_target": name,
                           "instance": f"pi.local:{port}/{name}"}
                          for name in ("house", "barn & co")])
        for target in targets:
            labels = target["labels"]
            query = urllib.parse.urlencode({"target": labels["__param_target"]})
            self.assertIn("mppsolar_up", self.get(f"{labels['__metrics_path__']}?{query}"))

    def test_discovery_refuses_a_host_that_is_none(self):
        self.assertNotIn("script", self.get("/sd", expected=400, Host="<script>"))

    def test_debug_shows_every_byte_before_the_metrics_and_stays_readable_for_prometheus(self):
        body = self.get("/metrics?debug=true&inverter[]=house",
                        Accept="application/openmetrics-text")
        self.assertIn("# Inverter house at sim:\n", body)
        # The checksum of QMOD is 49 C1 in every manual.
        self.assertRegex(body, r"# QMOD \(try 1\) \d+\.\d{3} s ago, took \d+\.\d{3} s: good\n"
                               r"#   > 51 4d 4f 44 49 c1 0d +QMODI\\xc1\\x0d\n"
                               r"#   < 28 4[0-9a-f] ")
        self.assertTrue(Metrics(body).named("mppsolar_battery_volts"))
        self.assertNotIn("# EOF", body)


class SilentWire(Case):
    def test_debug_shows_what_was_sent_in_vain_and_every_try(self):
        end, port = os.openpty()
        self.addCleanup(os.close, end)
        self.addCleanup(os.close, port)
        exporter = self.exporter(f"--device=house={os.ttyname(port)}", "--scrape.timeout=4s")
        _, _, body = exporter.request("/metrics?debug=true")
        self.assertIn("# QPI (try 1) ", body)
        self.assertIn("# QPI (try 2) ", body)
        self.assertIn("#   > 51 50 49 be ac 0d ", body)
        self.assertIn("#   < nothing\n", body)
        self.assertIn('mppsolar_up{inverter="house"} 0', body)


if __name__ == "__main__":
    unittest.main()
