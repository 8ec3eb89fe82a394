"""The `[fraud.RULE]` tables of a policy file: which signs of fraud are looked for, and from what numbers on."""

from collections.abc import Collection
from typing import Any

from graph_cdp.domain.policy import FraudRule
from graph_cdp.fraud import RULES, Rule
from graph_cdp.policies.problems import Table, suggestion, tables_in


def read_fraud(top: Table, names: Collection[str]) -> dict[str, FraudRule]:
    """The settings of the rules that the file names; `names` are the policy's namespaces."""
    found: dict[str, FraudRule] = {}
    for name, values in tables_in(top, "fraud", "[fraud.RULE]"):
        if name not in RULES:
            top.findings.error(("fraud", name), f"is no rule; {suggestion(name, RULES)}")
        elif not isinstance(values, dict):
            top.findings.error(("fraud", name), f"must be a table; write [fraud.{name}] and below it enabled = true")
        else:
            rule = RULES[name]
            known = ("enabled", *(("namespaces",) if rule.namespaces else ()), *rule.numbers, *rule.lists)
            found[name] = _rule(Table(values, ("fraud", name), top.findings, known), rule, names)
    return found


def _rule(table: Table, rule: Rule[Any], names: Collection[str]) -> FraudRule:
    given = {name: table.whole(name, f"leave it out for {default:,}") for name, default in rule.numbers.items()}
    for name, number in given.items():
        if name.endswith("_percent") and number is not None and number > 100:
            table.error(name, f"must be at most 100, is {number:,}; leave it out for {rule.numbers[name]}")
    return FraudRule(
        enabled=table.flag("enabled") is not False,
        namespaces=_namespaces(table, names) if "namespaces" in table else None,
        numbers={name: number for name, number in given.items() if number is not None},
        lists={name: tuple(text.casefold() for text in table.texts(name)) for name in rule.lists if name in table},
    )


def _namespaces(table: Table, names: Collection[str]) -> tuple[str, ...]:
    given = table.texts("namespaces")
    for index, name in enumerate(given):
        if names and name not in names:
            message = f"is no namespace of the policy; {suggestion(name, names)}"
            table.findings.error((*table.path, "namespaces", index), message)
    return given
