"""Which identifiers belong together, and why others do not. Pure: no I/O, no clock, no randomness."""

from graph_cdp.resolve.clusters import components
from graph_cdp.resolve.groups import Group, Resolution, is_contested, resolve, whole
from graph_cdp.resolve.ids import ProfileIds, anchor_of
from graph_cdp.resolve.observations import Evidence, Span, evidence_of, owner_of, writes_of
from graph_cdp.resolve.shared import could_be_shared, is_shared
from graph_cdp.resolve.traits import Held, Trait, latest, survivors

__all__ = [
    "Evidence",
    "Group",
    "Held",
    "ProfileIds",
    "Resolution",
    "Span",
    "Trait",
    "anchor_of",
    "components",
    "could_be_shared",
    "evidence_of",
    "is_contested",
    "is_shared",
    "latest",
    "owner_of",
    "resolve",
    "survivors",
    "whole",
    "writes_of",
]
