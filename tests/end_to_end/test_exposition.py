"""What /metrics says, for each simulated model and for each recorded inverter.

UPDATE_GOLDEN=1 writes the golden files anew; read the difference before you commit it.
"""

import glob
import os
import re
import subprocess
import unittest

from program import Case, TESTS

MODELS = ["pip-1012-mse", "pip-5048", "max-8000"]

# Different in every run.
VOLATILE = re.compile(
    r"^(mppsolar_(scrape_duration_seconds|last_success_timestamp_seconds|command_duration_seconds|"
    r"commands_total|command_errors_total|cache_hits_total|link_opens_total|"
    r"(output|pv|battery_charge|battery_discharge)_energy_joules_total|energy_gap_seconds_total)\{.*\}) \S+$")


def without_volatile(text):
    lines = []
    for line in text.splitlines():
        # Of the exporter, not of the inverter.
        if re.match(r"(# (HELP|TYPE) )?(mppsolar_exporter_|process_)", line):
            continue
        lines.append(VOLATILE.sub(r"\1 *", line))
    return "\n".join(lines) + "\n"


class Exposition(Case):
    def check(self, name, *simulator):
        device = self.simulator("--no-pace", *simulator)
        exporter = self.exporter(f"--device=house={device}", "--scrape.cache=0s")
        metrics = exporter.settled()

        self.assertEqual(metrics['mppsolar_up{inverter="house"}'], 1)
        self.assertEqual(metrics.repeated, [], "a series stands twice")
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics.text, text=True,
                                 capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

        golden = os.path.join(TESTS, "golden", name + ".prom")
        text = without_volatile(metrics.text)
        if os.environ.get("UPDATE_GOLDEN"):
            with open(golden, "w", encoding="utf-8") as file:
                file.write(text)
        with open(golden, encoding="utf-8") as file:
            self.assertEqual(text, file.read(), f"{golden} differs; UPDATE_GOLDEN=1 writes it anew")

    def test_each_model_has_its_golden_exposition(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.check(model, f"--model={model}", "--speed=0")

    def test_each_capture_has_its_golden_exposition(self):
        captures = sorted(glob.glob(os.path.join(TESTS, "captures", "*.txt")))
        self.assertTrue(captures)
        for capture in captures:
            with self.subTest(capture=os.path.basename(capture)):
                name = os.path.splitext(os.path.basename(capture))[0]
                self.check(name, f"--capture={capture}")


if __name__ == "__main__":
    unittest.main()
