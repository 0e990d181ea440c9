"""Runs the program as its users do: as processes, over a pty and over HTTP."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

EXPORTER = os.environ["MPPSOLAR_EXPORTER"]
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TESTS)
# Sanitizers make everything slower; nothing here measures speed, so there is time.
PATIENCE = 60.0


def wait_for(condition, what, patience=PATIENCE):
    """What condition() returns as soon as that is true."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"waited {patience} s in vain for {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*arguments, **kwargs):
    """Runs the program to its end: exit code, stdout, stderr."""
    done = subprocess.run([EXPORTER, *arguments], capture_output=True, text=True,
                          timeout=PATIENCE, **kwargs)
    return done.returncode, done.stdout, done.stderr


class Process:
    """A running program, ended with the test; its stderr is `log`."""

    def __init__(self, command, **kwargs):
        self.log = ""
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        text=True, **kwargs)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.log += line

    def wait_for_log(self, text):
        def logged():
            if text in self.log:
                return True
            if self.process.poll() is not None:
                raise AssertionError(f"ended before it said {text!r}:\n{self.log}")
            return False
        wait_for(logged, f"{text!r} in the log")

    def end(self, how=signal.SIGTERM):
        """Sends a signal and returns the exit code and how long the end took."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        took = time.monotonic() - begun
        self.reader.join(PATIENCE)
        self.process.stderr.close()
        return code, took


class Exporter(Process):
    def __init__(self, *arguments, env=None):
        self.port = free_port()
        super().__init__([EXPORTER, f"--web.listen-address=127.0.0.1:{self.port}", *arguments],
                         env={**os.environ, **(env or {})})
        self.wait_for_log("Listening")

    def request(self, path, method="GET", headers=None):
        """Status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def scrape(self, **headers):
        status, _, body = self.request("/metrics", headers=headers)
        assert status == 200, body
        return Metrics(body)

    def settled(self):
        """A scrape after which nothing is left to ask in idle time."""
        seen = []

        def same_series_three_times():
            metrics = self.scrape()
            seen.append((set(metrics.values), metrics))
            return len(seen) >= 3 and all(s == seen[-1][0] for s, _ in seen[-3:]) and any(
                name.startswith("mppsolar_inverter_info{") for name in seen[-1][0])
        wait_for(same_series_three_times, "all commands to be asked")
        return seen[-1][1]


class Metrics:
    """An exposition: `values` by series, `text` as it came."""

    def __init__(self, text):
        self.text = text
        self.values = {}
        self.repeated = []
        for line in text.splitlines():
            if line.startswith("#") or not line:
                continue
            series, value = re.fullmatch(r"(\S+(?:\{.*\})?) (\S+)", line).groups()
            if series in self.values:
                self.repeated.append(series)
            self.values[series] = float(value)

    def __getitem__(self, series):
        return self.values[series]

    def named(self, name):
        """All series of one name."""
        return {s: v for s, v in self.values.items() if s == name or s.startswith(name + "{")}


class Case(unittest.TestCase):
    """A test that ends whatever it started."""

    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def enterContext(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def exporter(self, *arguments, env=None):
        exporter = Exporter(*arguments, env=env)
        self.addCleanup(exporter.end)
        return exporter

    def simulator(self, *arguments, name="inverter"):
        """A simulated inverter on a pty; returns the pty's path."""
        pty = self.path(name)
        simulator = Process([EXPORTER, "simulate", f"--pty={pty}", *arguments])
        self.addCleanup(simulator.end)
        simulator.wait_for_log("Simulating")
        self.last_simulator = simulator
        return pty
