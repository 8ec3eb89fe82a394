"""A history of a few profiles with all that pages must get right: ties, silences, channels, refusals, strange text."""

from random import Random
from typing import Any

from graph_cdp.domain.event import Event
from graph_cdp.domain.times import iso
from graph_cdp.policies import Rules
from graph_cdp.service.decide import decide
from graph_cdp.service.ingest import ingest
from graph_cdp.store.port import Store
from tests.plain_reads import HALF_AN_HOUR
from tests.stores import NOW, decisions_of, rules_of
from tests.strategies import Plain

POLICY: Plain = {
    "namespaces": [
        {"name": "crm", "limit": 1},
        {"name": "email", "limit": 2, "shared_above": 3},
        {"name": "cookie", "shared_above": 2, "blocked": ["none"]},
    ],
    "traits": {},
}
START = 1_767_268_800_000
# By UTF-16 units the emoji would come before the one above it.
STRANGE = ("", "a", "é", "\ufffd", "\U0001f642")
STEPS = (0, 0, 1, 60_000, HALF_AN_HOUR - 1, HALF_AN_HOUR, 86_400_000)


def raw_events(count: int = 240, seed: int = 4) -> list[dict[str, Any]]:
    """Events as sources send them."""
    random, at = Random(seed), START
    events = list[dict[str, Any]]()
    for number in range(count):
        at += random.choice(STEPS)
        person = random.randrange(12)
        named = {"cookie": f"{person}{random.choice('ab')}", "crm": str(person), "email": f"{person // 2}\U0001f642"}
        some = random.sample(sorted(named), random.choice((1, 2, 2, 3)))
        identifiers = [{"namespace": name, "value": named[name]} for name in some]
        if random.random() < 0.1:
            identifiers.append({"namespace": "cookie", "value": random.choice(("tablet", "none"))})
        events.append({
            "messageId": f"m{random.choice(STRANGE)}{number}",
            "type": random.choice(("track", "page", "identify")),
            "event": random.choice(("Order Completed", "名前", None)),
            "channel": random.choice(("browser", "server", None)),
            "receivedAt": at,
            "timestamp": at,
            "source": random.choice(("web", "wéb")),
            "identifiers": identifiers,
            "traits": random.choice(({}, {"plan": random.choice(("free", "paid", 1, 1.5, True))})),
        })  # fmt: skip
    return events


def read(raw: list[dict[str, Any]], rules: Rules) -> list[Event]:
    dated = [one | {"receivedAt": iso(one["receivedAt"]), "timestamp": iso(one["timestamp"])} for one in raw]
    found = [rules.reader.read(one, source="tests", now=NOW) for one in dated]
    events = [one for one in found if isinstance(one, Event)]
    assert len(events) == len(raw), found
    return events


async def take_history(store: Store) -> None:
    """Bring the history into a store, with a decision that keeps two identifiers apart and one that joins two."""
    rules = rules_of(POLICY)
    events = read(raw_events(), rules)
    decisions = decisions_of([
        {"a": "crm:0", "b": "cookie:0a", "verdict": "different", "at": START, "by": "ann", "reason": "asked"},
        {"a": "crm:6", "b": "crm:7", "verdict": "same", "at": START, "by": "ann", "reason": "asked"},
    ])  # fmt: skip
    await store.write(lambda tx: ingest(tx, events, rules))
    await store.write(lambda tx: decide(tx, decisions, rules.policy))
