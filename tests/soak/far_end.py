"""The far end of a line: an inverter that answers at once, on a line with faults and re-plugs."""

import collections
import contextlib
import os
import random
import select
import socket
import struct
import threading
import time
import tty

import replies
from judge import Sent

# One to three flipped bits are always seen by the checksum. Of frames with a byte lost, or cut, one
# in 65,536 passes it; then it must also look like those before it.
FAULTS = ("flip", "drop", "cut", "double", "delay", "junk", "silence", "nak", "previous")
DAMAGE = ("flip", "drop", "cut")
# The exporter waits a second for the first byte.
DELAY = (1.1, 2.5)
PLUGGED = (5, 10)
UNPLUGGED = (1, 3)


class PtyLine:
    """A pty behind a link of a lasting name, as udev makes one for an adapter."""

    def __init__(self, path):
        self.path = self.address = path
        self.master = self.slave = None

    def plug(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        os.symlink(os.ttyname(self.slave), self.path)

    def unplug(self):
        os.unlink(self.path)
        os.close(self.master)
        os.close(self.slave)

    def read(self, timeout):
        if not select.select([self.master], [], [], timeout)[0]:
            return b""
        with contextlib.suppress(OSError):
            return os.read(self.master, 4096)
        return b""

    def write(self, data):
        with contextlib.suppress(OSError):
            os.write(self.master, data)


class TcpLine:
    """A bridge for one client at a time. While it is unplugged the port is ours, but refuses."""

    def __init__(self, randomly):
        self.random = randomly
        self.listener = self.client = None
        self.port = 0
        self._bind()
        self.address = f"tcp://127.0.0.1:{self.port}"

    def _bind(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]

    def plug(self):
        self.listener.listen()

    def _hang_up(self):
        if not self.client:
            return
        if self.random.random() < 0.5:  # as a bridge that lost its power: no FIN, but RST
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()
        self.client = None

    def unplug(self):
        self._hang_up()
        self.listener.close()
        self._bind()

    def read(self, timeout):
        ready = select.select([s for s in (self.listener, self.client) if s], [], [], timeout)[0]
        if self.listener in ready:
            self._hang_up()
            self.client = self.listener.accept()[0]
            return b""
        if self.client not in ready:
            return b""
        with contextlib.suppress(OSError):
            if data := self.client.recv(4096):
                return data
        self._hang_up()
        return b""

    def write(self, data):
        if self.client:
            with contextlib.suppress(OSError):
                self.client.sendall(data)


class FarEnd:
    """An inverter in a thread of its own. It answers in the order in which it was asked."""

    def __init__(self, name, line, seed, fault_rate):
        self.name = name
        self.line = line
        self.random = random.Random(f"{seed} {name}")
        self.fault_rate = fault_rate
        self.faults = collections.Counter()
        self.replugs = 0
        self.strays = []  # what came and is no query
        self._numbers = {c: self.random.randrange(replies.NUMBERS) for c in replies.COUNTED}
        self._sent = collections.deque(maxlen=5000)
        self._lock = threading.Lock()
        self._last = "NAK"  # the payload before
        self._part = b""
        self._asked = collections.deque()  # requests that are not answered yet, with their times
        self._calm = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.line.plug()
        self._thread.start()

    def calm(self):
        """No more faults and no more unplugging from now on."""
        self._calm.set()

    def end(self):
        self._over.set()
        self._thread.join()

    def sent(self):
        with self._lock:
            return list(self._sent)

    def _run(self):
        while not self._over.is_set():
            until = time.monotonic() + self.random.uniform(*PLUGGED)
            while not self._over.is_set() and (self._calm.is_set() or time.monotonic() < until):
                self._listen(0.05)
                while self._asked:
                    self._answer(*self._asked.popleft())
            self.line.unplug()
            if self._over.is_set():
                return
            self._part = b""
            self._asked.clear()
            self.replugs += 1
            self._over.wait(self.random.uniform(*UNPLUGGED))
            self.line.plug()

    def _listen(self, timeout):
        *requests, self._part = (self._part + self.line.read(timeout)).split(b"\r")
        for request in requests:
            command = replies.command_of(request)
            if command is None or not command.startswith("Q"):
                self.strays.append(request)
            else:
                self._asked.append((command, time.monotonic()))

    def _answer(self, command, asked):
        number = self._numbers[command] = self._numbers.get(command, 0) + 1
        number %= replies.NUMBERS
        fault = ""
        if not self._calm.is_set() and self.random.random() < self.fault_rate:
            fault = self.random.choice(FAULTS)
            self.faults[fault] += 1
        payload = replies.payload(command, number)
        previous, self._last = self._last, payload
        if fault == "previous":
            payload = previous
        if fault == "silence":
            return
        if fault == "delay":
            until = time.monotonic() + self.random.uniform(*DELAY)
            while (left := until - time.monotonic()) > 0 and not self._over.is_set():
                self._listen(left)
        if fault == "nak":
            payload = "NAK"
        for raw in self._spoilt(replies.frame(payload), fault):
            self._listen(0)
            again = max((when for what, when in self._asked if what == command), default=0)
            sent = Sent(command, payload, asked, time.monotonic(), raw, fault, again)
            with self._lock:
                self._sent.append(sent)
            self.line.write(raw)

    def _spoilt(self, raw, fault):
        at = self.random.randrange(len(raw))
        if fault == "flip":
            bits = bytearray(raw)
            for bit in self.random.sample(range(len(raw) * 8), self.random.randint(1, 3)):
                bits[bit // 8] ^= 1 << bit % 8
            yield bytes(bits)
        elif fault == "drop":
            # A checksum byte 00 that is lost cannot be seen by any reader (frame_test.cpp).
            while raw[at] == 0:
                at = self.random.randrange(len(raw))
            yield raw[:at] + raw[at + 1:]
        elif fault == "cut":
            yield raw[:at]
        elif fault == "junk":
            yield self.random.randbytes(self.random.randint(1, 12)) + raw
        elif fault == "double":
            yield raw
            # In one piece with the first one, or a moment after it.
            if self.random.random() < 0.5:
                time.sleep(self.random.uniform(0, 0.05))
            yield raw
        else:
            yield raw
