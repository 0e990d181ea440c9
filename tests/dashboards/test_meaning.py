"""What the queries that a person relies on say, for samples worked out by hand. promtool evaluates
them as they stand in the dashboards."""

import json
import shutil
import subprocess
import tempfile
import unittest

from dashboards import all_panels, filled

OF = '{job="mppsolar", instance="a:10030", inverter="house"}'


def expression(title, index=0, **variables):
    """A query of the only panel of that title."""
    found = [panel for _, panel in all_panels() if panel["title"] == title]
    assert len(found) == 1, title
    return filled(found[0]["targets"][index]["expr"], **variables)


def labelled(name, **labels):
    more = "".join(f', {key}="{value}"' for key, value in labels.items())
    return name + OF[:-1] + more + "}"


class Meaning(unittest.TestCase):
    def setUp(self):
        if not shutil.which("promtool"):
            self.skipTest("skipped: promtool is not installed (Debian: prometheus)")

    def assert_is(self, query, samples, expected, at="10m", interval="1m"):
        """`samples`: series to values; `expected`: (labels, value) of each result."""
        test = {"tests": [{
            "interval": interval,
            "input_series": [{"series": s, "values": v} for s, v in samples.items()],
            "promql_expr_test": [{"expr": query, "eval_time": at, "exp_samples": [
                {"labels": labels, "value": value} for labels, value in expected]}]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump(test, file)
            file.flush()
            done = subprocess.run(["promtool", "test", "rules", file.name], capture_output=True,
                                  text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def state(self, up=1, fault=0, warning=0, no_sun=0, code=0):
        return {'up{job="mppsolar", instance="a:10030"}': "1x10",
                "mppsolar_up" + OF: f"{up}x10",
                "mppsolar_fault_code" + OF: f"{code}x10",
                labelled("mppsolar_fault_active", fault="overload"): f"{fault}x10",
                labelled("mppsolar_warning_active", warning="battery_low"): f"{warning}x10",
                labelled("mppsolar_warning_active", warning="pv_loss"): f"{no_sun}x10"}

    def test_all_right_tells_the_worst_that_is_known(self):
        query = expression("All right?")
        for samples, expected in [
                (self.state(), 0), (self.state(no_sun=1), 0), (self.state(warning=1), 1),
                (self.state(warning=1, fault=1), 2), (self.state(code=7), 2),
                (self.state(up=0, fault=1), 3),
                ({'up{job="mppsolar", instance="a:10030"}': "0x10"}, 4)]:
            with self.subTest(expected):
                self.assert_is(query, samples, [("{}", expected)])

    def test_nothing_known_is_no_answer_and_not_a_yes(self):
        self.assert_is(expression("All right?"), {"other": "1x10"}, [])

    def test_the_fleet_table_tells_trouble_for_each_inverter_by_itself(self):
        samples = self.state(warning=1)
        samples['mppsolar_up{job="mppsolar", instance="b:10030", inverter="house"}'] = "0x10"
        self.assert_is(expression("All inverters, trouble first"), samples, [
            (OF, 1), ('{job="mppsolar", instance="b:10030", inverter="house"}', 3)])

    def test_no_fault_is_none_and_no_answer_is_not(self):
        query = expression("Faults")
        self.assert_is(query, self.state(), [('{fault="none"}', 0)])
        self.assert_is(query, self.state(fault=1), [('{fault="overload"}', 1)])
        self.assert_is(query, {"other": "1x10"}, [])

    def test_a_fault_code_is_shown_only_when_there_is_one(self):
        query = expression("Faults", 1)
        self.assert_is(query, self.state(), [])
        self.assert_is(query, self.state(code=7), [('{code="7"}', 1)])

    def test_the_mode_is_the_number_of_its_words(self):
        samples = {labelled("mppsolar_mode", mode=mode): f"{mode == 'battery':d}x10"
                   for mode in ("line", "battery", "unknown")}
        self.assert_is(expression("Mode"), samples, [('{inverter="house"}', 4)])

    def test_an_inverter_that_does_not_answer_has_no_mode(self):
        self.assert_is(expression("Mode"), {"mppsolar_up" + OF: "0x10"},
                       [('{inverter="house"}', 0)])
        self.assert_is(expression("Modes over time"), {"mppsolar_up" + OF: "0x10"},
                       [('{inverter="house"}', 0)])
        self.assert_is(expression("Mode"), {"mppsolar_up" + OF: "1x10"}, [])

    def test_a_grid_without_frequency_is_off(self):
        self.assert_is(expression("Grid"), {"mppsolar_grid_hertz" + OF: "0x10"}, [("{}", 0)])
        self.assert_is(expression("Grid"), {"mppsolar_grid_hertz" + OF: "49.9x10"}, [("{}", 1)])

    def test_what_was_not_read_is_not_a_number(self):
        query = expression("Grid")
        self.assert_is(f"count({query})", {"other": "1x10"}, [("{}", 1)])
        self.assert_is(f"({query}) >= 0", {"other": "1x10"}, [])

    def test_both_trackers_are_the_sun_and_a_second_scrape_of_them_is_not(self):
        samples = {labelled("mppsolar_pv_watts", mppt="1"): "300x10",
                   labelled("mppsolar_pv_watts", mppt="2"): "200x10",
                   labelled("mppsolar_pv_watts", mppt="2", pod="older"): "200x10"}
        query = [p for n, p in all_panels()
                 if p["title"] == "Sun" and n == "mppsolar-overview.json"][0]["targets"][0]["expr"]
        self.assert_is(filled(query), samples, [("{}", 500)])

    def test_energy_is_in_kilowatt_hours_and_goes_on_after_a_restart(self):
        # 60 kJ a minute is 1 kW: 24 kWh a day, of which the minute of the restart is missing.
        samples = {"mppsolar_pv_energy_joules_total" + OF: "0+60000x719 0+60000x720"}
        self.assert_is(f"round({expression('Last 7 days', time='1d')}, 0.1)", samples,
                       [('{inverter="house"}', 24)], at="1440m")

    def test_self_sufficiency_is_the_energy_taken_off_the_grid(self):
        # 100 W for half of the time in line mode, 300 W for the other half in battery mode.
        samples = {"mppsolar_output_watts" + OF: "100x10 300x9",
                   labelled("mppsolar_mode", mode="line"): "1x10 0x9",
                   labelled("mppsolar_mode", mode="bypass"): "0x20"}
        query = expression("Self-sufficiency, 7 days", time="100m")
        self.assert_is(f"round({query}, 0.01)", samples, [('{inverter="house"}', 0.73)],
                       at="100m", interval="5m")

    def test_time_below_a_setting_is_in_seconds_and_0_if_never(self):
        setting = {"mppsolar_setting_battery_recharge_volts" + OF: "46x20",
                   "mppsolar_setting_battery_cutoff_volts" + OF: "42x20"}
        samples = {"mppsolar_battery_volts" + OF: "45x3 46x16", **setting}
        query = expression("Below back-to-grid", time="100m")
        self.assert_is(query, samples, [('{inverter="house"}', 4 * 300)], at="95m", interval="5m")
        query = expression("Below cut-off", time="100m")
        self.assert_is(query, samples, [('{inverter="house"}', 0)], at="95m", interval="5m")

    def test_the_voltage_at_dawn_is_the_lowest_without_sun(self):
        # The lowest of all is under load while the sun shines.
        samples = {"mppsolar_battery_volts" + OF: "50x5 48x5 45x5",
                   labelled("mppsolar_pv_watts", mppt="1"): "0x11 500x5"}
        # promtool does not look ahead of the moment that it evaluates.
        query = expression("Rest voltage at dawn").replace(" offset -1d", "")
        self.assert_is(query, samples,
                       [('{inverter="house"}', 48)], at="85m", interval="5m")


if __name__ == "__main__":
    unittest.main()
