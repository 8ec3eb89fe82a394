"""Reviews: what may need a judgement, what reviewers did about it, and how that stands.

A finding is computed, again and again, and names itself by what it is about. What reviewers do is observed, once and
for all: acts are added and never changed. An item is a finding with its acts; they alone say how it stands.
"""

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.decision import Verdict
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import Millis

FindingKind: TypeAlias = Literal["duplicate", "fraud"]

Ruling: TypeAlias = Verdict | Literal["fraud", "harmless"]
"""What an item is decided: a duplicate `same`, `different`, `unsure`; a fraud item `fraud`, `harmless`, `unsure`."""

RULINGS: dict[FindingKind, tuple[Ruling, ...]] = {
    "duplicate": ("same", "different", "unsure"),
    "fraud": ("fraud", "harmless", "unsure"),
}

_PLACE = re.compile(r"\{(\d{1,4})\}")

ActKind: TypeAlias = Literal["claim", "decide", "snooze", "note", "undo"]
ItemState: TypeAlias = Literal["open", "claimed", "decided", "snoozed"]


class Reason(NamedTuple):
    """Why a finding is one, in plain words: `text` says `{0}`, `{1}` … where it means one of `keys`.

    So values are masked where they must be: no value stands in the text itself.
    """

    text: str
    keys: tuple[Key, ...] = ()

    def worded(self, shown: Callable[[Key], str]) -> str:
        """The reason as somebody reads it, each identifier as `shown` gives it."""
        names = [shown(key) for key in self.keys]
        return _PLACE.sub(lambda place: names[int(place[1])] if int(place[1]) < len(names) else place[0], self.text)


class Evidence(NamedTuple):
    """One measured fact: what was measured, the figure, and the identifiers that it was measured on.

    Such as `Evidence("known profiles", 14, ("device:d1",))`. `what` holds no value of an identifier or a trait.
    """

    what: str
    figure: float
    keys: tuple[Key, ...] = ()


class Finding(NamedTuple):
    """What may need a judgement. `rule` names the signal, `keys` are the identifiers that it is about, sorted.

    `score`, 0 to 1: how likely it is what its kind says. Of a duplicate there are two keys, which may be one person's.
    Kind, rule and keys say which finding it is; scores, reasons and evidence may be others each time it is found.
    """

    kind: FindingKind
    rule: str
    keys: tuple[Key, ...]
    score: float
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()

    @property
    def name(self) -> str:
        """What finding it is, as text; no identifier is spelled so, as none holds NUL."""
        return "\0".join((self.kind, self.rule, *self.keys))


class Act(NamedTuple):
    """What a reviewer did about an item.

    `text` is the reason of a ruling, or a note. `until`: when a claim lapses, or a snooze ends. `settles`, of a ruling:
    the item is decided by it, and `decision` is the id of the decision that it recorded. `undoes` is the id of the act
    that an undo takes back; its `decision` is the one that withdrew.
    """

    item: str
    kind: ActKind
    at: Millis
    by: str
    text: str = ""
    ruling: Ruling | None = None
    until: Millis | None = None
    settles: bool = False
    undoes: str | None = None
    decision: str | None = None

    @property
    def id(self) -> str:
        """A name made from the content, so that appending an act twice appends it once."""
        return blake2b("\0".join(map(str, self)).encode(), digest_size=10).hexdigest()


class Standing(NamedTuple):
    """How an item stands after its acts. `until`: when it will be open again by itself; None: it will not be.

    `assignee`: who claimed or decided it. `ruling`: what it was decided.
    """

    state: ItemState = "open"
    until: Millis | None = None
    assignee: str | None = None
    ruling: Ruling | None = None

    def at(self, now: Millis) -> "Standing":
        """How it stands at a time: claims lapse, and what was snoozed wakes."""
        return Standing() if self.until is not None and self.until <= now else self


class Item(NamedTuple):
    """A finding in the queue. `gain` orders the queue; `found`: whether it was found when last looked for.

    `acts` counts what was done about it; one that somebody acted on stays, found or not.
    """

    id: str
    finding: Finding
    gain: float
    found: bool = True
    standing: Standing = Standing()
    acts: int = 0


class ItemFilter(NamedTuple):
    """Which items are wanted, by how they stand at the time of asking; None asks nothing."""

    kind: FindingKind | None = None
    states: tuple[ItemState, ...] = ("open", "claimed")
    min_score: float = 0.0
