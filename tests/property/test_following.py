"""A profile is followed as that of one identifier by what the feed tells: never lost, found again once it is learnt."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.domain.change import IdentityChange
from graph_cdp.query.following import Place, Trail, Whereabouts, predecessors

KEYS = tuple("abcdef")  # a profile is named by the first of its identifiers
State = Mapping[str, str]
"""The profile of each identifier."""


class Step(NamedTuple):
    """A commit: where identifiers were and are, and what the feed tells of it."""

    before: State
    after: State
    touched: frozenset[str]
    changes: tuple[IdentityChange, ...]


def named(groups: Mapping[str, int]) -> State:
    names = {group: min(key for key in groups if groups[key] == group) for group in groups.values()}
    return {key: names[group] for key, group in groups.items()}


def step(before: State, after: State, more: frozenset[str]) -> Step:
    news, olds = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for key in KEYS:
        news[before[key]].add(after[key])
        olds[after[key]].add(before[key])
    changes = [IdentityChange("merged", tuple(sorted(was)), (now,)) for now, was in olds.items() if len(was) > 1]
    for was, now in news.items():
        if len(now) > 1:
            changes.append(IdentityChange("split", (was,), tuple(sorted(now))))
        elif now != {was} and olds[min(now)] == {was}:
            changes.append(IdentityChange("renamed", (was,), tuple(now)))
    moved = {key for key in KEYS if before[key] != after[key]} | more
    return Step(before, after, frozenset(state[key] for state in (before, after) for key in moved), tuple(changes))


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    groups = st.fixed_dictionaries({key: st.integers(0, 3) for key in KEYS})
    states = [named(one) for one in draw(st.lists(groups, min_size=2, max_size=8))]
    touched = st.frozensets(st.sampled_from(KEYS), max_size=2)
    return [step(*pair, draw(touched)) for pair in pairwise(states)]


def is_touched(one: Step, key: str) -> bool:
    return not {one.before[key], one.after[key]}.isdisjoint(one.touched)


@given(histories(), st.sampled_from(KEYS))
def test_a_profile_is_never_lost(history: list[Step], key: str) -> None:
    trail = Trail(key, {history[0].before[key]})
    for seq, one in enumerate(history, 1):
        told = trail.passes(seq, one.touched, one.changes)
        assert one.after[key] in trail.followed
        assert told is not None or not is_touched(one, key)


@given(histories(), st.sampled_from(KEYS))
def test_who_learns_each_time_at_once_follows_nothing_else(history: list[Step], key: str) -> None:
    trail = Trail(key, {history[0].before[key]})
    for seq, one in enumerate(history, 1):
        told = trail.passes(seq, one.touched, one.changes)
        assert (told is not None) == is_touched(one, key)
        if told is not None:
            trail.learn(Whereabouts(one.after[key], seq, seq), seq)
        assert trail.followed == {one.after[key]}


@given(histories(), st.sampled_from(KEYS), st.data())
def test_what_is_learnt_of_a_later_commit_counts_from_there_on(
    history: list[Step], key: str, data: st.DataObject
) -> None:
    later = data.draw(st.integers(1, len(history)))
    trail = Trail(key, {history[0].before[key]})
    trail.learn(Whereabouts(history[later - 1].after[key], later, later), 0)
    for seq, one in enumerate(history, 1):
        told = trail.passes(seq, one.touched, one.changes)
        assert one.after[key] in trail.followed
        if seq == later + 1:
            assert (told is not None) == is_touched(one, key)


@given(histories(), st.sampled_from(KEYS))
def test_a_profile_that_is_named_by_the_identifier_is_followed_alone(history: list[Step], key: str) -> None:
    trail = Trail(key, {history[0].before[key]})
    for seq, one in enumerate(history, 1):
        trail.passes(seq, one.touched, one.changes)
        if one.after[key] == key != one.before[key]:
            assert trail.followed == {key}


@given(histories(), st.sampled_from(KEYS))
def test_where_a_profile_came_from_is_among_what_is_told_backwards(history: list[Step], key: str) -> None:
    found = frozenset({history[-1].after[key]})
    for one in reversed(history):
        found = predecessors(key, found, one.changes)
        assert one.before[key] in found
        if one.before[key] == key != one.after[key]:
            assert found == {key}


@given(
    st.integers(0, 2**53 - 1), st.integers(0, 10**6), st.frozensets(st.text("abcdefgh234567_", min_size=1), max_size=9)
)
def test_a_place_survives_its_cursor(seq: int, part: int, followed: frozenset[str]) -> None:
    place = Place(seq, part, "pro_own" if followed else "", followed)
    assert Place.at(place.cursor) == place


def test_a_place_with_very_many_profiles_forgets_them() -> None:
    many = frozenset(f"pro_{number}" for number in range(1000))
    assert Place.at(Place(5, 0, "pro_own", many).cursor) == Place(5)
