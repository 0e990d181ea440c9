"""Makes days of samples in a minute: scrapes simulated inverters whose time is sped up, and writes
each sample with the time that it was in the simulation, as blocks that a Prometheus can open.

By hand:  MPPSOLAR_EXPORTER=... python3 make_day.py FOLDER --days=2 house=pip-5048 barn=max-8000
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "end_to_end"))
from program import EXPORTER, Exporter, Process  # noqa: E402  (the path comes first)

DAY = 86400
WARM_UP = 6.0  # Real seconds until every setting was asked.
# Nobody plots these; without them a month of samples is half as big.
LEFT_OUT = ("mppsolar_default_", "mppsolar_selectable_", "mppsolar_exporter_http_", "#")


class Clock:
    """Real moments of now as moments of the simulation, which ends at `end`."""

    def __init__(self, end, days, speed):
        self.begin = end - days * DAY
        self.speed = speed
        self.real_begin = time.time() + WARM_UP

    def time_of_day_at_start(self):
        """For --start of an inverter that begins now, WARM_UP before the first sample."""
        now = self.begin + (time.time() - self.real_begin) * self.speed
        minute = int(now % DAY) // 60
        return f"{minute // 60:02}:{minute % 60:02}"

    def real(self, moment):
        return self.real_begin + (moment - self.begin) / self.speed


def sample_lines(text, moment, now, speed, step, target):
    """The lines of one scrape as they would have been in the simulated house."""
    for line in text.splitlines():
        if line.startswith(LEFT_OUT):
            continue
        series, value = line.rsplit(" ", 1)
        name, brace, labels = series.partition("{")
        # The exporter integrates power over real time, of which there was less.
        if name.endswith("_energy_joules_total"):
            value = float(value) * speed
        elif name.endswith("_timestamp_seconds") or name == "process_start_time_seconds":
            age = now - float(value)
            value = moment - (age * speed if age * speed > step else age)
        yield f"{name}{{{target}{',' + labels if brace else '}'} {value} {moment}"


def record(exporter, clock, end, step, instance, stops):
    """All samples from the clock's begin to `end`. `stops`: processes that end at their moment."""
    target = f'job="mppsolar",instance="{instance}"'
    while time.time() < clock.real_begin:
        exporter.scrape()
        time.sleep(0.2)
    moment = clock.begin
    while moment <= end:
        for process in [p for p, when in stops.items() if when <= moment]:
            process.end()
            del stops[process]
        time.sleep(max(0.0, clock.real(moment) - time.time()))
        asked = time.time()
        _, _, text = exporter.request("/metrics")
        now = time.time()
        yield from sample_lines(text, round(moment), now, clock.speed, step, target)
        yield f"up{{{target}}} 1 {round(moment)}"
        yield f"scrape_duration_seconds{{{target}}} {now - asked:.6f} {round(moment)}"
        # A scrape that took longer than a step of the simulation leaves that step out.
        late = (time.time() - clock.real(moment)) * clock.speed
        moment += step * max(1, int(late // step))


def make_days(folder, inverters, days=1, step=120, speed=3600, end=None, instance="house:10030",
              stops=None):
    """Blocks in `folder` of `days` days up to `end` (now). `inverters`: name to model; `stops`:
    name to the seconds before `end` at which that inverter is unplugged."""
    end = round(end or time.time())
    with contextlib.ExitStack() as running, tempfile.TemporaryDirectory() as scratch:
        clock = Clock(end, days, speed)
        devices, processes = [], {}
        for seed, (name, model) in enumerate(inverters.items(), 1):
            pty = os.path.join(scratch, name)
            simulator = Process([EXPORTER, "simulate", f"--pty={pty}", f"--model={model}",
                                 f"--seed={seed}", "--no-pace", f"--speed={speed}",
                                 f"--start={clock.time_of_day_at_start()}"])
            running.callback(simulator.end)
            simulator.wait_for_log("Simulating")
            devices.append(f"--device={name}={pty}")
            if name in (stops or {}):
                processes[simulator] = end - stops[name]
        exporter = Exporter(*devices, "--scrape.cache=0s", "--web.max-requests=0")
        running.callback(exporter.end)
        samples = os.path.join(scratch, "samples.txt")
        with open(samples, "w", encoding="utf-8") as file:
            for line in record(exporter, clock, end, step, instance, processes):
                file.write(line + "\n")
            file.write("# EOF\n")
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics",
                        "--max-block-duration=720h", "--quiet", samples, folder],
                       check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("inverters", nargs="+", metavar="NAME=MODEL")
    parser.add_argument("--days", type=float, default=1)
    parser.add_argument("--step", type=float, default=120, help="seconds between samples")
    parser.add_argument("--speed", type=float, default=3600)
    parser.add_argument("--end", type=float, help="the last moment, in seconds since 1970 (now)")
    parser.add_argument("--stop", action="append", default=[], metavar="NAME=SECONDS",
                        help="unplug this inverter so long before the end")
    given = parser.parse_args()
    make_days(given.folder, dict(i.split("=") for i in given.inverters), given.days, given.step,
              given.speed, given.end,
              stops={n: float(s) for n, s in (s.split("=") for s in given.stop)})


if __name__ == "__main__":
    main()
