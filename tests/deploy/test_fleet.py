"""Two real Prometheus, of Debian, share a fleet by deploy/prometheus/fleet.yml."""

import json
import os
import re
import sys
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "end_to_end"))
from program import ROOT, Case, Process, free_port, wait_for  # noqa: E402  (the path comes first)

EXAMPLES = os.path.join(ROOT, "deploy", "prometheus")


def example(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        return file.read()


class PrometheusCase(Case):
    def prometheus(self, name, config, *flags):
        """Starts one; returns its port and what asks it."""
        port = free_port()
        prometheus = Process(["prometheus", f"--config.file={self.path(f'{name}.yml', config)}",
                              f"--web.listen-address=127.0.0.1:{port}", *flags])
        self.addCleanup(prometheus.end)

        def ask(query):
            url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return json.load(answer)["data"]["result"]
            except OSError:
                return []
        return port, ask


class Shards(PrometheusCase):
    INVERTERS = 12

    def shard(self, number, exporters):
        text = example("fleet.yml")
        text = text.replace("shard-0", f"shard-{number}").replace('regex: "0"', f'regex: "{number}"')
        for at, exporter in enumerate(exporters):
            text = text.replace(f"exporter-{at}:10030", f"127.0.0.1:{exporter.port}")
        text = text.replace("scrape_interval: 30s", "scrape_interval: 2s")
        text = text.replace("rules/*.yml", os.path.join(ROOT, "deploy", "prometheus", "rules/*.yml"))
        return self.prometheus(f"shard-{number}", text,
                               f"--storage.tsdb.path={self.path(f'data-{number}')}")[1]

    def test_each_inverter_belongs_to_one_shard_and_none_is_left_out(self):
        exporters = [
            self.exporter(*(f"--device=inverter-{at}-{number}=sim:"
                            for number in range(self.INVERTERS)))
            for at in range(2)]
        shards = [self.shard(number, exporters) for number in range(2)]

        def inverters(ask):
            return {result["metric"]["inverter"] for result in ask("mppsolar_up == 1")}
        wait_for(lambda: sum(len(inverters(ask)) for ask in shards) >= 2 * self.INVERTERS,
                 "all inverters")
        seen = [inverters(ask) for ask in shards]
        self.assertEqual(seen[0] & seen[1], set())
        self.assertEqual(seen[0] | seen[1], {f"inverter-{at}-{number}" for at in range(2)
                                             for number in range(self.INVERTERS)})
        self.assertTrue(all(seen), "one shard has it all")
        for ask in shards:
            wait_for(lambda ask=ask: len(ask("mppsolar_exporter_build_info")) == 2, "both exporters")
            self.assertEqual(ask('{__name__=~"mppsolar_(default|selectable)_.*"}'), [])
            self.assertEqual(ask('mppsolar_up{job="mppsolar_exporter"}'), [])

    def test_no_dashboard_and_no_rule_asks_for_what_is_dropped(self):
        dropped = re.search(r"regex: (mppsolar_\S+)\n\s+action: drop",
                            example("fleet.yml")).group(1)
        self.assertIn(dropped, example("agent.yml"))
        # It does drop something.
        exporter = self.exporter(f"--device=house={self.simulator('--no-pace')}")
        wait_for(lambda: re.search(rf"^{dropped}", exporter.scrape().text, re.M), "dropped series")
        for folder in ["grafana/dashboards", "deploy/prometheus/rules"]:
            for name in os.listdir(os.path.join(ROOT, folder)):
                path = os.path.join(ROOT, folder, name)
                if os.path.isfile(path):
                    with open(path, encoding="utf-8") as file:
                        self.assertNotRegex(file.read(), dropped.replace(".*", ""), path)


class Agent(PrometheusCase):
    def test_a_site_sends_its_samples_to_the_store(self):
        port, ask = self.prometheus("store", "", "--web.enable-remote-write-receiver",
                                    f"--storage.tsdb.path={self.path('store')}")
        exporter = self.exporter("--device=house=sim:")
        text = example("agent.yml")
        for old, new in [("localhost:10030\"]", f"127.0.0.1:{exporter.port}\"]"),
                         ("https://metrics.example", f"http://127.0.0.1:{port}"),
                         ("/etc/prometheus/remote-write.password", self.path("password", "secret")),
                         ("scrape_interval: 30s", "scrape_interval: 2s")]:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.prometheus("site", text, "--enable-feature=agent",
                        f"--storage.agent.path={self.path('site')}")
        up = wait_for(lambda: ask("mppsolar_up == 1"), "samples in the store")
        self.assertEqual({name: up[0]["metric"][name] for name in ["site", "instance", "inverter"]},
                         {"site": "house-17", "instance": "house-17", "inverter": "house"})
        self.assertEqual(ask('{__name__=~"mppsolar_(default|selectable)_.*"}'), [])


if __name__ == "__main__":
    unittest.main()
