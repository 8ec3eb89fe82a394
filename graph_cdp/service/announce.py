"""Announce what a transaction did to profiles: the feed that subscriptions follow."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.identifier import Key
from graph_cdp.resolve import ProfileIds, Regrouped, anchors_around, changes_of, spelled
from graph_cdp.store.port import Writing


@dataclass(frozen=True, slots=True)
class Announced:
    """What a transaction did to profiles; `digests` are those of the ids of the profiles that it touched, sorted."""

    digests: tuple[bytes, ...] = ()
    changes: tuple[IdentityChange, ...] = ()

    @property
    def touched(self) -> tuple[str, ...]:
        """The ids of the profiles that it touched, those that are gone too. Spelled when asked: a load never asks."""
        return spelled(b"".join(self.digests))


async def announce(tx: Writing, named: Iterable[Key], regrouped: Regrouped) -> Announced:
    """Put into the feed what a transaction did. `named`: identifiers that got events, traits, links or decisions."""
    anchors, changes = changes_of(named, regrouped, tx.ids)
    announced = Announced(_digests(anchors, tx.ids), changes)
    await tx.announce(announced.digests, announced.changes)
    return announced


def share_of(announced: Announced, named: Collection[Key], regrouped: Regrouped, ids: ProfileIds) -> Announced:
    """What of an announcement concerns the profiles that some of the named identifiers are in, or were in."""
    own = Announced(_digests(anchors_around(named, regrouped), ids))
    if not announced.changes:
        return own
    touched = set(own.touched)
    return Announced(
        own.digests,
        tuple(one for one in announced.changes if not touched.isdisjoint((*one.before, *one.after))),
    )


def _digests(anchors: Iterable[Key], ids: ProfileIds) -> tuple[bytes, ...]:
    return tuple(sorted(map(ids.digest, anchors)))
