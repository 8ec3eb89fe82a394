"""Judging groups by a truth agrees with counting pairs, members and groups one by one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.match import Pairs, agreement, cluster_pairs, curve_of_clusters, curve_of_pairs

members = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


def together(numbers: list[int]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in combinations(range(len(numbers)), 2) if numbers[a] == numbers[b]}


def wholes(numbers: list[int]) -> set[frozenset[int]]:
    return {frozenset(at for at, other in enumerate(numbers) if other == number) for number in numbers}


@given(members)
def test_agreement_is_what_counting_one_by_one_gives(both: list[tuple[int, int]]) -> None:
    group, person = [one for one, _ in both], [one for _, one in both]
    found, true = together(group), together(person)
    got = agreement(np.array(group, np.int64), np.array(person, np.int64))
    assert (got.pairs_found, got.pairs_true, got.pairs_right) == (len(found), len(true), len(found & true))
    assert got.precision == (len(found & true) / len(found) if found else 1)
    assert got.recall == (len(found & true) / len(true) if true else 1)
    same = wholes(group) & wholes(person)
    assert (got.groups, got.persons, got.persons_exact) == (len(wholes(group)), len(wholes(person)), len(same))
    assert got.whole_f1 == pytest.approx(2 * len(same) / (len(wholes(group)) + len(wholes(person))) if group else 1)
    shares = [
        (len(ours & theirs) / len(ours), len(ours & theirs) / len(theirs))
        for at in range(len(group))
        for ours in wholes(group)
        for theirs in wholes(person)
        if at in ours and at in theirs
    ]
    precise, recalled = np.array(shares).mean(0) if shares else (1, 1)
    assert (got.b_cubed_precision, got.b_cubed_recall) == (pytest.approx(precise), pytest.approx(recalled))


@st.composite
def scored_pairs(draw: st.DrawFn) -> tuple[Pairs, np.ndarray]:
    """Some pairs of up to eight records with weights, and the records' persons; -1 where not known."""
    person = draw(st.lists(st.integers(-1, 3), min_size=2, max_size=8))
    places = draw(st.lists(st.sampled_from(list(combinations(range(len(person)), 2))), unique=True).map(sorted))
    weight = np.array(draw(st.lists(st.integers(-6, 6), min_size=len(places), max_size=len(places))), np.float64)
    a, b = np.array(places, np.int64).reshape(-1, 2).T
    return Pairs(a, b, weight, 1 / (1 + 2.0**-weight), np.zeros(len(a), np.uint8)), np.array(person, np.int64)


@given(scored_pairs(), st.lists(st.floats(-8, 8), min_size=1, max_size=4))
def test_the_curve_of_pairs_is_what_each_threshold_gives(
    case: tuple[Pairs, np.ndarray], thresholds: list[float]
) -> None:
    pairs, person = case
    known = [at for at in range(len(person)) if person[at] >= 0]
    true = {(a, b) for a, b in combinations(known, 2) if person[a] == person[b]}
    curve = curve_of_pairs(pairs, person, thresholds)
    for at, threshold in enumerate(thresholds):
        ends = zip(pairs.a.tolist(), pairs.b.tolist(), pairs.weight.tolist(), strict=True)
        found = {(a, b) for a, b, weight in ends if weight >= threshold and person[a] >= 0 and person[b] >= 0}
        assert curve.precision[at] == (len(found & true) / len(found) if found else 1)
        assert curve.recall[at] == (len(found & true) / len(true) if true else 1)


@settings(deadline=None)  # the first example waits for what is compiled
@given(scored_pairs())
def test_the_curve_of_clusters_is_what_clustering_at_each_threshold_gives(case: tuple[Pairs, np.ndarray]) -> None:
    pairs, person = case
    cluster_by_threshold = {at: cluster_pairs(len(person), pairs.a, pairs.b, pairs.weight, at) for at in (-2.0, 3.0)}
    curve = curve_of_clusters(cluster_by_threshold.__getitem__, person, list(cluster_by_threshold))
    for at, cluster in enumerate(cluster_by_threshold.values()):
        got = agreement(cluster[person >= 0], person[person >= 0])
        assert (curve.precision[at], curve.recall[at]) == (got.precision, got.recall)
        assert curve.f1[at] == pytest.approx(got.f1)
