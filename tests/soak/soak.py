"""Scrapes the exporter under faults and re-plugs: soak.py EXPORTER [MINUTES] [--seed=N].

Prints what was seen; exit code 1 if anything of it must not be (script/soak calls it).
"""

import argparse
import collections
import contextlib
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time

from far_end import FarEnd, PtyLine, TcpLine
from judge import judge
from verdict import Outcome, complaints, table
from watch import Watch, look

FAULT_RATE = 0.05
# What a scrape says that it may take; without a word the exporter takes 8 s.
TIMEOUTS = (3, 5, None)
LONGEST = 8.0
# How long everything may take to be well again when the faults are over; the back-off ends at 30 s.
PATIENCE = 90.0
IDLE_CLIENTS = 4
MOST_SHOWN = 20
SERIES = re.compile(r'(\w+)\{inverter="([^"]*)",?([^}]*)\} (\S+)')


def by_inverter(text):
    """An exposition's values: inverter -> series without that label -> value."""
    values = collections.defaultdict(dict)
    for line in text.splitlines():
        if found := SERIES.fullmatch(line):
            name, inverter, labels, value = found.groups()
            values[inverter][f"{name}{{{labels}}}" if labels else name] = float(value)
    return values


class Soak:
    def __init__(self, exporter, minutes, seed, folder):
        self.seconds = minutes * 60
        self.random = random.Random(seed)
        lines = {"red": PtyLine(os.path.join(folder, "red")),
                 "green": PtyLine(os.path.join(folder, "green")),
                 "blue": TcpLine(self.random)}
        self.far_ends = [FarEnd(name, line, seed, FAULT_RATE) for name, line in lines.items()]
        for far_end in self.far_ends:
            far_end.start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        devices = [f"--device={far_end.name}={far_end.line.address}" for far_end in self.far_ends]
        self.process = subprocess.Popen(
            [exporter, f"--web.listen-address=127.0.0.1:{self.port}", "--scrape.cache=0s",
             *devices],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.begun = time.monotonic()
        self.watch = Watch(self.process, self.begun)
        self.outcome = Outcome(minutes=minutes)
        self.last_values = {}
        self.idle = []
        # When scrapes began whose readings may still be under way: the next one shares these.
        self.under_way = []

    def wait_until_it_listens(self):
        while self.process.poll() is None:
            with contextlib.suppress(OSError), self.connect():
                return
            time.sleep(0.02)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=LONGEST)

    def run(self):
        self.wait_until_it_listens()
        minute = 1
        while (now := time.monotonic() - self.begun) < self.seconds and self.is_alive():
            if now >= minute * 60:
                print(f"soak: {minute} min, {self.outcome.scrapes} scrapes, "
                      f"{len(self.outcome.wrong)} wrong", file=sys.stderr)
                minute += 1
            self.bother()
            self.scrape()
            time.sleep(self.random.uniform(0, 0.2))
        self.come_to_rest()
        return self.finish()

    def is_alive(self):
        code = self.process.poll()
        if code is not None:
            self.outcome.died = f"exit code {code}; " + " / ".join(self.watch.last_lines[-3:])
        return code is None

    def scrape(self):
        """One scrape, judged. Returns the inverters that are up."""
        timeout = self.random.choice(TIMEOUTS)
        headers = {"X-Prometheus-Scrape-Timeout-Seconds": str(timeout)} if timeout else {}
        allowed = timeout or LONGEST
        begin = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=allowed + 5)
            with contextlib.closing(connection):
                connection.request("GET", "/metrics", headers=headers)
                answer = connection.getresponse()
                text, status = answer.read().decode(), answer.status
        except (OSError, http.client.HTTPException) as error:
            text, status = "", repr(error)
        end = time.monotonic()
        self.outcome.scrapes += 1
        at = f"the scrape at {begin - self.begun:.1f} s"
        if status != 200:
            self.outcome.bad_scrapes.append(f"{at}: {status}")
            return set()
        if end - begin > allowed + 1:
            self.outcome.bad_scrapes.append(f"{at} took {end - begin:.1f} s of {allowed} s")
        self.judge(text, min([begin, *self.under_way]), end)
        if end - begin < allowed - 0.6:
            # It did not wait for its deadline, so all readings were over, except those of clients
            # whose request came in just before its end.
            self.under_way = [left for left in self.under_way if left > end - 1]
        else:
            self.under_way.append(begin)
        return {name for name, values in self.last_values.items() if values.get("mppsolar_up") == 1}

    def judge(self, text, begin, end):
        self.last_values = by_inverter(text)
        for far_end in self.far_ends:
            values = self.last_values[far_end.name]
            self.outcome.readings += values.get("mppsolar_up") == 1
            served, wrong = judge(values, far_end.sent(), begin, end)
            self.outcome.sets += len(served)
            for complaint in wrong:
                where = f"WRONG: {far_end.name}, scrape at {begin - self.begun:.1f} s: {complaint}"
                self.outcome.wrong.append(where)
                if len(self.outcome.wrong) <= MOST_SHOWN:
                    print(where, file=sys.stderr)

    def bother(self):
        """Clients that leave in mid-scrape, and clients that only hold a connection."""
        with contextlib.suppress(OSError):
            if self.random.random() < 0.1:
                self.under_way.append(time.monotonic())
                with self.connect() as client:
                    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: soak\r\n\r\n")
                    time.sleep(self.random.uniform(0, 0.1))
            if self.random.random() < 0.1:
                self.idle.append(self.connect())
                self.idle[-1].sendall(self.random.choice([b"", b"GET /metrics HTT"]))
        while len(self.idle) > IDLE_CLIENTS:
            self.idle.pop(0).close()

    def come_to_rest(self):
        """The faults end; all inverters are to be up, and the descriptors of the clients closed."""
        for client in self.idle:
            client.close()
        for far_end in self.far_ends:
            far_end.calm()
        names = {far_end.name for far_end in self.far_ends}
        end = time.monotonic() + PATIENCE
        up = set()
        while up != names and time.monotonic() < end and self.is_alive():
            up = self.scrape()
            time.sleep(0.1)
        self.outcome.not_up = sorted(names - up)
        self.watch.stop()
        # The server sees that a client is gone a moment after it went.
        end = time.monotonic() + 5
        while last := look(self.process.pid, time.monotonic() - self.begun):
            self.outcome.samples = [*self.watch.samples, last]
            few = self.outcome.at_one_minute().descriptors
            if last.descriptors <= few or time.monotonic() > end:
                break
            time.sleep(0.1)

    def finish(self):
        outcome = self.outcome
        self.process.terminate()
        self.process.wait()
        outcome.error_lines = self.watch.error_lines
        for far_end in self.far_ends:
            far_end.end()
            outcome.faults += far_end.faults
            outcome.replugs += far_end.replugs
            outcome.strays += far_end.strays
        for values in self.last_values.values():
            for series, value in values.items():
                if reason := re.match(r'mppsolar_command_errors_total\{.*reason="(\w+)"', series):
                    outcome.errors[reason.group(1)] += value
            outcome.errors["opens"] += values.get("mppsolar_link_opens_total", 0)
            outcome.errors["open errors"] += values.get("mppsolar_link_open_errors_total", 0)
        return outcome


def positive(text):
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def main():
    parser = argparse.ArgumentParser(usage="soak.py EXPORTER [MINUTES] [--seed=N]")
    parser.add_argument("exporter")
    parser.add_argument("minutes", type=positive, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(arguments.exporter, arguments.minutes, arguments.seed, folder)
        try:
            outcome = soak.run()
        finally:
            soak.process.kill()
    print(table(outcome))
    for line in outcome.error_lines[:5]:
        print(f"  {line}")
    why = complaints(outcome, sanitized="MPPSOLAR_SANITIZED" in os.environ)
    for complaint in why:
        print(f"soak: FAILED: {complaint}", file=sys.stderr)
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
