"""Another config while the program runs, and what is in force."""

import os
import signal
import socket
import unittest

from program import Case, Process, run, wait_for, EXPORTER, PATIENCE

TWO = """
inverters:
  - {name: a, device: "sim:"}
  - {name: b, device: "sim:pip-1012-mse"}
"""


class Reload(Case):
    def serve(self, text, *arguments):
        self.config = self.path("mppsolar.yml", text)
        exporter = self.exporter(f"--config.file={self.config}", "--web.enable-lifecycle",
                                 *arguments)
        wait_for(lambda: all(exporter.scrape().named("mppsolar_up").values()), "all inverters")
        return exporter

    def rewrite(self, text):
        self.path("mppsolar.yml", text)

    def test_an_inverter_that_did_not_change_keeps_its_line_and_its_counters(self):
        exporter = self.serve(TWO, "--scrape.cache=0s")
        before = exporter.scrape()
        self.rewrite(TWO.replace("sim:pip-1012-mse", "sim:max-8000"))
        self.assertEqual(exporter.request("/-/reload", "POST")[::2], (200, "Reloaded\n"))
        opens = 'mppsolar_link_opens_total{inverter="%s"}'
        commands = 'mppsolar_commands_total{inverter="%s",command="QPIGS"}'
        wait_for(lambda: exporter.scrape().values.get('mppsolar_up{inverter="b"}') == 1, "b")
        after = exporter.scrape()
        self.assertEqual(after[opens % "a"], 1)
        self.assertGreaterEqual(after[commands % "a"], before[commands % "a"] + 1)
        # The other one began anew, as another model.
        self.assertLess(after[commands % "b"], after[commands % "a"])
        wait_for(lambda: "mppsolar_rating_output_watts{inverter=\"b\"} 8000" in
                 exporter.scrape().text, "the other model")

    def test_inverters_come_and_go(self):
        exporter = self.serve(TWO)
        self.rewrite('inverters: [{name: c, device: "sim:"}]')
        self.assertEqual(exporter.request("/-/reload", "PUT")[0], 200)
        wait_for(lambda: exporter.scrape().named("mppsolar_up") == {'mppsolar_up{inverter="c"}': 1},
                 "only c")
        self.assertIn('name: "c"', exporter.request("/config")[2])
        self.assertNotIn('inverter="a"', exporter.scrape().text)

    def test_a_name_may_move_to_another_port_and_a_port_to_another_name(self):
        one, two = (self.simulator("--no-pace", name=name) for name in ("one", "two"))
        exporter = self.serve(f"inverters: [{{name: a, device: {one}}}, {{name: b, device: {two}}}]")
        self.rewrite(f"inverters: [{{name: a, device: {two}}}, {{name: b, device: {one}}}]")
        self.assertEqual(exporter.request("/-/reload", "POST")[0], 200)
        wait_for(lambda: all(exporter.scrape().named("mppsolar_up").values()), "both again")
        self.assertNotIn("in use", exporter.log)

    def test_the_hang_up_signal_reloads(self):
        exporter = self.serve(TWO)
        self.rewrite('inverters: [{name: c, device: "sim:"}]')
        exporter.process.send_signal(signal.SIGHUP)
        exporter.wait_for_log('msg="Config is reloaded" inverters=1')
        self.assertIn('name: "c"', exporter.request("/config")[2])

    def test_a_wrong_file_changes_nothing_is_logged_with_its_place_and_seen_in_a_metric(self):
        exporter = self.serve(TWO)
        successful = "mppsolar_exporter_config_last_reload_successful"
        at = "mppsolar_exporter_config_last_reload_success_timestamp_seconds"
        before = exporter.scrape()
        self.assertEqual(before[successful], 1)
        config = exporter.request("/config")[2]
        self.rewrite("inverters:\n  - {name: c, devise: 'sim:'}\n")
        status, _, body = exporter.request("/-/reload", "POST")
        self.assertEqual((status, body),
                         (500, "The config is wrong, the old one stays; see the log.\n"))
        exporter.wait_for_log(f'error="{self.config}:2:15: unknown key \\"devise\\"')
        after = exporter.scrape()
        self.assertEqual((after[successful], after[at]), (0, before[at]))
        self.assertEqual(set(after.named("mppsolar_up")), set(before.named("mppsolar_up")))
        self.assertEqual(exporter.request("/config")[2], config)
        self.rewrite(TWO)
        self.assertEqual(exporter.request("/-/reload", "POST")[0], 200)
        self.assertEqual(exporter.scrape()[successful], 1)
        self.assertGreater(exporter.scrape()[at], before[at])

    def test_a_wrong_protocol_file_changes_nothing_either(self):
        small = self.path("small.yaml", run("list-metrics", "--output=definition")[1])
        exporter = self.serve(TWO, f"--protocol.file={small}")
        opens = exporter.scrape().named("mppsolar_link_opens_total")
        self.path("small.yaml", "protocol: pi30\nhelp: 5\n")
        self.assertEqual(exporter.request("/-/reload", "POST")[0], 500)
        exporter.wait_for_log(f"{small}:")
        self.assertEqual(exporter.scrape().named("mppsolar_link_opens_total"), opens)

    def test_a_changed_definition_takes_effect(self):
        definition = run("list-metrics", "--output=definition")[1]
        own = self.path("own.yaml", definition)
        exporter = self.serve(TWO, f"--protocol.file={own}")
        self.assertIn("mppsolar_bus_volts", exporter.scrape().text)
        self.path("own.yaml", definition.replace("metric: bus_volts", "metric: dc_bus_volts"))
        self.assertEqual(exporter.request("/-/reload", "POST")[0], 200)
        wait_for(lambda: "mppsolar_dc_bus_volts{" in exporter.scrape().text, "the new name")
        self.assertNotIn("mppsolar_bus_volts", exporter.scrape().text)

    def test_settings_take_effect(self):
        exporter = self.serve(TWO + "scrape: {cache: 0s}\n")
        self.rewrite(TWO + "scrape: {cache: 1h}\n")
        self.assertEqual(exporter.request("/-/reload", "POST")[0], 200)
        self.assertIn("cache: 1h\n", exporter.request("/config")[2])
        exporter.scrape()
        hits = sum(exporter.scrape().named("mppsolar_cache_hits_total").values())
        exporter.scrape()
        self.assertEqual(sum(exporter.scrape().named("mppsolar_cache_hits_total").values()),
                         hits + 4)

    def test_nobody_reloads_over_http_unless_it_was_allowed(self):
        exporter = self.exporter("--device=sim:")
        self.assertEqual(exporter.request("/-/reload", "POST")[0], 403)
        self.assertNotIn("reloaded", exporter.log)

    def test_reloading_is_no_get(self):
        exporter = self.serve(TWO)
        status, headers, _ = exporter.request("/-/reload")
        self.assertEqual((status, headers["Allow"]), (405, "POST, PUT"))

    def test_what_config_shows_is_a_config(self):
        exporter = self.serve(TWO + "energy: {max_gap: 10m}\n")
        shown = self.path("shown.yml", exporter.request("/config")[2])
        self.assertEqual(run("check-config", shown)[0], 0)
        self.assertIn("max_gap: 10m", exporter.request("/config")[2])


class Service(Case):
    """What systemd is told."""

    def setUp(self):
        super().setUp()
        self.socket = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.socket.settimeout(PATIENCE)
        self.socket.bind(self.path("notify"))

    def told(self):
        return self.socket.recv(4096).decode()

    def serve(self, **env):
        return self.exporter("--device=sim:", env={"NOTIFY_SOCKET": self.path("notify"), **env})

    def test_it_is_ready_once_it_listens_and_says_when_it_ends(self):
        exporter = self.serve()
        self.assertEqual(self.told(), "READY=1")
        exporter.process.send_signal(signal.SIGHUP)
        self.assertRegex(self.told(), r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
        self.assertEqual(self.told(), "READY=1")
        exporter.end()
        self.assertEqual(self.told(), "STOPPING=1")

    def test_it_keeps_the_watchdog_quiet_when_there_is_one(self):
        self.serve(WATCHDOG_USEC="300000")
        told = [self.told() for _ in range(5)]
        self.assertEqual(told.count("READY=1"), 1)
        self.assertEqual(told.count("WATCHDOG=1"), 4)

    def test_a_program_that_cannot_start_is_never_ready(self):
        process = Process([EXPORTER, "--device=nowhere"],
                          env={**os.environ, "NOTIFY_SOCKET": self.path("notify")})
        self.addCleanup(process.end)
        process.process.wait(PATIENCE)
        self.socket.settimeout(0)
        self.assertRaises(BlockingIOError, self.told)


if __name__ == "__main__":
    unittest.main()
