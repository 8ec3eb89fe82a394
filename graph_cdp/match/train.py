"""A model learned from the records themselves, without labels; with labels where there are any. Pure."""

import math
from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.attributes import Attribute, attributes_of, values_of
from graph_cdp.match.blocks import block_sizes, pairs_in
from graph_cdp.match.choosing import Probed, Tried, choose, probe, try_rules
from graph_cdp.match.cluster import ABSENT
from graph_cdp.match.compare import Compared, hashes_of_names, level_names, levels_of, order_of
from graph_cdp.match.comparisons import Levels
from graph_cdp.match.frequencies import frequencies
from graph_cdp.match.kinds import GROUP_BY_KIND, Column
from graph_cdp.match.leaning import draw_sharing, lean
from graph_cdp.match.learning import Lesson, Shares, Taught, count_u, draw_random, learn, posteriors, usual_shares
from graph_cdp.match.matched import Bools, Figure, Floats, Judged, Rows
from graph_cdp.match.model import Learned, LearnedRule, Level, Model
from graph_cdp.match.rules import Keys, possible_rules
from graph_cdp.match.scoring import adjustment, bits_of
from graph_cdp.match.table import Table
from graph_cdp.match.thresholds import thresholds_of
from graph_cdp.match.workers import FEW, each

MOST_RECORDS_A_KEY: Final = 200
_PROBES: Final = 5_000
"""So many records are compared with all others that any rule brings, to learn from."""
_NARROW: Final = 4
"""Rules with at most so many pairs a record teach EM: wider ones bring more strangers than it can tell apart."""
_MOST_ODDS, _LIKELY = 0.01, 0.03
"""EM begins with odds of a match as if this share of the pairs it learns from did match, but no higher ones."""
_ROUGHLY: Final = 2
"""After so many rounds it is known which pairs are strangers beyond doubt."""
_LEANING_ROUNDS: Final = 3
_PAIRS_A_RECORD: Final = 40.0
_FEW_RECORDS: Final = 50_000
"""Up to so many records there may be that many pairs a record; of more records fewer, or they would take too long."""


class _Data(NamedTuple):
    """The records, in an order that does not depend on the table's; and what each value is worth."""

    compared: Compared
    order: Rows
    bare: list[Learned]
    bits: list[Floats]

    def lesson(self, a: Rows, b: Rows) -> Lesson:
        """Pairs of rows to learn from."""
        return self.lesson_of(levels_of(self.compared, a, b), a, b)

    def lesson_of(self, levels: Levels, a: Rows, b: Rows) -> Lesson:
        """The same where their levels are known."""
        worth = np.empty(levels.shape, np.float32)
        for place, (learned, values) in enumerate(zip(self.bare, self.compared.values, strict=True)):
            worth[place] = adjustment(learned, values, self.bits[place], levels[place], a, b)
        return Lesson(levels, worth)


def train(table: Table, columns: Sequence[Column], *, seed: int = 0, labels: Sequence[Judged] = ()) -> Model:
    """Learn what agreement and disagreement weigh, how to block, and where to join. The same for the same seed."""
    # By name, so that nothing depends on the order of the columns.
    attributes = attributes_of(sorted(columns), table)
    compared = Compared(attributes, tuple(each(lambda one: values_of(table, one), attributes)))
    order = order_of(compared, len(table))
    strangers = draw_random(order, np.random.default_rng(seed))
    levels = levels_of(compared, *strangers)
    u = count_u(compared, levels)
    bare = [frequencies(*one) for one in zip(attributes, compared.values, u, strict=True)]
    bits = [bits_of(learned, values) for learned, values in zip(bare, compared.values, strict=True)]
    data = _Data(compared, order, bare, bits)

    budget = budget_of(len(table))
    keys = Keys(compared, order)
    tried = try_rules(keys, possible_rules(attributes), len(table), MOST_RECORDS_A_KEY, budget)
    probed = probe(keys, tried, order, _PROBES, MOST_RECORDS_A_KEY)
    shares, match = _learn(data, u, data.lesson_of(levels, *strangers), seed, probed, labels)
    rules = each(lambda chosen: _rule(keys, *chosen), choose(probed, match, budget), few=len(table) < FEW)
    weights = np.log2(np.maximum(match, 1e-30) / np.maximum(1.0 - match, 1e-30))
    return Model(
        columns=tuple(columns),
        attributes=tuple(_learned(bare, shares, place) for place in _as_in(table, attributes)),
        rules=tuple(rules),
        prior=round(math.log2(shares.odds), 4),
        home=round(math.log2(shares.home), 4) if shares.home > 1e-15 else None,
        absent=ABSENT,
        thresholds=thresholds_of(weights, match),
        most_records_a_key=MOST_RECORDS_A_KEY,
        training=_summary(len(table), probed, rules, match),
    )


def budget_of(records: int) -> int:
    """The pairs that so many records may be compared in."""
    return int(records * _PAIRS_A_RECORD * min(1.0, _FEW_RECORDS / max(records, 1)) ** 0.8)


def _as_in(table: Table, attributes: Sequence[Attribute]) -> list[int]:
    """The places of the attributes in the order of the table's columns, as one reads them."""
    at = {name: place for place, name in enumerate(table.columns)}
    return sorted(range(len(attributes)), key=lambda place: at[attributes[place].columns[0]])


def _learn(
    data: _Data,
    u: Sequence[Floats],
    strangers: Lesson,
    seed: int,
    probed: Probed,
    labels: Sequence[Judged],
) -> tuple[Shares, Floats]:
    """EM, first as if attributes were independent, then with what leans on what, as often as that changes.

    Gives what was learned, and by probed pair the probability that it matches.
    """
    records = len(data.order)
    lesson = data.lesson(probed.a, probed.b)
    teaching = _teaching(data.compared.attributes, probed, records)
    judged = data.lesson(np.array([one.a for one in labels], np.int64), np.array([one.b for one in labels], np.int64))
    taught = Taught(
        np.concatenate([lesson.levels[:, teaching], judged.levels], axis=1),
        np.concatenate([lesson.worth[:, teaching], judged.worth], axis=1),
        np.concatenate([np.full(int(teaching.sum()), np.nan), np.array([float(one.same) for one in labels])]),
    )
    pairs, looked = max(probed.share * records * (records - 1) / 2, 1.0), len(taught.judged)
    teach = partial(learn, data.compared, pairs=pairs, looked=looked)
    usual = usual_shares(data.compared, u, max(1.0 / pairs, min(_MOST_ODDS, _LIKELY * looked / pairs)))

    def learned(start: Shares) -> Shares:
        roughly = teach(taught, start, rounds=_ROUGHLY)
        return teach(taught.in_doubt(roughly), roughly)

    shares = learned(usual)
    randoms = [np.random.default_rng([seed, salt]) for salt in hashes_of_names(data.compared.attributes).tolist()]
    drawn = [draw_sharing(*one) for one in zip(data.compared.values, repeat(data.order), randoms)]
    sharing = [data.lesson(a, b) if len(a) else None for a, b in drawn]
    for _ in range(_LEANING_ROUNDS):
        # Begun anew: what was learned without the parents leads to other matches.
        tables, parents = lean(sharing, strangers, u, shares)
        shares = learned(usual._replace(u=tables, parents=parents))
    return shares, posteriors(lesson.levels, shares, lesson.worth)[0]


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


def _learned(bare: Sequence[Learned], shares: Shares, place: int) -> Learned:
    one, m, u, parent = bare[place], shares.m[place], shares.u[place], shares.parents[place]
    levels, *leaning = (_levels(one.attribute, m[state], u[state]) for state in range(len(u)))
    leans_on = None if parent is None else bare[parent].attribute.name
    return Learned(one.attribute, levels, one.bits, one.rare, leans_on, tuple(leaning), round(shares.at_home[place], 4))


def _levels(attribute: Attribute, m: Floats, u: Floats) -> tuple[Level, ...]:
    return tuple(
        Level(name, round(float(x), 8), float(f"{y:.8g}"), round(math.log2(x / y), 4))
        for name, x, y in zip(level_names(attribute), m, u, strict=True)
    )


def _rule(keys: Keys, tried: Tried, recall: float) -> LearnedRule:
    distinct, sizes = block_sizes(keys.of(tried.rule))
    left_out = distinct[sizes > MOST_RECORDS_A_KEY]
    pairs = pairs_in(sizes[sizes <= MOST_RECORDS_A_KEY])
    return LearnedRule(tried.rule, round(recall, 6), pairs, tuple(f"{key:016x}" for key in left_out.tolist()))


def _summary(records: int, probed: Probed, rules: Sequence[LearnedRule], match: Floats) -> tuple[Figure, ...]:
    return (
        Figure("records", records, "records that the model learned from"),
        Figure("pairs", len(probed.a), "pairs that it learned from"),
        Figure("matches", round(float(match.sum()), 1), "of them match, as expected"),
        Figure("rules_tried", len(probed.tried), "blocking rules within the budget of pairs"),
        Figure("rules", len(rules), "of them are used"),
        Figure("recall", round(sum(one.recall for one in rules), 4), "of the matches that any rule finds"),
        Figure("keys_left_out", sum(len(one.left_out) for one in rules), "keys with too many records are left out"),
    )
