"""The ledger's values as rows, and back. Pure."""

from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import Any

import orjson

from graph_cdp.domain.change import Commit, IdentityChange
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import spelled

PRUNED_EVERY = 100
PRUNED_AT_ONCE = 1_000
"""Every hundredth commit forgets old ones, no more than these: bounded work, and faster than they come."""

_IN_A_ROW = 5_000


class Announcements:
    """What one transaction announced so far."""

    def __init__(self) -> None:
        self._touched: set[bytes] = set()
        self._changes: list[IdentityChange] = []

    def add(self, touched: Collection[bytes], changes: Collection[IdentityChange]) -> None:
        """Announce this too."""
        self._touched.update(touched)
        self._changes.extend(changes)

    def rows(self) -> list[tuple[bytes, str | None]]:
        """It as rows of digests, one behind the other, and changes in JSON; several where one would be very large."""
        touched = _parts(sorted(self._touched))
        changes = _parts(self._changes)
        return [
            (b"".join(some), orjson.dumps([list(one) for one in others]).decode() if others else None)
            for some, others in zip_longest(touched, changes, fillvalue=())
        ]


def pruned_below(last: int, made: int, kept: int) -> int | None:
    """The last commit to forget, once commits were appended up to `last`, `made` of them; None: none is due."""
    due = last // PRUNED_EVERY > (last - made) // PRUNED_EVERY and last > kept
    return last - kept if due else None


def commit_of(seq: int, at: Millis, touched: bytes, changes: str | None) -> Commit:
    """A row of commits."""
    return Commit(seq, at, spelled(touched), tuple(map(_change, orjson.loads(changes))) if changes else ())


def _change(row: list[Any]) -> IdentityChange:
    kind, before, after, reason = row
    return IdentityChange(kind, tuple(before), tuple(after), reason)


def _parts(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + _IN_A_ROW] for start in range(0, len(items), _IN_A_ROW)]
