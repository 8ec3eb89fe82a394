"""How much memory a worker holds while events come in."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import linear_regression
from typing import Any, NamedTuple

import psutil

from graph_cdp.config import StoreUrl
from graph_cdp.demo.traffic import bench_events
from tests.bench.api.loading import requests_file, served, turn

_MIB = 2**20
_BATCH = 100
_CONNECTIONS = 8
_SAMPLES = 20
_SEED = 7


class Memory(NamedTuple):
    """What a worker and the process beside it hold (resident, in MiB), after how many events; first before any.

    What refreshes the review queue is a program of its own, and holds `refreshing_mib` where it ran then.
    """

    events: list[int]
    mib: list[float]
    refreshing_mib: list[float]

    @property
    def slope(self) -> float:
        """MiB for each million events in the last half, when caches are full, by least squares.

        Over less than that a step of a few MiB, up or down, would be most of it.
        """
        half = len(self.events) // 2
        return linear_regression(self.events[half:], self.mib[half:]).slope * 1_000_000

    def __str__(self) -> str:
        held = ", ".join(f"{mib:.0f}" for mib in self.mib)
        return (
            f"{self.slope:+.1f} MiB a million events in the last half of {self.events[-1]:,}; MiB held: {held}; "
            f"{max(self.refreshing_mib):.0f} MiB at most to refresh the review queue"
        )


def of_a_worker(url: StoreUrl, folder: Path, events: int) -> Memory:
    """Send made-up events in batches to one worker, and look at its memory now and then."""
    coming, share = bench_events(events, _SEED), events // _SAMPLES
    memory = Memory([], [], [])
    with served(url, folder) as service:
        for number in range(1 + _SAMPLES):
            if number > 0:
                turn(service.url, requests_file(folder / "requests", _batches(islice(coming, share))), _CONNECTIONS)
            memory.events.append(number * share)
            refreshing = service.refreshing()
            memory.mib.append(_held_mib(one for one in service.processes() if one not in refreshing))
            memory.refreshing_mib.append(_held_mib(refreshing))
    return memory


def _held_mib(processes: Iterable[psutil.Process]) -> float:
    return sum(one.memory_info().rss for one in processes) / _MIB


def _batches(events: Iterator[Any]) -> Iterator[tuple[str, Any]]:
    while batch := list(islice(events, _BATCH)):
        yield "/v1/batch", {"batch": batch}
