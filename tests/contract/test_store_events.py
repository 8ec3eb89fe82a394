"""Events, who they name and whose they are, as the port promises them of every store."""

import asyncio

from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key
from graph_cdp.store.port import Named, Owned, Store, StoredEvent, Writing
from tests.contract.rows import event, journey_of, put, put_events, stored
from tests.stores import all_of


async def journey(
    store: Store, *keys: Key, limit: int = 99, before: tuple[int, str] | None = None
) -> list[StoredEvent]:
    return await store.read(lambda tx: journey_of(tx, keys, limit, before))


async def names(store: Store) -> list[Named]:
    return sorted(await store.read(lambda tx: all_of(tx.scan_names())))


async def test_an_event_is_read_as_it_was_written(store: Store) -> None:
    events = [
        event("m1", "crm:1", name="Signed Up", channel="browser"),
        event("mé 🙂 '\"\n", "crm:1", name="名前", source="wéb", at=3),
        event("nobody"),
    ]
    await put_events(store, events)
    found = {one.id: one for one in await store.read(lambda tx: all_of(tx.scan_events()))}
    assert found == {one.id: stored(one) for one in events}
    assert await journey(store, "crm:1") == [stored(events[1], "crm:1"), stored(events[0], "crm:1")]


async def test_stored_events_are_told_by_their_digest_and_others_left_out(store: Store) -> None:
    one, two = event("m1", "crm:1"), event("m2", "crm:1")
    await put_events(store, [one, two])
    assert await store.read(lambda tx: tx.stored_events({"m1", "m3"})) == {"m1": one.digest}
    assert await store.read(lambda tx: tx.stored_events([])) == {}


async def test_events_are_found_by_their_ids_and_others_left_out(store: Store) -> None:
    one, two = event("m1", "crm:1", name="Signed Up"), event("mé 🙂 '\"\n", "crm:1", channel="browser")
    await put_events(store, [one, two, event("m3", "crm:1")])
    found = await store.read(lambda tx: tx.events_by_id({one.id, two.id, "m4"}))
    assert sorted(found) == sorted([stored(one), stored(two)])
    assert await store.read(lambda tx: tx.events_by_id([])) == []


async def test_an_event_that_two_writers_find_missing_is_stored_once_and_neither_fails(store: Store) -> None:
    one = event("m1", "crm:1")

    async def store_if_missing(tx: Writing) -> bool:
        missing = one.id not in await tx.stored_events([one.id])
        await asyncio.sleep(0.05)
        if missing:
            await tx.append_events([one])
        return missing

    found_missing = await asyncio.gather(*(store.write(store_if_missing) for _ in range(4)))
    assert sorted(found_missing) == [False, False, False, True]
    assert await store.read(lambda tx: all_of(tx.scan_events())) == [stored(one)]


async def test_names_tell_which_identifiers_an_event_names_and_which_of_them_owns_it(store: Store) -> None:
    await put_events(
        store,
        [event("m1", "crm:1", "cookie:k"), event("m2", "cookie:k"), event("m3", "crm:1", "cookie:k"), event("m4")],
        owners={"m2": None, "m3": "cookie:k"},
    )
    assert await names(store) == [
        Named("m1", "cookie:k", False),
        Named("m1", "crm:1", True),
        Named("m2", "cookie:k", False),
        Named("m3", "cookie:k", True),
        Named("m3", "crm:1", False),
    ]


async def test_events_may_be_named_in_a_later_transaction(store: Store) -> None:
    one = event("m1", "crm:1", "cookie:k")
    await store.write(lambda tx: tx.append_events([one]))
    await put(store, *one.keys)

    async def work(tx: Writing) -> None:
        await tx.lock(one.keys)
        await tx.name_events([one], {"m1": "cookie:k"})

    await store.write(work)
    assert await names(store) == [Named("m1", "cookie:k", True), Named("m1", "crm:1", False)]


async def test_an_event_passes_to_another_owner_or_to_nobody(store: Store) -> None:
    await put_events(store, [event(f"m{number}", "crm:1", "cookie:k", "cookie:j") for number in range(3)])

    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "cookie:k", "cookie:j"])
        await tx.pass_events([Owned("m0", "crm:1", "cookie:k"), Owned("m1", "crm:1", None)])
        await tx.pass_events([Owned("m0", "cookie:k", "cookie:j")])

    await store.write(work)
    assert [one for one in await names(store) if one.owns] == [
        Named("m0", "cookie:j", True),
        Named("m2", "crm:1", True),
    ]
    assert len(await names(store)) == 9
    assert [one.id for one in await journey(store, "crm:1")] == ["m2"]
    assert [one.id for one in await journey(store, "cookie:j")] == ["m0"]


# By UTF-16 units the emoji would come before the one above it.
SAME_TIME = ["m1", "m10", "m2", "\ufffd", "\U0001f642"]


def page_of(events: list[Event], owner: Key) -> list[StoredEvent]:
    return [stored(one, owner) for one in events]


async def test_a_journey_holds_what_its_identifiers_own_newest_first_then_by_event(store: Store) -> None:
    same = [event(event_id, "crm:1", at=5) for event_id in SAME_TIME]
    first, last, others = event("z", "crm:1", at=4), event("a", "cookie:k", at=6), event("m", "crm:2", at=5)
    named = event("named", "crm:2", "crm:1", at=5)
    await put_events(store, [*same, first, last, others, named])
    expected = [stored(last, "cookie:k"), *page_of(same[::-1], "crm:1"), stored(first, "crm:1")]
    assert await journey(store, "crm:1", "cookie:k") == expected
    assert await journey(store, "crm:1", "cookie:k", limit=3) == expected[:3]
    assert await journey(store, limit=3) == []


async def test_the_pages_of_a_journey_together_are_the_journey(store: Store) -> None:
    events = [event(event_id, "crm:1", at=at) for at in (5, 6) for event_id in (f"{at}{one}" for one in SAME_TIME)]
    await put_events(store, events)
    whole = await journey(store, "crm:1")
    assert whole == page_of(sorted(events, key=lambda one: (one.at, one.id), reverse=True), "crm:1")
    for size in (1, 2, 3, 10):
        paged: list[StoredEvent] = []
        while page := await journey(store, "crm:1", limit=size, before=(paged[-1].at, paged[-1].id) if paged else None):
            paged += page
        assert paged == whole


async def test_a_journey_before_a_place_where_no_event_lies_goes_on_behind_it(store: Store) -> None:
    events = [event("m1", "crm:1", at=1), event("m2", "crm:1", at=5)]
    await put_events(store, events)
    at = events[1].at
    assert [one.id for one in await journey(store, "crm:1", before=(at - 1, "zzz"))] == ["m1"]
    assert [one.id for one in await journey(store, "crm:1", before=(at, "m2"))] == ["m1"]
    assert [one.id for one in await journey(store, "crm:1", before=(at, "m3"))] == ["m2", "m1"]
    assert [one.id for one in await journey(store, "crm:1", before=(at + 1, ""))] == ["m2", "m1"]


async def test_events_naming_both_of_a_pair_come_newest_first_up_to_a_limit(store: Store) -> None:
    both = [
        event(event_id, "crm:1", "cookie:k", at=at) for event_id, at in (("m1", 1), ("m2", 3), ("m3", 3), ("m0", 2))
    ]
    await put_events(store, [*both, event("m8", "crm:1", at=9), event("m9", "cookie:k", "cookie:j", at=9)])

    async def naming(limit: int) -> list[str]:
        found = await store.read(lambda tx: tx.events_naming_both(("cookie:k", "crm:1"), limit))
        return [one.id for one in found]

    assert await naming(9) == ["m3", "m2", "m0", "m1"]
    assert await naming(2) == ["m3", "m2"]


async def test_events_naming_any_of_many_identifiers_come_once_each_across_the_pages(store: Store) -> None:
    events = [event(f"m{number}", "crm:1", f"cookie:{number % 7}", at=number) for number in range(4_500)]
    others = [event("other", "crm:2"), event("nobody")]
    await put_events(store, [*events, *others])
    found = await store.read(lambda tx: all_of(tx.events_naming(["crm:1", "cookie:0", "cookie:3", "crm:9"])))
    assert sorted(one.id for one in found) == sorted(one.id for one in events)
    some = await store.read(lambda tx: all_of(tx.events_naming(["cookie:3"])))
    assert {one.id: one._replace(owner=None) for one in some} == {one.id: stored(one) for one in events[3::7]}


async def test_events_owned_by_identifiers_are_complete_across_the_pages_and_tell_their_owner(store: Store) -> None:
    events = [event(f"m{number}", f"crm:{number % 2}", "cookie:k", at=number) for number in range(4_500)]
    await put_events(store, [*events, event("other", "crm:2", "crm:1")])
    found = await store.read(lambda tx: all_of(tx.owned_events(["crm:0", "crm:1", "cookie:k"])))
    assert sorted(found) == sorted(stored(one, one.keys[0]) for one in events)


async def test_events_may_be_passed_on_while_they_are_read_page_by_page(store: Store) -> None:
    events = [event(f"m{number}", "crm:1", "cookie:k", at=number) for number in range(4_500)]
    await put_events(store, events)

    async def work(tx: Writing) -> int:
        await tx.lock(["crm:1", "cookie:k"])
        met = 0
        async for page in tx.owned_events(["crm:1"]):
            await tx.pass_events([Owned(one.id, "crm:1", "cookie:k") for one in page])
            met += len(page)
        return met

    assert await store.write(work) == len(events)
    assert {one.key for one in await names(store) if one.owns} == {"cookie:k"}


async def test_scans_of_events_and_of_names_are_complete_across_their_pages(store: Store) -> None:
    events = [event(f"m{number}", "crm:1", f"cookie:{number}", at=-number) for number in range(4_500)]
    await put_events(store, events)
    found = await store.read(lambda tx: all_of(tx.scan_events()))
    assert len(found) == len(events)
    assert {one.id: one._replace(owner=None) for one in found} == {one.id: stored(one) for one in events}
    named = [Named(one.id, key, key == "crm:1") for one in events for key in one.keys]
    assert await names(store) == sorted(named)
