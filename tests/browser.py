"""A headless Chromium that a test drives: by DevTools' protocol, over the two pipes that it reads and writes.

    with Browser() as browser:
        browser.open("/tmp/page/index.html", width=360, height=740)
        browser.ask("document.title")
"""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from support import Skip

SECONDS = 60


class Browser:
    def __enter__(self):
        program = shutil.which("chromium")
        if not program:
            raise Skip("chromium is not installed")
        self.profile, self.last, self.rest = tempfile.mkdtemp(prefix="netc-test-"), 0, b""
        theirs_in, self.ours_out = os.pipe()
        self.ours_in, theirs_out = os.pipe()

        # The protocol is at 3 and 4. Ours are out of the way first, for one of them may be 3 or 4 already.
        def pipes():
            high = [os.dup2(end, 100 + i) for i, end in enumerate((theirs_in, theirs_out))]
            for i, end in enumerate(high):
                os.dup2(end, 3 + i)
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--user-data-dir=" + self.profile, "about:blank"], preexec_fn=pipes, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in), os.close(theirs_out)
        self.session = None
        page = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.ours_in), os.close(self.ours_out)
        shutil.rmtree(self.profile, ignore_errors=True)

    def tell(self, method, **params):
        """Sends a command, and waits for what it gives."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.ours_out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + SECONDS
        while True:
            while b"\0" not in self.rest:
                ready = select.select([self.ours_in], [], [], max(0, end - time.monotonic()))[0]
                more = os.read(self.ours_in, 1 << 20) if ready else b""
                assert more, "the browser says nothing to " + method
                self.rest += more
            line, self.rest = self.rest.split(b"\0", 1)
            said = json.loads(line)
            if said.get("id") == self.last:
                assert "error" not in said, (method, said["error"])
                return said["result"]

    def ask(self, expression):
        """The value of an expression of JavaScript in the page."""
        found = self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, expression):
        """Waits until an expression is true, and gives its value."""
        end = time.monotonic() + SECONDS
        while not (value := self.ask(expression)):
            assert time.monotonic() < end, expression + " does not become true"
            time.sleep(0.02)
        return value

    def open(self, path, after="", width=360, height=740):
        """Opens a file, `after` behind its name, as a phone does that is so wide and is touched; waits for its
        scripts."""
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)
        self.tell("Emulation.setTouchEmulationEnabled", enabled=True)
        self.tell("Page.navigate", url="about:blank")  # or else a link within the page would open nothing
        self.tell("Page.navigate", url="file://" + path + after)
        self.until("location.href != 'about:blank' && document.readyState == 'complete'")

    def touch(self, *points):
        """A finger goes over some points of the page."""
        for i, (x, y) in enumerate(points):
            self.tell("Input.dispatchTouchEvent", type="touchMove" if i else "touchStart",
                      touchPoints=[{"x": x, "y": y}])
        self.tell("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def photograph(self, path):
        """What the window shows, as a PNG file: for whoever looks at it."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"]))
