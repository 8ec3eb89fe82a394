"""Single identifiers: where they belong, or why they belong nowhere, and the other ids that lead to a profile."""

from collections.abc import Collection
from typing import NamedTuple

from graph_cdp.domain.identifier import Key, Seen, SetAside
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import Reading


class IdentifierView(NamedTuple):
    """An identifier, the id of its profile, and why it is set aside; one of the last two is None."""

    seen: Seen
    profile: str | None
    set_aside: SetAside | None


async def identifiers_of(tx: Reading, keys: Collection[Key]) -> dict[Key, IdentifierView]:
    """The identifiers that are known, by key, in one statement."""
    known = await tx.identifiers(keys)
    return {
        key: IdentifierView(seen, None if seen.profile is None else tx.ids.of(seen.profile), seen.set_aside)
        for key, seen in known.items()
    }


def aliases(anchor: Key, members: Collection[Key], ids: ProfileIds) -> tuple[str, ...]:
    """The other ids that lead to a profile, sorted: the own ids of all its members but the anchor."""
    return tuple(sorted([ids.of(key) for key in members if key != anchor]))
