"""Traits, as the port promises them of every store."""

from itertools import permutations

from graph_cdp.resolve import Held
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import held, put
from tests.oracle import canonical
from tests.stores import all_of

VALUES = (
    None,
    True,
    False,
    0,
    -1,
    2**53 + 1,
    1.5,
    1e300,
    "",
    "übergröße 🙂",
    "null",
    [],
    [1, [None, {}]],
    {"a": {"b": []}},
)


async def write(store: Store, *traits: Held) -> None:
    async def work(tx: Writing) -> None:
        await tx.lock({one.key for one in traits})
        await tx.write_traits(traits)

    await store.write(work)


async def traits(store: Store, *keys: str) -> list[Held]:
    found = await store.read(lambda tx: tx.traits_of(keys))
    return sorted(found, key=lambda one: one[:2])


async def test_a_trait_is_read_as_it_was_written_whatever_json_it_holds(store: Store) -> None:
    await put(store, "crm:1")
    written = [held("crm:1", f"trait {place:02}", value) for place, value in enumerate(VALUES)]
    await write(store, *written)
    found = await traits(store, "crm:1")
    assert found == written
    assert [canonical(one.write.value) for one in found] == [canonical(value) for value in VALUES]


async def test_of_two_writes_of_a_trait_the_later_by_time_then_event_stands_in_any_order(store: Store) -> None:
    # By UTF-16 units the emoji would come before the last of the others.
    writes = [(5, "m1"), (9, "a"), (9, "m10"), (9, "m2"), (9, "\ufffd"), (9, "\U0001f642")]
    orders = [*permutations(writes[2:]), (writes[5], *writes[:5]), tuple(writes), tuple(writes[::-1])]
    keys = [f"crm:{number}" for number in range(len(orders))]
    await put(store, *keys)
    for place in range(len(writes)):
        step = [(key, order[place]) for key, order in zip(keys, orders, strict=True) if place < len(order)]
        await write(store, *(held(key, "plan", f"of {event}", at, event) for key, (at, event) in step))
    assert await traits(store, *keys) == sorted(held(key, "plan", "of \U0001f642", 9, "\U0001f642") for key in keys)


async def test_writing_a_trait_again_as_it_stands_changes_nothing(store: Store) -> None:
    await put(store, "crm:1")
    one = held("crm:1", "plan", "free", 3, "m1", "app")
    await write(store, one)
    await write(store, one)
    assert await traits(store, "crm:1") == [one]


async def test_a_null_stands_like_any_other_value(store: Store) -> None:
    await put(store, "crm:1")
    await write(store, held("crm:1", "plan", None, 9))
    await write(store, held("crm:1", "plan", "free", 8))
    assert await traits(store, "crm:1") == [held("crm:1", "plan", None, 9)]


async def test_each_trait_of_each_identifier_stands_by_itself(store: Store) -> None:
    await put(store, "crm:1", "crm:2")
    written = [held("crm:1", "plan", 1, 5), held("crm:1", "score", 2, 1), held("crm:2", "plan", 3, 2)]
    await write(store, *written)
    assert await traits(store, "crm:1") == written[:2]
    assert await traits(store, "crm:2", "crm:1") == written


async def test_dropping_the_traits_of_identifiers_forgets_these_and_no_others(store: Store) -> None:
    await put(store, "crm:1", "crm:2")
    await write(store, held("crm:1", "plan", 1, 9), held("crm:1", "score", 2, 9), held("crm:2", "plan", 3))

    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2"])
        await tx.drop_traits(["crm:1"])
        await tx.write_traits([held("crm:1", "plan", "earlier", 1)])

    await store.write(work)
    assert await traits(store, "crm:1", "crm:2") == [held("crm:1", "plan", "earlier", 1), held("crm:2", "plan", 3)]


async def test_a_scan_of_traits_is_complete_across_its_pages(store: Store) -> None:
    keys = [f"crm:{number}" for number in range(1_500)]
    written = [held(key, name, key) for key in keys for name in ("plan", "score", "tags")]
    await put(store, *keys)
    await write(store, *written)
    assert sorted(await store.read(lambda tx: all_of(tx.scan_traits()))) == sorted(written)
