"""What Prometheus is told. Parts of the API call these functions; `exposition` gives the page.

Several workers share one page where PROMETHEUS_MULTIPROC_DIR names a folder before this is imported: `graph-cdp serve`
sees to it. Counters are then sums over all workers that ever were, gauges over those alive.
"""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from graph_cdp.domain.change import IdentityChange
from graph_cdp.service.group_commit import Group

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
"""The media type of the page."""

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2500, 5000)

disable_created_metrics()  # type: ignore[no-untyped-call]  # times that no query asks for
_REQUESTS = Counter("graph_cdp_requests", "HTTP requests answered.", ["method", "route", "status"])
_REQUEST_SECONDS = Histogram("graph_cdp_request_seconds", "Until a request was answered.", ["route"], buckets=_SECONDS)
_EVENTS = Counter("graph_cdp_events", "Events received, by what became of them.", ["outcome"])
_GROUP_EVENTS = Histogram("graph_cdp_commit_group_events", "Events of a group committed together.", buckets=_SIZES)
_GROUP_REQUESTS = Histogram("graph_cdp_commit_group_requests", "Requests of such a group.", buckets=_SIZES)
_COMMIT_SECONDS = Histogram("graph_cdp_commit_seconds", "Until a group was durable.", buckets=_SECONDS)
_CHANGES = Counter("graph_cdp_identity_changes", "Merges, splits, renames and refusals.", ["kind"])
_WAITING = Gauge("graph_cdp_waiting_events", "Events that wait for a group.", multiprocess_mode="livesum")
_LAG = Gauge("graph_cdp_lag_seconds", "How long the oldest of them has waited.", multiprocess_mode="livemax")
_IN_PROGRESS = Gauge("graph_cdp_requests_in_progress", "HTTP requests being answered.", multiprocess_mode="livesum")


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered; `route` is the pattern of its path, never the path."""
    _requests(method if method in _METHODS else "other", route, status).inc()
    _request_seconds(route).observe(seconds)


@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return _REQUESTS.labels(method, route, status)


@cache
def _request_seconds(route: str) -> Histogram:
    return _REQUEST_SECONDS.labels(route)


def count_refused(events: int) -> None:
    """Events were received that cannot be read."""
    _EVENTS.labels("refused").inc(events)


def count_group(group: Group) -> None:
    """A group was committed: its events, by what became of them, and what it did to profiles."""
    _GROUP_REQUESTS.observe(len(group.ingested))
    _GROUP_EVENTS.observe(group.events)
    _COMMIT_SECONDS.observe(group.seconds)
    _EVENTS.labels("accepted").inc(sum(one.accepted for one in group.ingested))
    _EVENTS.labels("duplicate").inc(sum(one.duplicates for one in group.ingested))
    _EVENTS.labels("conflict").inc(sum(len(one.conflicts) for one in group.ingested))
    count_changes(group.changes)


def count_changes(changes: Iterable[IdentityChange]) -> None:
    """A commit changed profiles."""
    for change in changes:
        _CHANGES.labels(change.kind).inc()


def tell_load(waiting: int, lag_s: float, in_progress: int) -> None:
    """How this worker stands now."""
    _WAITING.set(waiting)
    _LAG.set(lag_s)
    _IN_PROGRESS.set(in_progress)


def exposition() -> bytes:
    """The page: of this process, or of all workers."""
    folder = os.environ.get(_FOLDER)
    if folder is None:
        return generate_latest(REGISTRY)
    _forget_ended(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _forget_ended(folder: Path) -> None:
    """Leave out the gauges of workers that have ended, killed ones too."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}:
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
