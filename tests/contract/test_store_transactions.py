"""Transactions, as the port promises them of every store: all or nothing, lasting, and out of each other's sight."""

import asyncio
from typing import Any

import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.domain.link import Refusal
from graph_cdp.resolve import Placed
from graph_cdp.store.port import Owned, Reading, Store, Writing
from tests.contract.rows import decision, event, held, journey_of, link, put, seen, stored
from tests.stores import all_of, dump_of, opened


class OopsError(Exception):
    """What goes wrong in the middle of work."""


async def write_some_of_everything(tx: Writing) -> None:
    """One of everything that can be written, about three identifiers."""
    await tx.lock(["crm:1", "crm:2", "cookie:k"])
    await tx.put_identifiers([seen("crm:1"), seen("crm:2"), seen("cookie:k", count=2)])
    events = [event("m1", "crm:1", "cookie:k"), event("m2", "crm:2", "cookie:k", at=1)]
    await tx.append_events(events)
    await tx.name_events(events, {"m1": "crm:1", "m2": "crm:2"})
    await tx.add_links([link("crm:1", "cookie:k"), link("crm:2", "cookie:k", 1, 1, 1)])
    await tx.write_traits([held("crm:1", "plan", "free"), held("crm:2", "plan", "paid", 1, "m2")])
    await tx.place_identifiers([
        Placed("crm:1", None, "crm:1", "crm:1"),
        Placed("crm:2", None, "crm:1", "crm:2"),
        Placed("cookie:k", None, "crm:1", "crm:2"),
    ])  # fmt: skip
    await tx.replace_refusals(
        ["crm:1", "crm:2", "cookie:k"], [Refusal("cookie:k", "crm:1", "observed", "limit", "crm")]
    )
    await tx.append_decisions([decision("crm:1", "crm:2", "different")])
    await tx.put_notes({"a note": "one"})


async def change_everything(tx: Writing) -> None:
    """Change, add or forget something of everything that `write_some_of_everything` wrote."""
    await tx.lock(["crm:1", "crm:2", "crm:3", "cookie:k"])
    await tx.put_identifiers([seen("crm:1", count=5), seen("crm:3"), seen("cookie:k", set_aside="shared")])
    await tx.append_events([event("m3", "crm:3")])
    await tx.name_events([event("m3", "crm:3")], {"m3": "crm:3"})
    await tx.pass_events([Owned("m1", "crm:1", "cookie:k"), Owned("m2", "crm:2", None)])
    await tx.add_links([link("crm:1", "cookie:k", 3, -5, 9, "app"), link("crm:1", "crm:3")])
    await tx.write_traits([held("crm:1", "plan", "paid", 9), held("crm:3", "plan", "free")])
    await tx.drop_traits(["crm:2"])
    await tx.place_identifiers([
        Placed("cookie:k", "shared", None, None),
        Placed("crm:2", None, "crm:2", "crm:2"),
        Placed("crm:3", None, "crm:1", "crm:1"),
    ])  # fmt: skip
    await tx.replace_refusals(["crm:1", "cookie:k"], [])
    await tx.append_decisions([decision("crm:1", "crm:2", "unsure", 9), decision("crm:1", "crm:3")])
    await tx.put_notes({"a note": "two", "another": "three"})


async def clear_everything_computed(tx: Writing) -> None:
    await tx.clear_computed()


async def everything(store: Store) -> dict[str, Any]:
    notes = await store.read(lambda tx: tx.notes())
    return {**await dump_of(store), "notes": notes, "sizes": await store.read(lambda tx: tx.sizes())}


async def raise_after(tx: Writing, work: Any) -> None:
    await work(tx)
    raise OopsError


async def test_work_that_raises_leaves_nothing_in_an_empty_store(store: Store) -> None:
    before = await everything(store)
    with pytest.raises(OopsError):
        await store.write(lambda tx: raise_after(tx, write_some_of_everything))
    assert await everything(store) == before
    await store.write(write_some_of_everything)
    assert (await store.read(lambda tx: tx.sizes())).events == 2


async def test_work_that_raises_leaves_everything_as_it_was(store: Store) -> None:
    await store.write(write_some_of_everything)
    before = await everything(store)
    for work in (change_everything, clear_everything_computed):
        with pytest.raises(OopsError):
            await store.write(lambda tx, work=work: raise_after(tx, work))
        assert await everything(store) == before
    await store.write(change_everything)
    assert await everything(store) != before


async def test_work_that_is_cancelled_leaves_everything_as_it_was(store: Store) -> None:
    await store.write(write_some_of_everything)
    before = await everything(store)
    reached = asyncio.Event()

    async def never_done(tx: Writing) -> None:
        await change_everything(tx)
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(store.write(never_done))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await everything(store) == before
    await store.write(change_everything)


async def test_what_work_gives_is_what_writing_and_reading_give(store: Store) -> None:
    async def forty_two(_: Reading) -> int:
        return 42

    assert await store.write(forty_two) == 42
    assert await store.read(forty_two) == 42


async def test_a_transaction_reads_its_own_writes(store: Store) -> None:
    async def work(tx: Writing) -> None:
        await write_some_of_everything(tx)
        await change_everything(tx)
        known = await tx.identifiers(["crm:1", "crm:2", "crm:3", "cookie:k"])
        assert known == {
            "crm:1": seen("crm:1", count=5)._replace(cluster="crm:1", profile="crm:1"),
            "crm:2": seen("crm:2")._replace(cluster="crm:2", profile="crm:2"),
            "crm:3": seen("crm:3")._replace(cluster="crm:1", profile="crm:1"),
            "cookie:k": seen("cookie:k", set_aside="shared"),
        }
        assert await tx.lock(known) == known
        assert sorted(await tx.members_of(["crm:1"])) == [known["crm:1"], known["crm:3"]]
        assert [one.key for one in await all_of(tx.scan_identifiers())] == sorted(known)
        links = [link("crm:1", "cookie:k", 4, -5, 9, "app", "web"), link("crm:2", "cookie:k", 1, 1, 1)]
        assert sorted(await tx.links_among(["crm:1", "crm:2", "cookie:k"])) == links
        assert await tx.linked_by_namespace(["crm:1"]) == {"crm:1": {"cookie": 1, "crm": 1}}
        assert await tx.refusals_of(known) == []
        traits = [held("crm:1", "plan", "paid", 9), held("crm:3", "plan", "free")]
        assert sorted(await tx.traits_of(known)) == traits
        assert await tx.stored_events(["m3", "m4"]) == {"m3": event("m3", "crm:3").digest}
        assert [one.id for one in await journey_of(tx, ["crm:3", "cookie:k"], 9)] == ["m3", "m1"]
        assert {one.key for one in await all_of(tx.scan_names()) if one.owns} == {"crm:3", "cookie:k"}
        assert await tx.events_naming_both(("cookie:k", "crm:1"), 9) == [stored(event("m1", "crm:1", "cookie:k"))]
        assert len(await tx.decisions_on(["crm:1"])) == 3
        assert await tx.key_of(store.ids.of("crm:3")) == "crm:3"
        notes = await tx.notes()
        assert (notes["a note"], notes["another"]) == ("two", "three")
        assert (await tx.sizes())[:3] == (3, 4, 3)

    await store.write(work)


async def test_what_was_written_is_there_when_the_store_is_opened_again(lasting_url: StoreUrl) -> None:
    store = await opened(lasting_url)
    await store.write(write_some_of_everything)
    before = await everything(store)
    await store.close()
    again = await opened(lasting_url)
    assert await everything(again) == before
    await again.close()


async def test_nobody_else_sees_anything_of_a_write_before_all_of_it_is_committed(lasting_url: StoreUrl) -> None:
    writer, reader = await opened(lasting_url), await opened(lasting_url)
    await writer.write(write_some_of_everything)
    before = await everything(reader)
    during = dict[str, Any]()

    async def work(tx: Writing) -> None:
        await change_everything(tx)
        during.update(await everything(reader))

    await writer.write(work)
    assert during == before
    after = await everything(reader)
    assert after == await everything(writer)
    assert after != before
    await writer.close()
    await reader.close()


# Neo4j has no older view to give: there, a reader sees of each place what is committed when it comes by.
@pytest.mark.parametrize("lasting_url", ["sqlite-file"], indirect=True)
async def test_every_answer_to_a_reader_is_of_one_moment(lasting_url: StoreUrl) -> None:
    """A writer moves events from one owner to another and back; every answer finds each of them once."""
    store = await opened(lasting_url)
    events = [event(f"m{number}", "crm:1", "cookie:k", at=number) for number in range(50)]

    async def begin(tx: Writing) -> None:
        await tx.lock(["crm:1", "cookie:k"])
        await tx.put_identifiers([seen("crm:1"), seen("cookie:k")])
        await tx.append_events(events)
        await tx.name_events(events, dict.fromkeys((one.id for one in events), "crm:1"))

    async def move(tx: Writing, before: str, after: str) -> None:
        await tx.lock([before, after])
        await tx.pass_events([Owned(one.id, before, after) for one in events])

    await store.write(begin)
    for before, after in [("crm:1", "cookie:k"), ("cookie:k", "crm:1")] * 10:
        _, journey = await asyncio.gather(
            store.write(lambda tx, before=before, after=after: move(tx, before, after)),
            store.read(lambda tx: journey_of(tx, ["crm:1", "cookie:k"], 99)),
        )
        assert [one.id for one in journey] == [one.id for one in reversed(events)]
    await store.close()


@pytest.mark.parametrize("store_url", ["sqlite-memory", "sqlite-file"], indirect=True)
async def test_a_reader_keeps_its_view_while_others_write(store: Store) -> None:
    await put(store, *(f"crm:{number}" for number in range(3_000)))
    began, written = asyncio.Event(), asyncio.Event()

    async def look_twice(tx: Reading) -> None:
        before = [await all_of(tx.scan_identifiers()), await all_of(tx.scan_names()), await tx.sizes()]
        began.set()
        await asyncio.sleep(0.2)
        assert [await all_of(tx.scan_identifiers()), await all_of(tx.scan_names()), await tx.sizes()] == before

    async def write_meanwhile() -> None:
        await began.wait()
        await put(store, "crm:new", seen("crm:1", count=9))
        written.set()

    await asyncio.gather(store.read(look_twice), write_meanwhile())
    assert written.is_set()
    known = await store.read(lambda tx: tx.identifiers(["crm:new", "crm:1"]))
    assert known == {"crm:new": seen("crm:new"), "crm:1": seen("crm:1", count=9)}


async def test_readers_at_once_do_not_disturb_each_other(store: Store) -> None:
    await store.write(write_some_of_everything)
    expected = await everything(store)
    assert await asyncio.gather(*(everything(store) for _ in range(5))) == [expected] * 5
