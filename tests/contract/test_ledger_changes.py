"""The feed of changes, as the port promises it of every store."""

import asyncio
from typing import Any

import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.domain.change import Commit, IdentityChange
from graph_cdp.errors import CursorExpiredError
from graph_cdp.query.changes import commits_after, newest_seq
from graph_cdp.resolve import ProfileIds, digest_of
from graph_cdp.service.ingest import ingest, ingest_each
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import NOON
from tests.stores import ID_KEY, events_of, opened, rebuilt, rules_of, take_in
from tests.strategies import Arrival, Plain

POLICY: Plain = {
    "namespaces": [{"name": "crm", "limit": 1}, {"name": "email"}, {"name": "cookie", "shared_above": 2}],
    "traits": {},
}
RULES = rules_of(POLICY)
IDS = ProfileIds(ID_KEY)
EVERY_KIND = (
    IdentityChange("merged", ("pro_a", "pro_b"), ("pro_b",)),
    IdentityChange("split", ("pro_b",), ("pro_a", "pro_b")),
    IdentityChange("renamed", ("pro_a",), ("pro_c",)),
    IdentityChange("refused", (), ("pro_a", "pro_b"), "limit"),
)


def digest(number: int) -> bytes:
    return number.to_bytes(15, "big")


async def announce(store: Store, *numbers: int, changes: tuple[IdentityChange, ...] = ()) -> None:
    await store.write(lambda tx: tx.announce([digest(number) for number in numbers], changes))


async def feed(store: Store, after: int = 0, limit: int = 1_000) -> list[Commit]:
    return await store.read(lambda tx: commits_after(tx, after, limit))


async def newest(store: Store) -> int:
    return await store.read(newest_seq)


def numbers_of(commit: Commit) -> list[int]:
    return [int.from_bytes(digest_of(profile) or b"", "big") for profile in commit.touched]


def ids(*keys: str) -> tuple[str, ...]:
    return tuple(sorted(IDS.of(key) for key in keys))


def event(event_id: str, *identifiers: tuple[str, str], at: int = 0) -> Plain:
    return {"id": event_id, "at": NOON + at, "source": "web", "identifiers": list(identifiers), "traits": {}}


def decision(a: str, b: str, verdict: str, at: int) -> Plain:
    return {"a": a, "b": b, "verdict": verdict, "at": NOON + at, "by": "ann", "reason": "asked"}


async def commits_of(store: Store, *arrivals: Arrival) -> list[tuple[Any, ...]]:
    """What each arrival left in the feed: touched, and changes."""
    told = list[tuple[Any, ...]]()
    for arrival in arrivals:
        before = await newest(store)
        await take_in(store, [arrival], RULES)
        told += [(tuple(sorted(commit.touched)), commit.changes) for commit in await feed(store, before)]
    return told


async def test_a_store_in_which_nothing_happened_has_an_empty_feed(store: Store) -> None:
    assert (await feed(store), await newest(store)) == ([], 0)


async def test_commits_come_back_as_they_were_announced_numbered_from_one(store: Store) -> None:
    await announce(store, 3, 1, changes=EVERY_KIND)
    await announce(store, 2)
    await announce(store, changes=EVERY_KIND[:1])
    page = await feed(store)
    assert [(commit.seq, numbers_of(commit), commit.changes) for commit in page] == [
        (1, [1, 3], EVERY_KIND),
        (2, [2], ()),
        (3, [], EVERY_KIND[:1]),
    ]
    assert sorted(commit.at for commit in page) == [commit.at for commit in page]
    assert await newest(store) == 3


async def test_a_page_begins_behind_its_cursor_and_ends_at_its_limit(store: Store) -> None:
    for number in range(5):
        await announce(store, number)
    assert [commit.seq for commit in await feed(store, 2, 2)] == [3, 4]
    assert [commit.seq for commit in await feed(store, 4, 2)] == [5]
    assert await feed(store, 5, 2) == []


async def test_what_one_transaction_announces_in_parts_is_one_commit(store: Store) -> None:
    async def work(tx: Writing) -> None:
        await tx.announce([digest(2), digest(1)], EVERY_KIND[:1])
        await tx.announce([digest(1), digest(3)], EVERY_KIND[1:2])

    await store.write(work)
    assert [(numbers_of(commit), commit.changes) for commit in await feed(store)] == [([1, 2, 3], EVERY_KIND[:2])]


async def test_a_transaction_that_announces_nothing_or_fails_takes_no_number(store: Store) -> None:
    async def fail(tx: Writing) -> None:
        await tx.announce([digest(1)], ())
        raise LookupError

    await announce(store)
    with pytest.raises(LookupError):
        await store.write(fail)
    await announce(store, 2)
    assert [(commit.seq, numbers_of(commit)) for commit in await feed(store)] == [(1, [2])]


async def test_a_transaction_that_touches_very_many_profiles_is_several_commits_and_nothing_is_missing(
    store: Store,
) -> None:
    changes = [IdentityChange("renamed", (f"pro_{number}",), ("pro_x",)) for number in range(6_000)]
    await announce(store, *range(12_345), changes=tuple(changes))
    page = await feed(store)
    assert len(page) == 3
    assert [number for commit in page for number in numbers_of(commit)] == list(range(12_345))
    assert [change for commit in page for change in commit.changes] == changes
    await announce(store, 1)
    assert [commit.seq for commit in await feed(store)] == [1, 2, 3, 4]


async def test_the_newest_commits_are_kept_and_the_oldest_are_forgotten(store_url: StoreUrl) -> None:
    store = await open_store(store_url, IDS, changes_kept=250)
    for number in range(1, 1_001):
        await announce(store, number)
        if number % 50 == 0:
            kept = await feed(store, max(0, number - 250))
            assert [numbers_of(commit) for commit in kept] == [[one] for one in range(max(1, number - 249), number + 1)]
    assert await newest(store) == 1_000
    assert 250 <= len(await store.read(lambda tx: tx.commits_after(0, 1_000))) <= 350
    with pytest.raises(CursorExpiredError, match="begin at the newest"):
        await feed(store, 500)
    await store.close()


async def test_a_cursor_of_another_store_is_refused(store: Store) -> None:
    await announce(store, 1)
    with pytest.raises(CursorExpiredError, match="another store"):
        await feed(store, 2)


async def test_new_profiles_are_touched_and_nothing_became_of_them(store: Store) -> None:
    both = Arrival([event("m1", ("crm", "1"), ("email", "a")), event("m2", ("crm", "2"))], [])
    assert await commits_of(store, both) == [(ids("crm:1", "crm:2"), ())]


async def test_what_is_known_already_or_names_nobody_takes_no_number(store: Store) -> None:
    first = Arrival([event("m1", ("crm", "1"))], [decision("crm:1", "crm:7", "same", 1)])
    await take_in(store, [first], RULES)
    assert await commits_of(store, first, Arrival([event("m2", ("unlisted", "x"))], []), Arrival([], [])) == []


async def test_profiles_that_an_event_joins_are_merged_and_what_it_cannot_join_is_refused(store: Store) -> None:
    assert await commits_of(
        store,
        Arrival([event("m1", ("crm", "1"), ("email", "a")), event("m2", ("email", "b"))], []),
        Arrival([event("m3", ("email", "a"), ("email", "b"), at=1)], []),
        Arrival([event("m4", ("crm", "2"), ("email", "z"), at=2)], []),
        Arrival([event("m5", ("email", "a"), ("email", "z"), at=0)], []),
    ) == [
        (ids("crm:1", "email:b"), ()),
        (ids("crm:1", "email:b"), (IdentityChange("merged", ids("crm:1", "email:b"), ids("crm:1")),)),
        (ids("crm:2"), ()),
        (ids("crm:1", "crm:2"), (IdentityChange("refused", (), ids("crm:1", "crm:2"), "limit"),)),
    ]


async def test_an_anonymous_profile_is_renamed_when_the_person_becomes_known(store: Store) -> None:
    assert await commits_of(
        store, Arrival([event("m1", ("cookie", "k"))], []), Arrival([event("m2", ("cookie", "k"), ("crm", "1"))], [])
    ) == [
        (ids("cookie:k"), ()),
        (ids("cookie:k", "crm:1"), (IdentityChange("renamed", ids("cookie:k"), ids("crm:1")),)),
    ]


async def test_a_decision_merges_and_withdrawing_it_splits(store: Store) -> None:
    together = ids("crm:1", "crm:2")
    await take_in(store, [Arrival([event("m1", ("crm", "1")), event("m2", ("crm", "2"), at=1)], [])], RULES)
    assert await commits_of(
        store,
        Arrival([], [decision("crm:1", "crm:2", "same", 5)]),
        Arrival([], [decision("crm:1", "crm:2", "unsure", 6)]),
    ) == [
        (together, (IdentityChange("merged", together, ids("crm:1")),)),
        (together, (IdentityChange("split", ids("crm:1"), together),)),
    ]


async def test_who_gets_the_events_of_an_identifier_that_became_shared_is_touched_too(store: Store) -> None:
    """The e-mail gets what the cookie owned, though the event that makes the cookie shared does not name it."""
    policy = {"namespaces": [{"name": "crm"}, {"name": "cookie", "shared_above": 2}, {"name": "email"}], "traits": {}}
    rules = rules_of(policy)
    await take_in(store, [Arrival([event("m1", ("cookie", "k"), ("email", "a"))], [])], rules)
    for number in (1, 2):
        await take_in(store, [Arrival([event(f"c{number}", ("crm", str(number)), ("cookie", "k"))], [])], rules)
    (announced,) = await take_in(store, [Arrival([event("c3", ("crm", "3"), ("cookie", "k"))], [])], rules)
    assert set(announced.touched) == set(ids("crm:1", "crm:2", "crm:3", "email:a"))
    assert announced.changes == (IdentityChange("split", ids("crm:1"), ids("crm:1", "crm:2", "email:a")),)


async def test_a_rebuild_touches_every_profile_and_tells_what_another_policy_changes(store: Store) -> None:
    events = [event("m1", ("crm", "1"), ("email", "a")), event("m2", ("crm", "2"), ("email", "a"), at=1)]
    await take_in(store, [Arrival([*events, event("m3", ("crm", "3"))], [])], RULES)
    before = await newest(store)
    wide = rules_of({"namespaces": [{"name": "crm"}, {"name": "email"}, {"name": "cookie"}], "traits": {}})
    await rebuilt(store, wide)
    (commit,) = await feed(store, before)
    assert tuple(sorted(commit.touched)) == ids("crm:1", "crm:2", "crm:3")
    assert commit.changes == (IdentityChange("merged", ids("crm:1", "crm:2"), ids("crm:1")),)


async def test_batches_that_are_taken_in_together_are_one_commit_and_each_is_told_its_own_part(store: Store) -> None:
    await take_in(store, [Arrival([event("m0", ("cookie", "k"))], [])], RULES)
    batches = [
        events_of([event("m1", ("cookie", "k"), ("crm", "1"))], RULES),
        events_of([event("m2", ("crm", "2"))], RULES),
        events_of([event("m2", ("crm", "2"))], RULES),
    ]
    told = await store.write(lambda tx: ingest_each(tx, batches, RULES))
    renamed = IdentityChange("renamed", ids("cookie:k"), ids("crm:1"))
    assert [(tuple(sorted(one.touched)), one.changes) for one in told] == [
        (ids("cookie:k", "crm:1"), (renamed,)),
        (ids("crm:2"), ()),
        ((), ()),
    ]
    (commit,) = await feed(store, 1)
    assert tuple(sorted(commit.touched)) == ids("cookie:k", "crm:1", "crm:2")
    assert commit.changes == (renamed,)


async def test_a_commit_is_seen_with_what_it_tells_of_and_not_before(lasting_url: StoreUrl) -> None:
    writer, reader = await opened(lasting_url), await opened(lasting_url)

    async def work(tx: Writing) -> int:
        await ingest(tx, events_of([event("m1", ("crm", "1"))], RULES), RULES)
        return await newest(reader)

    assert await writer.write(work) == 0
    assert await newest(reader) == 1
    await writer.close()
    await reader.close()


async def test_tasks_that_write_at_once_get_numbers_without_gaps(store: Store) -> None:
    await asyncio.gather(*(announce(store, number) for number in range(40)))
    page = await feed(store)
    assert [commit.seq for commit in page] == list(range(1, 41))
    assert sorted(numbers_of(commit)[0] for commit in page) == list(range(40))
