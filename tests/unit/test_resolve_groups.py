"""How links, decisions and limits part identifiers into groups, by examples; and when their order does not matter."""

from hypothesis import given, settings

from graph_cdp.domain.decision import Decision, standing
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Refusal, pair_of
from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.resolve import Resolution, anchor_of, components, evidence_of, is_contested, partition, resolve
from graph_cdp.resolve.whole import compute
from tests.stores import decisions_of, events_of, rules_of
from tests.strategies import LAW, History, histories

POLICY = Policy((Namespace("crm", 0, 1), Namespace("email", 1, 2), Namespace("cookie", 2)))


def seen_with(a: Key, b: Key, last: int = 0, count: int = 1) -> Link:
    return Link(*pair_of(a, b), "observed", count, 0, last, ("web",))


def judged(a: Key, b: Key, verdict: str, at: int = 0) -> Decision:
    return Decision.of(a, b, verdict, at, "ann", "asked them")  # type: ignore[arg-type]


def resolved(links: list[Link], decisions: list[Decision] = [], policy: Policy = POLICY) -> Resolution:  # noqa: B006
    keys = {key for one in (*links, *decisions) for key in one.pair}
    return resolve(dict.fromkeys(keys, 0), links, decisions, policy)


def groups(resolution: Resolution) -> list[str]:
    return [" ".join(group.keys) for group in resolution.groups]


def test_identifiers_seen_together_are_one_group_also_over_several_steps() -> None:
    found = resolved([seen_with("crm:1", "email:a"), seen_with("email:a", "cookie:k"), seen_with("crm:2", "cookie:z")])
    assert groups(found) == ["cookie:k crm:1 email:a", "cookie:z crm:2"]
    assert found.refusals == ()


def test_an_identifier_that_was_seen_alone_is_a_group_by_itself() -> None:
    assert groups(resolve({"crm:1": 0, "crm:2": 0}, [], [], POLICY)) == ["crm:1", "crm:2"]


def test_the_link_of_the_stronger_namespaces_comes_first_and_the_other_is_refused() -> None:
    found = resolved(
        [seen_with("crm:1", "cookie:k", last=9), seen_with("crm:2", "email:a"), seen_with("email:a", "crm:1")]
    )
    assert groups(found) == ["cookie:k crm:1 email:a", "crm:2"]
    assert found.refusals == (Refusal("crm:2", "email:a", "observed", "limit", "crm"),)


def test_of_two_links_of_equal_namespaces_the_newer_comes_first() -> None:
    found = resolved([seen_with("crm:1", "cookie:k", last=5, count=9), seen_with("crm:2", "cookie:k", last=6)])
    assert groups(found) == ["crm:1", "cookie:k crm:2"]


def test_of_two_equally_new_links_the_one_seen_more_often_comes_first() -> None:
    found = resolved([seen_with("crm:1", "cookie:k", count=1), seen_with("crm:2", "cookie:k", count=2)])
    assert groups(found) == ["crm:1", "cookie:k crm:2"]


def test_of_two_links_alike_in_all_else_the_one_with_the_smaller_keys_comes_first() -> None:
    found = resolved([seen_with("crm:2", "cookie:k"), seen_with("crm:1", "cookie:k")])
    assert groups(found) == ["cookie:k crm:1", "crm:2"]


def test_a_namespace_without_a_limit_is_never_the_reason_of_a_refusal() -> None:
    found = resolved([seen_with("crm:1", f"cookie:{number}") for number in range(50)])
    assert [len(group.keys) for group in found.groups] == [51]


def test_a_limit_of_two_lets_two_in_and_refuses_the_third() -> None:
    links = [seen_with("cookie:k", f"email:{number}", last=9 - number) for number in range(3)]
    found = resolved(links)
    assert groups(found) == ["cookie:k email:0 email:1", "email:2"]
    assert found.refusals == (Refusal("cookie:k", "email:2", "observed", "limit", "email"),)


def test_a_refusal_names_the_strongest_namespace_that_would_be_exceeded() -> None:
    strict = Policy((Namespace("crm", 0, 1), Namespace("email", 1, 1), Namespace("cookie", 2)))
    links = [seen_with("crm:1", "email:a"), seen_with("crm:2", "email:b"), seen_with("email:a", "email:b")]
    found = resolved(links, policy=strict)
    assert found.refusals == (Refusal("email:a", "email:b", "observed", "limit", "crm"),)


def test_links_inside_a_group_are_neither_joined_nor_refused() -> None:
    links = [seen_with("crm:1", "email:a"), seen_with("email:a", "cookie:k"), seen_with("crm:1", "cookie:k")]
    found = resolved(links)
    assert [link.pair for link in found.joined] == [("crm:1", "email:a"), ("cookie:k", "crm:1")]
    assert found.refusals == ()


def test_a_pair_decided_different_is_kept_apart_also_where_others_lie_between() -> None:
    links = [seen_with("crm:1", "email:a"), seen_with("email:a", "cookie:k")]
    found = resolved(links, [judged("crm:1", "cookie:k", "different")])
    assert groups(found) == ["cookie:k", "crm:1 email:a"]
    assert found.refusals == (Refusal("cookie:k", "email:a", "observed", "decided", None),)


def test_a_pair_decided_same_is_one_group_whatever_the_limits_and_counts_once() -> None:
    same = judged("crm:1", "crm:2", "same")
    assert groups(resolved([], [same])) == ["crm:1 crm:2"]
    found = resolved([seen_with("crm:1", "cookie:k"), seen_with("crm:3", "cookie:k", last=9)], [same])
    assert groups(found) == ["crm:1 crm:2", "cookie:k crm:3"]
    assert found.refusals == (Refusal("cookie:k", "crm:1", "observed", "limit", "crm"),)
    assert groups(resolved([seen_with("crm:2", "cookie:k")], [same])) == ["cookie:k crm:1 crm:2"]


def test_of_decisions_that_contradict_each_other_same_gives_way_to_different() -> None:
    decisions = [judged("crm:1", "crm:2", "same", 1), judged("crm:2", "crm:3", "same", 2)]
    found = resolved([], [*decisions, judged("crm:1", "crm:3", "different", 3)])
    assert groups(found) == ["crm:1 crm:2", "crm:3"]
    assert found.refusals == (Refusal("crm:2", "crm:3", "manual", "decided", None),)


def test_matched_links_join_after_manual_ones_the_highest_score_first() -> None:
    likely = Link("crm:1", "crm:2", "matched", 1, 0, 0, ("names",), 0.9)
    less = Link("crm:2", "crm:3", "matched", 1, 0, 0, ("names",), 0.8)
    found = resolved([less, likely], [judged("crm:1", "crm:3", "different")])
    assert groups(found) == ["crm:1 crm:2", "crm:3"]
    assert found.refusals == (Refusal("crm:2", "crm:3", "matched", "decided", None),)


def test_links_and_decisions_that_name_others_than_those_to_be_grouped_do_not_count() -> None:
    found = resolve({"crm:1": 0}, [seen_with("crm:1", "cookie:k")], [judged("crm:1", "crm:2", "same")], POLICY)
    assert groups(found) == ["crm:1"]


def test_only_a_limit_that_can_be_exceeded_or_a_decision_makes_a_cluster_contested() -> None:
    assert not is_contested(["crm:1", "email:a", "email:b", "cookie:k", "cookie:j", "cookie:i"], [], POLICY)
    assert is_contested(["crm:1", "crm:2"], [], POLICY)
    assert is_contested(["email:a", "email:b", "email:c"], [], POLICY)
    assert is_contested(["cookie:k", "crm:1"], [judged("cookie:k", "crm:1", "different")], POLICY)


@settings(LAW, max_examples=200)
@given(history=histories())
def test_the_fast_path_agrees_with_the_ordered_one(history: History) -> None:
    """Each cluster as `partition` places it, most of them without any order, and everything resolved in order."""
    policy = rules_of(history.policy).policy
    distinct = {event.id: event for event in events_of(history.events, rules_of(history.policy))}
    evidence = evidence_of(distinct.values())
    computed = compute(evidence, decisions_of(history.decisions), policy)
    free = {key: seen.first_seen for key, seen in computed.seen.items() if not seen.set_aside}
    stand = [one for one in standing(decisions_of(history.decisions)).values() if one.verdict != "unsure"]
    links = list(evidence.links)
    fast, slow = partition(free, links, stand, policy), resolve(free, links, stand, policy)
    assert {key: place.profile for key, place in fast.placed.items()} == {
        key: group.anchor for group in slow.groups for key in group.keys
    }
    assert sorted(fast.refusals) == sorted(slow.refusals)  # type: ignore[type-var]


@settings(LAW, max_examples=200)
@given(history=histories(max_decisions=0))
def test_nothing_is_ever_refused_in_a_cluster_that_is_not_contested(history: History) -> None:
    rules = rules_of(history.policy)
    distinct = {event.id: event for event in events_of(history.events, rules)}
    evidence = evidence_of(distinct.values())
    first_seen = {key: span.first_seen for key, span in evidence.spans.items()}
    for keys in components(first_seen, [link.pair for link in evidence.links]):
        if not is_contested(keys, [], rules.policy):
            cluster = {key: first_seen[key] for key in keys}
            found = resolve(cluster, evidence.links, [], rules.policy)
            assert [(group.anchor, set(group.keys)) for group in found.groups] == [
                (anchor_of(keys, cluster, rules.policy), set(keys))
            ]
            assert found.refusals == ()
