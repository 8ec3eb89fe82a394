"""Commit in groups: requests that come at about the same time share one durable transaction."""

from collections.abc import Callable, Sequence

from graph_cdp.domain.event import Event
from graph_cdp.domain.times import Millis
from graph_cdp.policies import Rules
from graph_cdp.service.ingest import Ingested, ingest
from graph_cdp.store.port import Store


class GroupCommit:
    """Takes the events of many requests in; each is answered when its own are durable."""

    def __init__(self, store: Store, rules: Rules, now: Callable[[], Millis]) -> None:
        self._store = store
        self._rules = rules
        self._now = now

    async def submit(self, events: Sequence[Event]) -> Ingested:
        """Store events; returns when they are durable and visible to the next read."""
        return await self._store.write(lambda tx: ingest(tx, events, self._rules))

    async def close(self) -> None:
        """Commit what was accepted, and take no more."""
