"""Which identifiers belong together, and why others do not. Pure: no I/O, no clock, no randomness."""

from graph_cdp.resolve.changes import Regrouped, anchors_around, changes_of
from graph_cdp.resolve.clusters import components
from graph_cdp.resolve.groups import Group, Resolution, is_contested, resolve
from graph_cdp.resolve.ids import ProfileIds, anchor_of, digest_of, hash_of, spelled
from graph_cdp.resolve.observations import Evidence, Span, Tally, evidence_of, last_writes, owner_of, owners_of
from graph_cdp.resolve.partition import Partition, Placed, partition
from graph_cdp.resolve.shared import is_shared, linked_by_namespace
from graph_cdp.resolve.told import Told, told_by
from graph_cdp.resolve.traits import Held, Trait, latest, survivors

__all__ = [
    "Evidence",
    "Group",
    "Held",
    "Partition",
    "Placed",
    "ProfileIds",
    "Regrouped",
    "Resolution",
    "Span",
    "Tally",
    "Told",
    "Trait",
    "anchor_of",
    "anchors_around",
    "changes_of",
    "components",
    "digest_of",
    "evidence_of",
    "hash_of",
    "is_contested",
    "is_shared",
    "last_writes",
    "latest",
    "linked_by_namespace",
    "owner_of",
    "owners_of",
    "partition",
    "resolve",
    "spelled",
    "survivors",
    "told_by",
]
