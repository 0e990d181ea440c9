"""Prints the numbers of the exporter: bench.py EXPORTER DECODE_BENCH (script/bench calls it)."""

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from process_cost import cpu, resident

exporter_path, decode_bench = sys.argv[1], sys.argv[2]
PORT = 18030


def request(path="/metrics", connection=None):
    own = connection or http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    own.request("GET", path)
    body = own.getresponse().read().decode()
    if connection is None:
        own.close()
    return body


def start(*arguments):
    begun = time.perf_counter()
    process = subprocess.Popen([exporter_path, f"--web.listen-address=127.0.0.1:{PORT}", *arguments],
                               stderr=subprocess.DEVNULL)
    while True:
        try:
            request("/-/ready")
            return process, time.perf_counter() - begun
        except OSError:
            time.sleep(0.0005)


def end(process):
    process.terminate()
    process.wait()


def value(text, series):
    return float(re.search(rf"^{re.escape(series)} (\S+)$", text, re.M).group(1))


def wait_until_settled():
    """Until nothing is left to ask in idle time, so that a scrape finds the line free."""
    while True:
        before = sum_of_commands(request())
        time.sleep(4)
        if sum_of_commands(request()) - before <= 3:
            return


def sum_of_commands(text):
    return sum(float(n) for n in re.findall(r"^mppsolar_commands_total\{.*\} (\S+)$", text, re.M))


def row(name, measured, target):
    print(f"  {name:<52} {measured:>14}   {target}")


print("On this machine, in one run:\n")
process, to_answer = start("--device=house=sim:", "--scrape.cache=0s")
starts = [to_answer]
end(process)
for _ in range(4):
    process, to_answer = start("--device=house=sim:", "--scrape.cache=0s")
    starts.append(to_answer)
    end(process)
row("start to first answer, median of 5", f"{statistics.median(starts) * 1e3:.1f} ms", "< 50 ms")

process, _ = start("--device=house=sim:", "--scrape.cache=0s")
wait_until_settled()
over = []
for _ in range(5):
    payloads = subprocess.run([exporter_path, "query", "--device=sim:", "QPIGS", "QMOD", "QPIWS"],
                              capture_output=True, text=True, check=True).stdout.split("\n")[:3]
    time.sleep(1)
    # A request is the command, two checksum bytes and CR; a reply has "(" besides.
    wire = sum(len(c) + 3 + len(p) + 4 for c, p in zip(["QPIGS", "QMOD", "QPIWS"], payloads))
    wire *= 10 / 2400
    begun = time.perf_counter()
    text = request()
    took = time.perf_counter() - begun
    assert value(text, 'mppsolar_up{inverter="house"}') == 1
    over.append(took - wire)
row("wire time of QPIGS, QMOD, QPIWS at 2400 baud", f"{wire * 1e3:.1f} ms", "")
row("cold scrape beyond the wire time, median of 5", f"{statistics.median(over) * 1e3:.1f} ms",
    "< 10 ms")
row("  slowest of 5", f"{max(over) * 1e3:.1f} ms", "")
row("resident memory", f"{resident(process):.1f} MB", "< 12 MB")
before = cpu(process)
time.sleep(10)
row("CPU in 10 s without a scrape", f"{cpu(process) - before:.2f} s", "0.00 s")
end(process)

process, _ = start("--device=house=sim:", "--scrape.cache=1h")
request()
time.sleep(5)
connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
times = []
for _ in range(1000):
    begun = time.perf_counter()
    request(connection=connection)
    times.append(time.perf_counter() - begun)
times.sort()
row("cached scrape, median of 1000", f"{times[500] * 1e3:.2f} ms", "< 1 ms")
row("  99th percentile", f"{times[990] * 1e3:.2f} ms", "")
row("resident memory after 1000 scrapes", f"{resident(process):.1f} MB", "< 12 MB")
end(process)

with tempfile.TemporaryDirectory() as folder:
    pty = os.path.join(folder, "inverter")
    simulator = subprocess.Popen([exporter_path, "simulate", f"--pty={pty}", "--no-pace"],
                                 stderr=subprocess.DEVNULL)
    while not os.path.exists(pty):
        time.sleep(0.01)
    begun = time.perf_counter()
    asked = subprocess.run([exporter_path, "query", f"--device={pty}", *["QPIGS"] * 100],
                           capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    answered = len(asked.stdout.splitlines())
    row("exchanges answered of 100 over a pty at full speed", str(answered), "100")
    row("  each", f"{took * 10:.2f} ms", "")
    simulator.terminate()
    simulator.wait()

print()
measured = subprocess.run([decode_bench, "--benchmark_format=csv"], capture_output=True, text=True,
                          check=True).stdout
targets = {"DecodeQpigs": "< 2 us"}
for line in measured.splitlines()[1:]:
    name, _, real, _, unit = line.split(",")[:5]
    row(name.strip('"'), f"{float(real):.1f} {unit}", targets.get(name.strip('"'), ""))
