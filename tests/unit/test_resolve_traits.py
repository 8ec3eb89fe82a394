"""Which of many values of a trait survives, by examples."""

from collections.abc import Sequence

import pytest

from graph_cdp.domain.identifier import Write
from graph_cdp.domain.policy import Policy, Survivorship, TraitRule
from graph_cdp.resolve import Held, Trait, latest, survivors


def held(key: str, at: int, value: object, source: str = "web", event: str | None = None) -> Held:
    return Held(key, "plan", Write(at, event or f"m{at}", source, value))


def survivor(rule: Survivorship, writes: list[Held], sources: Sequence[str] = ()) -> Trait:
    policy = Policy((), {"plan": TraitRule(rule, tuple(sources))})
    found = survivors(writes, policy)
    assert survivors(writes[::-1], policy) == found
    return found["plan"]


WRITES = [held("a:1", 3, "free", "web"), held("a:2", 7, "paid", "store"), held("a:3", 5, "free", "app")]


@pytest.mark.parametrize(
    ("rule", "value", "identifier"),
    [
        ("latest", "paid", "a:2"),
        ("earliest", "free", "a:1"),
        ("most_frequent", "free", "a:3"),
        ("min", "free", "a:3"),
        ("max", "paid", "a:2"),
    ],
)
def test_each_rule_picks_its_value_and_tells_where_it_comes_from(
    rule: Survivorship, value: str, identifier: str
) -> None:
    found = survivor(rule, WRITES)
    (write,) = (one.write for one in WRITES if one.key == identifier)
    assert found == Trait("plan", value, write.source, write.at, write.event, identifier)


def test_without_a_rule_the_latest_survives() -> None:
    assert survivors(WRITES, Policy(()))["plan"].value == "paid"


def test_of_writes_at_one_time_the_one_of_the_larger_event_is_later() -> None:
    writes = [held("a:1", 3, "free", event="m2"), held("a:2", 3, "paid", event="m10")]
    assert survivor("latest", writes).value == "free"
    assert survivor("earliest", writes).value == "paid"


def test_the_best_source_survives_and_among_its_writes_the_latest() -> None:
    writes = [*WRITES, held("a:4", 4, "trial", "app")]
    assert survivor("source_priority", writes, ["app", "store"]).value == "free"
    assert survivor("source_priority", writes, ["crm", "store"]).value == "paid"


def test_where_no_source_is_listed_the_latest_survives() -> None:
    assert survivor("source_priority", WRITES, ["crm"]).value == "paid"


def test_numbers_are_smaller_than_strings_and_these_smaller_than_all_else() -> None:
    writes = [held("a:1", 1, "10"), held("a:2", 2, 9), held("a:3", 3, True), held("a:4", 4, 10.5)]
    assert survivor("min", writes).value == 9
    assert survivor("max", writes).value is True
    assert survivor("max", writes[:2]).value == "10"


def test_a_union_holds_each_element_once_in_one_order_and_its_source_is_the_newest() -> None:
    writes = [held("a:1", 1, ["b", "a"]), held("a:2", 2, "c", "app"), held("a:3", 3, ["a", {"k": 1}], "store")]
    found = survivor("union", writes)
    assert found == Trait("plan", ["a", "b", "c", {"k": 1}], "store", 3, "m3", "a:3")


def test_a_union_of_empty_lists_is_an_empty_list() -> None:
    assert survivor("union", [held("a:1", 1, [])]).value == []


def test_what_was_removed_stands_for_nothing_and_the_others_survive() -> None:
    removed = held("a:2", 9, None)
    assert survivor("latest", [WRITES[0], removed]).value == "free"
    assert survivors([removed], Policy(())) == {}


def test_a_false_value_survives_like_any_other() -> None:
    for value in (False, 0, "", []):
        assert survivor("latest", [held("a:1", 1, value)]).value == value


def test_one_is_not_true_when_the_most_frequent_is_counted() -> None:
    writes = [held("a:1", 1, 1), held("a:2", 2, True), held("a:3", 3, True), held("a:4", 4, 1), held("a:5", 5, True)]
    assert survivor("most_frequent", writes).value is True


def test_the_last_write_of_a_trait_at_an_identifier_stands_whatever_its_order() -> None:
    writes = [held("a:1", 1, "one"), held("a:1", 3, "three"), held("a:1", 2, "two"), held("a:2", 1, "other")]
    expected = {("a:1", "plan"): writes[1], ("a:2", "plan"): writes[3]}
    assert latest(writes) == latest(writes[::-1]) == expected
