"""A real Chromium, driven over its DevTools pipe: JSON with NUL behind each message, no package needed."""

import base64
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time

CHROMIUM = shutil.which("chromium")
PATIENCE = 60.0


class Navigated(AssertionError):
    """The page went while it was asked: the one that comes may be asked again."""


class Browser:
    """One browser with one page. `complaints` are the console's errors and warnings, `requests` all addresses asked for."""

    def __init__(self, folder):
        self.complaints = []
        self.requests = []
        self.answers = queue.Queue()
        self.events = queue.Queue()
        self.count = 0
        self.session = None
        to_browser, self.out = os.pipe()
        self.incoming, from_browser = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}', CHROMIUM,
             "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--hide-scrollbars", f"--user-data-dir={folder}",
             "about:blank"],
            pass_fds=[to_browser, from_browser], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "TZ": "UTC", "HOME": folder})
        os.close(to_browser)
        os.close(from_browser)
        threading.Thread(target=self._read, daemon=True).start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "DOM", "Accessibility"]:
            self.call(f"{domain}.enable")

    def close(self):
        os.close(self.out)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def _read(self):
        text = b""
        while chunk := os.read(self.incoming, 1 << 16):
            *messages, text = (text + chunk).split(b"\0")
            for message in messages:
                self._take(json.loads(message))

    def _take(self, message):
        if "id" in message:
            self.answers.put(message)
            return
        method, values = message["method"], message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(values["exceptionDetails"]["text"])
        elif method == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
            self.complaints.append(values["entry"]["text"] + " " + values["entry"].get("url", ""))
        elif method == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(values["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif method == "Page.loadEventFired":
            self.events.put(method)

    def call(self, method, **values):
        """Asks the browser; the answer's `result`."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": values}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        answer = self.answers.get(timeout=PATIENCE)
        assert answer["id"] == self.count, answer
        if "navigated" in answer.get("error", {}).get("message", ""):
            raise Navigated(answer["error"]["message"])
        assert "result" in answer, (method, answer)
        return answer["result"]

    def open(self, url):
        """Opens a page and waits until it is loaded."""
        self.call("Page.navigate", url=url)
        self.events.get(timeout=PATIENCE)

    def run(self, script):
        """What a piece of JavaScript gives; promises are awaited."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True,
                         userGesture=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def wait(self, script, what):
        """Waits until a piece of JavaScript is true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                value = self.run(script)
            except Navigated:
                continue
            if value:
                return value
            time.sleep(0.1)
        text = self.run("document.body.innerText")
        raise AssertionError(f"waited {PATIENCE} s in vain for {what}; the page says:\n{text}")

    def size(self, width, height, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=width < 600)

    def prefer(self, **features):
        """prefer(prefers_color_scheme="dark")"""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def press(self, key, text=""):
        code = {"Tab": 9, "Enter": 13}[key]
        values = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **values)
        self.call("Input.dispatchKeyEvent", type="keyUp", **values)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
