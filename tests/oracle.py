"""The oracle: what the rules of resolution say of a history, as plain values.

Written straight from the rules, slow and obvious, and with not one line of the product: nothing of `graph_cdp` is
imported here, so that a mistake there cannot hide here. The whole history is resolved at once, in one pass.

Plain data in: an event is `{"id", "at" (milliseconds), "source", "identifiers": [(namespace, value), ...],
"traits": {...}}`, a decision `{"a", "b", "verdict", "at", "by", "reason"}` with keys `namespace:value`, a policy
`{"namespaces": [{"name", "limit"?, "shared_above"?, "blocked"?}, ...], "traits": {name: {"survivorship", "sources"?}}}`
with the strongest namespace first, a matched link `{"a", "b", "score"}`.
"""

import json
from base64 import b32encode
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import Any, NamedTuple

Key = str
Pair = tuple[Key, Key]
Plain = Mapping[str, Any]


class Write(NamedTuple):
    """One write of a trait; `value` None removes it."""

    at: int
    event: str
    source: str
    value: Any


class Seen(NamedTuple):
    """One identifier; `cluster` and `profile` are None where it is set aside. `count` is the events that named it."""

    first_seen: int
    last_seen: int
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here
    set_aside: str | None
    cluster: str | None
    profile: str | None
    traits: dict[str, Write]


class Link(NamedTuple):
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here
    first_seen: int
    last_seen: int
    sources: tuple[str, ...]


class Refusal(NamedTuple):
    low: Key
    high: Key
    kind: str
    reason: str
    namespace: str | None


@dataclass(frozen=True)
class Expected:
    """What a store must hold. `profile_traits` has an entry for each profile, an empty one too.

    `matched` are scores, those of pairs that are both known.
    """

    identifiers: dict[Key, Seen]
    links: dict[Pair, Link]
    matched: dict[Pair, float]
    refusals: set[Refusal]
    profiles: dict[str, frozenset[Key]]
    profile_traits: dict[str, dict[str, Any]]
    owners: dict[str, Key | None]


def expected(
    events: Iterable[Plain],
    decisions: Iterable[Plain],
    policy: Plain,
    id_key: str,
    matched: Iterable[Plain] = (),
) -> Expected:
    """Everything that follows from a history. The order of events, decisions and matched links says nothing."""
    matched = list(matched)
    rank = {namespace["name"]: place for place, namespace in enumerate(policy["namespaces"])}
    by_id = {event["id"]: event for event in events}  # an event that came twice counts once
    keys_of = {
        event["id"]: sorted({f"{name}:{value}" for name, value in event["identifiers"] if name in rank})
        for event in by_id.values()
    }
    times: dict[Key, list[int]] = defaultdict(list)
    for event in by_id.values():
        for key in keys_of[event["id"]]:
            times[key].append(event["at"])
    links = links_of(by_id.values(), keys_of)
    aside = set_aside(times, links, policy, rank)
    free = {key for key in times if key not in aside}

    in_force = standing(decisions)
    judged = [pair for pair in judged_links(in_force, matched) if free.issuperset(pair[:2])]
    observed = [pair for pair in by_strength(links, rank) if free.issuperset(pair)]
    different = [pair for pair, decision in in_force.items() if decision["verdict"] == "different"]
    groups, refusals = resolve(free, judged, observed, different, policy)
    parts = components(free, [(low, high) for low, high, _ in judged] + observed)

    def id_of(members: Collection[Key]) -> str:
        anchor = min(members, key=lambda key: (rank[namespace_of(key)], min(times[key]), key))
        return profile_id(anchor, id_key)

    clusters = {id_of(part): part for part in parts}
    profiles = {id_of(group): group for group in groups}
    cluster_of = {key: cluster for cluster, keys in clusters.items() for key in keys}
    profile_of = {key: profile for profile, keys in profiles.items() for key in keys}
    owners = {
        event: min(free.intersection(keys), key=lambda key: (rank[namespace_of(key)], key), default=None)
        for event, keys in keys_of.items()
    }
    writes = last_writes(by_id.values(), owners)
    return Expected(
        identifiers={
            key: Seen(
                min(times[key]),
                max(times[key]),
                len(times[key]),
                aside.get(key),
                cluster_of.get(key),
                profile_of.get(key),
                writes.get(key, {}),
            )
            for key in times
        },
        links=links,
        matched={
            pair_of(link["a"], link["b"]): link["score"]
            for link in matched
            if link["a"] in times and link["b"] in times
        },
        refusals=refusals,
        profiles=profiles,
        profile_traits={
            profile: profile_traits([writes.get(key, {}) for key in keys], policy.get("traits", {}))
            for profile, keys in profiles.items()
        },
        owners=owners,
    )


def namespace_of(key: Key) -> str:
    return key.split(":")[0]


def pair_of(a: Key, b: Key) -> Pair:
    return min(a, b), max(a, b)


def profile_id(anchor: Key, id_key: str) -> str:
    """The id of the profile that this identifier anchors."""
    secret = blake2b(id_key.encode(), digest_size=32).digest()
    return "pro_" + b32encode(blake2b(anchor.encode(), digest_size=15, key=secret).digest()).decode().lower()


def links_of(events: Iterable[Plain], keys_of: Mapping[str, list[Key]]) -> dict[Pair, Link]:
    """A link for every two identifiers that one event names."""
    evidence: dict[Pair, list[Plain]] = defaultdict(list)
    for event in events:
        for pair in combinations(keys_of[event["id"]], 2):
            evidence[pair].append(event)
    return {
        pair: Link(
            len(seen),
            min(event["at"] for event in seen),
            max(event["at"] for event in seen),
            tuple(sorted({event["source"] for event in seen})),
        )
        for pair, seen in evidence.items()
    }


def set_aside(keys: Iterable[Key], links: Iterable[Pair], policy: Plain, rank: Mapping[str, int]) -> dict[Key, str]:
    """Why an identifier joins nobody: its value is blocked, or it was seen with too many of one stronger namespace.

    Identifiers that are shared themselves count; blocked ones do not.
    """
    rule = {namespace["name"]: namespace for namespace in policy["namespaces"]}
    aside = {key: "blocked" for key in keys if key.split(":", 1)[1] in rule[namespace_of(key)].get("blocked", [])}
    neighbours: dict[Key, set[Key]] = defaultdict(set)
    for low, high in links:
        if low not in aside and high not in aside:
            neighbours[low].add(high)
            neighbours[high].add(low)
    for key, others in neighbours.items():
        shared_above = rule[namespace_of(key)].get("shared_above")
        stronger = Counter(
            namespace_of(other) for other in others if rank[namespace_of(other)] < rank[namespace_of(key)]
        )
        if shared_above is not None and any(count > shared_above for count in stronger.values()):
            aside[key] = "shared"
    return aside


def decision_id(decision: Plain) -> str:
    low, high = pair_of(decision["a"], decision["b"])
    content = (low, high, decision["verdict"], str(decision["at"]), decision["by"], decision["reason"])
    return blake2b("\0".join(content).encode(), digest_size=10).hexdigest()


def standing(decisions: Iterable[Plain]) -> dict[Pair, Plain]:
    """The decision in force for each pair: the latest, and of two at one time the one with the larger id.

    Each that is withdrawn takes one before it back; where none is left, the latest says nothing.
    """
    once = {decision_id(decision): decision for decision in decisions}
    histories: dict[Pair, list[Plain]] = defaultdict(list)
    for _, decision in sorted(once.items(), key=lambda item: (item[1]["at"], item[0]), reverse=True):
        histories[pair_of(decision["a"], decision["b"])].append(decision)
    return {pair: _in_force(history) for pair, history in histories.items()}


def _in_force(newest_first: list[Plain]) -> Plain:
    taken_back = 0
    for decision in newest_first:
        if decision["verdict"] == "withdrawn":
            taken_back += 1
        elif taken_back:
            taken_back -= 1
        else:
            return decision
    return newest_first[0]


def judged_links(in_force: Mapping[Pair, Plain], matched: Iterable[Plain]) -> Iterator[tuple[Key, Key, str]]:
    """The links of step 2 with their kind, in its order: manual by (time, pair), then matched by (-score, pair)."""
    same = [(decision["at"], pair) for pair, decision in in_force.items() if decision["verdict"] == "same"]
    for _, pair in sorted(same):
        yield *pair, "manual"
    for _, pair in sorted((-link["score"], pair_of(link["a"], link["b"])) for link in matched):
        yield *pair, "matched"


def by_strength(links: Mapping[Pair, Link], rank: Mapping[str, int]) -> list[Pair]:
    """The links of step 3 in its order."""

    def strength(pair: Pair) -> tuple[int, int, int, int, Pair]:
        stronger, weaker = sorted(rank[namespace_of(key)] for key in pair)
        return weaker, stronger, -links[pair].last_seen, -links[pair].count, pair

    return sorted(links, key=strength)


class Group(NamedTuple):
    """Identifiers joined so far, and what they count against the limit of each namespace."""

    members: frozenset[Key]
    counts: Counter[str]


def resolve(
    free: Iterable[Key],
    judged: Iterable[tuple[Key, Key, str]],
    observed: Iterable[Pair],
    different: Collection[Pair],
    policy: Plain,
) -> tuple[set[frozenset[Key]], set[Refusal]]:
    """Steps 2 and 3: the groups, and the links that did not join."""
    group_of = {key: Group(frozenset([key]), Counter()) for key in free}
    refusals = set[Refusal]()

    def join(group: Group) -> None:
        for key in group.members:
            group_of[key] = group

    def decided(members: frozenset[Key]) -> bool:
        return any(low in members and high in members for low, high in different)

    for low, high, kind in judged:
        if high in group_of[low].members:
            continue
        members = group_of[low].members | group_of[high].members
        if decided(members):
            refusals.add(Refusal(low, high, kind, "decided", None))
        else:
            join(Group(members, Counter()))

    # What step 2 joined are duplicates: of each namespace that a group holds now, it counts one.
    for members in {group.members for group in group_of.values()}:
        join(Group(members, Counter({namespace_of(key) for key in members})))

    for low, high in observed:
        if high in group_of[low].members:
            continue
        counts = group_of[low].counts + group_of[high].counts
        exceeded = [
            namespace["name"]
            for namespace in policy["namespaces"]
            if namespace.get("limit") is not None and counts[namespace["name"]] > namespace["limit"]
        ]
        if exceeded:
            refusals.add(Refusal(low, high, "observed", "limit", exceeded[0]))
            continue
        members = group_of[low].members | group_of[high].members
        if decided(members):
            refusals.add(Refusal(low, high, "observed", "decided", None))
        else:
            join(Group(members, counts))
    return {group.members for group in group_of.values()}, refusals


def components(keys: Collection[Key], pairs: Iterable[Pair]) -> list[set[Key]]:
    """The connected components, those of one identifier too."""
    neighbours: dict[Key, set[Key]] = {key: set() for key in keys}
    for low, high in pairs:
        neighbours[low].add(high)
        neighbours[high].add(low)
    found, reached = list[set[Key]](), set[Key]()
    for start in keys:
        if start in reached:
            continue
        component, border = {start}, [start]
        while border:
            new = neighbours[border.pop()] - component
            component |= new
            border.extend(new)
        reached |= component
        found.append(component)
    return found


def last_writes(events: Iterable[Plain], owners: Mapping[str, Key | None]) -> dict[Key, dict[str, Write]]:
    """The last write of each trait to each identifier, a removing one (value None) too."""
    writes: dict[Key, dict[str, Write]] = defaultdict(dict)
    for event in sorted(events, key=lambda event: (event["at"], event["id"])):
        owner = owners[event["id"]]
        if owner is not None:
            for trait, value in event["traits"].items():
                writes[owner][trait] = Write(event["at"], event["id"], event["source"], value)
    return dict(writes)


def canonical(value: Any) -> str:
    """A value as JSON text: one text for each value, and an order for all of them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def profile_traits(members: Iterable[Mapping[str, Write]], rules: Mapping[str, Plain]) -> dict[str, Any]:
    """Pick each trait of a profile from what its identifiers hold; one that was removed everywhere is left out."""
    writes: dict[str, list[Write]] = defaultdict(list)
    for held in members:
        for trait, write in held.items():
            if write.value is not None:
                writes[trait].append(write)
    # In order of time, so that "ties by the latest" is: the last of those that are best.
    return {trait: survivor(sorted(held, key=when), rules.get(trait, {})) for trait, held in writes.items()}


def when(write: Write) -> tuple[int, str]:
    return write.at, write.event


def survivor(writes: list[Write], rule: Plain) -> Any:
    """The value that survives of several writes, which come in order of time."""
    survivorship = rule.get("survivorship", "latest")
    if survivorship == "latest":
        return writes[-1].value
    if survivorship == "earliest":
        return writes[0].value
    if survivorship == "union":
        values = [write.value if isinstance(write.value, list) else [write.value] for write in writes]
        elements = {canonical(element): element for value in values for element in value}
        return [elements[text] for text in sorted(elements)]
    if survivorship == "most_frequent":
        votes = Counter(canonical(write.value) for write in writes)
        best = [write for write in writes if votes[canonical(write.value)] == max(votes.values())]
    elif survivorship == "source_priority":
        order = {source: place for place, source in enumerate(rule.get("sources", []))}
        places = [order.get(write.source, len(order)) for write in writes]
        best = [write for write, place in zip(writes, places, strict=True) if place == min(places)]
    else:
        pick = {"min": min, "max": max}[survivorship]
        extreme = pick(magnitude(write.value) for write in writes)
        best = [write for write in writes if magnitude(write.value) == extreme]
    return best[-1].value


def magnitude(value: Any) -> tuple[int, Any]:
    """Numbers come before strings, and strings before everything else, which goes by its JSON text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 0, value
    if isinstance(value, str):
        return 1, value
    return 2, canonical(value)
