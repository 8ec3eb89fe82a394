"""The oracle judges the product, so it is judged here: by examples worked by hand, and by laws."""

from collections import Counter
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import Expected, Refusal, Seen, Write, expected, profile_id
from tests.strategies import LAW, SCENARIOS, History, Plain, histories, scenario

ID_KEY = "key of the tests"


def see(at: int, *keys: str, event: str | None = None, source: str = "web", **traits: Any) -> Plain:
    """An event at `at` that names these keys; its id is made of time and keys unless one is given."""
    return {
        "id": event or f"{at} {' '.join(keys)}",
        "at": at,
        "source": source,
        "identifiers": [tuple(key.split(":")) for key in keys],
        "traits": traits,
    }


def judge(a: str, verdict: str, b: str, at: int = 100) -> Plain:
    return {"a": a, "b": b, "verdict": verdict, "at": at, "by": "ann", "reason": "asked them"}


def namespace(name: str, limit: int | None = None, shared_above: int | None = None, *blocked: str) -> Plain:
    return {"name": name, "limit": limit, "shared_above": shared_above, "blocked": list(blocked)}


def policy(*namespaces: Plain, **traits: Plain) -> Plain:
    return {"namespaces": list(namespaces), "traits": traits}


def outcome(policy: Plain, events: list[Plain], *decisions: Plain) -> Expected:
    return expected(events, decisions, policy, ID_KEY)


def profiles(found: Expected) -> list[str]:
    """Each profile as its keys in one line, in order of these lines."""
    return sorted(" ".join(sorted(keys)) for keys in found.profiles.values())


ONE_CRM = policy(namespace("crm", limit=1), namespace("mail"), namespace("cookie"))
NO_LIMITS = policy(namespace("crm"), namespace("mail"), namespace("cookie"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_published_scenario_holds_in_any_order_of_arrival(path: Path) -> None:
    history, wanted = scenario(path)
    orders = list(permutations(history.events))
    for events in Random(0).sample(orders, min(len(orders), 1000)):
        found = expected(events, history.decisions, history.policy, ID_KEY)
        assert set(found.profiles.values()) == wanted


def test_all_four_scenarios_are_there() -> None:
    assert len(SCENARIOS) == 4


def test_a_shared_computer_goes_to_whoever_was_seen_on_it_last() -> None:
    found = outcome(ONE_CRM, [see(1, "crm:tom", "cookie:k"), see(2, "crm:summer", "cookie:k")])
    assert profiles(found) == ["cookie:k crm:summer", "crm:tom"]
    assert found.refusals == {Refusal("cookie:k", "crm:tom", "observed", "limit", "crm")}
    tom, summer = profile_id("crm:tom", ID_KEY), profile_id("crm:summer", ID_KEY)
    assert found.profiles == {tom: frozenset({"crm:tom"}), summer: frozenset({"crm:summer", "cookie:k"})}
    # One cluster, named after its anchor: both are of the strongest namespace, and tom was seen first.
    assert found.identifiers == {
        "crm:tom": Seen(1, 1, 1, None, tom, tom, {}),
        "crm:summer": Seen(2, 2, 1, None, tom, summer, {}),
        "cookie:k": Seen(1, 2, 2, None, tom, summer, {}),
    }


def test_a_limit_of_two_admits_the_newest_two() -> None:
    rules = policy(namespace("crm", limit=2), namespace("cookie"))
    found = outcome(rules, [see(at, f"crm:{at}", "cookie:k") for at in (1, 2, 3)])
    assert profiles(found) == ["cookie:k crm:2 crm:3", "crm:1"]
    assert found.refusals == {Refusal("cookie:k", "crm:1", "observed", "limit", "crm")}


def test_of_links_seen_last_at_one_time_the_more_frequent_is_the_stronger() -> None:
    events = [see(5, "crm:a", "cookie:k"), see(5, "crm:b", "cookie:k"), see(1, "crm:b", "cookie:k")]
    assert profiles(outcome(ONE_CRM, events)) == ["cookie:k crm:b", "crm:a"]


def test_of_links_equal_in_time_and_count_the_smaller_pair_is_the_stronger() -> None:
    events = [see(5, "crm:b", "cookie:k"), see(5, "crm:a", "cookie:k")]
    assert profiles(outcome(ONE_CRM, events)) == ["cookie:k crm:a", "crm:b"]
    # The two cookies are one, and go with the link whose smaller key is the smaller, not its larger key.
    events = [see(5, "crm:z", "cookie:1"), see(5, "crm:a", "cookie:2")]
    found = outcome(ONE_CRM, events, judge("cookie:1", "same", "cookie:2"))
    assert profiles(found) == ["cookie:1 cookie:2 crm:z", "crm:a"]


def test_a_link_of_stronger_namespaces_goes_before_a_newer_one_of_weaker() -> None:
    # By time, mail:m would take cookie:k first, and crm:b would be left alone.
    events = [see(1, "crm:b", "cookie:k"), see(2, "crm:a", "mail:m"), see(10, "mail:m", "cookie:k")]
    found = outcome(ONE_CRM, events)
    assert profiles(found) == ["cookie:k crm:b", "crm:a mail:m"]
    assert found.refusals == {Refusal("cookie:k", "mail:m", "observed", "limit", "crm")}


def test_the_weaker_end_is_looked_at_before_the_stronger() -> None:
    events = [see(1, "crm:a", "mail:1"), see(2, "mail:1", "mail:2"), see(3, "crm:a", "cookie:k")]
    found = outcome(NO_LIMITS, events, judge("mail:2", "different", "cookie:k"))
    assert profiles(found) == ["cookie:k", "crm:a mail:1 mail:2"]
    assert found.refusals == {Refusal("cookie:k", "crm:a", "observed", "decided", None)}


def test_between_links_with_one_weaker_end_the_stronger_other_end_decides() -> None:
    rules = policy(namespace("crm"), namespace("mail"), namespace("cookie", limit=1))
    # Both links end in cookies; crm goes before mail although mail was seen later.
    events = [see(1, "crm:a", "mail:m"), see(2, "crm:a", "cookie:1"), see(3, "mail:m", "cookie:2")]
    found = outcome(rules, events)
    assert profiles(found) == ["cookie:1 crm:a mail:m", "cookie:2"]
    assert found.refusals == {Refusal("cookie:2", "mail:m", "observed", "limit", "cookie")}


def test_the_first_namespace_of_the_policy_that_is_exceeded_is_the_reason() -> None:
    rules = policy(namespace("crm", limit=1), namespace("mail", limit=1), namespace("cookie"))
    events = [see(1, "crm:a", "mail:a"), see(1, "crm:b", "mail:b"), see(2, "mail:a", "mail:b")]
    found = outcome(rules, events)
    assert found.refusals == {Refusal("mail:a", "mail:b", "observed", "limit", "crm")}


def test_a_namespace_without_a_limit_is_never_the_reason() -> None:
    found = outcome(NO_LIMITS, [see(at, f"crm:{at}", "cookie:k") for at in range(9)])
    assert len(found.profiles) == 1
    assert found.refusals == set()


def test_two_of_a_namespace_with_limit_one_in_one_event_do_not_join() -> None:
    found = outcome(ONE_CRM, [see(1, "crm:a", "crm:b", "cookie:k")])
    # crm:a-crm:b is refused first; then the smaller pair takes the cookie.
    assert profiles(found) == ["cookie:k crm:a", "crm:b"]
    assert found.refusals == {
        Refusal("crm:a", "crm:b", "observed", "limit", "crm"),
        Refusal("cookie:k", "crm:b", "observed", "limit", "crm"),
    }


def test_a_pair_decided_different_is_kept_apart() -> None:
    events = [see(1, "crm:a", "cookie:k"), see(2, "crm:b", "cookie:k")]
    found = outcome(NO_LIMITS, events, judge("crm:b", "different", "crm:a"))
    assert profiles(found) == ["cookie:k crm:b", "crm:a"]
    assert found.refusals == {Refusal("cookie:k", "crm:a", "observed", "decided", None)}


def test_groups_that_hold_a_different_pair_are_kept_apart_by_a_link_of_others() -> None:
    events = [see(1, "crm:a", "cookie:1"), see(2, "crm:b", "cookie:2"), see(9, "cookie:1", "cookie:2")]
    found = outcome(NO_LIMITS, events, judge("crm:a", "different", "crm:b"))
    assert profiles(found) == ["cookie:1 crm:a", "cookie:2 crm:b"]
    assert found.refusals == {Refusal("cookie:1", "cookie:2", "observed", "decided", None)}


def test_where_limit_and_decision_both_forbid_the_limit_is_the_reason() -> None:
    events = [see(1, "crm:a", "cookie:k"), see(2, "crm:b", "cookie:k")]
    found = outcome(ONE_CRM, events, judge("crm:a", "different", "crm:b"))
    assert found.refusals == {Refusal("cookie:k", "crm:a", "observed", "limit", "crm")}


def test_identifiers_decided_same_count_once_against_their_limit() -> None:
    events = [
        see(1, "crm:a", "cookie:1"),
        see(2, "crm:b", "cookie:2"),
        see(3, "cookie:1", "cookie:2"),
        see(4, "crm:c", "cookie:2"),
    ]
    found = outcome(ONE_CRM, events, judge("crm:a", "same", "crm:b"))
    # crm:c takes cookie:2 by the newest link; crm:a with crm:b is over the limit only together with crm:c.
    assert profiles(found) == ["cookie:1 crm:a crm:b", "cookie:2 crm:c"]
    assert found.refusals == {
        Refusal("cookie:2", "crm:b", "observed", "limit", "crm"),
        Refusal("cookie:1", "cookie:2", "observed", "limit", "crm"),
    }


def test_what_was_joined_by_decision_counts_once_together_with_what_links_add() -> None:
    rules = policy(namespace("crm", limit=2), namespace("cookie"))
    events = [see(at, f"crm:{at}", "cookie:k") for at in (1, 2, 3, 4)]
    found = outcome(rules, events, judge("crm:4", "same", "crm:3"))
    # crm:3 and crm:4 count one, crm:2 is the second, crm:1 would be the third.
    assert profiles(found) == ["cookie:k crm:2 crm:3 crm:4", "crm:1"]


def test_the_earlier_decision_same_wins_where_both_together_would_join_a_different_pair() -> None:
    events = [see(1, "crm:a"), see(1, "crm:b"), see(1, "crm:c")]
    decisions = [
        judge("crm:a", "same", "crm:b", at=20),
        judge("crm:c", "same", "crm:b", at=10),
        judge("crm:a", "different", "crm:c", at=30),
    ]
    found = outcome(ONE_CRM, events, *decisions)
    assert profiles(found) == ["crm:a", "crm:b crm:c"]
    assert found.refusals == {Refusal("crm:a", "crm:b", "manual", "decided", None)}
    assert {seen.cluster for seen in found.identifiers.values()} == {profile_id("crm:a", ID_KEY)}


def test_of_decisions_same_at_one_time_the_smaller_pair_goes_first() -> None:
    events = [see(1, "crm:a"), see(1, "crm:b"), see(1, "crm:c")]
    decisions = [judge("crm:c", "same", "crm:b"), judge("crm:a", "same", "crm:b"), judge("crm:a", "different", "crm:c")]
    assert profiles(outcome(ONE_CRM, events, *decisions)) == ["crm:a crm:b", "crm:c"]


def test_matched_links_follow_manual_ones_by_score() -> None:
    events = [see(1, "crm:a"), see(1, "crm:b"), see(1, "crm:c")]
    matched = [{"a": "crm:b", "b": "crm:a", "score": 0.7}, {"a": "crm:b", "b": "crm:c", "score": 0.9}]
    found = expected(events, [judge("crm:a", "different", "crm:c")], ONE_CRM, ID_KEY, matched)
    assert profiles(found) == ["crm:a", "crm:b crm:c"]
    assert found.refusals == {Refusal("crm:a", "crm:b", "matched", "decided", None)}


def test_a_later_decision_supersedes_and_unsure_says_nothing() -> None:
    events = [see(1, "crm:a", "cookie:k"), see(2, "crm:b", "cookie:k")]
    different = judge("crm:a", "different", "crm:b", at=5)
    unsure = judge("crm:b", "unsure", "crm:a", at=6)
    assert profiles(outcome(NO_LIMITS, events, unsure, different)) == ["cookie:k crm:a crm:b"]
    late = {**different, "at": 7}
    assert profiles(outcome(NO_LIMITS, events, late, unsure, different)) == ["cookie:k crm:b", "crm:a"]


def test_one_that_is_withdrawn_gives_way_to_what_stood_before_with_its_own_time() -> None:
    events = [see(1, "crm:a", "crm:b", "crm:c")]
    early, late = judge("crm:a", "same", "crm:b", at=5), judge("crm:b", "same", "crm:c", at=6)
    apart = judge("crm:a", "different", "crm:c", at=1)
    doubted, back = judge("crm:a", "different", "crm:b", at=7), judge("crm:a", "withdrawn", "crm:b", at=8)
    before = outcome(ONE_CRM, events, early, late, apart)
    assert profiles(before) == ["crm:a crm:b", "crm:c"]
    assert profiles(outcome(ONE_CRM, events, early, late, apart, doubted)) == ["crm:a", "crm:b crm:c"]
    assert outcome(ONE_CRM, events, back, doubted, late, apart, early) == before
    assert profiles(outcome(NO_LIMITS, events, judge("crm:a", "withdrawn", "crm:b", at=1))) == ["crm:a crm:b crm:c"]


def test_a_decision_on_what_no_event_named_or_on_what_is_set_aside_says_nothing() -> None:
    rules = policy(namespace("crm", limit=1), namespace("cookie", None, None, "null"))
    events = [see(1, "crm:a", "cookie:null"), see(1, "crm:b", "cookie:null")]
    decisions = [judge(f"crm:{crm}", "same", key) for crm in "ab" for key in ("cookie:null", "crm:unseen")]
    found = outcome(rules, events, *decisions)
    assert profiles(found) == ["crm:a", "crm:b"]
    assert found.refusals == set()
    assert "crm:unseen" not in found.identifiers
    assert found.identifiers["crm:a"].cluster != found.identifiers["crm:b"].cluster


def test_an_identifier_seen_with_too_many_of_a_stronger_namespace_is_shared() -> None:
    rules = policy(namespace("crm"), namespace("cookie", None, 2))
    two, three = ([see(at, f"crm:{at}", "cookie:k") for at in range(1, number + 1)] for number in (2, 3))
    assert profiles(outcome(rules, two)) == ["cookie:k crm:1 crm:2"]
    found = outcome(rules, three)
    assert profiles(found) == ["crm:1", "crm:2", "crm:3"]
    assert found.identifiers["cookie:k"] == Seen(1, 3, 3, "shared", None, None, {})
    assert found.refusals == set()
    assert found.links["cookie:k", "crm:2"] == (1, 2, 2, ("web",))


def test_shared_counts_one_stronger_namespace_alone_and_no_weaker_one() -> None:
    rules = policy(namespace("crm"), namespace("mail", None, 2), namespace("device", None, 2), namespace("cookie"))
    events = [see(at, "device:d", key) for at, key in enumerate(["crm:1", "crm:2", "mail:1", "mail:2"])]
    events += [see(at, "device:d", f"cookie:{at}") for at in range(5)]
    assert outcome(rules, events).identifiers["device:d"].set_aside is None


def test_blocked_identifiers_do_not_make_another_shared() -> None:
    rules = policy(namespace("crm", None, None, "null"), namespace("cookie", None, 1))
    events = [see(1, "crm:1", "cookie:k"), see(2, "crm:null", "cookie:k")]
    found = outcome(rules, events)
    assert profiles(found) == ["cookie:k crm:1"]
    assert found.identifiers["crm:null"].set_aside == "blocked"


def test_shared_identifiers_count_towards_making_a_weaker_one_shared() -> None:
    rules = policy(namespace("crm"), namespace("mail", None, 1), namespace("cookie", None, 1))
    events = [
        see(1, "crm:1", "mail:m"),
        see(1, "crm:2", "mail:m"),
        see(2, "mail:m", "cookie:k"),
        see(2, "mail:n", "cookie:k"),
    ]
    found = outcome(rules, events)
    assert {key: seen.set_aside for key, seen in found.identifiers.items() if seen.set_aside} == {
        "mail:m": "shared",
        "cookie:k": "shared",
    }


def test_a_blocked_value_joins_nobody_and_its_event_belongs_to_the_others() -> None:
    rules = policy(namespace("crm", None, None, "null"), namespace("cookie"))
    events = [see(1, "crm:null", "cookie:1", plan="free"), see(2, "crm:null", "cookie:2"), see(3, "crm:null")]
    found = outcome(rules, events)
    assert profiles(found) == ["cookie:1", "cookie:2"]
    assert list(found.owners.values()) == ["cookie:1", "cookie:2", None]
    assert found.identifiers["cookie:1"].traits == {"plan": Write(1, events[0]["id"], "web", "free")}


def test_an_event_counts_once_however_often_it_comes_and_names() -> None:
    event = see(4, "crm:a", "mail:m", "mail:m", event="m1")
    other = see(2, "crm:a", "mail:m", event="m2", source="app")
    found = outcome(ONE_CRM, [event, other, event])
    assert found.links == {("crm:a", "mail:m"): (2, 2, 4, ("app", "web"))}
    assert found.identifiers["mail:m"][:3] == (2, 4, 2)


def test_a_namespace_that_the_policy_lacks_names_no_identifier() -> None:
    found = outcome(ONE_CRM, [see(1, "fax:1", "crm:a", event="m1"), see(1, "fax:1", event="m2")])
    assert found.identifiers.keys() == {"crm:a"}
    assert found.links == {}
    assert found.owners == {"m1": "crm:a", "m2": None}


def test_the_anchor_is_of_the_strongest_namespace_then_seen_first_then_the_smaller_key() -> None:
    cookie = see(1, "cookie:k")
    assert outcome(NO_LIMITS, [cookie]).profiles.keys() == {profile_id("cookie:k", ID_KEY)}
    known = [cookie, see(5, "cookie:k", "crm:a")]
    assert outcome(NO_LIMITS, known).profiles.keys() == {profile_id("crm:a", ID_KEY)}
    earlier = [*known, see(4, "cookie:k", "crm:z", "crm:y")]
    assert outcome(NO_LIMITS, earlier).profiles.keys() == {profile_id("crm:y", ID_KEY)}


def test_a_profile_id_is_a_keyed_hash_that_does_not_change() -> None:
    assert profile_id("crm:a", "k") == "pro_lofrvihenlffzbmqzlbunoic"
    assert profile_id("crm:a", "l") != profile_id("crm:a", "k")


def test_an_event_writes_its_traits_to_its_strongest_identifier_alone() -> None:
    event = see(1, "cookie:k", "crm:b", "crm:a", event="m1", source="app", plan="free")
    found = outcome(NO_LIMITS, [event])
    assert found.owners == {"m1": "crm:a"}
    assert {key: seen.traits for key, seen in found.identifiers.items() if seen.traits} == {
        "crm:a": {"plan": Write(1, "m1", "app", "free")}
    }
    assert found.profile_traits == {profile_id("crm:a", ID_KEY): {"plan": "free"}}


def test_the_last_write_stands_and_of_two_at_one_time_the_larger_event_id() -> None:
    events = [
        see(2, "crm:a", event="m2", plan="b"),
        see(2, "crm:a", event="m10", plan="c"),
        see(1, "crm:a", event="m9", plan="a"),
    ]
    assert outcome(NO_LIMITS, events).identifiers["crm:a"].traits["plan"] == (2, "m2", "web", "b")


def test_a_null_removes_what_was_written_before_it_and_is_kept_as_a_write() -> None:
    events = [see(1, "crm:a", event="m1", plan="free"), see(2, "crm:a", event="m2", plan=None)]
    found = outcome(NO_LIMITS, events)
    assert found.identifiers["crm:a"].traits == {"plan": (2, "m2", "web", None)}
    assert found.profile_traits == {profile_id("crm:a", ID_KEY): {}}
    again = outcome(NO_LIMITS, [*events, see(3, "crm:a", event="m3", plan="paid")])
    assert again.profile_traits == {profile_id("crm:a", ID_KEY): {"plan": "paid"}}


def test_a_null_on_one_identifier_leaves_what_another_holds() -> None:
    events = [see(1, "crm:a", plan="free"), see(2, "cookie:k", plan=None), see(3, "crm:a", "cookie:k")]
    assert outcome(NO_LIMITS, events).profile_traits == {profile_id("crm:a", ID_KEY): {"plan": "free"}}


@pytest.mark.parametrize(
    ("survivorship", "held", "survivor"),
    [
        ("latest", [(1, "web"), (3, "web"), (2, "web")], 2),
        ("earliest", [(1, "web"), (3, "web"), (2, "web")], 1),
        ("most_frequent", [(1, "web"), (2, "web"), (1, "web"), (3, "web")], 1),
        ("most_frequent", [(2, "web"), (1, "web"), (3, "web"), (2, "app"), (1, "web")], 1),
        ("most_frequent", [({"a": 1, "b": 2}, "web"), ({"b": 2, "a": 1}, "web"), (3, "web")], {"a": 1, "b": 2}),
        ("source_priority", [(1, "store"), (2, "app"), (3, "web")], 1),
        ("source_priority", [(1, "app"), (2, "app"), (3, "web")], 2),
        ("source_priority", [(1, "web"), (2, "mail"), (3, "web")], 3),
        ("min", [(10, "web"), (2, "web"), ("1", "web")], 2),
        ("min", [("b", "web"), ("a", "web"), (True, "web")], "a"),
        ("max", [(10, "web"), (2.5, "web")], 10),
        ("max", [(10, "web"), ("1", "web")], "1"),
        ("max", [("z", "web"), ([1], "web"), (True, "web")], True),
        ("union", [(["b", "a"], "web"), ("c", "web"), (["a", ["d"]], "web"), (9, "web")], ["a", "b", "c", 9, ["d"]]),
        ("union", [([], "web")], []),
    ],
)
def test_a_trait_survives_by_its_rule(survivorship: str, held: list[tuple[Any, str]], survivor: Any) -> None:
    """`held` is what each identifier of the profile holds, as (value, source), in order of time."""
    rules = policy(namespace("cookie"), plan={"survivorship": survivorship, "sources": ["store", "app"]})
    events = [see(at, f"cookie:{at}", source=where, plan=value) for at, (value, where) in enumerate(held)]
    events.append(see(99, *(f"cookie:{at}" for at in range(len(held)))))
    assert list(outcome(rules, events).profile_traits.values()) == [{"plan": survivor}]


def of(history: History, id_key: str = ID_KEY) -> Expected:
    return expected(history.events, history.decisions, history.policy, id_key, history.matched)


@LAW
@given(histories(), st.randoms())
def test_order_and_repeats_change_nothing(history: History, random: Random) -> None:
    events, decisions = list(history.events), list(history.decisions)
    events += random.sample(events, len(events) // 2)
    random.shuffle(events)
    random.shuffle(decisions)
    matched = tuple(random.sample(history.matched, len(history.matched)))
    assert of(History(history.policy, events, decisions, matched)) == of(history)


@LAW
@given(histories())
def test_without_limits_and_decisions_profiles_are_what_events_connect(history: History) -> None:
    names = [{"name": namespace["name"]} for namespace in history.policy["namespaces"]]
    # Grown from the events themselves, not from links: whatever an event touches becomes one.
    connected = list[set[str]]()
    for event in history.events:
        keys = {f"{name}:{value}" for name, value in event["identifiers"] if {"name": name} in names}
        touched = [group for group in connected if group & keys]
        connected = [group for group in connected if not group & keys]
        if keys:
            connected.append(keys.union(*touched))
    found = expected(history.events, [], {"namespaces": names}, ID_KEY)
    assert set(found.profiles.values()) == {frozenset(group) for group in connected}
    assert all(seen.profile == seen.cluster for seen in found.identifiers.values())
    assert found.refusals == set()


@LAW
@given(histories())
def test_a_link_is_refused_exactly_where_its_ends_lie_in_two_profiles(history: History) -> None:
    found = of(history)
    profile_of = {key: seen.profile for key, seen in found.identifiers.items() if seen.set_aside is None}
    apart = {
        (low, high)
        for low, high in found.links
        if low in profile_of and high in profile_of and profile_of[low] != profile_of[high]
    }
    assert {(refusal.low, refusal.high) for refusal in found.refusals if refusal.kind == "observed"} == apart
    for refusal in found.refusals:
        assert profile_of[refusal.low] != profile_of[refusal.high]
        assert found.identifiers[refusal.low].cluster == found.identifiers[refusal.high].cluster


@LAW
@given(histories(max_decisions=0))
def test_without_decisions_and_matched_links_no_profile_is_over_a_limit(history: History) -> None:
    found = of(history._replace(matched=()))
    for keys in found.profiles.values():
        held = Counter(key.split(":")[0] for key in keys)
        for namespace in history.policy["namespaces"]:
            assert held[namespace["name"]] <= namespace.get("limit", len(keys))


@LAW
@given(histories())
def test_profiles_part_what_is_not_set_aside_and_clusters_part_profiles(history: History) -> None:
    found = of(history)
    members = [key for keys in found.profiles.values() for key in keys]
    free = [key for key, seen in found.identifiers.items() if seen.set_aside is None]
    assert sorted(members) == sorted(free)
    for profile, keys in found.profiles.items():
        assert {found.identifiers[key].profile for key in keys} == {profile}
        assert len({found.identifiers[key].cluster for key in keys}) == 1
    assert all(owner is None or owner in free for owner in found.owners.values())
