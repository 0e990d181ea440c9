"""Config and definition files, and the pages that are made of them."""

import os
import re
import unittest

from program import ROOT, Case, run


class Operations(Case):
    """docs/operations.md has all that there is."""

    def setUp(self):
        super().setUp()
        with open(os.path.join(ROOT, "docs", "operations.md"), encoding="utf-8") as file:
            self.docs = file.read()

    def test_every_flag_is_there_and_has_an_environment_variable(self):
        text = run("--help")[1]
        flags = re.findall(r"^  (--[a-z._-]+)(.*)$", text, re.MULTILINE)
        self.assertGreater(len(flags), 15)
        for flag, rest in flags:
            self.assertIn(f"| `{flag}`", self.docs)
            if flag != "--version":
                name = "MPPSOLAR_" + re.sub("[.-]", "_", flag[2:]).upper()
                self.assertIn(f"(Env:{name})", rest)
        for flag in re.findall(r"^\| `(--[a-z._-]+)`", self.docs, re.MULTILINE):
            self.assertIn(flag, text)

    def test_every_path_is_there(self):
        exporter = self.exporter("--device=sim:")
        metrics = exporter.scrape().named("mppsolar_exporter_http_requests_total")
        paths = {series.split('handler="')[1].split('"')[0] for series in metrics}
        self.assertLessEqual({"/", "/metrics", "/probe", "/-/reload"}, paths)
        for path in paths:
            self.assertRegex(self.docs, rf"`{re.escape(path)}[`?]", path)

    def test_every_log_line_is_there(self):
        said = set()
        for folder, _, names in os.walk(os.path.join(ROOT, "exporter")):
            for name in names:
                # simulate is a program of its own.
                if not name.endswith(".cpp") or name == "simulate.cpp":
                    continue
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    said.update(re.findall(r'log::(Debug|Info|Warn|Error)\(\s*"([^"]*)"', file.read()))
        self.assertGreater(len(said), 10)
        for level, line in said:
            rows = [row for row in self.docs.splitlines() if f"`{line}`" in row]
            self.assertEqual(len(rows), 1, line)
            self.assertTrue(rows[0].startswith(f"| {level.lower()} |"), rows[0])


class CheckConfig(Case):
    def complaint(self, text, *arguments):
        path = self.path("config.yml", text)
        code, _, err = run("check-config", path, *arguments)
        self.assertEqual(code, 1, err)
        return err.replace(path, "config.yml")

    def test_a_right_config_is_called_right(self):
        path = self.path("config.yml", "inverters:\n  - {name: house, device: 'sim:'}\n"
                                       "scrape: {cache: 2s, timeout: 8s}\n")
        code, out, err = run("check-config", path)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("right", out)

    def test_each_mistake_has_its_place_and_its_remedy(self):
        self.assertIn("config.yml:1:1: ", self.complaint("inverter: []\n"))
        self.assertIn("config.yml:2:5: ", self.complaint("inverters:\n  - name: house\n"))
        self.assertIn("config.yml:2:14: ", self.complaint("inverters:\n  - {device: ttyUSB0}\n"))
        self.assertIn("config.yml:3:17: ", self.complaint(
            "inverters:\n  - {device: 'sim:'}\nscrape: {cache: soon}\n"))
        self.assertIn("a second inverter called", self.complaint(
            "inverters:\n  - {device: 'sim:'}\n  - {device: 'sim:'}\n"))
        self.assertIn("neither ntc nor celsius", self.complaint(
            "inverters:\n  - {device: 'sim:', heat_sink: warm}\n"))
        self.assertIn("no protocol", self.complaint(
            "inverters:\n  - {device: 'sim:', protocol: pi99}\n"))
        self.assertIn("no inverter is configured", self.complaint("scrape: {cache: 1s}\n"))
        self.assertRegex(self.complaint("inverters: [\n"), r"config\.yml:\d+:\d+: ")

    def test_a_missing_file_is_said(self):
        code, _, err = run("check-config", self.path("none.yml"))
        self.assertEqual(code, 1)
        self.assertIn("none.yml", err)

    def test_the_server_refuses_the_same_config(self):
        path = self.path("config.yml", "inverters: 5\n")
        code, _, err = run(f"--config.file={path}")
        self.assertEqual(code, 1)
        self.assertIn("config.yml:1:12", err)


class Definitions(Case):
    DEFINITION = """protocol: mine
help: An unlisted rebrand.
commands:
  QXX:
    help: Something else.
    ask: every_scrape
    required: true
    source: observed
    example: "12.5"
    columns:
      - {at: 1, metric: aux_volts, help: Voltage of the auxiliary battery.}
"""

    def test_an_owner_adds_a_field_without_a_compiler(self):
        path = self.path("mine.yaml", self.DEFINITION)
        capture = self.path("capture.txt", "> QPI\n< PI30\n> QXX\n< 12.7\n")
        device = self.simulator(f"--capture={capture}", "--no-pace")
        config = self.path("config.yml",
                           f"inverters: [{{name: van, device: {device}, protocol: mine}}]\n")
        exporter = self.exporter(f"--config.file={config}", f"--protocol.file={path}")
        metrics = exporter.scrape()
        self.assertEqual(metrics['mppsolar_up{inverter="van"}'], 1)
        self.assertEqual(metrics['mppsolar_aux_volts{inverter="van"}'], 12.7)

    def test_the_built_in_definition_is_there_to_be_extended(self):
        code, definition, _ = run("list-metrics", "--output=definition")
        self.assertEqual(code, 0)
        row = "{at: 1, metric: grid_volts,"
        self.assertIn(row, definition)
        path = self.path("pi30.yaml", definition.replace(row, "{at: 1, metric: mains_volts,"))
        device = self.simulator("--no-pace")
        exporter = self.exporter(f"--device=house={device}", f"--protocol.file={path}")
        metrics = exporter.scrape()
        self.assertIn('mppsolar_mains_volts{inverter="house"}', metrics.values)
        self.assertNotIn('mppsolar_grid_volts{inverter="house"}', metrics.values)

    def test_a_mistake_stops_the_start_with_its_place(self):
        for wrong, place in [("aux_volts", "11:25"), ("QXX", "4:3")]:
            text = self.DEFINITION.replace(wrong, {"aux_volts": "aux", "QXX": "POP02"}[wrong])
            path = self.path("mine.yaml", text)
            code, _, err = run("--device=sim:", f"--protocol.file={path}")
            self.assertEqual(code, 1)
            self.assertIn(f"mine.yaml:{place}: ", err)


class Pages(Case):
    def test_the_page_of_metrics_is_current(self):
        code, out, _ = run("list-metrics", "--output=markdown")
        self.assertEqual(code, 0)
        with open(os.path.join(ROOT, "docs", "metrics.md"), encoding="utf-8") as page:
            self.assertEqual(page.read(), out, "make it anew: mppsolar_exporter list-metrics "
                                               "--output=markdown > docs/metrics.md")


if __name__ == "__main__":
    unittest.main()
