"""Clients of a service: senders in processes of their own, and readers that look for what cannot be."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.http_client import Address, Client
from tests.soak.service import ROOT
from tests.soak.traffic import torn

_STOP_S = 30.0


@dataclass(frozen=True)
class Sent:
    """What a sender tells at its end."""

    answers: dict[int, int]
    lost: int
    wrong: list[str]


class Sending:
    """A sender that runs: events number `first` to `first + count`."""

    def __init__(self, url: str, folder: Path, first: int, count: int, connections: int) -> None:
        self._log = folder / f"acknowledged-{first}.log"
        command = [sys.executable, "-m", "tests.soak.sender", url, str(self._log)]
        self.process = subprocess.Popen(
            [*command, str(first), str(count), str(connections)], cwd=ROOT, stdout=subprocess.PIPE
        )

    def acknowledged(self) -> set[str]:
        """The ids of events that were acknowledged so far."""
        if not self._log.exists():
            return set()
        return {line.strip() for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n")}

    def end(self, wait_s: float) -> Sent:
        """Wait until everything is acknowledged; gives what it was told."""
        said = json.loads(self.process.communicate(timeout=wait_s)[0])
        assert self.process.returncode == 0
        return Sent({int(status): count for status, count in said["answers"].items()}, said["lost"], said["wrong"])

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(_STOP_S)


@contextmanager
def sending(url: str, folder: Path, first: int, count: int, connections: int) -> Iterator[Sending]:
    """A sender that is stopped in the end, wherever it is then."""
    sender = Sending(url, folder, first, count, connections)
    try:
        yield sender
    finally:
        sender.stop()


@dataclass
class Watched:
    """What readers found: answers by status, connections that were lost, and what cannot be."""

    answers: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


async def watch(address: Address, keys: Sequence[str], done: asyncio.Event) -> Watched:
    """Read the profiles of identifiers, each by a client of its own, over and over until it is done."""
    watched = Watched()
    await asyncio.gather(*(_watch(Client(address), key, done, watched) for key in keys))
    return watched


async def _watch(client: Client, key: str, done: asyncio.Event, watched: Watched) -> None:
    while not done.is_set():
        try:
            answer = await client.get(f"/v1/profiles/{key}?events=3")
        except OSError:
            watched.lost += 1
            await asyncio.sleep(0.05)
            continue
        watched.answers[answer.status] += 1
        if answer.status == 200:
            if why := torn(answer.json, key):
                watched.wrong.append(f"{key}: {why}")
            continue
        if answer.status not in {404, 503}:
            watched.wrong.append(f"{answer.status} {answer.body.decode()}")
        if answer.status == 503 and not answer.headers.get("retry-after", "").isdigit():
            watched.wrong.append("503 without Retry-After")
        await asyncio.sleep(0.05)
    client.close()
