"""Announce what a transaction did to profiles: the feed that subscriptions follow."""

from collections.abc import Iterable
from typing import NamedTuple

from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.identifier import Key
from graph_cdp.resolve import ProfileIds, Regrouped, anchors_around, identity_changes, spelled, touched_anchors
from graph_cdp.store.port import Writing


class Announced(NamedTuple):
    """The ids of the profiles that a transaction touched, sorted, those that are gone too; and what became of them."""

    touched: tuple[str, ...] = ()
    changes: tuple[IdentityChange, ...] = ()


async def announce(tx: Writing, named: Iterable[Key], regrouped: Regrouped) -> Announced:
    """Put into the feed what a transaction did. `named`: identifiers that got events, traits, links or decisions."""
    digests = sorted(map(tx.ids.digest, touched_anchors(named, regrouped)))
    changes = identity_changes(regrouped, tx.ids)
    await tx.announce(digests, changes)
    return Announced(spelled(b"".join(digests)), changes)


def share_of(announced: Announced, named: Iterable[Key], regrouped: Regrouped, ids: ProfileIds) -> Announced:
    """What of an announcement concerns the profiles that some of the named identifiers are in, or were in."""
    touched = {ids.of(anchor) for anchor in anchors_around(named, regrouped)}
    changes = [one for one in announced.changes if not touched.isdisjoint((*one.before, *one.after))]
    return Announced(tuple(sorted(touched)), tuple(changes))
