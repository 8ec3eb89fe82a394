"""The review queue as it is read: pages of items, most useful first, and what deciding would do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple, cast

from graph_cdp.domain.decision import Decision, Verdict, in_force
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Item, ItemFilter, Ruling
from graph_cdp.domain.times import Millis
from graph_cdp.errors import InputError
from graph_cdp.query.cursors import cursor, place_of
from graph_cdp.resolve import Held, Trait, partition, survivors
from graph_cdp.store.port import Reading

_LATEST: Final[Millis] = 2**53
"""Later than any decision: what is only supposed comes last."""


class ItemPage(NamedTuple):
    """Some items, the cursor of each, and whether more come behind the last."""

    items: tuple[Item, ...]
    cursors: tuple[str, ...]
    has_next: bool


class Supposed(NamedTuple):
    """A profile before or after a decision that is only supposed: its anchor, members, and traits by name."""

    anchor: Key
    keys: tuple[Key, ...]
    traits: dict[str, Trait]


class Preview(NamedTuple):
    """What deciding would do: the profiles concerned as they are, and as they would be; the same where nothing changes.

    `together`: whether the two identifiers would be in one profile.
    """

    before: tuple[Supposed, ...]
    after: tuple[Supposed, ...]
    together: bool


async def item_page(tx: Reading, wanted: ItemFilter, now: Millis, first: int, after: str | None = None) -> ItemPage:
    """At most `first` items behind the cursor `after`, the largest expected gain first, in one statement.

    A walk gives no item twice and misses none whose gain stays, whatever is decided meanwhile. Raises InputError for a
    cursor of another filter.
    """
    shape, place = _digest(wanted), None
    if after is not None:
        given, gain, behind = place_of(after, str, float, str)
        if given != shape:
            raise InputError("`after` is a cursor of another filter: begin again without it.")
        place = gain, behind
    rows = await tx.item_page(wanted, now, first + 1, place)
    page = tuple(rows[:first])
    return ItemPage(page, tuple([cursor(shape, item.gain, item.id) for item in page]), len(rows) > first)


async def previews(
    tx: Reading, asked: Collection[tuple[Item, Ruling]], policy: Policy
) -> dict[tuple[Item, Ruling], Preview]:
    """What deciding items would do to profiles, each by itself; nothing is written. Reads the clusters concerned."""
    pairs = {key for item, _ in asked if item.finding.kind == "duplicate" for key in item.finding.keys}
    ends = await tx.identifiers(pairs)
    clusters = {seen.cluster for seen in ends.values() if seen.cluster is not None}
    members = {seen.key: seen for seen in await tx.members_of(clusters)} if clusters else {}
    links = await tx.links_among(members)
    decisions = await tx.decisions_on(members) if members else []
    traits = await tx.traits_of(members)
    found = {}
    for item, ruling in asked:
        pair = item.finding.keys if item.finding.kind == "duplicate" else ()
        near = {ends[key].cluster for key in pair if key in ends}
        mine = {key: seen for key, seen in members.items() if seen.cluster in near}
        supposed = [*decisions, _supposed(item, ruling)] if pair else decisions
        placed = partition(
            {key: seen.first_seen for key, seen in mine.items()},
            [link for link in links if link.low in mine],
            [one for one in in_force(supposed) if one.low in mine and one.high in mine],
            policy,
        ).placed
        after = {key: place.profile for key, place in placed.items() if place.profile is not None}
        found[item, ruling] = _preview(pair, mine, after, traits, policy)
    return found


def _supposed(item: Item, ruling: Ruling) -> Decision:
    low, high = item.finding.keys
    return Decision.of(low, high, cast("Verdict", ruling), _LATEST, "", "")


def _preview(
    pair: Sequence[Key], mine: Mapping[Key, Seen], after: Mapping[Key, Key], traits: Iterable[Held], policy: Policy
) -> Preview:
    before = {key: seen.profile for key, seen in mine.items() if seen.profile is not None}
    held = defaultdict[Key, list[Held]](list)
    for one in traits:
        held[one.key].append(one)
    old, new = _grouped(before), _grouped(after)
    concerned = {key for groups, others in ((old, new), (new, old)) for group in groups - others for key in group[1]}
    concerned.update(key for _, keys in old | new if not set(pair).isdisjoint(keys) for key in keys)

    def told(groups: Iterable[tuple[Key, tuple[Key, ...]]]) -> tuple[Supposed, ...]:
        return tuple(
            Supposed(anchor, keys, survivors([one for key in keys for one in held[key]], policy))
            for anchor, keys in sorted(groups)
            if not concerned.isdisjoint(keys)
        )

    profiles = {after.get(key) for key in pair}
    return Preview(told(old), told(new), bool(pair) and len(profiles) == 1 and None not in profiles)


def _grouped(profile_by_key: Mapping[Key, Key]) -> set[tuple[Key, tuple[Key, ...]]]:
    """Profiles as anchors with their members, sorted."""
    members = defaultdict[Key, list[Key]](list)
    for key in sorted(profile_by_key):
        members[profile_by_key[key]].append(key)
    return {(anchor, tuple(keys)) for anchor, keys in members.items()}


def _digest(wanted: ItemFilter) -> str:
    """What tells filters apart in a cursor."""
    return blake2b(repr(wanted).encode(), digest_size=6).hexdigest()
