"""A real Prometheus, of Debian, scrapes a simulated inverter with the example configuration."""

import json
import os
import subprocess
import unittest
import urllib.parse
import urllib.request

from program import ROOT, Process, free_port, wait_for
from test_auth import ALICE
from web import WebCase


class RealPrometheus(WebCase):
    def prometheus(self, config):
        """Starts a Prometheus; what is returned asks it."""
        port = free_port()
        path = self.path("prometheus.yml", config)
        subprocess.run(["promtool", "check", "config", path], check=True, capture_output=True)
        prometheus = Process(["prometheus", f"--config.file={path}",
                              f"--storage.tsdb.path={self.path('data')}",
                              f"--web.listen-address=127.0.0.1:{port}"])
        self.addCleanup(prometheus.end)

        def api(path, **values):
            url = f"http://127.0.0.1:{port}/api/v1/{path}?" + urllib.parse.urlencode(values)
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]

        def ask(query):
            try:
                return api("query", query=query)["result"]
            except OSError:
                return []
        self.api = api
        return ask

    def test_the_battery_voltage_arrives(self):
        device = self.simulator("--no-pace", "--speed=0")
        exporter = self.exporter(f"--device=house={device}", "--scrape.cache=0s")
        with open(os.path.join(ROOT, "deploy", "prometheus", "prometheus.yml"),
                  encoding="utf-8") as file:
            config = file.read()
        self.assertIn("localhost:10030", config)
        config = config.replace("localhost:10030", f"127.0.0.1:{exporter.port}")
        config = config.replace("scrape_interval: 15s", "scrape_interval: 1s")
        ask = self.prometheus(config)
        volts = wait_for(lambda: ask("mppsolar_battery_volts"), "mppsolar_battery_volts")
        served = exporter.scrape()['mppsolar_battery_volts{inverter="house"}']
        self.assertEqual(float(volts[0]["value"][1]), served)
        self.assertEqual(volts[0]["metric"]["inverter"], "house")
        wait_for(lambda: [r for r in ask("count_over_time(mppsolar_up[1m])")
                          if float(r["value"][1]) >= 3], "three scrapes")
        self.assertEqual(ask("min_over_time(up[1m])")[0]["value"][1], "1")
        self.assertEqual(ask("min_over_time(mppsolar_up[1m])")[0]["value"][1], "1")
        # The text format knows no units: Prometheus took OpenMetrics.
        metadata = self.api("targets/metadata", metric="mppsolar_battery_volts")
        self.assertEqual([entry["unit"] for entry in metadata], ["volts"])

    def test_each_inverter_is_a_target_of_its_own_by_discovery(self):
        exporter = self.exporter("--device=house=sim:", "--device=barn & co=/dev/nowhere")
        ask = self.prometheus(f"""
global: {{scrape_interval: 3s}}
scrape_configs:
  - job_name: mppsolar
    http_sd_configs: [{{url: "http://127.0.0.1:{exporter.port}/sd", refresh_interval: 1s}}]
""")
        here = f"127.0.0.1:{exporter.port}"
        wait_for(lambda: {result["metric"]["instance"] for result in ask("up == 1")} ==
                 {f"{here}/house", f"{here}/barn & co"}, "both targets")
        wait_for(lambda: ask('mppsolar_up{inverter="house"} == 1'), "the house")
        up = {result["metric"]["instance"]: (result["metric"]["inverter"], result["value"][1])
              for result in ask("mppsolar_up")}
        self.assertEqual(up, {f"{here}/house": ("house", "1"),
                              f"{here}/barn & co": ("barn & co", "0")})

    def test_it_comes_by_tls_with_a_certificate_and_a_password_too(self):
        self.certificate("server")
        self.certificate("ca", sans=None)
        self.certificate("client", signed_by="ca", sans="DNS:prometheus.example")
        web = self.web_config(
            "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
            "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
            "  client_allowed_sans: [prometheus.example]\n"
            f"basic_auth_users:\n  alice: {ALICE}\n")
        exporter = self.exporter("--device=house=sim:", f"--web.config.file={web}")
        ask = self.prometheus(
            "scrape_configs:\n- job_name: house\n  scrape_interval: 1s\n  scheme: https\n"
            f"  tls_config: {{ca_file: {self.path('server.pem')}, "
            f"cert_file: {self.path('client.pem')}, key_file: {self.path('client.key')}}}\n"
            "  basic_auth: {username: alice, password: alice123}\n"
            f"  static_configs: [{{targets: ['localhost:{exporter.port}']}}]\n")
        wait_for(lambda: ask("mppsolar_battery_volts"), "mppsolar_battery_volts")
        self.assertEqual(ask("up")[0]["value"][1], "1")


if __name__ == "__main__":
    unittest.main()
