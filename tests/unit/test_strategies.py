"""The random histories are what they claim: written as the product reads them, and full of what is hard."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import Expected, expected
from tests.strategies import (
    LAW,
    Arrival,
    History,
    Plain,
    arrivals,
    histories,
    policies,
    policy_text,
    raw_decision,
    raw_event,
)

START = datetime(1970, 1, 1, tzinfo=UTC)


def of(history: History) -> Expected:
    return expected(history.events, history.decisions, history.policy, "key of the tests", history.matched)


@LAW
@given(st.data(), histories())
def test_what_arrives_in_batches_is_the_whole_history_and_nothing_else(data: st.DataObject, history: History) -> None:
    batches: list[Arrival] = data.draw(arrivals(history))
    events = [event for batch in batches for event in batch.events]
    decisions = [decision for batch in batches for decision in batch.decisions]
    assert of(History(history.policy, events, decisions, batches[-1].matched)) == of(history)


@LAW
@given(policies())
def test_the_text_of_a_policy_says_what_the_policy_says(policy: Plain) -> None:
    text = tomllib.loads(policy_text(policy))
    assert text.pop("placeholders") is False
    assert text.pop("namespace") == policy["namespaces"]
    assert text.pop("trait", {}) == policy["traits"]
    assert text == {}


@LAW
@given(histories())
def test_raw_events_and_decisions_say_what_the_history_says(history: History) -> None:
    for event in history.events:
        raw = raw_event(event)
        assert (raw["messageId"], raw["source"], raw["traits"]) == (event["id"], event["source"], event["traits"])
        assert [(named["namespace"], named["value"]) for named in raw["identifiers"]] == event["identifiers"]
        assert datetime.fromisoformat(raw["timestamp"]) == START + event["at"] * timedelta(milliseconds=1)
    for decision in history.decisions:
        at = datetime.fromisoformat(raw_decision(decision)["at"])
        assert at == START + decision["at"] * timedelta(milliseconds=1)
        assert {**raw_decision(decision), "at": decision["at"]} == decision


def merged(before: Expected, after: Expected) -> bool:
    """Whether one profile holds several earlier ones."""
    return any(sum(old <= new for old in before.profiles.values()) > 1 for new in after.profiles.values())


def split(before: Expected, after: Expected) -> bool:
    """Whether the identifiers of an earlier profile are no longer together."""
    return any(not any(old <= new for new in after.profiles.values()) for old in before.profiles.values())


def kinds_in(history: History) -> Counter[str]:
    """Which of the things that resolution is about happen in a history."""
    found = of(history)
    before = of(history._replace(events=history.events[: len(history.events) // 2]))
    undecided = of(history._replace(decisions=[]))
    unmatched = of(history._replace(matched=()))
    seen = found.identifiers.values()
    distinct = {(event["id"], event["at"]) for event in history.events}
    happens = {
        "merge by later events": merged(before, found),
        "split by later events": split(before, found),
        "merge by decision": merged(undecided, found),
        "split by decision": split(undecided, found),
        "merge by matched link": merged(unmatched, found),
        "split by matched link": split(unmatched, found),
        "several profiles in one cluster": any(one.profile != one.cluster for one in seen),
        "trait removed": any(write.value is None for one in seen for write in one.traits.values()),
        "tie in time": len({at for _, at in distinct}) < len(distinct),
        "event twice": len(distinct) < len(history.events),
        "event of nobody": None in found.owners.values(),
    }
    happens |= {f"{refusal.kind} link refused: {refusal.reason}": True for refusal in found.refusals}
    happens |= {f"set aside: {one.set_aside}": True for one in seen if one.set_aside}
    return Counter(kind for kind, is_so in happens.items() if is_so)


def test_each_thing_that_resolution_is_about_happens_in_many_of_the_random_histories() -> None:
    times = Counter[str]()

    @settings(LAW, max_examples=300, derandomize=True, database=None)
    @given(histories())
    def count(history: History) -> None:
        times.update(kinds_in(history))

    count()
    rare = {
        kind: times[kind]
        for kind in (
            "observed link refused: limit",
            "observed link refused: decided",
            "manual link refused: decided",
            "matched link refused: decided",
            "set aside: shared",
            "set aside: blocked",
            "merge by later events",
            "split by later events",
            "merge by decision",
            "split by decision",
            "merge by matched link",
            "split by matched link",
            "several profiles in one cluster",
            "trait removed",
            "tie in time",
            "event twice",
            "event of nobody",
        )
        if times[kind] < 10
    }
    assert rare == {}, times
