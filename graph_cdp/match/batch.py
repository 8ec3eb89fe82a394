"""All records of a table against each other. Pure."""

from collections.abc import Sequence

import numpy as np

from graph_cdp.match.blocks import Numbers, block_sizes, distinct_pairs, pairs_of_keys, rows_of, without
from graph_cdp.match.cluster import cluster_pairs
from graph_cdp.match.compare import Compared
from graph_cdp.match.matched import Figure, Floats, Judged, Matched, Pairs, Rows
from graph_cdp.match.model import LearnedRule, Model
from graph_cdp.match.repeated import repeated
from graph_cdp.match.rules import Keys
from graph_cdp.match.scoring import compared_by, probability, scored
from graph_cdp.match.single import Folded, compared_of
from graph_cdp.match.table import Table
from graph_cdp.match.workers import each


def match(table: Table, model: Model, *, decisions: Sequence[Judged] = ()) -> Matched:
    """Score the candidate pairs and cluster the records; `decisions` are obeyed."""
    compared = compared_by(model, table)
    pairs, left_out = _pairs(model, compared, len(table))
    cannot = [(one.a, one.b) for one in decisions if not one.same]
    parted = {row for pair in cannot for row in pair}
    must = [(one.a, one.b) for one in decisions if one.same]
    must += [pair for pair in repeated(model, compared, len(table)) if parted.isdisjoint(pair)]
    cluster = cluster_pairs(len(table), pairs.a, pairs.b, pairs.weight, model, must=must, cannot=cannot)
    return Matched(cluster, confidence_of(cluster, pairs, model.absent), pairs, _report(cluster, pairs, left_out))


def pairs_among(model: Model, records: Sequence[Folded]) -> Pairs:
    """The candidate pairs of folded records, scored."""
    return _pairs(model, compared_of(model, records), len(records))[0]


def _pairs(model: Model, compared: Compared, records: int) -> tuple[Pairs, int]:
    """The candidate pairs, scored, and how many keys had too many records."""
    a, b, left_out = _candidates(model, compared, records)
    return scored(model, compared, a, b), left_out


def _candidates(model: Model, compared: Compared, records: int) -> tuple[Rows, Rows, int]:
    """The candidate pairs, and how many keys had too many records."""
    keys = Keys(compared)
    keys.make_forms(learned.rule for learned in model.rules)

    def pairs_of(learned: LearnedRule) -> tuple[Numbers, int]:
        listed = np.array([int(key, 16) for key in learned.left_out], np.uint64)
        key = without(keys.of(learned.rule), listed)
        distinct, sizes = block_sizes(key)
        large = distinct[sizes > model.most_records_a_key]
        return pairs_of_keys(without(key, large)), len(listed) + len(large)

    found = each(pairs_of, model.rules)
    return *rows_of(distinct_pairs([pairs for pairs, _ in found]), records), sum(left_out for _, left_out in found)


def confidence_of(cluster: Rows, pairs: Pairs, absent: float) -> Floats:
    """By record: the probability of the mean weight with the others of its cluster; alone, that no pair is a match."""
    size = np.bincount(cluster, minlength=len(cluster))[cluster]
    inside = cluster[pairs.a] == cluster[pairs.b]
    ends = np.concatenate([pairs.a[inside], pairs.b[inside]])
    bits = np.bincount(ends, np.tile(np.clip(pairs.weight[inside], -12.0, 12.0), 2), minlength=len(cluster))
    absences = size - 1 - np.bincount(ends, minlength=len(cluster))
    best = np.zeros(len(cluster))
    np.maximum.at(best, pairs.a, pairs.score)
    np.maximum.at(best, pairs.b, pairs.score)
    mean = (bits + absent * absences) / np.maximum(size - 1, 1)
    return np.where(size > 1, probability(mean), 1.0 - best)


def _report(cluster: Rows, pairs: Pairs, left_out: int) -> tuple[Figure, ...]:
    apart, review, join = np.bincount(pairs.band, minlength=3)[:3].tolist()
    size = np.bincount(cluster, minlength=1)
    return (
        Figure("records", len(cluster), "records"),
        Figure("clusters", int((size > 0).sum()), "clusters"),
        Figure("duplicates", int(np.maximum(size - 1, 0).sum()), "records are in a cluster with an earlier one"),
        Figure("pairs", len(pairs), "pairs were compared"),
        Figure("join", join, "of them are the same beyond doubt"),
        Figure("review", review, "of them are for review"),
        Figure("apart", apart, "of them are different"),
        Figure("keys_left_out", left_out, "blocking keys with too many records were left out"),
    )
