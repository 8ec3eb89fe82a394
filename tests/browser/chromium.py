"""A real Chromium, headless, driven by its DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.api.node import run_script

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0")
_WAIT_S = 60


class Page:
    """One page. `problems` are what its console told as errors: refused by its policy, missing, or thrown."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self.problems: list[str] = []
        self.requested: list[str] = []

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command, and give its result."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(_WAIT_S))
            if message.get("id") == number:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)

    def value(self, expression: str) -> Any:
        """The value of an expression of the page's, once it is there."""
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true, and give its value."""
        until = time.monotonic() + _WAIT_S
        while not (found := self.value(expression)):
            assert time.monotonic() < until, (expression, self.problems)
            time.sleep(0.1)
        return found

    def screenshot(self, path: Path) -> None:
        """Keep what the page looks like."""
        path.write_bytes(base64.b64decode((self.send("Page.captureScreenshot"))["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        match message["method"], message["params"]:
            case "Log.entryAdded", {"entry": {"level": "error", "text": text}}:
                self.problems.append(text)
            case "Runtime.exceptionThrown", {"exceptionDetails": details}:
                self.problems.append(str(details))
            case "Network.requestWillBeSent", {"request": {"url": url}}:
                self.requested.append(url)


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Page]:
    """A page at an address, in a browser of its own with an empty profile in a folder."""
    program, environment = _browser(folder)
    profile = folder / "profile"
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "--window-size=1400,900", "about:blank"]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        port = _port(profile / "DevToolsActivePort", process)
        targets = httpx.get(f"http://127.0.0.1:{port}/json/list").json()
        target = next(one for one in targets if one["type"] == "page")
        with connect(target["webSocketDebuggerUrl"], max_size=None) as connection:
            page = Page(connection)
            for domain in ("Page", "Runtime", "Log", "Network"):
                page.send(f"{domain}.enable")
            page.send("Page.navigate", url=url)
            yield page
    finally:
        process.terminate()
        process.wait(_WAIT_S)


def _browser(folder: Path) -> tuple[str, dict[str, str]]:
    """The machine's browser, or the one that npm brings with the libraries it needs; and its environment."""
    environment = dict(os.environ)
    if program := next((found for name in _NAMES if (found := shutil.which(name))), None):
        return program, environment
    # It unpacks into the temporary folder, and its libraries only where it takes itself to be in AWS Lambda.
    lambda_ = {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
    program = run_script(Path(__file__).parent, "unpack.cjs", **lambda_).strip()
    return program, environment | {"LD_LIBRARY_PATH": str(folder / "al2023" / "lib")}


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + _WAIT_S
    while not file.exists() or "\n" not in file.read_text():
        assert process.poll() is None, "the browser did not start"
        assert time.monotonic() < until, "the browser does not answer"
        time.sleep(0.1)
    return int(file.read_text().splitlines()[0])
