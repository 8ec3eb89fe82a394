"""Pairs of records that resemble each other: those that were joined, and those that somebody should look at."""

from collections.abc import AsyncIterator, Collection, Iterable
from typing import NamedTuple

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.matching import Band, Candidate
from graph_cdp.domain.policy import Policy
from graph_cdp.store.port import Reading


class CandidatePair(NamedTuple):
    """Two records: probability (0 to 1), band, whether a matched link joins them, and the model that says so.

    A pair of the band `join` that no link joins was kept apart by the records around it, or by a decision.
    """

    low: Key
    high: Key
    score: float
    band: Band
    linked: bool
    model: str


async def candidate_pairs(tx: Reading, policy: Policy) -> AsyncIterator[list[CandidatePair]]:
    """All pairs, by pair, in pages of bounded size; none where no model is adopted."""
    async for page in tx.scan_candidates():
        yield await _told(tx, page, policy)


async def candidate_pairs_of(tx: Reading, keys: Collection[Key], policy: Policy) -> list[CandidatePair]:
    """The pairs of the records of some identifiers, by pair."""
    return await _told(tx, sorted(await tx.candidates_of(keys)), policy)


async def _told(tx: Reading, candidates: Iterable[Candidate], policy: Policy) -> list[CandidatePair]:
    if policy.model is None:
        return []
    ends = {key for one in candidates for key in one.pair}
    linked = {link.pair for link in await tx.links_among(ends) if link.kind == "matched"}
    return [
        CandidatePair(one.low, one.high, one.score, one.band, one.pair in linked, policy.model.id) for one in candidates
    ]
