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
from random import Random

from tests.http_client import Address, Answer, Client
from tests.soak.service import ROOT
from tests.soak.traffic import torn
from tests.strategies import Plain

_STOP_S = 30.0
_PAUSE_S = 0.05
_READ_PAUSE_S = 0.01  # without it a few readers take all of a small machine, and writers get nothing
_PROFILE = """
query ($of: IdentifierInput!) {
  profile(identifier: $of) { id firstSeen identifiers { key firstSeen lastSeen count } }
}"""
_DECIDE = """
mutation ($a: IdentifierInput!, $b: IdentifierInput!, $verdict: Verdict!) {
  decide(a: $a, b: $b, verdict: $verdict, reason: "asked") { decision { id } }
}"""


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


async def watch(address: Address, keys: Sequence[str], done: asyncio.Event, readers: int = 4) -> Watched:
    """Read the profiles of identifiers by REST, over and over until it is done; they come into being in their order."""
    return await _watched([_Rest(address) for _ in range(readers)], keys, done)


async def query(address: Address, keys: Sequence[str], done: asyncio.Event, readers: int = 4) -> Watched:
    """The same by GraphQL."""
    return await _watched([_GraphQL(address) for _ in range(readers)], keys, done)


class _Rest:
    """Reads profiles by REST."""

    def __init__(self, address: Address) -> None:
        self.client = Client(address)

    async def ask(self, key: str) -> tuple[Answer, Plain | None]:
        answer = await self.client.get(f"/v1/profiles/{key}?events=3")
        return answer, answer.json if answer.status == 200 else None


class _GraphQL(_Rest):
    """Reads profiles by GraphQL, and gives them as REST does."""

    async def ask(self, key: str) -> tuple[Answer, Plain | None]:
        namespace, value = key.split(":")
        variables = {"of": {"namespace": namespace, "value": value}}
        answer = await self.client.post("/graphql", {"query": _PROFILE, "variables": variables})
        data = answer.json.get("data")
        if data is None or data["profile"] is None:
            return answer, None
        profile = data["profile"]
        identifiers = [
            {
                "identifier": one["key"],
                "first_seen": one["firstSeen"],
                "last_seen": one["lastSeen"],
                "count": one["count"],
            }
            for one in profile["identifiers"]
        ]
        return answer, {"id": profile["id"], "first_seen": profile["firstSeen"], "identifiers": identifiers}


async def _watched(readers: Sequence[_Rest], keys: Sequence[str], done: asyncio.Event) -> Watched:
    watched = Watched()
    await asyncio.gather(*(_watch(one, keys, Random(number), done, watched) for number, one in enumerate(readers)))
    return watched


async def _watch(reader: _Rest, keys: Sequence[str], random: Random, done: asyncio.Event, watched: Watched) -> None:
    """Ask for the newest that was found, the one that comes next, or any: the newest is what changes now."""
    found = 0
    while not done.is_set():
        at = min(random.choice([found, max(found - 1, 0), random.randrange(found + 1)]), len(keys) - 1)
        key = keys[at]
        try:
            answer, profile = await reader.ask(key)
        except OSError:
            watched.lost += 1
        else:
            watched.answers[answer.status] += 1
            watched.wrong += _complaints(answer, profile, key)
            if profile is not None:
                found = max(found, at + 1)
        await asyncio.sleep(_READ_PAUSE_S)
    reader.client.close()


def _complaints(answer: Answer, profile: Plain | None, key: str) -> Iterator[str]:
    if answer.status not in {200, 404, 503} or (answer.status == 200 and b'"errors":' in answer.body):
        yield f"{answer.status} {answer.body.decode()}"
    if answer.status == 503 and not answer.headers.get("retry-after", "").isdigit():
        yield "503 without Retry-After"
    if profile is not None and (why := torn(profile, key)):
        yield f"{key}: {why}"


async def review(address: Address, keys: Sequence[str], done: asyncio.Event) -> int:
    """Decide on pairs of a hot identifier and another one until it is done; gives how many decisions were made."""
    client, random, made = Client(address), Random(len(keys)), 0
    while not done.is_set():
        hot, other = random.choice(keys), f"e{random.randrange(25 * len(keys))}"
        variables = {
            "a": {"namespace": "email", "value": hot.removeprefix("email:")},
            "b": {"namespace": "email", "value": other},
            "verdict": random.choice(["SAME", "DIFFERENT", "UNSURE"]),
        }
        answer = await client.post("/graphql", {"query": _DECIDE, "variables": variables})
        assert answer.status == 200, answer
        # Nobody can decide on what nobody has seen yet.
        made += answer.json["data"]["decide"]["decision"] is not None
        await asyncio.sleep(_PAUSE_S)
    client.close()
    return made
