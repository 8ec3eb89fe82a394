"""The laws of the feed of changes: who follows it knows every profile as it is, and what became of each."""

from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.domain.change import IdentityChange
from graph_cdp.query.changes import commits_after, newest_seq
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.announce import Announced
from graph_cdp.store.port import Store
from tests.property.test_oracle_agreement import empty_store
from tests.stores import dump_of, rebuilt, rules_of, take_in
from tests.strategies import LAW, Arrival, History, arrivals, histories

Dump = dict[str, list[Any]]
Faces = dict[str, set[tuple[Any, ...]]]


def faces(dump: Dump, ids: ProfileIds) -> Faces:
    """Everything that each profile shows, by its id."""
    profile_by_key = {seen.key: ids.of(seen.profile) for seen in dump["identifiers"] if seen.profile}
    shown = defaultdict[str, set[tuple[Any, ...]]](set)

    def show(key: str | None, *fact: Any) -> None:
        if key in profile_by_key:
            shown[profile_by_key[key]].add(fact)

    for seen in dump["identifiers"]:
        show(seen.key, "identifier", *seen[:4])
    for event in dump["events"]:
        show(event.owner, "event", *event)
    for held in dump["traits"]:
        show(held.key, "trait", repr(held))
    for what in ("links", "refusals"):
        for one in dump[what]:
            for key in one.pair:
                show(key, what, *one)
    return dict(shown)


def expected_changes(before: Dump, after: Dump, ids: ProfileIds) -> set[IdentityChange]:
    """What became of profiles, by comparing who was together with who is."""
    old = {seen.key: ids.of(seen.profile) for seen in before["identifiers"] if seen.profile}
    new = {seen.key: ids.of(seen.profile) for seen in after["identifiers"] if seen.profile}
    passages = {(old[key], new[key]) for key in old.keys() & new.keys()}
    changes = set()
    for profile in set(new.values()):
        olds = tuple(sorted(was for was, now in passages if now == profile))
        if len(olds) > 1:
            changes.add(IdentityChange("merged", olds, (profile,)))
        elif olds and olds != (profile,) and [now for was, now in passages if was == olds[0]] == [profile]:
            changes.add(IdentityChange("renamed", olds, (profile,)))
    for profile in set(old.values()):
        news = tuple(sorted(now for was, now in passages if was == profile))
        if len(news) > 1:
            changes.add(IdentityChange("split", (profile,), news))
    for refusal in set(after["refusals"]) - set(before["refusals"]):
        changes.add(IdentityChange("refused", (), tuple(sorted({new[key] for key in refusal.pair})), refusal.reason))
    return changes


def parts(arrival: Arrival) -> list[Arrival]:
    return [Arrival(arrival.events, []), Arrival([], arrival.decisions), Arrival([], [], arrival.matched)]


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories())
async def test_changes_are_what_comparing_the_profiles_before_and_after_gives(
    data: st.DataObject, history: History
) -> None:
    rules = rules_of(history.policy)
    async with empty_store() as store:
        for arrival in data.draw(arrivals(history)):
            for part in parts(arrival):
                before = await dump_of(store)
                announced = await take_in(store, [part], rules)
                after = await dump_of(store)
                told = [change for one in announced for change in one.changes]
                assert set(told) == expected_changes(before, after, store.ids)
                assert len(told) == len(set(told))


async def follow(store: Store, seq: int, known: Faces) -> int:
    """Read what commits after `seq` touched, as it is now; gives the number that was come to."""
    shown = faces(await dump_of(store), store.ids)
    while page := await store.read(lambda tx, after=seq: commits_after(tx, after, 2)):
        for commit in page:
            for profile in commit.touched:
                known.pop(profile, None)
                if profile in shown:
                    known[profile] = shown[profile]
            seq = commit.seq
    return seq


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories(), other=histories())
async def test_who_looks_again_at_what_was_touched_knows_every_profile_as_it_is(
    data: st.DataObject, history: History, other: History
) -> None:
    """From nothing, through every batch, a rebuild under another policy, and more batches: nothing is missed."""
    known, seq = Faces(), 0
    async with empty_store() as store:
        for policy, way in ((history.policy, data.draw(arrivals(history))), (other.policy, data.draw(arrivals(other)))):
            await rebuilt(store, rules_of(policy))
            for arrival in way:
                await take_in(store, [arrival], rules_of(policy))
                if data.draw(st.booleans()):
                    seq = await follow(store, seq, known)
        await follow(store, seq, known)
        assert known == faces(await dump_of(store), store.ids)


@settings(LAW, max_examples=100)
@given(data=st.data(), history=histories())
async def test_the_feed_holds_what_each_transaction_announced_in_order_and_nothing_else(
    data: st.DataObject, history: History
) -> None:
    rules, announced = rules_of(history.policy), list[Announced]()
    async with empty_store() as store:
        for arrival in data.draw(arrivals(history)):
            for part in parts(arrival):
                announced += await take_in(store, [part], rules)
        feed = await store.read(lambda tx: commits_after(tx, 0, 1_000))
        assert [commit[2:] for commit in feed] == [(one.touched, one.changes) for one in announced]
        assert [commit.seq for commit in feed] == list(range(1, len(feed) + 1))
        assert await store.read(newest_seq) == len(feed)
