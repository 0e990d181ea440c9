"""The server as Prometheus, a probe or a stranger meets it."""

import contextlib
import gzip
import http.client
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from program import EXPORTER, Case, run, wait_for


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


class Compression(Case):
    def fetch(self, accept, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.exporter_.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, "/metrics", headers={"Accept-Encoding": accept})
            answer = connection.getresponse()
            return answer.headers, answer.read()

    def test_metrics_are_packed_for_who_wants_that(self):
        self.exporter_ = self.exporter("--device=house=sim:", "--scrape.cache=1h")
        self.exporter_.scrape()
        for accept in ["identity", "gzip;q=0", "br"]:
            headers, body = self.fetch(accept)
            self.assertIsNone(headers["Content-Encoding"], accept)
            self.assertEqual(headers.get_all("Vary"), ["Accept", "Accept-Encoding"])
            self.assertIn(b"mppsolar_up", body)
        headers, packed = self.fetch("gzip")
        self.assertEqual(headers["Content-Encoding"], "gzip")
        self.assertEqual(headers.get_all("Vary"), ["Accept", "Accept-Encoding"])
        self.assertEqual(headers["Content-Length"], str(len(packed)))
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertIn(b"mppsolar_up", gzip.decompress(packed))
        self.assertLess(len(packed), len(body) / 3)
        headers, nothing = self.fetch("gzip", "HEAD")
        self.assertEqual((headers["Content-Encoding"], nothing), ("gzip", b""))

    def test_small_answers_are_sent_as_they_are(self):
        exporter = self.exporter("--device=house=sim:")
        _, headers, body = exporter.request("/-/ready", headers={"Accept-Encoding": "gzip"})
        self.assertEqual((headers["Content-Encoding"], headers["Vary"], body),
                         (None, None, "Ready\n"))


class Counting(Case):
    def test_requests_are_counted_by_path_and_answer(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=1h")
        for path in ["/", "/metrics", "/one", "/two", "/metrics?%"]:
            exporter.request(path)
        metrics = exporter.scrape()
        name = "mppsolar_exporter_http_requests_total"
        self.assertEqual(metrics.named(name), {
            f'{name}{{handler="/",code="200"}}': 1,
            f'{name}{{handler="/metrics",code="200"}}': 1,
            f'{name}{{handler="/metrics",code="400"}}': 1,
            **{f'{name}{{handler="{path}",code="200"}}': 0 for path in (
                "/-/healthy", "/-/ready", "/-/reload", "/api/v1/status", "/config", "/docs/", "/probe",
                "/sd")},
            f'{name}{{handler="other",code="404"}}': 2})
        self.assertEqual(metrics["mppsolar_exporter_http_requests_in_flight"], 1)
        duration = "mppsolar_exporter_http_request_duration_seconds"
        took = metrics[duration + '_sum{handler="/",code="200"}']
        self.assertGreater(took, 0.1)
        self.assertLess(took, 30)
        self.assertEqual(metrics[duration + '_bucket{handler="/",code="200",le="+Inf"}'], 1)

    def test_the_telemetry_path_is_no_other_path(self):
        code, _, err = run("--device=sim:", "--web.telemetry-path=/config")
        self.assertEqual(code, 1)
        self.assertIn("--web.telemetry-path: /config is something else already", err)

    def test_a_timeout_that_nobody_waits_for_is_refused(self):
        for timeout in ("0s", "6m"):
            code, _, err = run("--device=sim:", f"--scrape.timeout={timeout}")
            self.assertEqual(code, 1)
            self.assertIn("--scrape.timeout", err)


class BadRequests(Case):
    """What parses and is wrong gets its own answer of one line, and nothing of it comes back."""

    def setUp(self):
        super().setUp()
        self.running = self.exporter("--device=house=sim:", "--scrape.cache=1h")

    def raw(self, request):
        """All that comes back until the server closes or is silent for a while."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.running.port), timeout=60) as connection:
            connection.sendall(request)
            while part := connection.recv(65536):
                answer += part
        return answer

    def check(self, request, status):
        answer = self.raw(request)
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 %d " % status), (request[:60], answer[:200]))
        self.assertEqual(body.count(b"\n"), 1, body)
        self.assertNotIn(b"evil", answer)

    def test_a_query_that_cannot_be_decoded_is_400(self):
        for query in [b"a=%", b"%zz", b"evil=%4"]:
            self.check(b"GET /metrics?" + query + b" HTTP/1.1\r\nHost: a\r\n"
                       b"Connection: close\r\n\r\n", 400)

    def test_a_query_that_can_be_is_no_matter(self):
        answer = self.raw(b"GET /-/ready?a=%41&b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)

    def test_what_is_too_long_is_refused_in_words_and_far_too_long_without(self):
        begin, end = b"GET /metrics?", b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        self.check(begin + b"evil" * 1000 + end + b"\r\n", 414)
        self.check(begin + b"a" + end + b"Content-Length: 5000\r\n\r\n" + b"evil " * 1000, 413)
        self.assertEqual(self.raw(begin + b"a" + end + b"Content-Length: 100000\r\n\r\n"), b"")

    def test_nothing_of_an_unknown_path_comes_back(self):
        self.check(b"GET /evil HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404)

    def test_who_asks_for_another_protocol_is_answered_and_let_go(self):
        for path, status in [(b"/-/ready", 200), (b"/evil", 404)]:
            self.check(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                       b"Upgrade: evil\r\n\r\n", status)
        self.check(b"CONNECT evil:443 HTTP/1.1\r\nHost: a\r\n\r\n", 404)

    def test_what_is_no_http_is_closed_without_a_word(self):
        for nonsense in [b"\0\0\0\0\r\n\r\n", b"EVIL / HTTP/1.1\r\n\r\n",
                         b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                         b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"]:
            self.assertEqual(self.raw(nonsense), b"", nonsense)
        self.assertEqual(self.running.request("/-/ready")[0], 200)


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

    def test_connections_that_are_kept_open_do_not_matter(self):
        exporter = self.exporter("--device=house=sim:")
        kept = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=60)
        with contextlib.closing(kept):
            kept.request("GET", "/-/ready")
            kept.getresponse().read()
            code, took = exporter.end()
        self.assertEqual(code, 0, exporter.log)
        self.assertLess(took, 2)

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
