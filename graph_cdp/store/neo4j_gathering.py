"""Readers that ask for a profile at about the same time share one statement, and so one round trip."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from neo4j import AsyncSession
from neo4j.exceptions import DriverError

from graph_cdp.domain.identifier import Key
from graph_cdp.store.statements import statement

PROFILES: Final = "profiles/of_identifiers"

AT_ONCE: Final = 4
"""How many statements run at once. While they do readers gather; a profile that takes long holds up a part of them."""

MOST: Final = 64
"""How many readers share a statement at most."""

Rows: TypeAlias = tuple[list[Any], list[Any]]
"""The rows `asked` and `profiles` of the statement."""


class Parts(NamedTuple):
    """Which parts of profiles are asked for, as the statement has it; readers that want the same are gathered."""

    traits: bool
    events: int
    refusals: bool


class _Reader(NamedTuple):
    key: Key
    answer: asyncio.Future[Rows]


class Gathering:
    """Asks for the profiles of many readers at once. One that comes alone waits for nobody.

    Whoever comes while AT_ONCE statements run is in one of the next.
    """

    def __init__(self, open_session: Callable[[], AsyncSession]) -> None:
        self._open_session = open_session
        self._waiting: dict[Parts, list[_Reader]] = {}
        self._asking = set[asyncio.Task[None]]()

    async def profile(self, key: Key, parts: Parts) -> Rows:
        """The rows of the statement that are about a key."""
        loop = asyncio.get_running_loop()
        reader = _Reader(key, loop.create_future())
        if not self._waiting:
            # After all that is ready now: whoever asks in this turn of the loop is in the same statement.
            loop.call_soon(self._ask)
        self._waiting.setdefault(parts, []).append(reader)
        return await reader.answer

    def _ask(self) -> None:
        while self._waiting and len(self._asking) < AT_ONCE:
            parts, readers = next(iter(self._waiting.items()))
            del self._waiting[parts]
            if later := readers[MOST:]:
                self._waiting[parts] = later  # behind those who want other parts
            task = asyncio.create_task(self._answer(readers[:MOST], parts))
            self._asking.add(task)
            task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._ask()

    async def _answer(self, readers: Sequence[_Reader], parts: Parts) -> None:
        """Answer readers; what fails by what one of them asks for fails for that one alone."""
        try:
            asked, profiles = await self._rows({one.key: None for one in readers}, parts)
        except Exception as error:  # noqa: BLE001 - every error goes to those whom it concerns
            if len(readers) > 1 and not isinstance(error, DriverError):
                for one in readers:
                    await self._answer([one], parts)
            else:
                for one in readers:
                    if not one.answer.done():
                        one.answer.set_exception(error)
        else:
            _tell(readers, asked, profiles)

    async def _rows(self, keys: dict[Key, None], parts: Parts) -> Any:
        async with self._open_session() as session:
            result = await session.run(statement(PROFILES, "cypher"), {"keys": list(keys), **parts._asdict()})
            return await result.single()


def _tell(readers: Sequence[_Reader], asked: list[Any], profiles: list[Any]) -> None:
    """Give each reader the rows of its identifier, and of the profile that this belongs to."""
    asked_by_key = {row[1]: row for row in asked}
    profile_by_anchor = {row[0]: row for row in profiles}
    for key, answer in readers:
        if answer.done():
            continue  # the reader hung up
        own = asked_by_key.get(key)
        profile = None if own is None else profile_by_anchor.get(own[7])
        answer.set_result(([] if own is None else [own], [] if profile is None else [profile]))
