"""What a worker process, or a command that asks in GraphQL, holds while it runs: one of each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import HTTPConnection

from api.access.access import Access
from api.graphql.feed import Feed
from graph_cdp.cli.opening import Session, now_millis
from graph_cdp.config import Settings
from graph_cdp.domain.times import Millis
from graph_cdp.policies import Rules
from graph_cdp.service.group_commit import Group, GroupCommit
from graph_cdp.service.in_force import InForce
from graph_cdp.store.port import Store, Writing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The open store, the rules it is resolved with, what writes to it, what follows it, and what tells who may.

    `now` is the clock, read at the edge.
    """

    settings: Settings
    store: Store
    in_force: InForce
    commits: GroupCommit
    now: Callable[[], Millis]
    access: Access
    feed: Feed

    @property
    def rules(self) -> Rules:
        """The rules in force, as they were last seen."""
        return self.in_force.rules

    async def decide(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        """Run what a reviewer judged in a transaction of its own, under the rules in force; followers hear at once."""

        async def judged(tx: Writing) -> T:
            await self.in_force.rules_for(tx)
            return await work(tx)

        result = await self.store.write(judged)
        self.feed.wake()
        return result


@asynccontextmanager
async def running(
    session: Session, now: Callable[[], Millis] = now_millis, on_commit: Callable[[Group], None] = lambda _: None
) -> AsyncIterator[Services]:
    """Make the services over an open store; in the end nothing that was accepted, or is to be audited, is lost."""
    store, rules, settings = session
    feed, in_force = Feed(store), InForce(rules)

    def committed(group: Group) -> None:
        on_commit(group)
        feed.wake()

    commits = GroupCommit(store, in_force, on_commit=committed)
    access = Access(settings, store, rules, now)
    async with access.running():
        try:
            yield Services(settings, store, in_force, commits, now, access, feed)
        finally:
            await commits.close()


def services_of(connection: HTTPConnection) -> Services:
    """The services of the app that a request or a WebSocket came to."""
    services: Services = connection.app.state.services
    return services
