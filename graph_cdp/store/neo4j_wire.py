"""Sends named statements of one transaction, and lets the server work while the program does."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Self

from neo4j import AsyncSession, AsyncTransaction

from graph_cdp.domain.identifier import Key
from graph_cdp.store.neo4j_gathering import PROFILES, Gathering, Parts, Rows
from graph_cdp.store.statements import statement, statements


class Wire:
    """One transaction's line to the server. Statements run there in the order in which they were sent."""

    def __init__(self, tx: AsyncTransaction) -> None:
        self._tx = tx
        self._sent: asyncio.Task[Any] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        if self._sent is not None:
            # What failed is known already; the transaction may end only when nothing runs in it.
            self._sent.cancel()
            await asyncio.gather(self._sent, return_exceptions=True)

    async def rows(self, name: str, **parameters: object) -> Any:
        """What a statement returns as `rows`."""
        return (await self.record(name, **parameters))[0]

    async def record(self, name: str, **parameters: object) -> Any:
        """The one record that a statement returns. A list in it costs a tenth of as many records."""
        await self.settle()
        return await self._run(statement(name, "cypher"), parameters)

    async def alone(self, name: str, **parameters: object) -> Any:
        """The one record of a statement that names no nodes by id, and so may run outside of the transaction."""
        return await self.record(name, **parameters)

    async def profiles(self, keys: Collection[Key], parts: Parts) -> Rows:
        """The rows of profiles/of_identifiers."""
        rows: Rows = await self.record(PROFILES, keys=list(keys), **parts._asdict())
        return rows

    async def send(self, name: str, rows: list[Any], parameter: str = "rows") -> None:
        """Start a statement that returns nothing, unless there are no rows for it; the next one waits for its end."""
        if rows:
            await self.start(name, **{parameter: rows})

    async def start(self, name: str, **parameters: object) -> asyncio.Task[Any]:
        """Start a statement that returns one record, or none; the next one waits for its end."""
        await self.settle()
        self._sent = asyncio.create_task(self._run(statement(name, "cypher"), parameters))
        # One turn of the loop puts it on the wire.
        await asyncio.sleep(0)
        return self._sent

    async def send_all(self, name: str) -> None:
        """Run the statements of a file that holds several."""
        await self.settle()
        for text in statements(name, "cypher"):
            await self._run(text, {})

    async def settle(self) -> None:
        """Wait for what was sent; an error of it is raised here."""
        if self._sent is not None:
            sent, self._sent = self._sent, None
            await sent

    async def _run(self, text: str, parameters: dict[str, Any]) -> Any:
        result = await self._tx.run(text, parameters)
        return await result.single()


class ReadingWire(Wire):
    """Begins its transaction when a statement first needs one: a statement alone saves two round trips."""

    def __init__(self, open_session: Callable[[], AsyncSession], gathering: Gathering) -> None:
        self._open_session = open_session
        self._gathering = gathering
        self._opened: AsyncSession | None = None
        self._begun: AsyncTransaction | None = None
        self._sent = None

    async def __aexit__(self, *failure: Any) -> None:
        await super().__aexit__(*failure)
        if self._begun is not None:
            await self._begun.close()
        if self._opened is not None:
            await self._opened.__aexit__(*failure)  # type: ignore[no-untyped-call]

    async def alone(self, name: str, **parameters: object) -> Any:
        """The one record of a statement, run by itself if no transaction was begun."""
        if self._begun is not None:
            return await self.record(name, **parameters)
        result = await self._session.run(statement(name, "cypher"), parameters)
        return await result.single()

    async def profiles(self, keys: Collection[Key], parts: Parts) -> Rows:
        """The rows of the statement: for one key of one that other readers share, if no transaction was begun."""
        if self._begun is None and len(keys) == 1:
            (key,) = keys
            return await self._gathering.profile(key, parts)
        rows: Rows = await self.alone(PROFILES, keys=list(keys), **parts._asdict())
        return rows

    async def _run(self, text: str, parameters: dict[str, Any]) -> Any:
        if self._begun is None:
            self._begun = self._tx = await self._session.begin_transaction()
        return await super()._run(text, parameters)

    @property
    def _session(self) -> AsyncSession:
        if self._opened is None:
            self._opened = self._open_session()
        return self._opened
