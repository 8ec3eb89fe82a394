"""The laws of one record beside others: it becomes and weighs alone what it does among all. Random Unicode texts."""

from itertools import cycle

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.match import (
    BANDS,
    Column,
    Learned,
    LearnedRule,
    Level,
    Model,
    Record,
    Table,
    Thresholds,
    blocking_keys,
    blocking_keys_of,
    folded_records,
    match,
    score,
)
from graph_cdp.match.attributes import Attribute
from graph_cdp.match.compare import level_names
from graph_cdp.match.comparisons import COMPARISONS
from graph_cdp.match.folding import fold, mail_domain, mailbox_name
from graph_cdp.match.lines import changed
from graph_cdp.match.rules import FORMS, possible_rules
from tests.strategies import LAW

KINDS = tuple(COMPARISONS)
ATTRIBUTES = (
    *(Attribute(kind, kind, (kind,), swaps={"given_name": "family_name", "family_name": "given_name"}.get(kind))
      for kind in KINDS if kind not in ("text", "category")),
    Attribute("american", "date", ("american",), day_first=False),
    *(Attribute(f"name ({part})", "text", ("name",), part) for part in ("given", "family", "rest")),
    Attribute("more", "text", ("name", "given_name", "family_name"), "rest"),
)  # fmt: skip
COLUMNS = tuple(dict.fromkeys(column for one in ATTRIBUTES for column in one.columns))


def learned(attribute: Attribute) -> Learned:
    levels = tuple(Level(name, 0.5, 0.5, 3.0 - 1.1 * place) for place, name in enumerate(level_names(attribute)))
    return Learned(attribute, levels, {"ann": -1.5, "1 high st": 0.25}, 2.0)


def model() -> Model:
    """One that reads every kind by every rule."""
    return Model(
        columns=tuple(Column(name, "text", "") for name in COLUMNS),
        attributes=tuple(map(learned, ATTRIBUTES)),
        rules=tuple(LearnedRule(rule, 0.1, 1, ()) for rule in possible_rules(ATTRIBUTES)),
        prior=-3.0, home=-2.0, absent=-4.0, thresholds=Thresholds(6.0, 0.0, -2.0), most_records_a_key=100, training=(),
    )  # fmt: skip


MODEL = model()
WORDS = (
    "Ann", "ann ", "O'Neill", "oneill", "Straße", "High Street", "1 high st", "İpek", "ΣΟΦΟΣ", "N/A", "xxx", "ﬁ",
    "x@y.z", "Ann.Lee@Mail.example", "+49 170 1234567", "SW1A 2AA", "\n", "",
    "3/4/1990", "4 March 1990", "1990-03-04", "13.3.90",
)  # fmt: skip
words = st.sampled_from(WORDS)
texts = st.one_of(
    words, st.text(max_size=12), st.lists(words, max_size=3).map(" ".join), st.from_regex(r"[0-9./-]{1,11}")
)
records = st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, st.none() | texts))
CHANGES = {
    **{kind: lambda lines, kind=kind: fold(lines, kind) for kind in KINDS},
    "month first": lambda lines: fold(lines, "date", day_first=False),
    "mailbox name": mailbox_name,
    "mail domain": mail_domain,
    **FORMS,
}


@settings(LAW, max_examples=300)
@given(st.lists(texts, min_size=1, max_size=6), st.sampled_from(sorted(CHANGES)))
def test_a_text_becomes_alone_what_it_becomes_among_others(some: list[str], name: str) -> None:
    lines = [text.replace("\n", " ") for text in some]
    change = CHANGES[name]
    assert change("\n".join(lines)).split("\n") == [change(line) for line in lines]
    alone = [changed(pa.array([text], pa.large_string()), change)[0].as_py() for text in some]
    assert changed(pa.array(some, pa.large_string()), change).to_pylist() == alone


@pytest.mark.parametrize("many", [1, 1_000, 20_000])
def test_a_text_becomes_among_very_many_what_it_becomes_alone(many: int) -> None:
    some = [f"{number} {text} Straße"[: 3 + number % 17] for number, text in zip(range(many), cycle(WORDS))]
    told = changed(pa.array(some, pa.large_string()), lambda lines: fold(lines, "street")).to_pylist()
    assert told == [fold(text.replace("\n", " "), "street") for text in some]


@settings(LAW, max_examples=60)
@given(st.lists(records, min_size=1, max_size=5))
def test_a_record_is_found_by_the_keys_that_it_has_among_others(some: list[Record]) -> None:
    assert blocking_keys_of(MODEL, folded_records(MODEL, some)) == [blocking_keys(MODEL, one) for one in some]


@settings(LAW, max_examples=60)
@given(st.lists(records, min_size=2, max_size=5))
def test_a_record_weighs_alone_beside_others_what_the_batch_says(some: list[Record]) -> None:
    keys = [set(blocking_keys(MODEL, one)) for one in some]
    pairs = match(Table.of_records(some), MODEL).pairs
    told = {
        (a, b): (chance, weight, BANDS[band])
        for a, b, chance, weight, band in zip(pairs.a, pairs.b, pairs.score, pairs.weight, pairs.band, strict=True)
    }
    for a, one in enumerate(some):
        found = [b for b in range(a + 1, len(some)) if not keys[a].isdisjoint(keys[b])]
        assert dict(zip(((a, b) for b in found), score(MODEL, one, [some[b] for b in found]), strict=True)) == {
            pair: of for pair, of in told.items() if pair[0] == a
        }
