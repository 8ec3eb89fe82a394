"""The program that drives load, lean enough to leave the cores to the server: `python -m tests.bench.api.load --help`.

The requests are lines of a file, each a path, a space and a JSON body; every connection takes the next one as soon as
its last is answered. What was measured goes to standard output as JSON.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

import uvloop

from tests.http_client import Address, Answer, Wire


@dataclass(frozen=True)
class Measured:
    """One turn. `cpu_s` is what this program itself took of a processor."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    answers: dict[str, int]
    failed: int
    lost: int
    cpu_s: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def is_clean(self) -> bool:
        """Whether every answer was 200, without GraphQL errors, and no connection was lost."""
        return self.answers.keys() == {"200"} and self.failed == 0 and self.lost == 0


class _Turn:
    """What all connections share."""

    def __init__(self, requests: Iterator[bytes], until: float, connections: int) -> None:
        self.requests = requests
        self.until = until
        self.times = list[float]()
        self.answers = Counter[int]()
        self.failed = 0
        self.lost = 0
        self.open = connections
        self.done = asyncio.Event()


class _Connection:
    """Sends one request after the other."""

    def __init__(self, turn: _Turn) -> None:
        self._turn = turn
        self._begun = 0.0
        self._is_done = False
        self.wire = Wire(self._answered, self._lost)

    def send(self) -> None:
        turn, now = self._turn, time.perf_counter()
        request = next(turn.requests, None) if now < turn.until else None
        if request is None:
            self._end()
        else:
            self._begun = now
            self.wire.write(request)

    def _answered(self, answer: Answer) -> None:
        turn = self._turn
        turn.times.append(time.perf_counter() - self._begun)
        turn.answers[answer.status] += 1
        if answer.body.startswith(b'{"errors"') or b'"errors":[' in answer.body:
            turn.failed += 1
        self.send()

    def _lost(self) -> None:
        if not self._is_done:
            self._turn.lost += 1
            self._end()

    def _end(self) -> None:
        self._is_done = True
        self.wire.close()
        self._turn.open -= 1
        if self._turn.open == 0:
            self._turn.done.set()


async def drive(address: Address, requests: Iterator[bytes], connections: int, seconds: float | None) -> Measured:
    """Send requests over kept connections until they are used up or time is over."""
    loop = asyncio.get_running_loop()
    turn = _Turn(requests, float("inf"), connections)
    opened = [_Connection(turn) for _ in range(connections)]
    for one in opened:
        await loop.create_connection(lambda wire=one.wire: wire, address.host, address.port)  # type: ignore[misc]
    begun, cpu = time.perf_counter(), time.process_time()
    if seconds is not None:
        turn.until = begun + seconds
    for one in opened:
        one.send()
    await turn.done.wait()
    taken = time.perf_counter() - begun
    times = sorted(turn.times)
    p50, p99 = (1000 * times[len(times) * part // 100] for part in (50, 99))
    answers = {str(status): count for status, count in turn.answers.items()}
    cpu_s = time.process_time() - cpu
    return Measured(len(times), taken, p50, p99, answers, turn.failed, turn.lost, cpu_s)


def requests_in(path: Path, address: Address) -> list[bytes]:
    """The requests of a file, ready to be sent."""
    split = (line.partition(b" ") for line in path.read_bytes().splitlines())
    return [address.post(target.decode(), body) for target, _, body in split]


def main() -> None:
    """Drive load, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.api.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("requests", type=Path)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, help="go round the requests for so long; without it each is sent once")
    given = parser.parse_args()
    address = Address.of(given.url)
    requests = requests_in(given.requests, address)
    in_turn = iter(requests) if given.seconds is None else cycle(requests)
    measured = uvloop.run(drive(address, in_turn, given.connections, given.seconds))
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
