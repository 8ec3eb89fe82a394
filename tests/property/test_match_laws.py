"""Laws of matching records: what must not matter does not, and what was decided holds."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.match import Judged, Table, match, recognise, train
from tests.match_records import made
from tests.strategies import LAW

seeds = st.integers(0, 2**16)
rows = st.integers(0, 39)
decisions = st.lists(st.builds(Judged, rows, rows, st.booleans()).filter(lambda one: one.a != one.b), max_size=6)


def small(seed: int) -> Table:
    """Forty records or more, with duplicates."""
    return made(40, seed)[0]


def groups(table: Table, *, decided: list[Judged] | None = None) -> set[frozenset[str]]:
    """The clusters by the ids of their records, with default settings."""
    found = match(table, train(table, recognise(table)), decisions=decided or [])
    ids = table.ids.to_pylist()
    members: dict[int, set[str]] = {}
    for row, cluster in enumerate(found.cluster.tolist()):
        members.setdefault(cluster, set()).add(ids[row])
    return {frozenset(one) for one in members.values()}


def ordered(table: Table, columns: list[str], order: list[int]) -> Table:
    return Table.of({name: table.columns[name].take(order) for name in columns}, ids=table.ids.take(order))


@settings(LAW, max_examples=6)
@given(seed=seeds, random=st.randoms(use_true_random=False))
def test_the_order_of_records_changes_neither_model_nor_clusters(seed: int, random: Random) -> None:
    table = small(seed)
    order = random.sample(range(len(table)), len(table))
    shuffled = ordered(table, list(table.columns), order)
    assert train(shuffled, recognise(shuffled)) == train(table, recognise(table))
    assert groups(shuffled) == groups(table)


@settings(LAW, max_examples=6)
@given(seed=seeds)
def test_a_column_that_is_the_same_for_all_changes_nothing(seed: int) -> None:
    table = small(seed)
    more = Table.of({**table.columns, "tenant": ["acme"] * len(table)}, ids=table.ids)
    assert groups(more) == groups(table)


@settings(LAW, max_examples=6)
@given(seed=seeds)
def test_the_same_records_and_seed_give_the_same_model_and_clusters(seed: int) -> None:
    table = small(seed)
    assert train(table, recognise(table), seed=seed) == train(table, recognise(table), seed=seed)
    assert groups(table) == groups(table)


@settings(LAW, max_examples=10)
@given(seed=seeds, decided=decisions)
def test_what_was_decided_holds_unless_it_contradicts_itself(seed: int, decided: list[Judged]) -> None:
    table = small(seed)
    cluster = match(table, train(table, recognise(table)), decisions=decided).cluster
    same = {row: {row} for one in decided for row in one[:2]}
    for one in decided:
        if one.same:
            joined = same[one.a] | same[one.b]
            same |= dict.fromkeys(joined, joined)
    for one in decided:
        if one.same:
            assert cluster[one.a] == cluster[one.b]
        elif one.b not in same[one.a]:
            assert cluster[one.a] != cluster[one.b]


@settings(LAW, max_examples=5)
@given(seed=seeds, copies=st.integers(2, 5))
def test_every_record_is_joined_with_its_copy(seed: int, copies: int) -> None:
    table = Table.of({name: column.to_pylist()[:20] * copies for name, column in small(seed).columns.items()})
    assert all(any(len({int(row) % 20 for row in group} & {place}) for group in groups(table)) for place in range(20))


@settings(LAW, max_examples=6)
@given(seed=seeds, random=st.randoms(use_true_random=False))
def test_the_order_of_columns_changes_no_cluster(seed: int, random: Random) -> None:
    table = small(seed)
    turned = ordered(table, random.sample(list(table.columns), len(table.columns)), list(range(len(table))))
    assert groups(turned) == groups(table)
