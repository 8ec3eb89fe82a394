"""A model: learned the same each time, written and read back exactly, and the same for one record as for all."""

import pytest

from graph_cdp.errors import InputError
from graph_cdp.match import (
    Judged,
    Model,
    blocking_keys,
    blocking_keys_of,
    folded_records,
    match,
    model_from_json,
    model_to_json,
    recognise,
    score,
    train,
    waterfall,
)
from tests.match_records import made

TABLE, _ = made(400, 1)
RECORDS = [TABLE.record(row) for row in range(len(TABLE))]


@pytest.fixture(scope="module")
def model() -> Model:
    return train(TABLE, recognise(TABLE))


def test_a_model_is_written_and_read_back_exactly(model: Model) -> None:
    assert model_from_json(model_to_json(model)) == model


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InputError, match="no model"):
        model_from_json('{"format": 3}')


def test_training_again_gives_the_same_model(model: Model) -> None:
    assert train(TABLE, recognise(TABLE)) == model


def test_labels_are_learned_from(model: Model) -> None:
    labels = [Judged(0, 1, same=False), Judged(2, 3, same=True)] * 5
    assert train(TABLE, recognise(TABLE), labels=labels) != model


def test_a_waterfall_adds_up_to_the_weight_of_the_pair(model: Model) -> None:
    pairs = match(TABLE, model).pairs
    for place in range(0, len(pairs), 97):
        told = waterfall(model, TABLE.record(int(pairs.a[place])), TABLE.record(int(pairs.b[place])))
        assert told.prior + sum(bar.weight for bar in told.bars) == pytest.approx(told.weight)
        assert told.weight == pytest.approx(pairs.weight[place])


def test_one_record_has_the_candidates_and_the_scores_of_the_batch(model: Model) -> None:
    pairs, keys = match(TABLE, model).pairs, blocking_keys_of(model, folded_records(model, RECORDS))
    weight = dict(zip(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True), pairs.weight.tolist(), strict=True))
    for row in range(0, len(TABLE), 37):
        own = blocking_keys(model, TABLE.record(row))
        assert own == keys[row]
        others = [other for other in range(len(TABLE)) if other != row and not set(own).isdisjoint(keys[other])]
        scored = score(model, TABLE.record(row), [TABLE.record(other) for other in others])
        expected = {(min(row, other), max(row, other)): one.weight for other, one in zip(others, scored, strict=True)}
        assert expected == {pair: bits for pair, bits in weight.items() if row in pair}
