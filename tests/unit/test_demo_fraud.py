"""Made-up fraud is found, and families, firms and flats are let be: measured, on data that no rule was made for."""

import pytest

from graph_cdp.demo.fraud import FraudData, fraud_score, make_fraud
from graph_cdp.service.fraud.look import fraud_findings
from tests.fraud_cases import rules_with, tell
from tests.stores import MEMORY, opened


async def found_in(data: FraudData) -> list[tuple[str, ...]]:
    rules, store = rules_with(), await opened(MEMORY)
    await tell(store, data.events, rules)
    findings = await store.read(lambda tx: fraud_findings(tx, rules.policy))
    await store.close()
    return [one.keys for one in findings]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_planted_schemes_are_found_and_what_looks_like_them_is_not(seed: int) -> None:
    data = make_fraud(persons=300, seed=seed)
    assert min(data.look_alikes[kind] for kind in ("family", "flat", "firm", "block", "till", "traveller")) > 0
    judged = fraud_score(await found_in(data), data.schemes)
    assert judged.precision >= 0.95
    assert judged.recall >= 0.9, judged.missed


async def test_where_nothing_was_planted_nothing_is_found() -> None:
    data = make_fraud(persons=300, seed=4, each=0)
    assert data.schemes == {}
    assert len(await found_in(data)) <= 1


def test_the_same_seed_makes_the_same_data_and_another_makes_others() -> None:
    one, same, other = (make_fraud(persons=100, seed=seed, each=1) for seed in (5, 5, 6))
    assert one == same
    assert one.events != other.events


def test_findings_are_right_if_they_are_about_a_scheme_and_schemes_found_if_something_is_about_them() -> None:
    judged = fraud_score([("a",), ("b",), ("x",)], {"one": frozenset({"a", "b"}), "two": frozenset({"c"})})
    assert (judged.findings, judged.right, judged.found, judged.missed) == (3, 2, 1, ("two",))
    assert (judged.precision, judged.recall) == (2 / 3, 0.5)
