"""What a process uses, once a second: memory, descriptors, threads; and what it logs."""

import dataclasses
import os
import re
import threading
import time


@dataclasses.dataclass(frozen=True)
class Sample:
    at: float  # seconds since the begin
    kilobytes: int
    descriptors: int
    threads: int


def look(pid, at):
    """A sample, or None if the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            status = file.read()
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        found = [re.search(rf"^{key}:\s+(\d+)", status, re.M) for key in ("VmRSS", "Threads")]
        return Sample(at, int(found[0].group(1)), descriptors, int(found[1].group(1)))
    except (OSError, AttributeError):  # a zombie has a status without VmRSS
        return None


class Watch:
    """Samples a process until stop()."""

    def __init__(self, process, begun):
        self.samples = []
        self.error_lines = []
        self.last_lines = []
        self._process = process
        self._begun = begun
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()
        threading.Thread(target=self._read, daemon=True).start()

    def _look(self):
        while not self._over.wait(1):
            if sample := look(self._process.pid, time.monotonic() - self._begun):
                self.samples.append(sample)

    def _read(self):
        for line in self._process.stderr:
            self.last_lines = [*self.last_lines[-9:], line.rstrip()]
            if "level=error" in line:
                self.error_lines.append(line.rstrip())

    def stop(self):
        self._over.set()
        self._looking.join()
