"""All records of a table against each other. Pure."""

from collections.abc import Sequence

import numpy as np

from graph_cdp.match.blocks import Numbers, distinct_pairs, pairs_of_keys, rows_of, without
from graph_cdp.match.cluster import cluster_pairs
from graph_cdp.match.compare import Compared, order_of
from graph_cdp.match.linkage import components
from graph_cdp.match.matched import Figure, Floats, Judged, Matched, Pairs, Rows
from graph_cdp.match.model import LearnedRule, Model
from graph_cdp.match.repeated import Repeated, repeated
from graph_cdp.match.rules import Keys
from graph_cdp.match.scoring import compared_by, probability, scored
from graph_cdp.match.single import Folded, compared_of
from graph_cdp.match.table import Table
from graph_cdp.match.workers import each


def match(table: Table, model: Model, *, decisions: Sequence[Judged] = ()) -> Matched:
    """Score the candidate pairs and cluster the records; `decisions` are obeyed."""
    compared = compared_by(model, table)
    order = order_of(compared, len(table))
    pairs, left_out = _pairs(model, compared, len(table))
    cannot = [(one.a, one.b) for one in decisions if not one.same]
    repeats = repeated(model, compared, order, {row for pair in cannot for row in pair})
    must = [(one.a, one.b) for one in decisions if one.same]
    must += zip(repeats.a.tolist(), repeats.b.tolist(), strict=True)
    cluster = _clustered(order, pairs, model, must, cannot)
    return Matched(
        cluster, confidence_of(cluster, pairs, repeats, model.absent), pairs, _report(cluster, pairs, left_out)
    )


def _clustered(
    order: Rows, pairs: Pairs, model: Model, must: Sequence[tuple[int, int]], cannot: Sequence[tuple[int, int]]
) -> Rows:
    """The clusters; of groups that fit equally well those are joined that come first in the order, not in the table."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    a, b = place[pairs.a], place[pairs.b]
    must, cannot = ([(int(place[x]), int(place[y])) for x, y in some] for some in (must, cannot))
    linked = cluster_pairs(
        len(order), np.minimum(a, b), np.maximum(a, b), pairs.weight, model, must=must, cannot=cannot
    )
    first = np.full(len(order), len(order))
    np.minimum.at(first, linked, order)
    return np.asarray(first[linked][place])


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
        pairs, large = pairs_of_keys(without(keys.of(learned.rule), listed), model.most_records_a_key)
        return pairs, len(listed) + large

    found = each(pairs_of, model.rules)
    return *rows_of(distinct_pairs([pairs for pairs, _ in found]), records), sum(left_out for _, left_out in found)


def confidence_of(cluster: Rows, pairs: Pairs, repeats: Repeated, absent: float) -> Floats:
    """By record: the probability of the mean weight with the others of its cluster; alone, that no pair is a match."""
    records = len(cluster)
    size = np.bincount(cluster, minlength=records)[cluster]
    inside = cluster[pairs.a] == cluster[pairs.b]
    ends = np.concatenate([pairs.a[inside], pairs.b[inside]])
    bits = np.bincount(ends, np.tile(np.clip(pairs.weight[inside], -12.0, 12.0), 2), minlength=records)
    # Whoever repeats another repeats all that repeat it, of which a chain alone is told.
    chain = components(records, repeats.a, repeats.b)
    repeating = np.bincount(chain, minlength=records)[chain] - 1
    weight = np.zeros(records)
    weight[repeats.a] = weight[repeats.b] = np.minimum(repeats.weight, 12.0)
    absences = size - 1 - repeating - np.bincount(ends, minlength=records)
    best = np.zeros(records)
    np.maximum.at(best, pairs.a, pairs.score)
    np.maximum.at(best, pairs.b, pairs.score)
    mean = (bits + repeating * weight + absent * absences) / np.maximum(size - 1, 1)
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
