"""Prints what a site of many inverters costs: capacity.py EXPORTER INVERTERS (script/capacity calls it).

Simulated inverters answer over TCP at 2400 baud; one exporter asks them all, and a real Prometheus
scrapes it. A day of one inverter is written as Prometheus's blocks to see what it takes on a disk.
"""

import gzip
import http.client
import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from process_cost import cpu, resident

exporter_path, count = os.path.abspath(sys.argv[1]), int(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
EXPORTER_PORT, PROMETHEUS_PORT, FIRST_PORT = 18031, 18091, 20000
INTERVAL, SCRAPES = 15, 8


def request(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def wait_for(condition, what, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            result = condition()
        except (OSError, http.client.HTTPException):
            result = None
        if result:
            return result
        time.sleep(0.2)
    sys.exit(f"waited {seconds} s in vain for {what}")


def listens(port):
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


def prometheus_value(query):
    answer = json.loads(request(PROMETHEUS_PORT, f"/api/v1/query?query={query}"))
    result = answer["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def row(name, measured):
    print(f"  {name:<60} {measured:>14}")


def bytes_per_sample():
    """Of the blocks of a day of one inverter, a sample every minute."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", os.path.join(HERE, "..", "dashboards", "make_day.py"),
                        folder, "--days=1", "--step=60", "--speed=1800", "house=pip-5048"],
                       env={**os.environ, "MPPSOLAR_EXPORTER": exporter_path},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        samples = size = 0
        for parent, _, files in os.walk(folder):
            if "meta.json" in files:
                with open(os.path.join(parent, "meta.json"), encoding="utf-8") as meta:
                    samples += json.load(meta)["stats"]["numSamples"]
            size += sum(os.path.getsize(os.path.join(parent, name)) for name in files)
        return size / samples


def measure(folder, processes):
    def start(*command):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        processes.append(process)
        return process

    for number in range(count):
        start(exporter_path, "simulate", f"--tcp={FIRST_PORT + number}", f"--seed={number}")
    for number in range(count):
        wait_for(lambda port=FIRST_PORT + number: listens(port), "a simulated inverter", 60)
    config = os.path.join(folder, "mppsolar.yml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("inverters:\n")
        for number in range(count):
            file.write(f"  - name: inverter-{number}\n"
                       f"    device: tcp://127.0.0.1:{FIRST_PORT + number}\n")
    exporter = start(exporter_path, f"--config.file={config}",
                     f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}")

    def all_up():
        text = request(EXPORTER_PORT, "/metrics").decode()
        return len(re.findall(r"^mppsolar_up\{.*\} 1$", text, re.M)) == count and text
    wait_for(all_up, "all inverters", 120)

    def settled():
        # Settings are asked one after another in idle time: then the series are complete.
        before = request(EXPORTER_PORT, "/metrics").count(b"\nmppsolar_")
        time.sleep(5)
        return request(EXPORTER_PORT, "/metrics").count(b"\nmppsolar_") == before
    wait_for(settled, "all settings", 300)

    scrape_times = []
    before = cpu(exporter)
    for _ in range(5):
        time.sleep(3)
        begun = time.perf_counter()
        text = request(EXPORTER_PORT, "/metrics")
        scrape_times.append(time.perf_counter() - begun)
    cost = (cpu(exporter) - before) / 5
    series = sum(1 for line in text.splitlines() if line and not line.startswith(b"#"))
    row("inverters", str(count))
    row("series of one inverter", f"{series / count:.0f}")
    row("one scrape of all: median of 5", f"{statistics.median(scrape_times):.2f} s")
    row("  slowest of 5", f"{max(scrape_times):.2f} s")
    row("  CPU of the exporter for it", f"{cost * 1e3:.0f} ms")
    row("  bytes", f"{len(text):,}")
    row("  bytes as gzip", f"{len(gzip.compress(text, 6)):,}")
    row("exporter: resident memory", f"{resident(exporter):.1f} MB")

    settings = os.path.join(folder, "prometheus.yml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"global: {{scrape_interval: {INTERVAL}s}}\nscrape_configs:\n"
                   "  - job_name: mppsolar\n    scrape_timeout: 10s\n"
                   f"    static_configs: [{{targets: ['127.0.0.1:{EXPORTER_PORT}']}}]\n")
    prometheus = start("prometheus", f"--config.file={settings}",
                       f"--storage.tsdb.path={os.path.join(folder, 'data')}",
                       f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}")
    wait_for(lambda: request(PROMETHEUS_PORT, "/-/ready"), "Prometheus", 60)
    empty = resident(prometheus)
    wait_for(lambda: (prometheus_value("count_over_time(up[1h])") or 0) >= 1, "a scrape", 60)
    before, begun = cpu(prometheus), time.monotonic()
    wait_for(lambda: (prometheus_value("count_over_time(up[1h])") or 0) >= SCRAPES, "scrapes",
             INTERVAL * SCRAPES + 60)
    stored = series + 5
    row(f"Prometheus: memory after {SCRAPES} scrapes, beyond an empty one's",
        f"{(resident(prometheus) - empty) * 1024 / stored:.1f} KiB/series")
    row("Prometheus: CPU while it scrapes",
        f"{(cpu(prometheus) - before) / (time.monotonic() - begun) * 100:.1f} %")


def main():
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, min(most, 4 * count + 256)), most))
    print("On this machine, in one run:\n")
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            measure(folder, processes)
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait()
    row("Prometheus: a sample on the disk, of a day of one inverter",
        f"{bytes_per_sample():.2f} bytes")


main()
