"""Random histories for the laws, and the ways to write a history down as the product reads it.

The universe is small on purpose: few values, few times, few sources, so that limits, decisions, shared identifiers
and ties meet often. Names and values are plain text that normalisation leaves alone; the names lie in the policy in
any order, so that the order of keys and the order of strength disagree.

A history is read off one string of random bytes, a byte a choice. Drawn choice by choice, five examples of six would be
small mutations of another, and each would take many times as long; read so, each is new, and a failing one still
shrinks, for a choice has always the same place: a byte that becomes 0 makes that choice the simplest.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise, permutations, product
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from graph_cdp.domain.times import iso, parse_time

Plain = dict[str, Any]

# A busy machine is no broken law.
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

T = TypeVar("T")

SCENARIOS = sorted((Path(__file__).parent / "data" / "scenarios").glob("*.json"))

_NAMES = ("crm", "login", "loyalty", "device", "cookie")
_ORDERS_OF_NAMES = tuple(permutations(_NAMES))
_UNLISTED = "unlisted"
_VALUES = ("a1", "a2", "b1", "c3")
_NEVER_SEEN = "d9"
_SOURCES = ("web", "app", "store")
_START = parse_time("2026-01-01T00:00:00Z")
_TIMES = tuple(_START + offset for offset in (0, 1, 1_000, 3_600_000, 86_400_000))
_DECISION_TIMES = (_START, _START + 1, _START + 172_800_000)
_WHEN_AND_WHERE = tuple(product(_TIMES, _SOURCES))
_TRAITS = ("plan", "score", "tags")
_VALUES_OF_TRAITS: tuple[Any, ...] = (
    *(None, "free", "paid", "über", 1, 2, 10, 1.5, True),
    *(["a", "b"], ["b", 2], [], {"k": [1], "a": "x"}),
)
_WRITES: tuple[Plain, ...] = (
    {},
    *({trait: value} for trait, value in product(_TRAITS, _VALUES_OF_TRAITS)),
    *({"plan": one, "tags": other} for one, other in pairwise(_VALUES_OF_TRAITS)),
)
_VERDICTS = (None, "same", "different", "same", "different", "same", "different", "unsure", "withdrawn")
_JUDGEMENTS = tuple(product(_VERDICTS, _DECISION_TIMES, ("ann", "bo")))
_SCORES = (1.0, 0.875, 0.9375, 0.875)
_MAX_MATCHED = 4
_POLICY_BYTES = 24
_SURVIVORSHIPS = ("latest", "earliest", "most_frequent", "source_priority", "min", "max", "union")


class History(NamedTuple):
    """A policy, and all events and decisions in some order, some of them twice; plain data as `oracle` reads it.

    `matched`: what a model says of any two identifiers, each pair once.
    """

    policy: Plain
    events: list[Plain]
    decisions: list[Plain]
    matched: tuple[Plain, ...] = ()


class Arrival(NamedTuple):
    """What comes to the service at once; `matched`: what its model says, of identifiers that are not known yet too."""

    events: list[Plain]
    decisions: list[Plain]
    matched: tuple[Plain, ...] = ()


class _Choices:
    """Choices read off bytes; where these end, all further ones are the simplest."""

    def __init__(self, choices: bytes) -> None:
        self._choices = iter(choices)

    def one_of(self, options: Sequence[T]) -> T:
        """One of at most 256 options, the simplest first."""
        return options[next(self._choices, 0) % len(options)]


def policies() -> st.SearchStrategy[Plain]:
    """One to five namespaces with limits, `shared_above` and blocked values, and rules for some of the traits."""
    return _read(_POLICY_BYTES, _policy)


def histories(max_events: int = 14, max_decisions: int = 8) -> st.SearchStrategy[History]:
    """A random policy, and what was observed and decided under it."""

    def history(choices: _Choices) -> History:
        policy = _policy(choices)
        events = _events(choices, policy, max_events)
        decisions = _decisions(choices, policy, events, max_decisions)
        return History(policy, events, decisions, _matched(choices, events))

    return _read(_POLICY_BYTES + 8 * max_events + 3 * max_decisions + 6 + 2 * _MAX_MATCHED + 1, history)


def _read(size: int, reader: Callable[[_Choices], T]) -> st.SearchStrategy[T]:
    return st.binary(min_size=size, max_size=size).map(lambda choices: reader(_Choices(choices)))


def _policy(choices: _Choices) -> Plain:
    namespaces = [_namespace(choices, name) for name in choices.one_of(_ORDERS_OF_NAMES)]
    rules = {trait: _trait_rule(choices) for trait in _TRAITS}
    # The first namespace has none stronger: there, the setting would say nothing.
    namespaces[0].pop("shared_above", None)
    return {
        "namespaces": namespaces[: choices.one_of((1, 2, 3, 3, 3, 4, 5))],
        "traits": {trait: rule for trait, rule in rules.items() if rule is not None},
    }


def _namespace(choices: _Choices, name: str) -> Plain:
    settings = {
        "name": name,
        "limit": choices.one_of((None, 1, 2, 1, 3)),
        "shared_above": choices.one_of((None, 1, 2, 3, None)),
        "blocked": choices.one_of(([], [], [], [], [], [], [], [], [], ["c3"], ["b1", "c3"])),
    }
    return {name: value for name, value in settings.items() if value not in (None, [])}


def _trait_rule(choices: _Choices) -> Plain | None:
    survivorship = choices.one_of((None, *_SURVIVORSHIPS))
    sources = choices.one_of((("app",), ("store", "web"), ("app", "store", "web")))
    if survivorship == "source_priority":
        return {"survivorship": survivorship, "sources": list(sources)}
    return None if survivorship is None else {"survivorship": survivorship}


def _events(choices: _Choices, policy: Plain, max_events: int) -> list[Plain]:
    known = list(product((namespace["name"] for namespace in policy["namespaces"]), _VALUES))
    events = list[Plain]()
    at_most = choices.one_of((0, *range(2, max_events + 1), *range(max_events // 2, max_events + 1)))
    for number in range(max_events):
        at, source = choices.one_of(_WHEN_AND_WHERE)
        # Now and then an event names an identifier of a namespace that the policy lacks.
        identifiers = [choices.one_of([*known, (_UNLISTED, "a1")]) for _ in range(4)]
        named = identifiers[: choices.one_of((0, 1, 2, 2, 2, 3, 3, 4))]
        event = {"id": f"m{number}", "at": at, "source": source, "identifiers": named}
        event["traits"] = choices.one_of(_WRITES)
        if named and number < at_most:
            events.append(event)
    return _with_repeats(choices, events)


def _decisions(choices: _Choices, policy: Plain, events: list[Plain], max_decisions: int) -> list[Plain]:
    keys = sorted({f"{name}:{value}" for event in events for name, value in event["identifiers"]})
    keys.append(f"{policy['namespaces'][0]['name']}:{_NEVER_SEEN}")
    # Few identifiers are in question, so that decisions meet, supersede and contradict each other.
    in_question = list(dict.fromkeys([*(choices.one_of(keys) for _ in range(3)), *keys]))[:3]
    if len(in_question) < 2:
        return []
    decisions = list[Plain]()
    for _ in range(max_decisions):
        a, b = choices.one_of(list(permutations(in_question, 2)))
        verdict, at, by = choices.one_of(_JUDGEMENTS)
        if verdict is not None:
            decisions.append({"a": a, "b": b, "verdict": verdict, "at": at, "by": by, "reason": "asked them"})
    return _with_repeats(choices, decisions)


def _matched(choices: _Choices, events: list[Plain]) -> tuple[Plain, ...]:
    keys = sorted({f"{name}:{value}" for event in events for name, value in event["identifiers"] if name != _UNLISTED})
    pairs = list(combinations(keys, 2))
    score_by_pair = dict[tuple[str, str], float]()
    at_most = choices.one_of((0, *range(_MAX_MATCHED + 1))) if pairs else 0
    for _ in range(at_most):
        score_by_pair[choices.one_of(pairs)] = choices.one_of(_SCORES)
    return tuple({"a": a, "b": b, "score": score} for (a, b), score in score_by_pair.items())


def _with_repeats(choices: _Choices, items: list[Plain]) -> list[Plain]:
    again = choices.one_of((0, 0, 1, 2))
    return items + items[:again]


def arrivals(history: History) -> st.SearchStrategy[list[Arrival]]:
    """One way in which a history reaches the service: any order, cut into batches anywhere, some of it again.

    Decisions come before or after the events that they speak of. The simplest way is all at once.
    """
    return st.integers(0, 2**16).map(lambda seed: _arrivals(history, Random(seed) if seed else None))


def _arrivals(history: History, random: Random | None) -> list[Arrival]:
    if random is None:
        return [Arrival(history.events, history.decisions, history.matched)]
    things = [("event", event) for event in history.events] + [("decision", each) for each in history.decisions]
    things += random.sample(things, len(things) // 4)
    random.shuffle(things)
    batches, mean_size = [Arrival([], [], history.matched)], random.choice((1, 2, 4, 8))
    for kind, thing in things:
        (batches[-1].events if kind == "event" else batches[-1].decisions).append(thing)
        if random.randrange(mean_size) == 0:
            batches.append(Arrival([], [], history.matched))
    return batches


def raw_event(event: Plain) -> Plain:
    """The event as a sender writes it: Segment-shaped JSON."""
    return {
        "type": "identify",
        "messageId": event["id"],
        "timestamp": iso(event["at"]),
        "source": event["source"],
        "identifiers": [{"namespace": name, "value": value} for name, value in event["identifiers"]],
        "traits": dict(event["traits"]),
    }


def raw_decision(decision: Plain) -> Plain:
    """The decision as a line of a decisions file."""
    return {**decision, "at": iso(decision["at"])}


def policy_text(policy: Mapping[str, Any]) -> str:
    """The policy as TOML, without the built-in placeholders: only its own values are blocked."""
    lines = ["placeholders = false"]
    for namespace in policy["namespaces"]:
        lines += ["", "[[namespace]]", *_settings(namespace)]
    for name, rule in policy.get("traits", {}).items():
        lines += ["", f"[trait.{name}]", *_settings(rule)]
    return "\n".join(lines) + "\n"


def _settings(table: Mapping[str, Any]) -> list[str]:
    # Plain text, whole numbers and lists of text are written alike in JSON and in TOML.
    return [f"{name} = {json.dumps(value)}" for name, value in table.items() if value not in (None, [])]


def scenario(path: Path) -> tuple[History, set[frozenset[str]]]:
    """A published scenario: its history, and the profiles that must come of it."""
    text = json.loads(path.read_text())
    events = [
        {
            "id": f"m{number}",
            "at": parse_time(event["at"]),
            "source": "scenario",
            "identifiers": [(named["namespace"], named["value"]) for named in event["identifiers"]],
            "traits": {},
        }
        for number, event in enumerate(text["events"])
    ]
    namespaces = [
        {"name": line["namespace"], **{key: value for key, value in line.items() if key != "namespace"}}
        for line in text["policy"]
    ]
    history = History({"namespaces": namespaces, "traits": {}}, events, text.get("decisions", []))
    return history, {frozenset(profile) for profile in text["profiles"]}
