"""OpenMetrics, judged by the strict parser of Debian's python3-prometheus-client."""

import sys
import unittest

# Debian's package is there for Debian's Python; the parser itself needs nothing but Python.
sys.path.append("/usr/lib/python3/dist-packages")
try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

from program import Case, Metrics, wait_for

ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"


@unittest.skipIf(text_string_to_metric_families is None,
                 "skipped: python3-prometheus-client is not installed")
class OpenMetrics(Case):
    def parsed(self, exporter):
        status, headers, body = exporter.request("/metrics", headers={"Accept": ACCEPT})
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"],
                         "application/openmetrics-text; version=1.0.0; charset=utf-8")
        return {family.name: family for family in text_string_to_metric_families(body)}

    def test_every_model_passes_the_strict_parser(self):
        exporter = self.exporter("--device=a=sim:pip-1012-mse", "--device=b=sim:pip-5048",
                                 "--device=c=sim:max-8000")
        exporter.settled()
        families = self.parsed(exporter)
        self.assertEqual(families["mppsolar_battery_volts"].unit, "volts")
        self.assertEqual(families["mppsolar_pv_energy_joules"].type, "counter")
        self.assertEqual(families["mppsolar_inverter"].type, "info")
        self.assertEqual(families["mppsolar_mode"].type, "gauge")
        self.assertEqual(families["process_cpu_seconds"].type, "counter")

    def test_it_has_the_same_series_as_the_text_format(self):
        exporter = self.exporter("--device=a=sim:", "--scrape.cache=1h")
        exporter.settled()

        def same():
            """What is asked in idle time may bring a series between the two."""
            count = sum(len(family.samples) for family in self.parsed(exporter).values())
            return count == len(exporter.scrape().values)
        wait_for(same, "as many series in both formats")

    def test_names_that_need_escapes_come_through(self):
        name = 'the "old"\\new\nhouse'
        config = self.path("odd.yml", 'inverters: [{name: "the \\"old\\"\\\\new\\nhouse", '
                                      'device: "sim:"}]')
        exporter = self.exporter(f"--config.file={config}")
        families = wait_for(lambda: self.parsed(exporter), "an answer")
        self.assertEqual(families["mppsolar_up"].samples[0].labels, {"inverter": name})
        # The text format must say the same.
        _, _, body = exporter.request("/metrics?debug=true")
        self.assertIn('mppsolar_up{inverter="the \\"old\\"\\\\new\\nhouse"}', body)
        for line in body.splitlines():
            self.assertTrue(line.startswith("#") or Metrics(line).values, line)


if __name__ == "__main__":
    unittest.main()
