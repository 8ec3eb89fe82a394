"""Decisions, as the port promises them of every store."""

from graph_cdp.domain.decision import Decision
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import decision


async def append(store: Store, *decisions: Decision) -> None:
    async def work(tx: Writing) -> None:
        await tx.lock({key for one in decisions for key in one.pair})
        await tx.append_decisions(decisions)

    await store.write(work)


async def test_a_decision_is_recorded_once_however_often_it_is_appended(store: Store) -> None:
    one = Decision.of("crm:2", "cookie:🙂", "different", 5, "ann 'the' reviewer", 'asked; "both" said no\n')
    await append(store, one, one)
    await append(store, one)
    assert await store.read(lambda tx: tx.decisions()) == [one]


async def test_superseded_decisions_are_kept(store: Store) -> None:
    history = [decision("crm:1", "crm:2", verdict, at) for at, verdict in enumerate(["same", "different", "unsure"])]
    for one in history:
        await append(store, one)
    assert await store.read(lambda tx: tx.decisions()) == history
    assert sorted(await store.read(lambda tx: tx.decisions_on(["crm:1"]))) == sorted(history)


async def test_decisions_come_by_time_then_id(store: Store) -> None:
    many = [decision(f"crm:{number}", "cookie:k", at=number % 3) for number in range(60)]
    await append(store, *many)
    assert await store.read(lambda tx: tx.decisions()) == sorted(many, key=lambda one: (one.at, one.id))


async def test_decisions_are_found_by_their_ids_and_others_left_out(store: Store) -> None:
    one, two, three = (decision("crm:1", "crm:2", "same", at) for at in range(3))
    await append(store, one, two, three)
    found = await store.read(lambda tx: tx.decisions_by_id([one.id, three.id, "no decision"]))
    assert sorted(found) == [one, three]
    assert await store.read(lambda tx: tx.decisions_by_id([])) == []


async def test_decisions_on_identifiers_have_at_least_one_end_among_them_and_come_once(store: Store) -> None:
    one, two = decision("crm:1", "crm:2"), decision("crm:2", "cookie:k", "different")
    far = decision("crm:8", "crm:9")
    await append(store, one, two, far)

    async def on(*keys: str) -> set[Decision]:
        found = await store.read(lambda tx: tx.decisions_on(keys))
        assert len(found) == len(set(found))
        return set(found)

    assert await on("crm:1") == {one}
    assert await on("crm:2") == {one, two}
    assert await on("crm:1", "crm:2", "cookie:k") == {one, two}
    assert await on("crm:9", "cookie:k") == {two, far}
    assert await on("crm:3") == set()
    assert await on() == set()


async def test_a_store_tells_whether_anything_was_ever_decided(store: Store) -> None:
    assert not await store.read(lambda tx: tx.has_decisions())
    await append(store, decision("crm:1", "crm:2", "unsure"))
    assert await store.read(lambda tx: tx.has_decisions())


async def test_a_pair_may_be_judged_before_any_event_names_it(store: Store) -> None:
    await append(store, decision("crm:1", "crm:2"))
    assert await store.read(lambda tx: tx.identifiers(["crm:1", "crm:2"])) == {}
    assert len(await store.read(lambda tx: tx.decisions_on(["crm:1"]))) == 1
