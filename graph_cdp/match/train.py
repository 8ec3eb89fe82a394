"""A model learned from the records themselves, without labels. Pure."""

import math
from collections.abc import Sequence

import numpy as np

from graph_cdp.match.attributes import attributes_of, values_of
from graph_cdp.match.choosing import choose, probe, try_rules
from graph_cdp.match.compare import Compared, level_names, levels_of
from graph_cdp.match.compiled import mixed_rows
from graph_cdp.match.kinds import Column
from graph_cdp.match.learning import count_u, learn, posterior, usual_m
from graph_cdp.match.matched import Figure, Floats, Judged
from graph_cdp.match.model import Learned, LearnedRule, Level, Model, Thresholds
from graph_cdp.match.rules import Keys, possible_rules
from graph_cdp.match.scoring import adjustment, bits_of
from graph_cdp.match.table import Table
from graph_cdp.match.values import Hashes

_FREQUENT = 10_000
_PROBES = 5_000
_NARROW = 4
MOST_RECORDS_A_KEY = 200


def train(table: Table, columns: Sequence[Column], *, seed: int = 0, labels: Sequence[Judged] = ()) -> Model:
    """Learn what agreement and disagreement weigh, how to block, and where to join. The same for the same seed."""
    attributes = attributes_of(columns, table)
    compared = Compared(attributes, tuple(values_of(table, one) for one in attributes))
    records = len(table)
    content = contents(compared, records)
    order = np.argsort(content, kind="stable")
    rng = np.random.default_rng(seed)
    u = count_u(compared, order, rng)
    budget = int(records * min(40.0, max(6.0, 40.0 * math.sqrt(50_000 / max(records, 1)))))
    tried = try_rules(Keys(compared), possible_rules(attributes), records, MOST_RECORDS_A_KEY, budget)
    probes = np.zeros(records, np.bool_)
    probes[order[:_PROBES]] = True
    probed = probe(tried, probes)
    pairs = probed.share * records * (records - 1) / 2
    bare = [_frequencies(compared, place, share) for place, share in enumerate(u)]
    levels = levels_of(compared, probed.a, probed.b)
    worth = np.zeros(len(probed.a))
    for place, learned in enumerate(bare):
        values = compared.values[place]
        worth += adjustment(learned, values, bits_of(learned, values), levels[place], probed.a, probed.b)
    narrow = np.zeros(len(probed.a), np.bool_)
    for one, found in zip(probed.tried, probed.found, strict=True):
        if one.pairs <= _NARROW * records:
            narrow[found] = True
    shares, _ = learn(levels[:, narrow], u, worth[narrow], usual_m(compared), max(pairs, 1.0))
    match = posterior(levels, shares, worth)
    chosen = choose(probed, match, budget)
    learned = tuple(_learned(one, shares.m[place], u[place]) for place, one in enumerate(bare))
    rules = tuple(
        LearnedRule(one.rule, recall, one.pairs, tuple(f"{key:016x}" for key in sorted(one.left_out.tolist())))
        for one, recall in chosen
    )
    return Model(
        tuple(columns),
        learned,
        rules,
        round(math.log2(shares.odds), 4),
        -4.0,
        Thresholds(-1.0, -3.0),
        MOST_RECORDS_A_KEY,
        (
            Figure("records", records, "records that the model learned from"),
            Figure("pairs", len(probed.a), "pairs that EM learned from"),
            Figure("matches", float(match.sum()), "matches expected among them"),
        ),
    )


def contents(compared: Compared, records: int) -> Hashes:
    """A hash of all values of each record, so that an order of the records can be had that is the table's own."""
    content = np.zeros(records, np.uint64)
    for values in compared.values:
        mixed_rows(content, values.by_record)
    return content


def _frequencies(compared: Compared, place: int, u: Floats) -> Learned:
    values = compared.values[place]
    counts, known = values.counts, max(int(values.counts.sum()), 1)
    frequent = np.flatnonzero(counts >= max(3, known / 1_000_000))
    frequent = sorted(frequent.tolist(), key=lambda code: (-counts[code], values.strings[code]))[:_FREQUENT]
    rest = known - int(counts[frequent].sum())
    others = max(len(counts) - len(frequent), 1)
    equal = math.log2(u[0])
    bits = {str(values.strings[code]): round(equal - math.log2(counts[code] / known), 4) for code in frequent}
    rare = round(equal - math.log2(max(rest / others, 1.0) / known), 4)
    return Learned(compared.attributes[place], (), bits, rare)


def _learned(bare: Learned, m: Floats, u: Floats) -> Learned:
    names = level_names(bare.attribute)
    levels = tuple(
        Level(name, round(float(x), 8), round(float(y), 10), round(math.log2(x / y), 4))
        for name, x, y in zip(names, m, u, strict=True)
    )
    return Learned(bare.attribute, levels, bare.bits, bare.rare)
