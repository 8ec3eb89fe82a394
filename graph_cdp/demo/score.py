"""How well profiles agree with a known truth, over the identifiers that have exactly one true person."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from graph_cdp.domain.identifier import Key


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of agreement; the ratios are properties, each from 0 to 1, and 1 where there is nothing to judge.

    `pairs_found`: pairs of judged identifiers in one profile. `pairs_true`: pairs that one person has.
    `pairs_right`: both. `persons_exact`: persons all of whose identifiers, and nobody else's, are one profile.
    `profiles_mixed`: profiles with identifiers of several persons. `persons_split`: persons in several profiles.
    `profiles` counts those that hold a judged identifier; a judged identifier in none counts as one on its own.
    """

    identifiers: int
    persons: int
    profiles: int
    pairs_found: int
    pairs_true: int
    pairs_right: int
    persons_exact: int
    persons_split: int
    profiles_mixed: int
    b_cubed_precision: float
    b_cubed_recall: float

    @property
    def precision(self) -> float:
        """The share of the pairs found that are right."""
        return self.pairs_right / self.pairs_found if self.pairs_found else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that were found."""
        return self.pairs_right / self.pairs_true if self.pairs_true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _harmonic(self.precision, self.recall)

    @property
    def b_cubed_f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        return _harmonic(self.b_cubed_precision, self.b_cubed_recall)


def score(profiles: Iterable[Collection[Key]], truth: Mapping[Key, str]) -> Score:
    """Judge disjoint profiles by `truth`, person by key; keys that the truth lacks are not judged.

    Pairwise: precision = right / found and recall = right / true over unordered pairs of identifiers, as
    clusterings are compared by pair counts (Rand 1971, "Objective criteria for the evaluation of clustering
    methods"; as precision and recall: Menestrina, Whang, Garcia-Molina 2010, "Evaluating entity resolution
    results"). No pair is formed: with n_ij identifiers of person j in profile i, right = sum of C(n_ij, 2), and
    found and true are the same sum over the profiles' and the persons' totals.

    B-cubed (Bagga and Baldwin 1998, "Algorithms for scoring coreference chains"): the mean over identifiers of
    n_ij / n_i for precision and n_ij / n_j for recall, so that one huge wrong profile does not outweigh all else.
    """
    judged = [counts for keys in profiles if (counts := Counter(truth[key] for key in keys if key in truth))]
    size_by_person = Counter(truth.values())
    missing = size_by_person.copy()
    for counts in judged:
        missing.subtract(counts)
    judged.extend(Counter((person,)) for person, number in missing.items() for _ in range(number))
    return _score(judged, size_by_person)


def _score(judged: list[Counter[str]], size_by_person: Counter[str]) -> Score:
    profiles_by_person = Counter(person for counts in judged for person in counts)
    identifiers = size_by_person.total()
    precise = math.fsum(n * n / counts.total() for counts in judged for n in counts.values())
    recalled = math.fsum(n * n / size_by_person[person] for counts in judged for person, n in counts.items())
    return Score(
        identifiers=identifiers,
        persons=len(size_by_person),
        profiles=len(judged),
        pairs_found=sum(math.comb(counts.total(), 2) for counts in judged),
        pairs_true=sum(math.comb(n, 2) for n in size_by_person.values()),
        pairs_right=sum(math.comb(n, 2) for counts in judged for n in counts.values()),
        persons_exact=sum(
            len(counts) == 1 and profiles_by_person[person] == 1 for counts in judged for person in counts
        ),
        persons_split=sum(n > 1 for n in profiles_by_person.values()),
        profiles_mixed=sum(len(counts) > 1 for counts in judged),
        b_cubed_precision=precise / identifiers if identifiers else 1.0,
        b_cubed_recall=recalled / identifiers if identifiers else 1.0,
    )


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
