"""A headless Chromium driven over its debugging pipe, with nothing but the standard library.

Counts what a safe page must not cause: dialogs, requests, console errors, exceptions.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=BackForwardCache",  # no page is gone back to
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page in a process of its own; `trouble` lists what it did that it must not do."""

    def __init__(self, program: str, profile: Path) -> None:
        command_read, self._write = os.pipe()
        self._read, answer_write = os.pipe()
        # The browser expects its commands on descriptor 3 and answers on 4.
        line = f'exec "$0" "$@" 3<&{command_read} 4>&{answer_write}'
        flags = [*_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", line, program, *flags],
            pass_fds=(command_read, answer_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(command_read)
        os.close(answer_write)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.trouble: list[str] = []
        self.loaded = False
        self._attach()

    def __enter__(self) -> Browser:  # noqa: PYI034 - Self is in `typing` from Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._write)
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._read)

    def _attach(self) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one for one in targets if one["type"] == "page")
        answer = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = answer["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """Send one command and return its result; events that come meanwhile are noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _next(self, seconds: float = 60) -> Any:
        deadline = time.monotonic() + seconds
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], deadline - time.monotonic())
            assert ready, "the browser did not answer in time"
            part = os.read(self._read, 1 << 20)
            assert part, "the browser has ended"
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(line)

    def _note(self, event: Any) -> None:
        method, params = event.get("method", ""), event.get("params", {})
        if method == "Page.javascriptDialogOpening":
            self.trouble.append(f"dialog: {params['message'][:200]}")
            self._number += 1
        elif method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith(("file:", "data:", "about:")):
                self.trouble.append(f"request: {url}")
        elif method == "Runtime.exceptionThrown":
            self.trouble.append(f"exception: {json.dumps(params)[:500]}")
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.trouble.append(f"log: {params['entry']['text'][:300]}")
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.trouble.append(f"console: {json.dumps(params['args'])[:300]}")
        elif method == "Page.loadEventFired":
            self.loaded = True

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a page afresh and wait until its script is done, and two frames."""
        self.navigate("about:blank")
        self.navigate(path.as_uri() + fragment)
        self.run(
            """new Promise((done) => {
                const frame = window.requestAnimationFrame;
                const ready = () => document.documentElement.classList.contains("js");
                const wait = () => (ready() ? frame(() => frame(() => done(1))) : frame(wait));
                wait();
            })"""
        )

    def follow(self, path: Path, fragment: str) -> None:
        """Go to an address within a page as a link would; one that is not open yet is opened."""
        if self.run("location.href.split('#')[0]") != path.as_uri():
            self.open(path, fragment)
            return
        self.run(
            f"""new Promise((done) => {{
                const frame = window.requestAnimationFrame;
                const address = {json.dumps(fragment)};
                if (location.hash === address) {{ done(1); return; }}
                const shown = () => frame(() => frame(() => done(1)));
                addEventListener("hashchange", shown, {{ once: true }});
                location.hash = address;
            }})"""
        )

    def navigate(self, url: str) -> None:
        """Load an address and wait for its load event."""
        self.loaded = False
        self.call("Page.navigate", url=url)
        while not self.loaded:
            self._note(self._next())

    def run(self, expression: str) -> Any:
        """Return the value of a JavaScript expression (a promise's when it settles)."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=27 if key == "Escape" else 0,
            )

    def look(self, path: Path, width: int, height: int, *, dark: bool = False) -> None:
        """Write a picture of what is on screen."""
        self.shape(width, height, dark=dark)
        shot = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def shape(self, width: int, height: int, *, dark: bool = False) -> None:
        """Set the size of the window in CSS pixels and the colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
