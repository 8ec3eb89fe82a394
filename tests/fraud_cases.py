"""Small stories for the signs of fraud: events of accounts, as a shop sends them."""

from collections.abc import Iterable
from typing import Any

from graph_cdp.demo.fraud import fraud_policy_text
from graph_cdp.domain.event import Event
from graph_cdp.domain.review import Finding
from graph_cdp.domain.times import iso, parse_time
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.service.fraud.look import fraud_findings
from graph_cdp.service.ingest import ingest
from graph_cdp.store.port import Store
from tests.stores import MEMORY, NOW, opened

Story = list[dict[str, Any]]

START = parse_time("2026-01-01T08:00:00Z")
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def rules_with(more: str = "") -> Rules:
    return Rules.of(parse_policy(f"{fraud_policy_text()}\n{more}", "the policy of the test"))


def seen(account: int | str, at: int, *, place: tuple[float, float] | None = None, **named: str) -> dict[str, Any]:
    """One event of an account, `at` milliseconds after the start; `named`: value by namespace, and `last_name`."""
    last_name = named.pop("last_name", None)
    return {
        "type": "track",
        "timestamp": iso(START + at),
        "userId": f"u{account}",
        "traits": {} if last_name is None else {"last_name": last_name},
        "context": {} if place is None else {"location": {"latitude": place[0], "longitude": place[1]}},
        "identifiers": [{"namespace": name, "value": value} for name, value in named.items()],
    }


async def tell(store: Store, story: Iterable[dict[str, Any]], rules: Rules) -> None:
    read = [rules.reader.read(event, source="shop", now=NOW) for event in story]
    events = [event for event in read if isinstance(event, Event)]
    assert len(events) == len(read), read
    await store.write(lambda tx: ingest(tx, events, rules))


async def found_in(story: Story, more: str = "") -> dict[str, list[Finding]]:
    """What all rules find in a story, by rule; `more` is added to the policy."""
    rules, store = rules_with(more), await opened(MEMORY)
    await tell(store, story, rules)
    findings = await store.read(lambda tx: fraud_findings(tx, rules.policy))
    await store.close()
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.rule, []).append(one)
    return found
