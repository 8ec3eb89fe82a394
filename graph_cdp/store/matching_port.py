"""What a store keeps for matching: records, the keys that find them, and the pairs that resemble each other.

All of it is computed, and forgotten by `clear_computed`. tests/contract/test_store_matching.py holds every promise.
"""

from collections.abc import AsyncIterator, Collection
from typing import NamedTuple, Protocol

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.matching import Candidate, MatchRecord


class Under(NamedTuple):
    """What keys find: how many records each, and the records, whose `blocking` are the keys alone that found them."""

    crowds: dict[str, int]
    records: dict[Key, MatchRecord]


class Near(NamedTuple):
    """All that ties identifiers to others for matching: pairs, decisions (superseded ones too), matched links."""

    candidates: list[Candidate]
    decisions: list[Decision]
    matched: list[Link]


class MatchingReading(Protocol):
    """What is kept for matching. Results come in no order unless one is named; what is not known is left out."""

    async def records(self, keys: Collection[Key]) -> dict[Key, MatchRecord]:
        """The records of identifiers."""

    async def records_under(self, blocking: Collection[str], most: int) -> dict[Key, MatchRecord]:
        """The records that keys find, in one statement; a key that finds more than `most` finds none.

        `blocking` of a record are here those of the given keys alone that found it.
        """

    async def usable_records(self, keys: Collection[Key], most: int) -> dict[Key, MatchRecord]:
        """The records of identifiers, in one statement.

        `blocking` are only the keys that several of them have, and that find no more than `most` records.
        """

    async def named_with(self, keys: Collection[Key], namespaces: Collection[str]) -> dict[Key, list[Key]]:
        """For each identifier the one of each other namespace, of those given, that events named it with last.

        Of several the most often named, then the smallest key. Blocked ones do not count.
        """

    async def candidates_of(self, keys: Collection[Key]) -> list[Candidate]:
        """The pairs with at least one end among the keys, each once."""

    async def near(self, keys: Collection[Key]) -> Near:
        """Pairs and decisions with at least one end among the keys, and links whose smaller key is one; each once.

        In one statement.
        """

    def scan_records(self) -> AsyncIterator[list[MatchRecord]]:
        """Every record, by key, in pages of bounded size."""

    def scan_candidates(self) -> AsyncIterator[list[Candidate]]:
        """Every pair, by (low, high), in pages of bounded size."""


class MatchingWriting(MatchingReading, Protocol):
    """Writing what is kept for matching, of identifiers that are written and locked."""

    async def lock_blocking(self, blocking: Collection[str]) -> None:
        """Hold keys, unknown ones too, in order: until the transaction ends nobody else changes what they find."""

    async def lock_under(self, blocking: Collection[str], most: int, count_to: int) -> Under:
        """Hold keys as `lock_blocking` does, and read what they find behind the locks, in one statement.

        Records as `records_under` gives them; crowds are counted up to `count_to`, and 0 of a key that finds nothing.
        """

    async def put_records(self, records: Collection[MatchRecord]) -> None:
        """Write records, each in place of that of its identifier. Their keys are held."""

    async def drop_records(self, keys: Collection[Key]) -> None:
        """Forget the records of identifiers, where there are any. Their keys are held."""

    async def put_candidates(self, candidates: Collection[Candidate]) -> None:
        """Write pairs, each in place of what is there of it."""

    async def drop_candidates(self, pairs: Collection[Pair]) -> None:
        """Forget pairs, where they are there."""

    async def clear_matching(self) -> None:
        """Forget all records, keys and pairs."""
