"""All records of a table against each other. Pure."""

from collections.abc import Sequence

import numpy as np

from graph_cdp.match.blocks import distinct_pairs, pairs_of_keys, too_large, without
from graph_cdp.match.cluster import cluster_pairs
from graph_cdp.match.compare import Compared
from graph_cdp.match.matched import Figure, Judged, Matched, Pairs, Rows
from graph_cdp.match.model import LearnedRule, Model
from graph_cdp.match.rules import Keys
from graph_cdp.match.scoring import compared_by, probability, weights_of
from graph_cdp.match.table import Table
from graph_cdp.match.workers import each


def match(table: Table, model: Model, *, decisions: Sequence[Judged] = ()) -> Matched:
    """Score the candidate pairs and cluster the records; `decisions` are obeyed."""
    compared = compared_by(model, table)
    a, b = _candidates(model, compared, len(table))
    weight = weights_of(model, compared, a, b)
    must = [(one.a, one.b) for one in decisions if one.same]
    cannot = [(one.a, one.b) for one in decisions if not one.same]
    cluster = cluster_pairs(len(table), a, b, weight, model, must=must, cannot=cannot)
    band = np.where(weight >= model.thresholds.join, 2, np.where(weight >= model.thresholds.review, 1, 0)).astype(
        np.uint8
    )
    pairs = Pairs(a, b, weight, probability(weight), band)
    return Matched(cluster, np.ones(len(table)), pairs, (Figure("pairs", len(a), "candidate pairs"),))


def _candidates(model: Model, compared: Compared, records: int) -> tuple[Rows, Rows]:
    keys = Keys(compared)
    keys.make_forms(learned.rule for learned in model.rules)

    def pairs_of(learned: LearnedRule) -> tuple[Rows, Rows]:
        left_out = np.array([int(key, 16) for key in learned.left_out], np.uint64)
        key = without(keys.of(learned.rule), left_out)
        return pairs_of_keys(without(key, too_large(key, model.most_records_a_key)))

    return distinct_pairs(each(pairs_of, model.rules), records)
