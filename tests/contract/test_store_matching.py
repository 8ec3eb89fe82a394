"""What is kept for matching, as the port promises it of every store."""

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.link import Refusal
from graph_cdp.domain.matching import Candidate, MatchRecord
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import add_links, link, put, seen
from tests.stores import all_of, matched_link

ANN = MatchRecord("crm:1", '{"name":"Ann"}', ("0:aa", "1:bb"))
ANNA = MatchRecord("crm:2", '{"name":"Anna"}', ("0:aa",))
BOB = MatchRecord("crm:3", '{"name":"Bób \\"B\\""}', ())
RECORDS = [ANN, ANNA, BOB]


async def write(store: Store, *records: MatchRecord) -> None:
    async def work(tx: Writing) -> None:
        await tx.lock([record.key for record in records])
        await tx.lock_blocking({key for record in records for key in record.blocking})
        await tx.put_records(records)

    await put(store, *(record.key for record in records))
    await store.write(work)


async def scanned(store: Store) -> list[MatchRecord]:
    return await store.read(lambda tx: all_of(tx.scan_records()))


async def test_a_record_is_read_as_it_was_written_and_takes_the_place_of_the_earlier_one(store: Store) -> None:
    await write(store, *RECORDS)
    assert await scanned(store) == RECORDS
    assert await store.read(lambda tx: tx.records(["crm:1", "crm:9"])) == {"crm:1": ANN}
    other = ANN._replace(fields='{"name":"Anne"}', blocking=("1:bb", "2:cc"))
    await write(store, other)
    assert await scanned(store) == [other, ANNA, BOB]
    under = await store.write(lambda tx: tx.lock_under(["0:aa", "1:bb", "2:cc", "9:zz"], 10, 11))
    assert under.crowds == {"0:aa": 1, "1:bb": 1, "2:cc": 1, "9:zz": 0}


async def test_keys_find_records_but_for_those_that_find_too_many(store: Store) -> None:
    await write(store, *RECORDS)
    assert await store.read(lambda tx: tx.records_under(["0:aa", "1:bb", "9:zz"], 2)) == {"crm:1": ANN, "crm:2": ANNA}
    found = await store.read(lambda tx: tx.records_under(["0:aa", "1:bb"], 1))
    assert found == {"crm:1": ANN._replace(blocking=("1:bb",))}
    assert await store.read(lambda tx: tx.records_under([], 9)) == {}


async def test_who_locks_keys_is_told_what_they_find(store: Store) -> None:
    await write(store, *RECORDS)
    under = await store.write(lambda tx: tx.lock_under(["0:aa", "1:bb", "9:zz"], 1, 2))
    assert under == ({"0:aa": 2, "1:bb": 1, "9:zz": 0}, {"crm:1": ANN._replace(blocking=("1:bb",))})
    assert (await store.write(lambda tx: tx.lock_under(["0:aa"], 2, 1))) == (
        {"0:aa": 1}, {"crm:1": ANN._replace(blocking=("0:aa",)), "crm:2": ANNA}
    )  # fmt: skip
    assert await store.write(lambda tx: tx.lock_under([], 9, 9)) == ({}, {})
    assert await scanned(store) == RECORDS


async def test_of_the_keys_of_records_those_are_told_that_several_have_and_that_find_no_more_than_wanted(
    store: Store,
) -> None:
    await write(store, *RECORDS)
    keyless = {record.key: record._replace(blocking=()) for record in RECORDS}
    asked = [*keyless, "crm:9"]
    assert await store.read(lambda tx: tx.usable_records(asked, 1)) == keyless
    shared = {key: keyless[key]._replace(blocking=("0:aa",)) for key in ("crm:1", "crm:2")}
    assert await store.read(lambda tx: tx.usable_records(asked, 2)) == keyless | shared
    assert await store.read(lambda tx: tx.usable_records(["crm:2"], 2)) == {"crm:2": keyless["crm:2"]}


async def test_all_that_ties_an_identifier_to_others_is_read_at_once(store: Store) -> None:
    pair = Candidate("crm:1", "crm:2", 0.875, 2.8073549220576042, "join")
    beyond = Candidate("crm:2", "crm:3", 0.25, -1.5849625007211563, "review")
    told = Decision.of("crm:1", "crm:3", "different", 5, "ann", "two shops")
    joined, other = matched_link("crm:1", "crm:2", 0.875), matched_link("crm:2", "crm:3", 0.25)

    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2", "crm:3"])
        await tx.put_candidates([pair, beyond])
        await tx.append_decisions([told])
        await tx.put_matched([joined, other])

    await write(store, *RECORDS)
    await add_links(store, [link("crm:1", "cookie:k", 1, 0, 9)])
    assert await store.read(lambda tx: tx.near(["crm:1"])) == ([], [], [])
    await store.write(work)
    assert await store.read(lambda tx: tx.near(["crm:1"])) == ([pair], [told], [joined])
    assert await store.read(lambda tx: tx.near(["crm:3"])) == ([beyond], [told], [])
    near = await store.read(lambda tx: tx.near(["crm:1", "crm:2", "crm:3", "crm:9"]))
    assert (sorted(near.candidates), near.decisions, sorted(near.matched)) == ([pair, beyond], [told], [joined, other])


async def test_a_record_that_is_dropped_is_found_no_more(store: Store) -> None:
    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:3"])
        await tx.lock_blocking(["0:aa", "1:bb"])
        await tx.drop_records(["crm:1", "crm:3"])

    await write(store, *RECORDS)
    await store.write(work)
    await store.write(work)
    assert await scanned(store) == [ANNA]
    assert await store.read(lambda tx: tx.records_under(["0:aa", "1:bb"], 9)) == {"crm:2": ANNA}


async def test_pairs_are_read_as_they_were_written_from_either_end_and_dropped_alone(store: Store) -> None:
    one = Candidate("crm:1", "crm:2", 0.875, 2.8073549220576042, "join")
    other = Candidate("crm:2", "crm:3", 0.25, -1.5849625007211563, "review")

    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2", "crm:3"])
        await tx.put_candidates([one._replace(score=0.5), other])
        await tx.put_candidates([one])

    async def drop(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2", "crm:3"])
        await tx.drop_candidates([one.pair, ("crm:1", "crm:3")])

    await write(store, *RECORDS)
    await store.write(work)
    assert await store.read(lambda tx: all_of(tx.scan_candidates())) == [one, other]
    assert await store.read(lambda tx: tx.candidates_of(["crm:1"])) == [one]
    assert sorted(await store.read(lambda tx: tx.candidates_of(["crm:3", "crm:2", "crm:9"]))) == [one, other]
    await store.write(drop)
    assert await store.read(lambda tx: all_of(tx.scan_candidates())) == [other]
    await store.write(lambda tx: tx.clear_matching())
    assert (await scanned(store), await store.read(lambda tx: all_of(tx.scan_candidates()))) == ([], [])


async def test_a_scan_of_records_is_complete_and_ordered_across_its_pages(store: Store) -> None:
    many = [MatchRecord(f"crm:{number}", "{}", (f"0:{number % 7}",)) for number in range(2_100)]
    await write(store, *many)
    assert await scanned(store) == sorted(many)


async def test_of_those_named_with_an_identifier_the_newest_counts_of_each_namespace_asked_for(store: Store) -> None:
    await put(store, seen("email:noreply", set_aside="blocked"))
    await add_links(
        store,
        [
            link("crm:1", "email:old", 9, 0, 1),
            link("crm:1", "email:b", 1, 0, 5),
            link("crm:1", "email:c", 2, 0, 5),
            link("crm:1", "email:a", 2, 0, 5),
            link("crm:1", "email:noreply", 2, 0, 9),
            link("crm:1", "phone:1", 1, 0, 0),
            link("crm:1", "cookie:k", 1, 0, 9),
            link("crm:1", "crm:2", 1, 0, 9),
            link("cookie:k", "email:z", 1, 0, 9),
        ],
    )
    found = await store.read(lambda tx: tx.named_with(["crm:1", "cookie:k", "crm:9"], ["email", "phone", "crm"]))
    assert {key: sorted(others) for key, others in found.items()} == {
        "crm:1": ["email:a", "phone:1"], "cookie:k": ["crm:1", "email:z"]
    }  # fmt: skip


async def test_a_rebuild_forgets_all_of_it(store: Store) -> None:
    await write(store, *RECORDS)
    await store.write(lambda tx: tx.clear_computed())
    assert await scanned(store) == []
    assert await store.read(lambda tx: tx.refusals_of(["crm:1"])) == list[Refusal]()
