"""Whole profiles in one statement, as the port promises them of every store."""

import asyncio
from itertools import count

from graph_cdp.config import StoreUrl
from graph_cdp.domain.identifier import Key
from graph_cdp.query.profile import ProfileView, Wanted, profiles_of
from graph_cdp.store.port import Profiles, Store
from tests.contract.rows import NOON, journey_of
from tests.stores import opened, rules_of, take_in
from tests.strategies import Arrival, Plain

POLICY: Plain = {
    "namespaces": [{"name": "crm", "limit": 1}, {"name": "email"}, {"name": "cookie", "shared_above": 2}],
    "traits": {},
}
RULES = rules_of(POLICY)


def said(number: int, *identifiers: tuple[str, str], **traits: object) -> Plain:
    return {"id": f"m{number}", "at": NOON + number, "source": "web", "identifiers": identifiers, "traits": traits}


HISTORY = [
    said(1, ("crm", "1"), ("email", "a"), plan="free"),
    said(2, ("crm", "1"), ("cookie", "k"), plan="paid", size=3),
    said(3, ("cookie", "k"), ("crm", "2")),
    said(4, ("crm", "2"), ("email", "b"), plan="trial"),
    *(said(10 + one, ("crm", f"x{one}"), ("cookie", "kiosk")) for one in range(4)),
]


async def loaded(store: Store) -> None:
    await take_in(store, [Arrival(HISTORY, [])], RULES)


async def whole(store: Store, *keys: Key, events: int = 9) -> Profiles:
    return await store.read(lambda tx: tx.profiles(keys, traits=True, events=events, refusals=True))


async def test_a_whole_profile_is_what_its_parts_are(store: Store) -> None:
    await loaded(store)
    found = await whole(store, "email:a", "crm:2")

    async def parts(tx):
        asked = await tx.identifiers(["email:a", "crm:2"])
        members = await tx.members_of({seen.cluster for seen in asked.values()})
        keys = [seen.key for seen in members]
        return asked, members, await tx.traits_of(keys), await journey_of(tx, keys, 99), await tx.refusals_of(keys)

    asked, members, traits, journey, refusals = await store.read(parts)
    assert found.asked == asked
    assert sorted(found.members) == sorted(members)
    assert sorted(found.traits) == sorted(traits)
    assert found.events == {
        anchor: [event for event in journey if event.owner in keys]
        for anchor, keys in {"crm:1": {"crm:1", "email:a"}, "crm:2": {"crm:2", "email:b", "cookie:k"}}.items()
    }
    assert found.refusals == refusals != []
    assert found.clusters == dict.fromkeys(["crm:1", "crm:2"], len(members))


async def test_only_the_newest_events_come_and_none_where_none_are_wanted(store: Store) -> None:
    await loaded(store)
    assert [event.id for event in (await whole(store, "crm:2", events=1)).events["crm:2"]] == ["m4"]
    bare = await store.read(lambda tx: tx.profiles(["crm:2"], traits=False, events=0, refusals=False))
    assert (bare.traits, bare.refusals, [*bare.events.values()]) == ([], [], []) or not any(bare.events.values())
    assert {seen.key for seen in bare.members} == {"crm:2", "email:b", "cookie:k"}


async def test_the_newest_of_many_events_of_one_moment_go_by_id(store: Store) -> None:
    moment = [said(0, ("crm", "1")) | {"id": f"t{one}"} for one in range(9)]
    later = [said(one, ("crm", "1"), ("email", "a")) for one in (1, 2)]
    await take_in(store, [Arrival([*moment, *later], [])], RULES)
    found = await whole(store, "email:a", events=5)
    assert [event.id for event in found.events["crm:1"]] == ["m2", "m1", "t8", "t7", "t6"]


async def test_what_is_shared_or_unknown_has_no_profile(store: Store) -> None:
    await loaded(store)
    found = await whole(store, "cookie:kiosk", "crm:none")
    assert [(seen.key, seen.set_aside) for seen in found.asked.values()] == [("cookie:kiosk", "shared")]
    assert found.members == []


async def test_two_identifiers_of_one_profile_give_it_once(store: Store) -> None:
    await loaded(store)
    found = await whole(store, "crm:2", "email:b")
    assert sorted(seen.key for seen in found.members) == ["cookie:k", "crm:2", "email:b"]
    views = await store.read(lambda tx: profiles_of(tx, ["crm:2", "email:b"], store, RULES.policy, Wanted()))
    assert views["crm:2"] == views["email:b"]


async def test_many_who_ask_at_once_get_what_each_alone_would(store: Store) -> None:
    await loaded(store)
    keys = ["email:a", "crm:2", "cookie:kiosk", "crm:none", "email:b", "crm:2", "crm:x1"] * 30
    at_once = await asyncio.gather(*(whole(store, key) for key in keys))
    alone = {key: await whole(store, key) for key in set(keys)}
    assert at_once == [alone[key] for key in keys]


async def test_what_one_asks_in_vain_fails_for_nobody_else(store: Store) -> None:
    await loaded(store)
    no_text = "crm:\ud800"
    one, other, failed = await asyncio.gather(
        whole(store, "email:a"), whole(store, "crm:2"), whole(store, no_text), return_exceptions=True
    )
    assert isinstance(failed, UnicodeEncodeError)
    assert [one, other] == [await whole(store, "email:a"), await whole(store, "crm:2")]


async def test_readers_never_see_a_profile_torn_apart(lasting_url: StoreUrl) -> None:
    store, reader = await opened(lasting_url), await opened(lasting_url)
    links = [
        said(number, ("crm" if one == 0 else "email", f"{half}{one}"), ("cookie", f"{half}{one + 1}"))
        for number, (half, one) in enumerate((half, one) for half in "ab" for one in range(6))
    ]
    chained = [
        said(100 + number, ("cookie", f"{half}{one}"), ("email", f"{half}{one}"))
        for number, (half, one) in enumerate((half, one) for half in "ab" for one in range(1, 6))
    ]
    await take_in(store, [Arrival(links + chained, [])], RULES)
    apart = await members(reader, "crm:a0"), await members(reader, "crm:b0")
    assert len(apart[0]) == len(apart[1]) == 12
    writing = True
    times = count(NOON)

    async def judge() -> None:
        nonlocal writing
        for verdict in ["same", "unsure"] * 40:
            decision = {"a": "crm:a0", "b": "crm:b0", "verdict": verdict, "at": next(times), "by": "ann", "reason": ""}
            await take_in(store, [Arrival([], [decision])], RULES)
            await asyncio.sleep(0.001)
        writing = False

    async def look(key: Key) -> set[frozenset[Key]]:
        met = set()
        while writing:
            met.add(await members(reader, key))
            await asyncio.sleep(0)
        return met

    _, *met = await asyncio.gather(judge(), *(look(key) for key in ("crm:a0", "cookie:a6", "crm:b0", "email:b3")))
    assert set().union(*met) <= {apart[0], apart[1], apart[0] | apart[1]}
    await store.close()
    await reader.close()


async def members(store: Store, key: Key) -> frozenset[Key]:
    view = (await store.read(lambda tx: profiles_of(tx, [key], store, RULES.policy, Wanted(False, 0, False))))[key]
    assert isinstance(view, ProfileView)
    return frozenset(seen.key for seen in view.identifiers)
