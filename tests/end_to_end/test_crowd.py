"""Many clients, and clients that behave badly, change little for the one that scrapes."""

import http.client
import os
import re
import socket
import statistics
import threading
import time
import unittest

from program import Case, wait_for

MANY = 1000


class Crowd(Case):
    def resident_megabytes(self, exporter):
        with open(f"/proc/{exporter.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def typical_scrape(self, exporter):
        times = []
        for _ in range(30):
            begun = time.perf_counter()
            exporter.scrape()
            times.append(time.perf_counter() - begun)
        return statistics.median(times)

    def test_a_thousand_idle_half_open_and_garbage_connections(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=1h")
        exporter.settled()
        alone = self.typical_scrape(exporter)
        memory = self.resident_megabytes(exporter)
        for behaviour in [b"", b"GET /metrics HTT", b"\x00\xff\x16\x03garbage\r\n\r\n"]:
            with self.subTest(sends=behaviour):
                sockets = []
                for _ in range(MANY):
                    client = socket.create_connection(("127.0.0.1", exporter.port), timeout=30)
                    client.sendall(behaviour)
                    sockets.append(client)
                crowded = self.typical_scrape(exporter)
                grown = self.resident_megabytes(exporter) - memory
                for client in sockets:
                    client.close()
                # A ratio with room for a noisy machine; a server that is stalled takes seconds.
                self.assertLess(crowded, alone * 10 + 0.05)
                # Sanitizers keep what was freed, so memory says nothing there.
                if "MPPSOLAR_SANITIZED" not in os.environ:
                    self.assertLess(grown, 60)

    def test_more_scrapes_at_once_than_allowed_are_503(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=0s",
                                 "--web.max-requests=2")
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(exporter.request("/metrics")[0]))
                   for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [200, 200, 503, 503, 503, 503])
        self.assertEqual(exporter.request("/metrics")[0], 200)

    def test_a_client_that_leaves_in_the_middle_costs_nothing(self):
        exporter = self.exporter("--device=house=sim:", "--scrape.cache=0s")
        for _ in range(5):
            client = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=30)
            client.request("GET", "/metrics")
            client.close()
        self.assertEqual(exporter.scrape()['mppsolar_up{inverter="house"}'], 1)
        self.assertEqual(exporter.request("/-/healthy")[0], 200)

    def test_a_request_that_is_too_long_is_refused(self):
        exporter = self.exporter("--device=house=sim:")
        for path, headers in [("/" + "a" * 100_000, {}), ("/metrics", {"X": "a" * 100_000})]:
            try:
                status = exporter.request(path, headers=headers)[0]
            except (http.client.HTTPException, OSError):
                continue  # closed without an answer
            self.assertGreaterEqual(status, 400)
        wait_for(lambda: exporter.request("/-/ready")[0] == 200, "the server to go on")


if __name__ == "__main__":
    unittest.main()
