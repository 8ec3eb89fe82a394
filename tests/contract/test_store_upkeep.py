"""Notes, sizes, the schema, and what guards a store's policy and id key, on every store."""

import asyncio
import sys
from collections.abc import Mapping

import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.errors import StorePolicyError, StoreVersionError
from graph_cdp.policies import default_policy, parse_policy
from graph_cdp.service.settle import adopt, settle
from graph_cdp.store.port import Sizes, Store, Writing
from graph_cdp.store.statements import migrations
from tests.contract.rows import decision, event, held, journey_of, link, put_events, seen
from tests.contract.test_store_transactions import write_some_of_everything
from tests.stores import ID_KEY, NOW, dump_of, opened, url_text

POLICY = parse_policy('[[namespace]]\nname = "crm"\nlimit = 1\n[[namespace]]\nname = "cookie"\n', "policy.toml")
SAME_MEANING = parse_policy(
    '# as before\n[[namespace]]\nlimit = 1\nname = "crm"\n[[namespace]]\nname = "cookie"\n', "p"
)
OTHER = parse_policy('[[namespace]]\nname = "crm"\n[[namespace]]\nname = "cookie"\n', "other.toml")
NEWEST = str(migrations("sql")[-1][0])


async def notes(store: Store) -> dict[str, str]:
    return await store.read(lambda tx: tx.notes())


async def note(store: Store, texts: Mapping[str, str]) -> None:
    await store.write(lambda tx: tx.put_notes(texts))


async def test_a_note_is_read_as_it_was_written_and_over_an_earlier_one_of_its_name(store: Store) -> None:
    before = await notes(store)
    await note(store, {"load:1": "ünï 🙂 '\"\n" * 1_000, "load:2": ""})
    await note(store, {"load:2": "new"})
    assert await notes(store) == before | {"load:1": "ünï 🙂 '\"\n" * 1_000, "load:2": "new"}


async def test_sizes_count_what_is_stored(store: Store) -> None:
    assert await store.read(lambda tx: tx.sizes()) == Sizes(0, 0, 0, 0, 0, 0, 0)
    await store.write(write_some_of_everything)
    sizes = await store.read(lambda tx: tx.sizes())
    assert sizes == Sizes(events=2, identifiers=3, links=2, profiles=2, clusters=1, decisions=1, refusals=1)
    await put_events(store, [event("m8", "crm:8"), event("m9")])
    assert await store.read(lambda tx: tx.sizes()) == sizes._replace(events=4, identifiers=4)


async def test_clearing_forgets_what_is_computed_and_keeps_events_decisions_and_notes(store: Store) -> None:
    await store.write(write_some_of_everything)
    before, noted = await dump_of(store), await notes(store)
    await store.write(lambda tx: tx.clear_computed())
    assert await dump_of(store) == {name: before[name] if name in {"events", "decisions"} else [] for name in before}
    assert await notes(store) == noted
    assert await store.read(lambda tx: journey_of(tx, ["crm:1"], 9)) == []
    assert await store.read(lambda tx: tx.key_of(store.ids.of("crm:1"))) is None


async def test_what_was_cleared_can_be_written_again_in_the_same_transaction(store: Store) -> None:
    await store.write(write_some_of_everything)
    events = [event("m1", "crm:1", "cookie:k"), event("m2", "crm:2", "cookie:k", at=1)]

    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "cookie:k"])
        await tx.clear_computed()
        assert await tx.lock(["crm:1", "cookie:k"]) == {}
        await tx.put_identifiers([seen("crm:1"), seen("cookie:k")])
        await tx.add_links([link("crm:1", "cookie:k")])
        await tx.name_events(events[:1], {"m1": "crm:1"})
        await tx.write_traits([held("crm:1", "plan", "earlier than before", -9)])

    await store.write(work)
    dump = await dump_of(store)
    assert dump["identifiers"] == [seen("cookie:k"), seen("crm:1")]
    assert dump["links"] == [link("crm:1", "cookie:k")]
    assert [(one.event, one.key, one.owns) for one in dump["names"]] == [
        ("m1", "cookie:k", False),
        ("m1", "crm:1", True),
    ]
    assert dump["traits"] == [held("crm:1", "plan", "earlier than before", -9)]
    assert (len(dump["events"]), dump["decisions"]) == (2, [decision("crm:1", "crm:2", "different")])


async def test_opening_a_store_again_leaves_it_as_it_is(lasting_url: StoreUrl) -> None:
    first = await opened(lasting_url)
    await first.write(write_some_of_everything)
    before, noted = await dump_of(first), await notes(first)
    second = await opened(lasting_url)
    assert (await dump_of(second), await notes(second)) == (before, noted)
    await first.close()
    await second.close()


OPEN_AND_NOTE = """
import asyncio, sys
from graph_cdp.config import StoreUrl
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.open import open_store

async def work():
    print("ready", flush=True)
    sys.stdin.readline()
    store = await open_store(StoreUrl.parse(sys.argv[1]), ProfileIds(sys.argv[2]))
    await store.write(lambda tx: tx.put_notes({sys.argv[3]: "was here"}))
    await store.close()

asyncio.run(work())
"""


async def test_processes_that_open_a_new_store_at_once_all_get_it_migrated_once(lasting_url: StoreUrl) -> None:
    names = [f"process {number}" for number in range(4)]
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", OPEN_AND_NOTE, url_text(lasting_url), ID_KEY, name,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for name in names
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    for process in processes:
        await process.communicate(b"go\n")
    assert [process.returncode for process in processes] == [0] * len(processes)
    store = await opened(lasting_url)
    assert await notes(store) == {**dict.fromkeys(names, "was here"), "schema_version": NEWEST}
    await store.close()


async def test_many_that_open_a_new_store_at_once_all_find_it_ready(lasting_url: StoreUrl) -> None:
    stores = await asyncio.gather(*(opened(lasting_url) for _ in range(8)))
    for number, store in enumerate(stores):
        await note(store, {f"opened {number}": ""})
    assert {store_notes["schema_version"] for store_notes in [await notes(store) for store in stores]} == {NEWEST}
    for store in stores:
        await store.close()


async def test_a_store_that_is_newer_than_the_program_is_refused_and_left_alone(lasting_url: StoreUrl) -> None:
    store = await opened(lasting_url)
    await store.write(write_some_of_everything)
    await note(store, {"schema_version": "9999"})
    with pytest.raises(StoreVersionError, match="9999"):
        await opened(lasting_url)
    assert (await notes(store))["schema_version"] == "9999"
    assert (await store.read(lambda tx: tx.sizes())).events == 2
    await store.close()


async def test_a_new_store_keeps_the_policy_that_it_was_given_first(store: Store) -> None:
    assert await settle(store, POLICY, NOW) == POLICY
    assert await settle(store, None, NOW + 1) == POLICY
    assert await settle(store, SAME_MEANING, NOW + 2) == SAME_MEANING
    kept = await notes(store)
    with pytest.raises(StorePolicyError, match="rebuild"):
        await settle(store, OTHER, NOW + 3)
    assert await notes(store) == kept


async def test_a_new_store_that_is_given_no_policy_keeps_the_retail_one(store: Store) -> None:
    assert await settle(store, None, NOW) == default_policy()
    with pytest.raises(StorePolicyError):
        await settle(store, POLICY, NOW)


async def test_an_adopted_policy_is_in_force_and_the_earlier_ones_are_kept(store: Store) -> None:
    await settle(store, POLICY, NOW)
    await store.write(lambda tx: adopt(tx, OTHER, store.ids, NOW + 1))
    assert await settle(store, None, NOW + 2) == OTHER
    with pytest.raises(StorePolicyError):
        await settle(store, POLICY, NOW + 2)
    assert [policy.text in (await notes(store))["policies"].replace("\\n", "\n").replace('\\"', '"')
            for policy in (POLICY, OTHER)] == [True, True]  # fmt: skip


async def test_two_that_settle_a_new_store_at_once_agree_on_one_policy(store: Store) -> None:
    outcomes = await asyncio.gather(
        settle(store, POLICY, NOW), settle(store, OTHER, NOW), settle(store, POLICY, NOW), return_exceptions=True
    )
    in_force = await settle(store, None, NOW)
    assert in_force in (POLICY, OTHER)
    for given, outcome in zip((POLICY, OTHER, POLICY), outcomes, strict=True):
        assert outcome == given if given == in_force else isinstance(outcome, StorePolicyError)


async def test_another_id_key_than_the_one_it_was_begun_with_is_refused(lasting_url: StoreUrl) -> None:
    store = await opened(lasting_url)
    await settle(store, POLICY, NOW)
    other = await opened(lasting_url, "another id key of the tests")
    for given in (POLICY, None):
        with pytest.raises(StorePolicyError, match="GRAPH_CDP_ID_KEY") as error:
            await settle(other, given, NOW)
        assert "id key of the tests" not in str(error.value)
    with pytest.raises(StorePolicyError, match="GRAPH_CDP_ID_KEY"):
        await other.write(lambda tx: adopt(tx, OTHER, other.ids, NOW))
    assert await settle(store, POLICY, NOW) == POLICY
    await store.close()
    await other.close()
