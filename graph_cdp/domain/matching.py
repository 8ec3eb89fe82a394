"""What a store keeps of matching: its model, the records that the model reads, the pairs that resemble each other."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.times import Millis

Band: TypeAlias = Literal["join", "review"]
"""How well two records match: enough to be joined, or enough to be looked at."""


@dataclass(frozen=True)
class AdoptedModel:
    """The model that a store's records are matched with: part of its policy.

    `text` is the model file, `namespaces` are those whose identifiers have records, `at` is when it was adopted.
    """

    text: str
    namespaces: tuple[str, ...]
    at: Millis

    @cached_property
    def id(self) -> str:
        """A name made from what it says: two models of one name match alike."""
        said = "\0".join((self.text, *sorted(self.namespaces)))
        return f"model_{blake2b(said.encode(), digest_size=8).hexdigest()}"


class MatchRecord(NamedTuple):
    """What is known of an identifier, as a model compares it: `fields` is JSON that the model alone can read.

    `blocking` are the keys under which it is found, sorted.
    """

    key: Key
    fields: str
    blocking: tuple[str, ...]


class Candidate(NamedTuple):
    """Two records that resemble each other, `low` < `high` by key: probability (0 to 1), weight in bits, and band."""

    low: Key
    high: Key
    score: float
    weight: float
    band: Band

    @property
    def pair(self) -> Pair:
        """The two keys, the smaller first."""
        return (self.low, self.high)


class Bar(NamedTuple):
    """What one attribute adds to the weight of a pair, in bits: how its two values relate, in words, and the values.

    `column` is where the values come from: a trait or a namespace; None where there are none.
    """

    attribute: str
    column: str | None
    relation: str
    a: str | None
    b: str | None
    weight: float


class Why(NamedTuple):
    """Why two records have their score: the bits before any comparison, a bar an attribute, and what they add up to."""

    prior: float
    bars: tuple[Bar, ...]
    weight: float
    score: float
    band: Literal["join", "review", "apart"]


def matched_link(candidate: Candidate, model: AdoptedModel) -> Link:
    """The link that a pair gets whose records were joined."""
    return Link(*candidate.pair, "matched", 1, model.at, model.at, (model.id,), candidate.score)
