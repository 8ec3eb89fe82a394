"""How well groups agree with a known truth: pairs, whole groups, B-cubed, and how that moves with a threshold. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph_cdp.match.matched import Floats, Pairs, Rows


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of agreement; the ratios are properties, each from 0 to 1, and 1 where there is nothing to judge.

    `members` were judged: identifiers in profiles, or records in clusters. `pairs_found`: pairs of them in one group.
    `pairs_true`: pairs that one person has. `pairs_right`: both. `persons_exact`: persons all of whose members, and
    nobody else's, are one group. `groups_mixed`: groups with members of several persons. `persons_split`: persons in
    several groups.
    """

    members: int
    persons: int
    groups: int
    pairs_found: int
    pairs_true: int
    pairs_right: int
    persons_exact: int
    persons_split: int
    groups_mixed: int
    b_cubed_precision: float
    b_cubed_recall: float

    @property
    def precision(self) -> float:
        """The share of the pairs found that are right."""
        return _share(self.pairs_right, self.pairs_found)

    @property
    def recall(self) -> float:
        """The share of the true pairs that were found."""
        return _share(self.pairs_right, self.pairs_true)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _harmonic(self.precision, self.recall)

    @property
    def whole_precision(self) -> float:
        """The share of the groups that are one person, whole."""
        return _share(self.persons_exact, self.groups)

    @property
    def whole_recall(self) -> float:
        """The share of the persons who are one group, and nothing else."""
        return _share(self.persons_exact, self.persons)

    @property
    def whole_f1(self) -> float:
        """The harmonic mean of precision and recall of whole groups."""
        return _harmonic(self.whole_precision, self.whole_recall)

    @property
    def b_cubed_f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        return _harmonic(self.b_cubed_precision, self.b_cubed_recall)


def agreement(group: Rows, person: Rows) -> Agreement:
    """Judge groups by the truth; both give a number for each member, in the same order.

    Pairwise: precision = right / found and recall = right / true over unordered pairs of members, as clusterings are
    compared by pair counts (Rand 1971, "Objective criteria for the evaluation of clustering methods"; as precision and
    recall, and for whole groups: Menestrina, Whang, Garcia-Molina 2010, "Evaluating entity resolution results"). No
    pair is formed: with n_ij members of person j in group i, right = sum of C(n_ij, 2), and found and true are the same
    sum over the groups' and the persons' totals.

    B-cubed (Bagga and Baldwin 1998, "Algorithms for scoring coreference chains"): the mean over members of
    n_ij / n_i for precision and n_ij / n_j for recall, so that one huge wrong group does not outweigh all else.
    """
    members = len(person)
    groups, in_group = np.unique(group, return_inverse=True)
    persons, of_person = np.unique(person, return_inverse=True)
    met, n = np.unique(in_group * max(1, len(persons)) + of_person, return_counts=True)
    i, j = np.divmod(met, max(1, len(persons)))
    group_size, person_size = np.bincount(in_group), np.bincount(of_person)
    persons_met, groups_met = np.bincount(i), np.bincount(j)
    return Agreement(
        members=members,
        persons=len(persons),
        groups=len(groups),
        pairs_found=_pairs(group_size),
        pairs_true=_pairs(person_size),
        pairs_right=_pairs(n),
        persons_exact=int(np.count_nonzero((persons_met[i] == 1) & (groups_met[j] == 1))),
        persons_split=int(np.count_nonzero(groups_met > 1)),
        groups_mixed=int(np.count_nonzero(persons_met > 1)),
        b_cubed_precision=math.fsum(n * n / group_size[i]) / members if members else 1.0,
        b_cubed_recall=math.fsum(n * n / person_size[j]) / members if members else 1.0,
    )


@dataclass(frozen=True, eq=False)
class Curve:
    """Pairwise precision and recall by threshold in bits, rising."""

    threshold: Floats
    precision: Floats
    recall: Floats

    @property
    def f1(self) -> Floats:
        """The harmonic mean at each threshold."""
        both = self.precision + self.recall
        return np.divide(2 * self.precision * self.recall, both, out=np.zeros_like(both), where=both > 0)


def curve_of_pairs(pairs: Pairs, person: Rows, thresholds: Sequence[float] | Floats) -> Curve:
    """As if exactly the pairs at a threshold and above were said to be the same; true pairs that no rule found lack.

    `person` is by record; records of unknown truth have a negative number, and their pairs are not judged.
    """
    judged = (person[pairs.a] >= 0) & (person[pairs.b] >= 0)
    weight = pairs.weight[judged]
    right = (person[pairs.a] == person[pairs.b])[judged]
    order = np.argsort(weight, kind="stable")
    at = np.searchsorted(weight[order], thresholds)
    rights = np.append(np.cumsum(right[order][::-1])[::-1], 0)[at]
    founds = len(weight) - at
    true = _pairs(np.bincount(person[person >= 0]))
    return Curve(
        np.asarray(thresholds, np.float64),
        np.divide(rights, founds, out=np.ones(len(at)), where=founds > 0),
        rights / true if true else np.ones(len(at)),
    )


def curve_of_clusters(cluster_at: Callable[[float], Rows], person: Rows, thresholds: Sequence[float] | Floats) -> Curve:
    """As if records were clustered at each threshold; records of unknown truth as in `curve_of_pairs`."""
    known = person >= 0
    found = [agreement(cluster_at(float(threshold))[known], person[known]) for threshold in thresholds]
    return Curve(
        np.asarray(thresholds, np.float64),
        np.array([one.precision for one in found]),
        np.array([one.recall for one in found]),
    )


def _pairs(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
