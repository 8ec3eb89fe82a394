"""What may need a judgement, what is worth judging first, and how items stand. Pure: no I/O, no clock, no chance."""

from graph_cdp.review.acting import CLAIM_LASTS, SUPERSEDED, UNKNOWN, Refused, act_of, settles, why_not
from graph_cdp.review.findings import (
    RULES,
    Held,
    World,
    findings_of,
    gain_of,
    item_of,
    settled_pairs,
)
from graph_cdp.review.sides import Compared, Relation, compare
from graph_cdp.review.standing import standing_acts, standing_of

__all__ = [
    "CLAIM_LASTS",
    "RULES",
    "SUPERSEDED",
    "UNKNOWN",
    "Compared",
    "Held",
    "Refused",
    "Relation",
    "World",
    "act_of",
    "compare",
    "findings_of",
    "gain_of",
    "item_of",
    "settled_pairs",
    "settles",
    "standing_acts",
    "standing_of",
    "why_not",
]
