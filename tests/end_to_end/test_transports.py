"""Inverters that are not at a serial port of this machine: a real ser2net of Debian in between."""

import os
import shutil
import signal
import socket
import unittest

from program import Case, Process, free_port, run, wait_for

UP = 'mppsolar_up{inverter="house"}'


@unittest.skipUnless(shutil.which("ser2net"), "ser2net is not installed")
class Bridge(Case):
    def setUp(self):
        super().setUp()
        self.device = self.simulator("--no-pace", "--speed=0")
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.config = self.path("ser2net.yaml", f"""%YAML 1.1
---
connection: &inverter
  accepter: tcp,127.0.0.1,{self.port}
  connector: serialdev,{self.device},2400n81,local
""")

    def bridge(self):
        bridge = Process(["ser2net", "-n", "-u", "-c", self.config])
        self.addCleanup(bridge.end)
        return bridge

    def scraped(self, exporter, up):
        """A scrape that says so; a bridge needs a moment to listen."""
        def says_so():
            metrics = exporter.scrape()
            return metrics if metrics[UP] == up else None
        return wait_for(says_so, f"up {up}")

    def test_an_inverter_behind_a_bridge_is_read_and_found_again(self):
        bridge = self.bridge()
        exporter = self.exporter(f"--device=house={self.address}", "--scrape.cache=0s")
        alive = self.scraped(exporter, 1)
        self.assertTrue(alive.named("mppsolar_battery_volts"))

        bridge.end(signal.SIGKILL)
        dead = exporter.scrape()
        self.assertEqual(dead[UP], 0)
        self.assertFalse(dead.named("mppsolar_battery_volts"))
        self.assertFalse(dead.named("mppsolar_rating_output_watts"))
        exporter.wait_for_log(f"{self.address}: connection refused")

        self.bridge()
        again = self.scraped(exporter, 1)
        self.assertTrue(again.named("mppsolar_battery_volts"))

    def test_the_bridge_is_free_as_soon_as_a_query_is_over(self):
        self.bridge()
        wait_for(lambda: run("query", f"--device={self.address}", "QPI")[0] == 0, "the bridge")
        for _ in range(5):
            code, out, err = run("query", f"--device={self.address}", "QPI", "QMOD")
            self.assertEqual(code, 0, err)
            self.assertRegex(out, r"^PI30\n[A-Z]\n$")

    def test_without_a_name_an_inverter_is_called_after_its_bridge(self):
        self.bridge()
        exporter = self.exporter(f"--device={self.address}")
        self.assertIn(f'mppsolar_up{{inverter="127.0.0.1:{self.port}"}}', exporter.scrape().values)


class Trouble(Case):
    def test_a_bridge_that_says_nothing_does_not_outlast_the_scrape(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            exporter = self.exporter(f"--device=house=tcp://127.0.0.1:{silent.getsockname()[1]}",
                                     "--device=good=sim:", "--scrape.cache=0s")
            metrics = exporter.scrape(**{"X-Prometheus-Scrape-Timeout-Seconds": "3"})
        self.assertEqual(metrics[UP], 0)
        self.assertEqual(metrics['mppsolar_up{inverter="good"}'], 1)

    def test_a_port_in_use_says_by_whom(self):
        device = self.simulator()
        exporter = self.exporter(f"--device=house={device}")
        exporter.scrape()
        code, _, err = run("query", f"--device={device}", "QMOD")
        self.assertEqual(code, 5)
        self.assertIn(f"in use by pid {exporter.process.pid} (mppsolar_export)", err)

    def test_what_is_no_inverter_is_sent_nothing(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        code, _, err = run("query", f"--device=hid:{os.ttyname(slave)}", "QMOD")
        self.assertEqual(code, 5)
        self.assertIn("is no HID device; nothing was sent to it", err)
        os.set_blocking(master, False)
        with self.assertRaises(BlockingIOError):
            os.read(master, 1)

    def test_wrong_addresses_are_refused_at_the_start(self):
        for address, what in [("tcp://10.0.0.5", "has no port"), ("hid:hidraw0", "has no path"),
                              ("10.0.0.5:8899", "or tcp://10.0.0.5:8899 or")]:
            code, _, err = run(f"--device={address}")
            self.assertEqual(code, 1)
            self.assertIn(what, err)


if __name__ == "__main__":
    unittest.main()
