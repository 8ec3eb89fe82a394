"""The program that sends events to a service and writes down which were acknowledged; it never gives up.

`python -m tests.soak.sender URL LOG FIRST COUNT CONNECTIONS`: events number FIRST to FIRST + COUNT, each of the
connections taking the next ones, alone or up to twenty together, now and then one that was sent before. Half of
those sent together are made so large that they are read in the process beside. The log has a line for each event that
was acknowledged: its id. At the end, or at SIGTERM, what was answered goes to standard output as JSON: `answers` by
status, `lost` connections, `wrong` answers (neither 200 nor a 503 with Retry-After).
"""

import asyncio
import json
import signal
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import TextIO

from graph_cdp.service.reading_beside import WORTH_BYTES
from tests.http_client import Address, Answer, Client
from tests.soak.traffic import messages

_TOGETHER = 20
_AGAIN = 0.05
_PAUSE_S = 0.05
_LARGE = {"pad": " " * WORTH_BYTES}


@dataclass
class Sender:
    """What is still to be sent, and what became of the rest."""

    address: Address
    log: TextIO
    first: int
    count: int
    answers: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = iter(range(self.first, self.first + self.count))

    async def run(self, connections: int) -> None:
        """Send everything over that many connections."""
        await asyncio.gather(*(self._client(Random(number)) for number in range(connections)))

    async def _client(self, random: Random) -> None:
        client = Client(self.address)
        sent = list[int]()
        while numbers := list(islice(self._numbers, random.choice([1, 1, random.randint(2, _TOGETHER)]))):
            if sent and random.random() < _AGAIN:
                numbers.append(random.choice(sent))
            await self._send(client, numbers, is_large=random.random() < 0.5)
            self.log.writelines(f"m{number}\n" for number in numbers)
            self.log.flush()
            sent += numbers
        client.close()

    async def _send(self, client: Client, numbers: list[int], *, is_large: bool) -> None:
        """Send events until they are acknowledged."""
        batch = messages(numbers)
        together = {"batch": batch, **(_LARGE if is_large else {})}
        while True:
            try:
                if len(batch) == 1:
                    answer = await client.post("/v1/identify", batch[0])
                else:
                    answer = await client.post("/v1/batch", together)
            except OSError:
                self.lost += 1
            else:
                self.answers[answer.status] += 1
                if answer.status == 200:
                    return
                self._judge(answer)
            await asyncio.sleep(_PAUSE_S)

    def _judge(self, answer: Answer) -> None:
        if answer.status != 503 or not answer.headers.get("retry-after", "").isdigit():
            self.wrong.append(f"{answer.status} {answer.body.decode()}")

    def told(self) -> str:
        return json.dumps({"answers": self.answers, "lost": self.lost, "wrong": self.wrong[:5]})


async def main(sender: Sender, connections: int) -> None:
    """Send until everything is acknowledged, or until SIGTERM."""
    running = asyncio.create_task(sender.run(connections))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with suppress(asyncio.CancelledError):
        await running


if __name__ == "__main__":
    url, path, first, count, connections = sys.argv[1:]
    with Path(path).open("a") as log:
        sender = Sender(Address.of(url), log, int(first), int(count))
        asyncio.run(main(sender, int(connections)))
    print(sender.told(), flush=True)
