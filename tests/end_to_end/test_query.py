"""`query`, `simulate` and captures, as a person types them."""

import json
import os
import socket
import subprocess
import sys
import time
import unittest

from program import EXPORTER, TESTS, Case, Process, free_port, run, wait_for


class Query(Case):
    def query(self, *arguments, device="sim:?speed=0"):
        return run("query", f"--device={device}", *arguments)

    def test_raw_prints_the_payload_as_the_script_did(self):
        code, out, _ = self.query("QMOD")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^[A-Z]\n$")

    def test_several_commands_in_one_call(self):
        code, out, _ = self.query("QPI", "QMOD", "QPIGS")
        self.assertEqual(code, 0)
        lines = out.splitlines()
        self.assertEqual(lines[0], "PI30")
        self.assertEqual(len(lines), 3)

    def test_a_table_says_what_the_columns_mean(self):
        code, out, _ = self.query("--output=table", "QPIGS")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"mppsolar_battery_volts +\d+")

    def test_json_has_payload_and_values(self):
        code, out, _ = self.query("--output=json", "QPIGS", "QMOD")
        self.assertEqual(code, 0)
        answer = json.loads(out)
        self.assertEqual([r["command"] for r in answer["replies"]], ["QPIGS", "QMOD"])
        volts = [v for v in answer["replies"][0]["values"] if v["metric"] == "mppsolar_battery_volts"]
        self.assertEqual(float(answer["replies"][0]["payload"].split()[8]), volts[0]["value"])

    def test_a_refused_command_is_2_and_the_others_are_still_answered(self):
        code, out, err = self.query("QNONE", "QMOD")
        self.assertEqual(code, 2)
        self.assertRegex(out, r"^[A-Z]\n$")
        self.assertIn("QNONE", err)
        self.assertIn("NAK", err)

    def test_silence_is_3(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        code, _, err = self.query("QMOD", device=os.ttyname(slave))
        self.assertEqual(code, 3, err)
        self.assertIn("no answer", err)

    def test_a_damaged_reply_is_4(self):
        device = self.path("noise")
        noise = subprocess.Popen([sys.executable, os.path.join(TESTS, "end_to_end", "answer_with.py"),
                                  device, "(Sd9\\r"])
        self.addCleanup(noise.wait)
        self.addCleanup(noise.terminate)
        wait_for(lambda: os.path.exists(device), "the pty")
        code, _, err = self.query("QMOD", device=device)
        self.assertEqual(code, 4, err)
        self.assertIn("damaged", err)

    def test_a_missing_device_is_5(self):
        code, _, err = self.query("QMOD", device="/dev/missing")
        self.assertEqual(code, 5)
        self.assertIn("there is no such device", err)

    def test_a_device_in_use_is_5(self):
        device = self.simulator()
        exporter = self.exporter(f"--device=house={device}")
        exporter.scrape()
        code, _, err = self.query("QMOD", device=device)
        self.assertEqual(code, 5, err)
        self.assertIn("in use", err)

    def test_what_is_no_query_is_not_sent_without_write(self):
        for command in ["POP02", "PF", "qpigs", "MCHGC040", "Q", "~R", "Q PIGS"]:
            code, _, err = self.query(command)
            self.assertEqual(code, 1, command)
            self.assertIn("--write", err)
        code, _, err = self.query("--write", "POP02")
        self.assertEqual(code, 2, "the simulator refuses settings")
        self.assertIn("NAK", err)

    def test_a_query_that_no_definition_knows_is_shown_raw(self):
        capture = self.path("capture.txt", "> QXYZ\n< 1 2 3\n")
        device = self.simulator(f"--capture={capture}", "--no-pace")
        code, out, _ = self.query("QXYZ", "--output=table", device=device)
        self.assertEqual(code, 0)
        self.assertIn("1 2 3", out)

    def test_without_a_device_it_says_what_to_give(self):
        code, _, err = run("query", "QMOD")
        self.assertEqual(code, 1)
        self.assertIn("--device=/dev/ttyUSB0", err)


class Recording(Case):
    def test_a_recording_is_a_simulator_that_answers_the_same(self):
        file = self.path("house.txt")
        commands = ["QPI", "QPIGS", "QPIRI", "QNONE", "QMOD"]
        code, recorded, _ = run("query", "--device=sim:pip-1012-mse?speed=0", f"--record={file}",
                                *commands)
        self.assertEqual(code, 2)
        device = self.simulator(f"--capture={file}")
        code, played, _ = run("query", f"--device={device}", *commands)
        self.assertEqual(code, 2)
        self.assertEqual(played, recorded)

    def test_replies_to_one_command_follow_each_other(self):
        capture = self.path("capture.txt", "> QMOD\n< L\n> QMOD\n< B\n")
        device = self.simulator(f"--capture={capture}", "--no-pace")
        _, out, _ = run("query", f"--device={device}", "QMOD", "QMOD", "QMOD")
        self.assertEqual(out, "L\nB\nL\n")

    def test_a_capture_with_a_mistake_names_the_line(self):
        capture = self.path("capture.txt", "> QMOD\nB\n")
        code, _, err = run("simulate", f"--pty={self.path('pty')}", f"--capture={capture}")
        self.assertEqual(code, 1)
        self.assertIn("capture.txt:2: a line begins with", err)


class Simulating(Case):
    def test_bytes_come_at_2400_baud(self):
        device = self.simulator("--speed=0")
        begun = time.monotonic()
        code, out, _ = run("query", f"--device={device}", "QPIGS")
        took = time.monotonic() - begun
        self.assertEqual(code, 0)
        wire = (8 + len(out.strip()) + 4) * 10 / 2400
        self.assertGreaterEqual(took, wire)

    def test_a_tcp_port_serves_frames(self):
        port = free_port()
        simulator = Process([EXPORTER, "simulate", f"--tcp={port}"])
        self.addCleanup(simulator.end)
        simulator.wait_for_log("Simulating")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(b"QPI\xbe\xac\r")
            reply = b""
            while not reply.endswith(b"\r"):
                reply += client.recv(64)
        self.assertEqual(reply, b"(PI30\x9a\x0b\r")

    def test_the_link_to_the_pty_goes_with_the_simulator(self):
        device = self.simulator()
        self.assertTrue(os.path.islink(device))
        self.last_simulator.end()
        self.assertFalse(os.path.lexists(device))


if __name__ == "__main__":
    unittest.main()
