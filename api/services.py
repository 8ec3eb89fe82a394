"""What a worker process holds while it runs: one of each, made at start and let go at the end."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.access.access import Access
from graph_cdp.config import Settings
from graph_cdp.domain.times import Millis
from graph_cdp.policies import Rules
from graph_cdp.service.group_commit import GroupCommit
from graph_cdp.store.port import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The open store, the rules it is resolved with, what writes to it, and what tells who may.

    `now` is the clock, read at the edge.
    """

    settings: Settings
    store: Store
    rules: Rules
    commits: GroupCommit
    now: Callable[[], Millis]
    access: Access


def services_of(connection: HTTPConnection) -> Services:
    """The services of the app that a request or a WebSocket came to."""
    services: Services = connection.app.state.services
    return services
