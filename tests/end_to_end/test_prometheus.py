"""A real Prometheus, of Debian, scrapes a simulated inverter with the example configuration."""

import json
import os
import subprocess
import unittest
import urllib.parse
import urllib.request

from program import ROOT, Case, Process, free_port, wait_for


class RealPrometheus(Case):
    def test_the_battery_voltage_arrives(self):
        device = self.simulator("--no-pace", "--speed=0")
        exporter = self.exporter(f"--device=house={device}", "--scrape.cache=0s")
        with open(os.path.join(ROOT, "deploy", "prometheus", "prometheus.yml"),
                  encoding="utf-8") as file:
            config = file.read()
        self.assertIn("localhost:10030", config)
        config = config.replace("localhost:10030", f"127.0.0.1:{exporter.port}")
        config = config.replace("scrape_interval: 15s", "scrape_interval: 1s")
        port = free_port()
        path = self.path("prometheus.yml", config)
        subprocess.run(["promtool", "check", "config", path], check=True, capture_output=True)
        prometheus = Process(["prometheus", f"--config.file={path}",
                              f"--storage.tsdb.path={self.path('data')}",
                              f"--web.listen-address=127.0.0.1:{port}"])
        self.addCleanup(prometheus.end)

        def ask(query):
            url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return json.load(answer)["data"]["result"]
            except OSError:
                return []

        volts = wait_for(lambda: ask("mppsolar_battery_volts"), "mppsolar_battery_volts")
        served = exporter.scrape()['mppsolar_battery_volts{inverter="house"}']
        self.assertEqual(float(volts[0]["value"][1]), served)
        self.assertEqual(volts[0]["metric"]["inverter"], "house")
        wait_for(lambda: [r for r in ask("count_over_time(mppsolar_up[1m])")
                          if float(r["value"][1]) >= 3], "three scrapes")
        self.assertEqual(ask("min_over_time(up[1m])")[0]["value"][1], "1")
        self.assertEqual(ask("min_over_time(mppsolar_up[1m])")[0]["value"][1], "1")


if __name__ == "__main__":
    unittest.main()
