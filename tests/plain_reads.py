"""What pages must give, said plainly: everything is read, filtered, sorted and cut in memory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import orjson

from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.pages import JourneyFilter, ProfileFilter, Session, Span
from graph_cdp.query.journey import journeys, sessions
from graph_cdp.query.links import links_pages
from graph_cdp.query.profiles import ProfileOrder, ProfilePage, profile_page
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import Store, StoredEvent
from tests.stores import dump_of, rules_of
from tests.strategies import Plain

T = TypeVar("T")

HALF_AN_HOUR = 1_800_000


class Everything(NamedTuple):
    """All that a store holds, as its scans give it."""

    dump: dict[str, list[Any]]
    ids: ProfileIds
    policy: Plain

    @property
    def members(self) -> dict[Key, list[Seen]]:
        """The identifiers of each profile, by its anchor."""
        found = defaultdict[Key, list[Seen]](list)
        for seen in self.dump["identifiers"]:
            if seen.profile is not None:
                found[seen.profile].append(seen)
        return dict(found)

    @property
    def keys(self) -> dict[Key, list[Key]]:
        return {anchor: [seen.key for seen in members] for anchor, members in self.members.items()}

    def profiles(self, wanted: ProfileFilter, order: ProfileOrder, *, descending: bool) -> list[Key]:
        """The anchors of the profiles that are wanted, in an order."""
        found = [anchor for anchor, members in self.members.items() if self._wanted(members, wanted)]
        if order == "id":
            return sorted(found, key=self.ids.of, reverse=descending)
        pick: Callable[..., int] = min if order == "first_seen" else max
        at = {anchor: pick(getattr(seen, order) for seen in self.members[anchor]) for anchor in found}
        return sorted(found, key=lambda anchor: (-at[anchor] if descending else at[anchor], self.ids.of(anchor)))

    def _wanted(self, members: list[Seen], wanted: ProfileFilter) -> bool:
        names = [namespace["name"] for namespace in self.policy["namespaces"]]
        limited = [rank for rank, namespace in enumerate(self.policy["namespaces"]) if namespace.get("limit")]
        known = set(names[: max(limited, default=0) + 1])
        keys = {seen.key for seen in members}
        said = {(held.name, orjson.dumps(held.write.value)) for held in self.dump["traits"] if held.key in keys}
        return all(
            (
                wanted.ids is None or not {self.ids.of(key) for key in keys}.isdisjoint(wanted.ids),
                wanted.known is None or bool({namespace_of(key) for key in keys} & known) == wanted.known,
                wanted.namespace is None or wanted.namespace in {namespace_of(key) for key in keys},
                wanted.trait is None or (wanted.trait.name, orjson.dumps(wanted.trait.value)) in said,
                within(min(seen.first_seen for seen in members), wanted.first_seen),
                within(max(seen.last_seen for seen in members), wanted.last_seen),
                len(members) >= (wanted.min_identifiers or 0),
            )
        )

    def journey(self, anchor: Key, wanted: JourneyFilter) -> list[StoredEvent]:
        """The events of a profile that are wanted, newest first."""
        owners = {named.event: named.key for named in self.dump["names"] if named.owns}
        mine = set(self.keys[anchor])
        found = [one._replace(owner=owners[one.id]) for one in self.dump["events"] if owners.get(one.id) in mine]
        return sorted(
            (
                one
                for one in found
                if within(one.at, Span(wanted.from_at, wanted.to_at))
                and (wanted.types is None or one.type in wanted.types)
                and (wanted.channels is None or one.channel in wanted.channels)
            ),
            key=lambda one: (one.at, one.id),
            reverse=True,
        )

    def sessions(self, anchor: Key, wanted: JourneyFilter) -> list[Session]:
        """The sessions of a profile, newest first."""
        parts: list[list[StoredEvent]] = []
        for event in reversed(self.journey(anchor, wanted)):
            if parts and event.at - parts[-1][-1].at < HALF_AN_HOUR:
                parts[-1].append(event)
            else:
                parts.append([event])
        return [
            Session(
                part[0].at,
                part[-1].at,
                len(part),
                part[0].source,
                part[0].channel,
                part[0].name or part[0].type,
                part[-1].name or part[-1].type,
            )
            for part in reversed(parts)
        ]

    def links(self, anchor: Key) -> list[tuple[Any, ...]]:
        """The links of a profile, each with where its ends belong and why it did not join."""
        mine = set(self.keys[anchor])
        seen = {one.key: one for one in self.dump["identifiers"]}
        refusals = {(one.low, one.high, one.kind): one for one in self.dump["refusals"]}
        found = []
        for link in self.dump["links"]:
            if mine.isdisjoint(link.pair):
                continue
            refusal = refusals.get((link.low, link.high, link.kind))
            low, high = seen[link.low], seen[link.high]
            reason = refusal.reason if refusal else low.set_aside or high.set_aside
            ends = [(one.key, one.profile, one.set_aside) for one in (low, high)]
            found.append((link, *ends, reason, refusal.namespace if refusal else None))
        return sorted(found, key=lambda row: (self.ids.of(row[0].low), self.ids.of(row[0].high), row[0].kind))


def within(moment: int, span: Span) -> bool:
    return (span.from_at is None or moment >= span.from_at) and (span.to_at is None or moment < span.to_at)


async def everything_of(store: Store, policy: Plain) -> Everything:
    return Everything(await dump_of(store), store.ids, policy)


async def walk_of_profiles(
    store: Store, policy: Plain, wanted: ProfileFilter, order: ProfileOrder, *, descending: bool, first: int
) -> list[Key]:
    """All pages of profiles, one after the other."""
    rules, after, walk = rules_of(policy), None, list[Key]()
    while True:
        ask = partial(
            profile_page,
            policy=rules.policy,
            filter=wanted,
            order=order,
            descending=descending,
            first=first,
            after=after,
        )
        page: ProfilePage = await store.read(ask)
        assert len(page.anchors) == len(page.cursors) <= first
        walk += page.anchors
        if not page.has_next:
            return walk
        assert len(page.anchors) == first
        after = page.cursors[-1]


async def walk_of_journeys(
    store: Store, members: dict[Key, list[Key]], wanted: JourneyFilter, first: int
) -> dict[Key, list[StoredEvent]]:
    """All pages of journeys: those of all profiles begin together, and each goes on behind its own end."""
    return await _walks(
        members, lambda some, after: store.read(lambda tx: journeys(tx, some, wanted, first, after)), "events"
    )


async def walk_of_sessions(
    store: Store, members: dict[Key, list[Key]], wanted: JourneyFilter, first: int
) -> dict[Key, list[Session]]:
    """All pages of sessions."""
    return await _walks(
        members, lambda some, after: store.read(lambda tx: sessions(tx, some, wanted, first, after)), "sessions"
    )


async def walk_of_links(store: Store, members: dict[Key, list[Key]], first: int) -> dict[Key, list[tuple[Any, ...]]]:
    """All pages of links."""
    return await _walks(
        members, lambda some, after: store.read(lambda tx: links_pages(tx, some, first, after)), "links"
    )


async def _walks(members: dict[Key, list[Key]], ask: Callable[..., Any], part: str) -> dict[Key, list[Any]]:
    pages = await ask(members, None)
    assert pages.keys() == members.keys()
    walks = {anchor: list(getattr(page, part)) for anchor, page in pages.items()}
    for anchor, page in pages.items():
        while page.has_next:
            page = (await ask({anchor: members[anchor]}, page.cursors[-1]))[anchor]  # noqa: PLW2901
            assert getattr(page, part)
            walks[anchor] += getattr(page, part)
    return walks


def values_of(items: Iterable[T], count: int = 3) -> Sequence[T]:
    """A few different ones of many, the first, the last, and some between."""
    distinct = sorted(set(items), key=str)
    step = max(1, len(distinct) // count)
    return [*distinct[::step], *distinct[-1:]]
