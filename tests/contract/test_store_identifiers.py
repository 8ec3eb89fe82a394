"""Identifiers, locks and where identifiers belong, as the port promises them of every store."""

import asyncio

from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.resolve import Placed
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import NOON, add_links, journey_of, link, place, put, seen
from tests.stores import all_of, dump_of

# In the order of their characters; by UTF-16 units the last but one would come last.
IN_ORDER = ["cookie:", "cookie:A", "cookie:Z", "cookie:a", "cookie:é", "cookie:\ufffd", "cookie:\U0001f642", "crm:1"]


async def test_an_identifier_is_read_as_it_was_written(store: Store) -> None:
    rows = {
        "crm:1": seen("crm:1", first=1, last=9, count=3),
        "email:a:b@shop.org": seen("email:a:b@shop.org"),
        "cookie:🙂 é\n'\"": seen("cookie:🙂 é\n'\""),
        "cookie:null": seen("cookie:null", set_aside="blocked"),
        "cookie:kiosk": seen("cookie:kiosk", set_aside="shared"),
        "cookie:old": Seen("cookie:old", 0, 1, 2**31, None, None, None),
    }
    await put(store, *rows.values())
    assert await store.read(lambda tx: tx.identifiers(list(rows))) == rows
    assert await store.read(lambda tx: tx.identifiers({"crm:1"})) == {"crm:1": rows["crm:1"]}


async def test_what_is_not_known_is_left_out(store: Store) -> None:
    await put(store, "crm:1")
    assert await store.read(lambda tx: tx.identifiers([])) == {}
    assert await store.read(lambda tx: tx.identifiers(["crm:2", "crm:1"])) == {"crm:1": seen("crm:1")}
    assert await store.read(lambda tx: tx.members_of(["crm:2"])) == []
    assert await store.read(lambda tx: tx.links_among(["crm:1", "crm:2"])) == []
    assert await store.read(lambda tx: tx.traits_of(["crm:2"])) == []
    assert await store.read(lambda tx: tx.refusals_of(["crm:2"])) == []
    assert await store.read(lambda tx: journey_of(tx, ["crm:2"], 9)) == []
    assert await store.read(lambda tx: tx.events_naming_both(("crm:1", "crm:2"), 9)) == []
    assert await store.read(lambda tx: all_of(tx.events_naming(["crm:2"]))) == []


async def test_writing_an_identifier_again_changes_it_but_not_where_it_belongs(store: Store) -> None:
    await put(store, "crm:1", "cookie:k")
    await place(store, {"crm:1": "crm:1", "cookie:k": "crm:1"})
    await put(store, seen("cookie:k", first=-5, last=7, count=4))
    known = await store.read(lambda tx: tx.identifiers(["cookie:k"]))
    assert known["cookie:k"] == seen("cookie:k", first=-5, last=7, count=4)._replace(cluster="crm:1", profile="crm:1")


async def test_placing_an_identifier_changes_where_it_belongs_and_nothing_else(store: Store) -> None:
    rows = [seen("crm:1"), seen("crm:2"), seen("cookie:k", first=3, last=4, count=5)]
    rows_by_key = {row.key: row for row in rows}
    await put(store, *rows)

    async def belongs(*placed: Placed) -> dict[Key, Seen]:
        async def work(tx: Writing) -> None:
            await tx.lock(rows_by_key)
            await tx.place_identifiers(placed)

        await store.write(work)
        return await store.read(lambda tx: tx.identifiers(rows_by_key))

    one = await belongs(*(Placed(row.key, None, "crm:1", "crm:1") for row in rows))
    assert one == {row.key: row._replace(cluster="crm:1", profile="crm:1") for row in rows}
    two = await belongs(Placed("crm:2", None, "crm:1", "crm:2"), Placed("cookie:k", None, "crm:1", "crm:2"))
    assert two == one | {row.key: row._replace(cluster="crm:1", profile="crm:2") for row in rows[1:]}
    apart = await belongs(Placed("crm:2", None, "crm:2", "crm:2"), Placed("cookie:k", "shared", None, None))
    assert apart == one | {
        "crm:2": rows[1]._replace(cluster="crm:2", profile="crm:2"),
        "cookie:k": rows[2]._replace(set_aside="shared"),
    }
    back = await belongs(Placed("crm:2", None, "crm:1", "crm:1"), Placed("cookie:k", None, "crm:1", "crm:1"))
    assert back == one


async def test_the_members_of_clusters_are_all_their_identifiers_of_every_profile(store: Store) -> None:
    await put(store, "crm:1", "crm:2", "cookie:a", "cookie:b", "crm:3")

    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2", "cookie:a", "crm:3"])
        await tx.place_identifiers([
            Placed("crm:1", None, "crm:1", "crm:1"),
            Placed("crm:2", None, "crm:1", "crm:2"),
            Placed("cookie:a", None, "crm:1", "crm:2"),
            Placed("crm:3", None, "crm:3", "crm:3"),
        ])  # fmt: skip

    await store.write(work)

    async def members(*clusters: Key) -> list[tuple[Key, Key | None]]:
        return sorted((one.key, one.profile) for one in await store.read(lambda tx: tx.members_of(clusters)))

    assert await members("crm:1") == [("cookie:a", "crm:2"), ("crm:1", "crm:1"), ("crm:2", "crm:2")]
    assert await members("crm:3") == [("crm:3", "crm:3")]
    assert len(await members("crm:1", "crm:3")) == 4
    assert await members("cookie:b") == []


async def test_every_identifiers_own_profile_id_leads_to_it_whether_it_is_an_anchor_or_not(store: Store) -> None:
    await put(store, "crm:1", "cookie:k", seen("cookie:null", set_aside="blocked"))
    await place(store, {"crm:1": "crm:1", "cookie:k": "crm:1"})
    for key in ("crm:1", "cookie:k", "cookie:null"):
        assert await store.read(lambda tx, key=key: tx.key_of(store.ids.of(key))) == key
    for other in (store.ids.of("crm:2"), "pro_", "pro_1", "pro_ä", "pro_" + "a" * 24, "x", ""):
        assert await store.read(lambda tx, other=other: tx.key_of(other)) is None


async def test_identifiers_are_scanned_by_key(store: Store) -> None:
    await put(store, *sorted(IN_ORDER, key=hash))
    assert [one.key for one in await store.read(lambda tx: all_of(tx.scan_identifiers()))] == IN_ORDER


async def test_a_scan_of_identifiers_is_complete_and_ordered_across_its_pages(store: Store) -> None:
    keys = [f"cookie:{number}" for number in range(4_500)]
    await put(store, *keys)
    await place(store, {key: keys[number // 10 * 10] for number, key in enumerate(keys)})
    found = await store.read(lambda tx: all_of(tx.scan_identifiers()))
    assert [one.key for one in found] == sorted(keys)
    assert all(one.profile == keys[int(one.key[7:]) // 10 * 10] for one in found)


async def test_locking_gives_what_is_known_and_creates_nothing(store: Store) -> None:
    await put(store, "crm:1", "cookie:k")
    await place(store, {"crm:1": "crm:1", "cookie:k": "crm:1"})
    before = await dump_of(store)

    async def work(tx: Writing) -> dict[Key, Seen]:
        return await tx.lock(["crm:2", "cookie:k", "cookie:new"])

    assert await store.write(work) == {"cookie:k": seen("cookie:k")._replace(cluster="crm:1", profile="crm:1")}
    assert await dump_of(store) == before
    assert await store.read(lambda tx: tx.key_of(store.ids.of("crm:2"))) is None
    assert (await store.read(lambda tx: tx.sizes())).identifiers == 2


async def test_a_locked_unknown_identifier_comes_into_being_when_it_is_written_and_no_other_does(store: Store) -> None:
    async def work(tx: Writing) -> dict[Key, Seen]:
        await tx.lock(["crm:1", "crm:2"])
        assert await tx.identifiers(["crm:1", "crm:2"]) == {}
        await tx.put_identifiers([seen("crm:1")])
        return await tx.lock(["crm:1", "crm:2"])

    assert await store.write(work) == {"crm:1": seen("crm:1")}
    assert await store.read(lambda tx: tx.identifiers(["crm:1", "crm:2"])) == {"crm:1": seen("crm:1")}
    assert len(await store.read(lambda tx: all_of(tx.scan_identifiers()))) == 1


async def test_what_is_locked_no_other_writer_creates_or_changes(store: Store) -> None:
    """Each of several writers at once counts one more, and has all the time to be disturbed by the others."""

    async def count_one_more(tx: Writing) -> None:
        known = await tx.lock(["crm:1"])
        await asyncio.sleep(0.01)
        await tx.put_identifiers([seen("crm:1", count=known["crm:1"].count + 1 if known else 1)])

    await asyncio.gather(*(store.write(count_one_more) for _ in range(8)))
    assert await store.read(lambda tx: tx.identifiers(["crm:1"])) == {"crm:1": seen("crm:1", count=8)}


async def test_the_members_of_a_locked_cluster_stay_while_it_is_locked(store: Store) -> None:
    """Each of several writers holds another member, and adds one of its own."""
    members = [f"cookie:{number}" for number in range(6)]
    await put(store, "crm:1", *members)
    await place(store, dict.fromkeys(["crm:1", *members], "crm:1"))

    async def join(tx: Writing, member: Key) -> None:
        new = f"{member} again"
        await tx.lock([new, member])
        before = sorted(await tx.members_of(["crm:1"]))
        await asyncio.sleep(0.01)
        assert sorted(await tx.members_of(["crm:1"])) == before
        await tx.put_identifiers([seen(new)])
        await tx.place_identifiers([Placed(new, None, "crm:1", "crm:1")])

    await asyncio.gather(*(store.write(lambda tx, key=key: join(tx, key)) for key in members))
    assert len(await store.read(lambda tx: tx.members_of(["crm:1"]))) == 13


async def test_writers_that_lock_more_in_opposite_orders_both_succeed(store: Store) -> None:
    """The deadlock that this brings makes the store run one of them again."""
    await put(store, seen("crm:1", count=0), seen("crm:2", count=0))

    async def count_both(tx: Writing, first: Key, second: Key) -> None:
        for key in (first, second):
            known = await tx.lock([key])
            await tx.put_identifiers([known[key]._replace(count=known[key].count + 1)])
            await asyncio.sleep(0.05)

    await asyncio.gather(
        store.write(lambda tx: count_both(tx, "crm:1", "crm:2")),
        store.write(lambda tx: count_both(tx, "crm:2", "crm:1")),
    )
    known = await store.read(lambda tx: tx.identifiers(["crm:1", "crm:2"]))
    assert [known[key].count for key in ("crm:1", "crm:2")] == [2, 2]


async def test_how_many_not_blocked_identifiers_were_named_with_one_is_told_by_namespace(store: Store) -> None:
    await put(store, "cookie:k", seen("crm:3", set_aside="blocked"), seen("email:s", set_aside="shared"), "cookie:z")
    pairs = [("crm:1", "cookie:k"), ("cookie:k", "crm:2"), ("crm:3", "cookie:k"), ("email:s", "cookie:k")]
    await add_links(store, [link(*pair, 2) for pair in [*pairs, ("crm:1", "email:s")]])
    counted = await store.read(lambda tx: tx.linked_by_namespace(["cookie:k", "crm:1", "cookie:z"]))
    assert counted == {"cookie:k": {"crm": 2, "email": 1}, "crm:1": {"cookie": 1, "email": 1}}
    above = await store.read(lambda tx: tx.linked_by_namespace(["cookie:k", "crm:1", "cookie:z"], 2))
    assert above == {"cookie:k": {"crm": 2, "email": 1}}


async def test_times_are_kept_to_the_millisecond(store: Store) -> None:
    await put(store, Seen("crm:1", NOON + 1, NOON + 999, 2, None, None, None))
    (known,) = (await store.read(lambda tx: tx.identifiers(["crm:1"]))).values()
    assert (known.first_seen, known.last_seen) == (NOON + 1, NOON + 999)
