"""A model learned from the records themselves, without labels. Pure."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from graph_cdp.match.attributes import Attribute, attributes_of, values_of
from graph_cdp.match.choosing import Probed, Tried, choose, probe, try_rules
from graph_cdp.match.compare import Compared, level_names, levels_of
from graph_cdp.match.compiled import mixed_rows
from graph_cdp.match.kinds import GROUP_BY_KIND, Column
from graph_cdp.match.leaning import Sharing, draw_sharing, lean
from graph_cdp.match.learning import Shares, count_u, learn, posteriors, without_parents
from graph_cdp.match.matched import Bools, Figure, Floats, Judged, Rows
from graph_cdp.match.model import Learned, LearnedRule, Level, Model, Thresholds
from graph_cdp.match.rules import Keys, Rule, possible_rules
from graph_cdp.match.scoring import adjustment, bits_of
from graph_cdp.match.table import Table
from graph_cdp.match.values import Hashes
from graph_cdp.match.workers import each

_FREQUENT: Final = 10_000
_PROBES: Final = 5_000
_NARROW: Final = 4
"""Rules with at most so many pairs a record teach EM: wider ones bring more strangers than it can tell apart."""
_LEANING_ROUNDS: Final = 3
MOST_RECORDS_A_KEY = 200


def train(table: Table, columns: Sequence[Column], *, seed: int = 0, labels: Sequence[Judged] = ()) -> Model:
    """Learn what agreement and disagreement weigh, how to block, and where to join. The same for the same seed."""
    attributes = attributes_of(columns, table)
    compared = Compared(attributes, tuple(each(lambda one: values_of(table, one), attributes)))
    records = len(table)
    order = np.argsort(contents(compared, records), kind="stable")
    rng = np.random.default_rng(seed)
    u = count_u(compared, order, rng)
    bare = [_frequencies(compared, place, share) for place, share in enumerate(u)]
    bits = [bits_of(learned, values) for learned, values in zip(bare, compared.values, strict=True)]

    budget = int(records * min(40.0, 40.0 * (50_000 / max(records, 1)) ** 0.8))
    keys = Keys(compared)
    tried = try_rules(keys, possible_rules(attributes), order, MOST_RECORDS_A_KEY, budget)
    probes = np.zeros(records, np.bool_)
    probes[order[:_PROBES]] = True
    probed = probe(keys, tried, probes)
    levels = levels_of(compared, probed.a, probed.b)
    worth = _worth(compared, bare, bits, levels, probed.a, probed.b)
    shares = _learn(compared, bare, bits, u, order, rng, probed, levels, worth, max(probed.share * records * (records - 1) / 2, 1.0))
    match, _ = posteriors(levels, shares, worth)
    chosen = choose(probed, match, budget)
    rules = tuple(
        LearnedRule(one.rule, recall, one.pairs, tuple(f"{key:016x}" for key in sorted(one.left_out.tolist())))
        for one, recall in chosen
    )
    return Model(
        tuple(columns),
        tuple(_learned(bare, shares, place) for place in range(len(bare))),
        rules,
        round(math.log2(shares.odds), 4),
        round(math.log2(max(shares.home, 1e-15)), 4) if shares.home > 0.0 else None,
        -4.0,
        Thresholds(-1.0, -3.0),
        MOST_RECORDS_A_KEY,
        (
            Figure("records", records, "records that the model learned from"),
            Figure("pairs", len(probed.a), "pairs that EM learned from"),
            Figure("matches", float(match.sum()), "matches expected among them"),
        ),
    )


def _learn(compared, bare, bits, u, order, rng, probed, levels, worth, pairs) -> Shares:  # noqa
    teaching = _teaching(compared.attributes, probed, len(order))
    shares = learn(compared, levels[:, teaching], *without_parents(u), worth[:, teaching], pairs)
    sharing = list[Sharing | None]()
    for values in compared.values:
        a, b = draw_sharing(values, order, rng)
        if not len(a):
            sharing.append(None)
            continue
        shared = levels_of(compared, a, b)
        sharing.append(Sharing(shared, _worth(compared, bare, bits, shared, a, b)))
    for _ in range(_LEANING_ROUNDS):
        tables, parents = lean(sharing, u, shares)
        shares = learn(compared, levels[:, teaching], tables, parents, worth[:, teaching], pairs)
    return shares


def _teaching(attributes: Sequence[Attribute], probed: Probed, records: int) -> Bools:
    """The pairs that EM learns from: of narrow rules that are not about the place alone, since neighbours are many."""
    group = {one.name: GROUP_BY_KIND.get(one.kind, one.name) for one in attributes}

    def teaches(tried: Tried) -> bool:
        return tried.pairs <= _NARROW * records and {group[part.attribute] for part in tried.rule.parts} != {"place"}

    teaching = np.zeros(len(probed.a), np.bool_)
    for one, found in zip(probed.tried, probed.found, strict=True):
        if teaches(one):
            teaching[found] = True
    return teaching if teaching.any() else ~teaching


def _worth(compared: Compared, bare: Sequence[Learned], bits: Sequence[Floats], levels, a: Rows, b: Rows) -> Floats:  # noqa
    worth = np.empty(levels.shape)
    for place, learned in enumerate(bare):
        worth[place] = adjustment(learned, compared.values[place], bits[place], levels[place], a, b)
    return worth


def contents(compared: Compared, records: int) -> Hashes:
    """A hash of all values of each record, so that an order of the records can be had that is not the table's."""
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


def _learned(bare: Sequence[Learned], shares: Shares, place: int) -> Learned:
    one, m, u, parent = bare[place], shares.m[place], shares.u[place], shares.parents[place]
    levels = [_levels(one.attribute, m[state], u[state]) for state in range(3)]
    if parent is None:
        return Learned(one.attribute, levels[0], one.bits, one.rare)
    rareness = round(min(1.0, math.log2(u[1][0]) / math.log2(u[0][0])), 4)
    return Learned(one.attribute, levels[0], one.bits, one.rare, bare[parent].attribute.name, levels[1], levels[2], rareness)


def _levels(attribute: Attribute, m: Floats, u: Floats) -> tuple[Level, ...]:
    return tuple(
        Level(name, round(float(x), 8), round(float(y), 10), round(math.log2(x / y), 4))
        for name, x, y in zip(level_names(attribute), m, u, strict=True)
    )
