"""Read the events of large requests in a process beside, so that one core reads while the other one stores."""

import asyncio
import gc
import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from graph_cdp.domain.policy import Policy
from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.beside import PIPE_BYTES, started_beside
from graph_cdp.service.sift import forget_oldest
from graph_cdp.service.unread import Read, Unread, pack_read, read_together, unpack_read

WORTH_BYTES: Final = 16 << 10
"""The size of a request from which on it is worth its way to another process and back."""

_REMEMBERED_EVENTS: Final = 50_000
_LENGTH_BYTES: Final = 8
# A full group takes 0.2 s, and 3 s where each value is the slowest to read. One that hangs must be given up before
# senders do, many of which wait for 10 s; to give up one that is merely slow costs no more than reading in place.
_LONGEST_READ_S: Final = 5.0
_LONGEST_START_S: Final = 30.0  # nobody waits for it
_PAUSE_S: Final = 1.0
_LOG = logging.getLogger(__name__)


class _Process(NamedTuple):
    """The process, and what goes to it and comes from it."""

    process: "subprocess.Popen[bytes]"
    asked: asyncio.WriteTransport
    answers: asyncio.StreamReader

    async def ask(self, question: object) -> Any:
        """What it says to that. Raises IncompleteReadError or ConnectionError where it is gone."""
        self.asked.write(pickle.dumps(question, pickle.HIGHEST_PROTOCOL))
        length = int.from_bytes(await self.answers.readexactly(_LENGTH_BYTES), "big")
        return pickle.loads(await self.answers.readexactly(length))  # noqa: S301  # our own process

    def end(self) -> None:
        """It holds nothing that could be lost."""
        self.asked.close()
        self.process.kill()
        self.process.wait()


class ReadingBeside:
    """A process that reads requests, started by the first one that is worth it; where there is one core, none.

    Where it dies, hangs, or does not start, another one follows a second later at the soonest.
    """

    def __init__(self, policy: Policy, ids: ProfileIds) -> None:
        self._asked_first = policy, ids
        self._ids = ids
        self._process: _Process | None = None
        self._starting: asyncio.Task[None] | None = None
        self._not_before_s = 0.0

    def takes(self, request: Unread[Any]) -> bool:
        """Whether a request is to be read there, by the process that this begins to start."""
        if request.size < WORTH_BYTES or len(os.sched_getaffinity(0)) == 1:
            return False
        if self._process is None and self._starting is None and time.monotonic() >= self._not_before_s:
            self._starting = asyncio.create_task(self._start())
        return True

    async def read(self, requests: Sequence[Unread[Any]]) -> Read | None:
        """Read requests that it takes, of one group at a time. None where the process is gone, or not there yet.

        One that says nothing for some seconds is ended, and counts as gone.
        """
        if self._process is None:
            return None
        try:
            async with asyncio.timeout(_LONGEST_READ_S):
                return unpack_read(await self._process.ask(list(requests)), self._ids)
        except Exception as error:  # noqa: BLE001 - whatever is wrong there, all can be read here
            self._tell_gone(error)
            await self.close()
            return None

    async def close(self) -> None:
        """End the process."""
        if self._starting is not None:
            self._starting.cancel()
        if self._process is not None:
            self._process.end()
            self._process = None

    async def _start(self) -> None:
        try:
            async with asyncio.timeout(_LONGEST_START_S):
                self._process = await self._started()
        except Exception as error:  # noqa: BLE001 - whatever is wrong, all is read here meanwhile
            self._tell_gone(error)
        finally:
            self._starting = None

    async def _started(self) -> _Process:
        loop, answers, process = asyncio.get_running_loop(), asyncio.StreamReader(PIPE_BYTES), started_beside(__name__)
        try:
            asked, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(answers), process.stdout)
            started = _Process(process, asked, answers)
            await started.ask(self._asked_first)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return started

    def _tell_gone(self, error: Exception) -> None:
        _LOG.warning("reading_process_gone", extra={"error": type(error).__name__})
        self._not_before_s = time.monotonic() + _PAUSE_S


def feed() -> None:
    """Be the process beside: read groups from stdin and give them, read, to stdout, until stdin ends."""
    # Whoever stops the service may tell all its processes; this one is needed until the other one is done.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.disable()  # nothing here is in a cycle
    # What goes wrong goes wrong again in the process that asked, which knows whom to tell; here it might show values.
    with suppress(Exception):
        _read_on()
    os._exit(0)


def _read_on() -> None:
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    policy, ids = pickle.load(asked)  # noqa: S301  # our own process
    rules, before, answer = Rules.of(policy), dict[str, bytes](), None
    while True:
        pickled = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        answers.write(len(pickled).to_bytes(_LENGTH_BYTES, "big") + pickled)
        answers.flush()
        requests: list[Unread[Any]] = pickle.load(asked)  # noqa: S301  # our own process
        answer = pack_read(read_together(requests, rules, before), ids)
        forget_oldest(before, _REMEMBERED_EVENTS)
