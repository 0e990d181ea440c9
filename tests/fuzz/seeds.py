"""Writes what the fuzz targets begin with, from the captures and definitions: seeds.py FOLDER"""

import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def replies():
    """(command, payload) of every reply in the captures."""
    for capture in sorted((ROOT / "tests/captures").glob("*.txt")):
        command = ""
        for line in capture.read_text().splitlines():
            if line.startswith("> "):
                command = line[2:]
            elif line.startswith("< "):
                yield command, line[2:]


def frames():
    """(command, bytes) of every published frame."""
    lines = (ROOT / "tests/serial/frames.tsv").read_text().splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return [(row["command"], bytes.fromhex(row["hex"])) for row in rows]


def yaml_examples(markdown):
    return re.findall(r"```yaml\n(.*?)```", (ROOT / markdown).read_text(), re.DOTALL)


def frame_seeds():
    """The first byte picks the chunks and whether a request was sent."""
    all_bytes = [frame for _, frame in frames()]
    for frame in all_bytes:
        yield b"\x00" + frame
    yield b"\x01" + b"QPIGS\xb7\xa9\r" + b"(NAKss\r" + b"(NAK\r" + b"^0\x1b\xe3\r" + all_bytes[0]
    yield b"\x03" + b"".join(all_bytes[:4])


def decode_seeds():
    """A line is a command and its reply."""
    lines = {}
    for command, payload in replies():
        lines.setdefault(command, set()).add(f"{command} {payload}\n".encode())
    for command, frame in frames():
        lines.setdefault(command, set()).add(command.encode() + b" " + frame[1:-3] + b"\n")
    for line in sorted(set.union(*lines.values())):
        yield b"\x00" + line
    for settings in sorted(lines["QPIRI"]):
        for warnings in sorted(lines["QPIWS"])[:3]:
            for status in sorted(lines["QPIGS"])[:3]:
                yield b"\x00" + settings + warnings + status + warnings


def protocol_seeds():
    for definition in sorted((ROOT / "metrics/protocols").glob("*.yaml")):
        yield definition.read_bytes()
    for example in yaml_examples("docs/protocol-definitions.md"):
        yield example.encode()
    yield from (seed.read_bytes() for seed in sorted((ROOT / "tests/fuzz").glob("protocol*.yaml")))


def config_seeds():
    """A config, a --device and a duration are all tried on every input."""
    for example in yaml_examples("README.md"):
        yield example.encode()
    yield b"inverters:\n  - &a {device: /dev/ttyUSB0}\n  - {<<: *a, name: \"x\"}\n"
    for device in ("sim:max-8000?speed=600&seed=7&start=10:00", "house=hid:/dev/hidraw0", "tcp://10.0.0.5:8899"):
        yield device.encode()
    for duration in ("1d2h3m4s5ms", "500ms", "0"):
        yield duration.encode()


for name, seeds in {"frame": frame_seeds(), "decode": decode_seeds(),
                    "protocol": protocol_seeds(), "config": config_seeds()}.items():
    folder = pathlib.Path(sys.argv[1]) / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / f"{number:03}").write_bytes(seed)
