"""Reviews: what may need a judgement, what reviewers did about it, and how that stands.

A finding is computed, again and again, and names itself by what it is about. What reviewers do is observed, once and for
all: acts are added and never changed. An item is a finding with its acts, and its standing a pure function of these.
"""

from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.decision import Verdict
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import Millis

FindingKind: TypeAlias = Literal["duplicate", "fraud"]

Ruling: TypeAlias = Verdict | Literal["fraud", "harmless"]
"""What an item is decided: a duplicate `same`, `different` or `unsure`; a fraud item `fraud`, `harmless` or `unsure`."""

RULINGS: dict[FindingKind, tuple[Ruling, ...]] = {
    "duplicate": ("same", "different", "unsure"),
    "fraud": ("fraud", "harmless", "unsure"),
}

ActKind: TypeAlias = Literal["claim", "decide", "snooze", "note", "undo"]
ItemState: TypeAlias = Literal["open", "claimed", "decided", "snoozed"]


class Reason(NamedTuple):
    """Why a finding is one, in plain words: `text` says `{0}`, `{1}` … where it means one of `keys`.

    So values are masked where they must be: no value stands in the text itself.
    """

    text: str
    keys: tuple[Key, ...] = ()


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
