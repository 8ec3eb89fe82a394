"""What matching finds: in real records, in made ones of many shapes, and in strange ones."""

import numpy as np
import pytest

from graph_cdp.match import Judged, Model, Table, cluster_pairs, match, recognise, train, waterfall
from tests.match_records import census, households, made, pairwise_f1, table_of

TABLE, TRUTH = made(400, 1)


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


def test_the_order_of_records_changes_no_pair(model: Model) -> None:
    order = np.random.default_rng(0).permutation(len(TABLE))
    shuffled = Table.of({name: column.take(order) for name, column in TABLE.columns.items()})
    found, again = match(TABLE, model).pairs, match(shuffled, model).pairs
    weights = {
        tuple(sorted(pair)): weight for *pair, weight in zip(order[again.a], order[again.b], again.weight, strict=True)
    }
    assert weights == dict(zip(zip(found.a, found.b, strict=True), found.weight, strict=True))


def test_decisions_are_obeyed(model: Model) -> None:
    cluster = match(TABLE, model).cluster
    a = int(np.flatnonzero(np.bincount(cluster, minlength=len(cluster)) > 1)[0])
    b = int(np.flatnonzero(cluster == a)[1])
    stranger = int(np.flatnonzero(cluster != a)[0])
    decided = match(TABLE, model, decisions=[Judged(a, b, same=False), Judged(a, stranger, same=True)]).cluster
    assert decided[a] != decided[b]
    assert decided[a] == decided[stranger]


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


@pytest.mark.parametrize("together", [0.0, 0.6])
def test_a_file_without_duplicates_has_next_to_none(together: float) -> None:
    table, _ = households(600, 3, together=together, records=1)
    found = match(table, train(table, recognise(table)))
    assert len(set(found.cluster.tolist())) >= 0.995 * len(table)


def test_what_says_the_same_twice_counts_once() -> None:
    # Who is of the same age was born in the same year, and others were not: neither speaks twice.
    table = census(1500, 5)
    model = train(table, recognise(table))
    date = next(one for one in model.attributes if one.attribute.name == "date_of_birth")
    same_year = [level.name for level in date.levels].index("same year")
    assert date.leans_on == "age"
    assert date.leaning[0][same_year].u > 20 * date.levels[same_year].u
    differing = len(date.leaning) - 1
    assert date.leaning[differing][same_year].u < date.levels[same_year].u / 2
    assert len(set(match(table, model).cluster.tolist())) >= 0.998 * len(table)


@pytest.mark.parametrize(
    ("given", "family", "exchanged"),
    [
        (["ann", "lee"], ["lee", "ann"], True),
        (["ann", None], [None, "ann"], True),
        (["ann", "lee"], ["king", "ann"], False),
        (["ann", "king"], ["lee", "ann"], False),
    ],
)
def test_names_were_exchanged_where_both_fit_crosswise(
    model: Model, given: list[str | None], family: list[str | None], exchanged: bool
) -> None:
    a, b = ({"first_name": given[at], "surname": family[at]} for at in (0, 1))
    one, other, *_ = waterfall(model, a, b).bars
    assert ((one.level, other.level, other.weight) == ("swapped", "swapped", 0.0)) == exchanged


def test_names_in_other_alphabets_are_the_same_names() -> None:
    table = Table.of({"name": ["Пётр Иванов", "Petr Ivanov", "Ада Кинг"], "email": ["p@x.org", "p@x.org", "a@y.org"]})
    assert match(table, train(table, recognise(table))).cluster.tolist() == [0, 0, 2]


def test_records_of_an_e_mail_address_alone_are_joined_where_it_is_the_same() -> None:
    table = Table.of({"mail": [f"{number % 40}@x.org" for number in range(60)]})
    assert match(table, train(table, recognise(table))).cluster.tolist() == [row % 40 for row in range(60)]


def test_people_who_live_together_are_told_apart_though_they_outnumber_the_duplicates() -> None:
    table, truth = households(500, 4, together=0.6, records=2)
    found = match(table, train(table, recognise(table)))
    assert pairwise_f1(found.cluster.tolist(), truth) >= 0.97


@pytest.mark.parametrize("copies", [2, 10, 199, 300])
@pytest.mark.parametrize("people", [1, 3])
def test_records_that_only_repeat_each_other_are_joined(people: int, copies: int) -> None:
    names, mails = ["Ann Lee", "Bo Diddle", "Ciara Mac"][:people], ["a@x.org", "b@y.org", "c@z.org"][:people]
    table = Table.of({"name": names * copies, "email": mails * copies})
    found = match(table, train(table, recognise(table)))
    assert found.cluster.tolist() == list(range(people)) * copies


def test_records_that_repeat_each_other_are_kept_apart_where_that_was_decided() -> None:
    table = Table.of({"name": ["Ann Lee"] * 300, "email": ["a@x.org"] * 300})
    found = match(table, train(table, recognise(table)), decisions=[Judged(0, 7, same=False)]).cluster
    assert found[0] != found[7]
    assert len({int(found[row]) for row in range(300) if row not in {0, 7}}) == 1


def test_records_that_repeat_each_other_are_sure_of_it() -> None:
    names, mails = ["Ann Lee", "Bo Diddle", "Ciara Mac"], ["a@x.org", "b@y.org", "c@z.org"]
    table = Table.of({"name": names * 300, "email": mails * 300})
    assert match(table, train(table, recognise(table))).confidence.min() > 0.99
