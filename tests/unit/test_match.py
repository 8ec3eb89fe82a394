import numpy as np
import pytest

from graph_cdp.errors import InputError
from graph_cdp.match import (
    Judged,
    Model,
    Table,
    blocking_keys,
    blocking_keys_of,
    cluster_pairs,
    folded_records,
    match,
    model_from_json,
    model_to_json,
    recognise,
    score,
    train,
    waterfall,
)
from tests.match_records import made, pairwise_f1, table_of

TABLE, TRUTH = made(400, 1)
RECORDS = [TABLE.record(row) for row in range(len(TABLE))]


@pytest.fixture(scope="module")
def model() -> Model:
    return train(TABLE, recognise(TABLE))


@pytest.mark.parametrize(
    ("name", "truth", "least"), [("fake_1000.csv", "cluster", 0.975), ("febrl3.csv", "rec_id", 0.999)]
)
def test_real_records_are_matched_as_well_as_measured(name: str, truth: str, least: float) -> None:
    table, known = table_of(name, truth)
    groups = [one.split("-")[1] for one in known] if truth == "rec_id" else known
    found = match(table, train(table, recognise(table)))
    assert pairwise_f1(found.cluster.tolist(), groups) >= least


def test_made_records_are_matched(model: Model) -> None:
    assert pairwise_f1(match(TABLE, model).cluster.tolist(), TRUTH) >= 0.9


def test_a_model_is_written_and_read_back_exactly(model: Model) -> None:
    assert model_from_json(model_to_json(model)) == model


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InputError, match="no model"):
        model_from_json('{"format": 1}')


def test_training_again_gives_the_same_model(model: Model) -> None:
    assert train(TABLE, recognise(TABLE)) == model


def test_the_order_of_records_changes_no_pair(model: Model) -> None:
    order = np.random.default_rng(0).permutation(len(TABLE))
    shuffled = Table.of({name: column.take(order) for name, column in TABLE.columns.items()})
    found, again = match(TABLE, model).pairs, match(shuffled, model).pairs
    weights = {
        tuple(sorted(pair)): weight for *pair, weight in zip(order[again.a], order[again.b], again.weight, strict=True)
    }
    assert weights == dict(zip(zip(found.a, found.b, strict=True), found.weight, strict=True))


def test_a_waterfall_adds_up_to_the_weight_of_the_pair(model: Model) -> None:
    pairs = match(TABLE, model).pairs
    for place in range(0, len(pairs), 97):
        told = waterfall(model, TABLE.record(int(pairs.a[place])), TABLE.record(int(pairs.b[place])))
        assert told.prior + sum(bar.weight for bar in told.bars) == pytest.approx(told.weight)
        assert told.weight == pytest.approx(pairs.weight[place])


def test_one_record_has_the_candidates_and_the_scores_of_the_batch(model: Model) -> None:
    pairs, keys = (
        match(TABLE, model).pairs,
        blocking_keys_of(model, folded_records(model, RECORDS)),
    )
    weight = dict(zip(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True), pairs.weight.tolist(), strict=True))
    for row in range(0, len(TABLE), 37):
        own = blocking_keys(model, TABLE.record(row))
        assert own == keys[row]
        others = [other for other in range(len(TABLE)) if other != row and not set(own).isdisjoint(keys[other])]
        scored = score(model, TABLE.record(row), [TABLE.record(other) for other in others])
        expected = {(min(row, other), max(row, other)): one.weight for other, one in zip(others, scored, strict=True)}
        assert expected == {pair: bits for pair, bits in weight.items() if row in pair}


def test_decisions_are_obeyed(model: Model) -> None:
    cluster = match(TABLE, model).cluster
    a = int(np.flatnonzero(np.bincount(cluster, minlength=len(cluster)) > 1)[0])
    b = int(np.flatnonzero(cluster == a)[1])
    stranger = int(np.flatnonzero(cluster != a)[0])
    decided = match(TABLE, model, decisions=[Judged(a, b, same=False), Judged(a, stranger, same=True)]).cluster
    assert decided[a] != decided[b]
    assert decided[a] == decided[stranger]


def test_labels_are_learned_from(model: Model) -> None:
    labels = [Judged(0, 1, same=False), Judged(2, 3, same=True)] * 5
    assert train(TABLE, recognise(TABLE), labels=labels) != model


def test_confidences_are_probabilities(model: Model) -> None:
    confidence = match(TABLE, model).confidence
    assert ((confidence >= 0) & (confidence <= 1)).all()


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"name": [], "email": []},
        {"name": ["Ann Lee"]},
        {"name": ["Ann Lee", None], "email": ["", None]},
        {"first_name": ["Ann"] * 300, "surname": ["Lee"] * 300},
    ],
)
def test_strange_tables_are_borne(columns: dict[str, list[str | None]]) -> None:
    table = Table.of(columns)
    found = match(table, train(table, recognise(table)))
    assert len(found.cluster) == len(table)


def test_two_records_alike_are_joined() -> None:
    table = Table.of({"name": ["Ann Lee", "Anne Lee"], "email": ["a@x.org", "a@x.org"]})
    assert match(table, train(table, recognise(table))).cluster.tolist() == [0, 0]


def test_a_chain_of_weak_links_joins_no_strangers() -> None:
    a, weight = np.arange(3), np.full(3, 1.0)
    assert len(set(cluster_pairs(4, a, a + 1, weight, 0.0).tolist())) > 1


def test_columns_are_recognised_by_name_and_content() -> None:
    table = Table.of({
        "Kontakt": ["a@x.org", "b@y.org", "c@z.org"],
        "Vorname": ["Ann", "Bob", "Cid"],
        "geb": ["1990-01-31", "1980-02-28", "1970-03-01"],
        "cluster": ["1", "2", "3"],
        "leer": [None, None, None],
    })  # fmt: skip
    kinds = {column.name: column.kind for column in recognise(table, overrides={"geb": "date"})}
    assert kinds == {
        "Kontakt": "email", "Vorname": "given_name", "geb": "date", "cluster": "left_out", "leer": "left_out",
    }  # fmt: skip
    assert recognise(table, ignore=["Vorname"])[1].kind == "left_out"
