"""The score agrees with counting pairs one by one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.demo import score

KEYS = [f"cookie:{n}" for n in range(9)]
truths = st.dictionaries(st.sampled_from(KEYS), st.sampled_from("abc"))


@st.composite
def partitions(draw: st.DrawFn) -> list[list[str]]:
    """Some of the keys, in disjoint profiles."""
    number_by_key = draw(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 4)))
    return [[key for key, its in number_by_key.items() if its == number] for number in set(number_by_key.values())]


@given(partitions(), truths)
def test_the_score_agrees_with_counting_pairs_one_by_one(profiles: list[list[str]], truth: dict[str, str]) -> None:
    place = {key: number for number, keys in enumerate(profiles) for key in keys}
    place |= {key: -n for n, key in enumerate(KEYS, 1) if key not in place}
    found = {pair for pair in combinations(sorted(truth), 2) if place[pair[0]] == place[pair[1]]}
    true = {pair for pair in combinations(sorted(truth), 2) if truth[pair[0]] == truth[pair[1]]}
    got = score(profiles, truth)
    assert (got.pairs_found, got.pairs_true, got.pairs_right) == (len(found), len(true), len(found & true))
    assert got.precision == (len(found & true) / len(found) if found else 1)
    assert got.recall == (len(found & true) / len(true) if true else 1)
    together = {key: {other for other in truth if place[other] == place[key]} for key in truth}
    same = {key: {other for other in truth if truth[other] == truth[key]} for key in truth}
    if truth:
        right = {key: len(together[key] & same[key]) for key in truth}
        assert got.b_cubed_precision == pytest.approx(sum(right[k] / len(together[k]) for k in truth) / len(truth))
        assert got.b_cubed_recall == pytest.approx(sum(right[k] / len(same[k]) for k in truth) / len(truth))
    exact = {truth[key] for key in truth if together[key] == same[key]}
    assert got.persons_exact == len(exact)
    assert got.persons_split == sum(
        len({place[key] for key in truth if truth[key] == who}) > 1 for who in set(truth.values())
    )
    assert got.groups_mixed == len({place[key] for key in truth if together[key] - same[key]})
    assert (got.members, got.persons, got.groups) == (
        len(truth),
        len(set(truth.values())),
        len({place[k] for k in truth}),
    )


def test_a_worked_score() -> None:
    truth = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y"}
    got = score([["a", "b", "d", "unknown"], ["c"]], truth)
    assert (got.pairs_right, got.pairs_found, got.pairs_true) == (1, 3, 4)
    assert got.f1 == pytest.approx(2 / 7)
    assert got.b_cubed_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert score([], {}).f1 == score([], {}).b_cubed_f1 == 1


def test_perfect_profiles_score_one() -> None:
    got = score([["a", "b"], ["c"]], {"a": "x", "b": "x", "c": "y"})
    assert got.f1 == got.b_cubed_f1 == 1
    assert (got.persons_exact, got.persons_split, got.groups_mixed) == (2, 0, 0)
