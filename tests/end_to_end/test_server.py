"""The server as Prometheus, a probe or a stranger meets it."""

import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from program import EXPORTER, Case, wait_for


class Paths(Case):
    def test_the_start_page_names_the_inverters_and_links_to_the_metrics(self):
        exporter = self.exporter("--device=house=sim:")
        status, headers, body = exporter.request("/")
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
        self.assertIn('href="/metrics"', body)
        self.assertIn("house", body)

    def test_probes_are_answered_at_once(self):
        exporter = self.exporter("--device=house=/dev/missing")
        self.assertEqual(exporter.request("/-/healthy")[0], 200)
        self.assertEqual(exporter.request("/-/ready")[0], 200)

    def test_other_paths_are_404_and_other_methods_405(self):
        exporter = self.exporter("--device=house=sim:")
        for path in ["/metricsfoo", "/metrics/", "/favicon.ico", "/-/"]:
            self.assertEqual(exporter.request(path)[0], 404, path)
        for method in ["POST", "PUT", "DELETE"]:
            status, headers, _ = exporter.request("/metrics", method=method)
            self.assertEqual(status, 405, method)
            self.assertEqual(headers["Allow"], "GET, HEAD")

    def test_head_is_get_without_the_body(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=1h")
        exporter.scrape()
        _, get, body = exporter.request("/metrics")
        status, head, nothing = exporter.request("/metrics", method="HEAD")
        self.assertEqual((status, nothing), (200, ""))
        self.assertEqual(head["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(get["Content-Length"], str(len(body)))
        self.assertGreater(int(head["Content-Length"]), 1000)

    def test_the_metrics_can_be_elsewhere(self):
        exporter = self.exporter("--device=house=sim:", "--web.telemetry-path=/inverters")
        self.assertEqual(exporter.request("/inverters")[0], 200)
        self.assertEqual(exporter.request("/metrics")[0], 404)

    def test_a_header_that_is_no_number_is_400(self):
        exporter = self.exporter("--device=house=sim:")
        for value in ["soon", "nan", "-1", ""]:
            status, _, _ = exporter.request(
                "/metrics", headers={"X-Prometheus-Scrape-Timeout-Seconds": value})
            self.assertEqual(status, 400, value)


class Scraping(Case):
    def test_a_scrape_within_the_cache_asks_nothing(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=1h")
        first = exporter.scrape()
        asked = first['mppsolar_commands_total{inverter="house",command="QPIGS"}']
        second = exporter.scrape()
        self.assertEqual(asked, second['mppsolar_commands_total{inverter="house",command="QPIGS"}'])
        self.assertEqual(second['mppsolar_cache_hits_total{inverter="house"}'], 1)

    def test_scrapes_at_the_same_time_share_one_reading(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=0s")
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(exporter.scrape()))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asked = {a['mppsolar_commands_total{inverter="house",command="QPIGS"}'] for a in answers}
        # The first may have begun before the others were there; all the others share the second.
        self.assertLessEqual(max(asked), 2)

    def test_a_dead_inverter_is_up_0_without_any_old_value(self):
        device = self.simulator("--no-pace")
        exporter = self.exporter(f"--device=house={device}", "--scrape.cache=0s")
        alive = exporter.scrape()
        self.assertEqual(alive['mppsolar_up{inverter="house"}'], 1)
        self.assertTrue(alive.named("mppsolar_battery_volts"))
        self.last_simulator.end(signal.SIGKILL)
        os.unlink(device)
        dead = exporter.scrape()
        self.assertEqual(dead['mppsolar_up{inverter="house"}'], 0)
        self.assertFalse(dead.named("mppsolar_battery_volts"))
        self.assertFalse(dead.named("mppsolar_rating_output_watts"))
        self.assertEqual(dead['mppsolar_command_success{inverter="house",command="QPIGS"}'], 0)

    def test_a_silent_inverter_does_not_outlast_the_scrape_timeout(self):
        # A pty that swallows everything.
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        exporter = self.exporter(f"--device=house={os.ttyname(slave)}", "--scrape.cache=0s")
        begun = time.monotonic()
        metrics = exporter.scrape(**{"X-Prometheus-Scrape-Timeout-Seconds": "1.5"})
        took = time.monotonic() - begun
        self.assertEqual(metrics['mppsolar_up{inverter="house"}'], 0)
        self.assertLess(took, 1.5)

    def test_one_dead_inverter_hides_no_other(self):
        exporter = self.exporter("--device=good=sim:", "--device=dead=/dev/missing")
        metrics = exporter.scrape()
        self.assertEqual(metrics['mppsolar_up{inverter="good"}'], 1)
        self.assertEqual(metrics['mppsolar_up{inverter="dead"}'], 0)
        self.assertIn('mppsolar_battery_volts{inverter="good"}', metrics.values)

    def test_a_missing_device_is_said_once_and_found_when_it_comes(self):
        device = self.path("inverter")
        exporter = self.exporter(f"--device=house={device}", "--scrape.cache=0s")
        for _ in range(5):
            self.assertEqual(exporter.scrape()['mppsolar_up{inverter="house"}'], 0)
        self.assertEqual(exporter.log.count("there is no such device"), 1, exporter.log)
        self.simulator("--no-pace")
        wait_for(lambda: exporter.scrape()['mppsolar_up{inverter="house"}'] == 1, "the inverter")
        exporter.wait_for_log("Inverter is read")

    def test_settings_appear_after_the_first_scrape_and_never_delay_it(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=0s")
        exporter.scrape()
        wait_for(lambda: exporter.scrape().named("mppsolar_rating_output_watts"), "QPIRI")


class Ending(Case):
    def check_end(self, how):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=0s")
        answers = []
        scrape = threading.Thread(target=lambda: answers.append(exporter.request("/metrics")))
        scrape.start()
        # The request has arrived when the exporter has a second connection; it then reads for 0.7 s.
        wait_for(lambda: established(exporter.port), "the scrape to be under way")
        time.sleep(0.1)
        code, took = exporter.end(how)
        scrape.join()
        self.assertEqual(code, 0, exporter.log)
        self.assertLess(took, 2)
        self.assertEqual(answers[0][0], 200, "the scrape under way is answered")

    def test_sigterm_in_the_middle_of_a_scrape(self):
        self.check_end(signal.SIGTERM)

    def test_sigint_in_the_middle_of_a_scrape(self):
        self.check_end(signal.SIGINT)


def established(port):
    """Whether somebody is connected to this port."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(line.split()[2].endswith(f":{port:04X}") and line.split()[3] == "01"
                   for line in table)


class Starting(Case):
    def fails(self, *arguments):
        done = subprocess.run([EXPORTER, *arguments], capture_output=True, text=True, timeout=30,
                              check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_a_port_in_use_is_said_and_ends_with_1(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            log = self.fails("--device=sim:", f"--web.listen-address=127.0.0.1:{port}")
        self.assertIn(f"cannot listen on 127.0.0.1:{port}: the port is in use", log)

    def test_without_an_inverter_it_says_how_to_give_one(self):
        self.assertIn("--device=/dev/ttyUSB0", self.fails())

    def test_two_inverters_of_one_name_are_refused(self):
        self.assertIn("two inverters are called", self.fails("--device=a=sim:", "--device=a=sim:"))

    def test_wrong_values_name_the_flag_and_its_variable(self):
        self.assertIn("--scrape.cache (MPPSOLAR_SCRAPE_CACHE): \"soon\" is no duration",
                      self.fails("--device=sim:", "--scrape.cache=soon"))
        self.assertIn("no address", self.fails("--device=sim:", "--web.listen-address=10030"))
        self.assertIn("no model", self.fails("--device=sim:nuclear"))

    def test_the_environment_is_read_and_flags_come_before_it(self):
        exporter = self.exporter(env={"MPPSOLAR_DEVICE": "one=sim:,two=sim:"})
        self.assertEqual(len(exporter.scrape().named("mppsolar_up")), 2)
        exporter = self.exporter("--device=three=sim:", env={"MPPSOLAR_DEVICE": "one=sim:"})
        self.assertEqual(list(exporter.scrape().named("mppsolar_up")),
                         ['mppsolar_up{inverter="three"}'])

    def test_the_log_is_logfmt_or_json(self):
        exporter = self.exporter("--device=house=sim:")
        self.assertRegex(exporter.log, r'ts=\d{4}-\d\d-\d\dT[\d:.]+Z level=info msg="Starting')
        exporter = self.exporter("--device=house=sim:", "--log.format=json")
        self.assertRegex(exporter.log, r'\{"ts":"[^"]+","level":"info","msg":"Starting')


if __name__ == "__main__":
    unittest.main()
