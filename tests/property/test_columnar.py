"""A whole store in columns is parted as the rules say: the same by compiled code, without it, and by one plain call."""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from random import Random
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.domain.decision import Decision, standing
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Refusal, pair_of
from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.resolve import ProfileIds, anchor_of, components, is_contested, resolve
from graph_cdp.resolve.columnar import FEW_ROWS, Columns, resolve_columns, shared_identifiers
from graph_cdp.resolve.compiled import CompiledKeys, _hash
from tests import oracle
from tests.stores import matched_link
from tests.strategies import LAW, History, histories

COMPILED, PLAIN = 0, FEW_ROWS
WAYS = pytest.mark.parametrize("few_rows", [COMPILED, PLAIN], ids=["compiled", "plain"])

# Lengths around eight bytes, shared beginnings and ends, a colon, no value at all, one to four bytes a character.
VALUES = (
    "",
    "a",
    "aa",
    "a:b",
    "aaaaaaa",
    "aaaaaaaa",
    "aaaaaaaab",
    "aaaaaaaac",
    "baaaaaaaa",
    "é",
    "名前",
    "🙂",
    "\0",
    "﷐",
)
NAMES = ("crm", "e", "email", "デバイス")


class Store(NamedTuple):
    """All that is resolved, as plain values."""

    policy: Policy
    first_seen: dict[Key, int]
    blocked: set[Key]
    links: list[Link]
    decisions: list[Decision]
    matched: list[Link]


class Answer(NamedTuple):
    """What came of it, by key; of identifiers that are not set aside their anchors."""

    shared: set[Key]
    cluster: dict[Key, Key]
    profile: dict[Key, Key]
    contested: set[Key]
    refusals: list[Refusal]


@st.composite
def stores(draw: st.DrawFn) -> Store:
    small = st.integers(0, 3)
    limits = st.one_of(st.none(), st.integers(1, 2))
    names = draw(st.permutations(NAMES))
    policy = Policy(tuple(Namespace(name, rank, draw(limits), draw(limits)) for rank, name in enumerate(names)))
    pool = [f"{name}:{value}" for name in names for value in VALUES]
    keys = draw(st.lists(st.sampled_from(pool), max_size=16, unique=True))
    pairs = [pair_of(*pair) for pair in combinations(keys, 2)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=24, unique=True)) if pairs else []
    links = [Link(*pair, "observed", draw(small) + 1, 0, draw(small), ()) for pair in chosen]
    any_pairs = st.lists(st.sampled_from(pool), min_size=2, max_size=2, unique=True)
    judged = draw(st.lists(st.one_of(st.sampled_from(pairs), any_pairs), max_size=4)) if pairs else []
    matches = st.lists(st.one_of(st.sampled_from(pairs), any_pairs), max_size=4, unique_by=lambda pair: pair_of(*pair))
    verdicts = st.sampled_from(["same", "different", "unsure"])
    decisions = [Decision.of(*pair, draw(verdicts), draw(small), "ann", "") for pair in judged]
    return Store(
        policy,
        {key: draw(small) - 1 for key in keys},
        set(draw(st.lists(st.sampled_from(keys), max_size=2))) if keys else set(),
        links,
        list(standing(decisions).values()),
        [matched_link(*pair, draw(small) / 4) for pair in draw(matches)] if pairs else [],
    )


def columns_of(store: Store, few_rows: int) -> Columns:
    return Columns.of(
        store.policy,
        keys=pa.array(list(store.first_seen), pa.string()),
        first_seen=list(store.first_seen.values()),
        low=pa.array([link.low for link in store.links], pa.string()),
        high=pa.array([link.high for link in store.links], pa.string()),
        last_seen=[link.last_seen for link in store.links],
        count=[link.count for link in store.links],
        few_rows=few_rows,
    )


def in_columns(store: Store, few_rows: int) -> Answer:
    columns = columns_of(store, few_rows)
    keys = list(store.first_seen)
    blocked = np.array([key in store.blocked for key in keys], bool)
    shared = shared_identifiers(columns, blocked)
    found = resolve_columns(columns, blocked | shared, store.decisions, store.matched)
    aside = found.cluster == -1
    assert (aside == (blocked | shared)).all()
    assert (aside == (found.profile == -1)).all()
    rest = [place for place in range(len(keys)) if not aside[place]]
    return Answer(
        {key for key, is_shared in zip(keys, shared, strict=True) if is_shared},
        {keys[place]: keys[found.cluster[place]] for place in rest},
        {keys[place]: keys[found.profile[place]] for place in rest},
        {keys[place] for place in np.flatnonzero(found.contested)},
        list(found.refusals),
    )


def with_shared(store: Store) -> set[Key]:
    rules = [{"name": one.name, "shared_above": one.shared_above} for one in store.policy.namespaces]
    aside = dict.fromkeys(store.blocked, "blocked")
    links = [link.pair for link in store.links if not store.blocked & {*link.pair}]
    return set(oracle.set_aside(store.first_seen, links, {"namespaces": rules}, store.policy.rank_by_name)) - set(aside)


def inside(keys: Collection[Key], decisions: Iterable[Decision]) -> list[Decision]:
    return [decision for decision in decisions if {*keys} >= {*decision.pair}]


def plainly(store: Store, *, by_cluster: bool) -> Answer:
    """What `resolve` says: of everything at once, or called for each cluster alone."""
    shared = with_shared(store)
    free = {key: seen for key, seen in store.first_seen.items() if key not in store.blocked | shared}
    same = [decision.pair for decision in store.decisions if decision.verdict == "same"]
    links = store.links + store.matched
    pairs = [pair for pair in [*(link.pair for link in links), *same] if free.keys() >= {*pair}]
    clusters = components(free, pairs)
    calls = clusters if by_cluster else [list(free)]
    done = [resolve({key: free[key] for key in keys}, links, store.decisions, store.policy) for keys in calls]
    refusals = [refusal for one in done for refusal in one.refusals]
    return Answer(
        shared,
        {key: anchor_of(keys, free, store.policy) for keys in clusters for key in keys},
        {key: group.anchor for one in done for group in one.groups for key in group.keys},
        {key for keys in clusters if is_contested(keys, inside(keys, store.decisions), store.policy) for key in keys},
        sorted(refusals, key=lambda refusal: (refusal.low, refusal.high, refusal.kind)),
    )


def policy_of(history: History) -> Policy:
    return Policy(
        tuple(
            Namespace(line["name"], rank, line.get("limit"), line.get("shared_above"))
            for rank, line in enumerate(history.policy["namespaces"])
        )
    )


@WAYS
@LAW
@given(history=histories())
def test_columns_give_what_the_rules_say(few_rows: int, history: History) -> None:
    truth = oracle.expected(history.events, history.decisions, history.policy, "secret", history.matched)
    judged = [
        Decision.of(*(one[name] for name in ("a", "b", "verdict", "at", "by", "reason"))) for one in history.decisions
    ]
    store = Store(
        policy_of(history),
        {key: seen.first_seen for key, seen in truth.identifiers.items()},
        {key for key, seen in truth.identifiers.items() if seen.set_aside == "blocked"},
        [
            Link(*pair, "observed", link.count, link.first_seen, link.last_seen, ())
            for pair, link in truth.links.items()
        ],
        list(standing(judged).values()),
        [matched_link(one["a"], one["b"], one["score"]) for one in history.matched],
    )
    answer, ids = in_columns(store, few_rows), ProfileIds("secret")
    assert answer.shared == {key for key, seen in truth.identifiers.items() if seen.set_aside == "shared"}
    for key, seen in truth.identifiers.items():
        assert seen.cluster == (ids.of(answer.cluster[key]) if key in answer.cluster else None)
        assert seen.profile == (ids.of(answer.profile[key]) if key in answer.profile else None)
    assert {tuple(refusal) for refusal in answer.refusals} == {tuple(refusal) for refusal in truth.refusals}
    assert len(answer.refusals) == len(truth.refusals)


@WAYS
@LAW
@given(store=stores())
def test_columns_give_what_resolve_gives_for_each_cluster_and_for_everything_at_once(
    few_rows: int, store: Store
) -> None:
    answer = in_columns(store, few_rows)
    assert answer == plainly(store, by_cluster=True)
    assert answer == plainly(store, by_cluster=False)


@WAYS
@LAW
@given(store=stores(), seed=st.integers(0, 2**16))
def test_the_order_of_rows_and_decisions_changes_nothing(few_rows: int, store: Store, seed: int) -> None:
    shuffled = Random(seed)
    again = store._replace(
        first_seen=dict(shuffled.sample(list(store.first_seen.items()), len(store.first_seen))),
        links=shuffled.sample(store.links, len(store.links)),
        decisions=shuffled.sample(store.decisions, len(store.decisions)),
        matched=shuffled.sample(store.matched, len(store.matched)),
    )
    assert in_columns(again, few_rows) == in_columns(store, few_rows)


@WAYS
def test_of_identifiers_of_one_rank_and_time_the_smallest_key_names_the_cluster(few_rows: int) -> None:
    policy = Policy((Namespace("e", 0),))
    for pair in combinations([f"e:{value}" for value in VALUES], 2):
        link = Link(*pair_of(*pair), "observed", 1, 0, 0, ())
        for keys in (pair, pair[::-1]):
            answer = in_columns(Store(policy, dict.fromkeys(keys, 0), set(), [link], [], []), few_rows)
            assert set(answer.cluster.values()) == {min(pair)}


def many_clusters(size: int, seed: int = 7) -> Store:
    """Clusters of up to 20 identifiers, limits exceeded in most of the larger ones, a decision here and there."""
    random = Random(seed)
    policy = Policy((Namespace("crm", 0, 1), Namespace("email", 1, 2), Namespace("cookie", 2, None, 3)))
    first_seen, links, decisions, matched = dict[Key, int](), list[Link](), list[Decision](), list[Link]()
    while len(first_seen) < size:
        keys = [
            f"{random.choice(('crm', 'email', 'cookie'))}:{len(first_seen) + at}" for at in range(random.randint(1, 20))
        ]
        first_seen |= {key: random.randrange(5) for key in keys}
        pairs = {pair_of(keys[at], random.choice(keys[:at])) for at in range(1, len(keys))}
        links += [Link(*pair, "observed", random.randint(1, 3), 0, random.randrange(9), ()) for pair in sorted(pairs)]
        if len(keys) > 1 and random.random() < 0.05:
            verdict = random.choice(("same", "different"))
            decisions.append(Decision.of(*random.sample(keys, 2), verdict, len(decisions), "ann", ""))
        if len(keys) > 1 and random.random() < 0.2:
            matched.append(matched_link(*random.sample(keys, 2), random.random()))
    return Store(policy, first_seen, set(random.sample(sorted(first_seen), size // 100)), links, decisions, matched)


def test_many_contested_clusters_are_parted_like_everything_at_once() -> None:
    store = many_clusters(25_000)
    assert in_columns(store, COMPILED) == plainly(store, by_cluster=False)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 127, 128, 129, 150_000])
def test_every_key_is_found_at_its_place_and_no_other_key_is(size: int) -> None:
    random = Random(size)
    values = ["".join(random.choices("abé🙂", k=random.randrange(9))) for _ in range(1000)]
    keys = [f"e:{random.choice(values)}{place}" for place in range(size)]
    index = CompiledKeys(pa.array(keys, pa.large_string()))
    wanted = random.sample(range(size), size)
    assert index.ids_of(pa.array([keys[place] for place in wanted], pa.large_string())).tolist() == wanted
    others = [*(key + "x" for key in keys[:1000]), *(key[:-1] + "x" for key in keys[:1000]), "", "e:"]
    assert set(index.ids_of(pa.array(others, pa.large_string())).tolist()) == {-1}


def keys_of_one_hash(size: int) -> pa.LargeStringArray:
    """Different keys of sixteen bytes: the second eight undo in the hash what the first eight did."""
    words, odd, text = 2**64, 0x9E3779B97F4A7C15, b""
    for first in range(size):
        value = (16 * odd % words ^ first) * odd % words
        text += first.to_bytes(8, "little") + (value ^ value >> 32).to_bytes(8, "little")
    data = np.frombuffer(text, np.uint8)
    assert len({_hash(data, np.uint64(begin), np.uint64(begin + 16)) for begin in range(0, len(text), 16)}) == 1
    offsets = np.arange(0, len(text) + 1, 16)
    return pa.LargeStringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(text))


def test_keys_of_one_hash_are_told_apart() -> None:
    keys = keys_of_one_hash(100)
    assert CompiledKeys(keys).ids_of(keys).tolist() == list(range(100))
    assert CompiledKeys(keys.slice(10, 20)).ids_of(keys).tolist() == [-1] * 10 + list(range(20)) + [-1] * 70
    with pytest.raises(ValueError, match="given twice"):
        CompiledKeys(pa.concat_arrays([keys, keys.slice(50, 1)]))


def reading(store: Store, keys: pa.Array | pa.ChunkedArray, low: pa.Array | pa.ChunkedArray) -> Sequence[int]:
    whole = columns_of(store, COMPILED)
    columns = Columns.of(
        store.policy,
        keys=keys,
        first_seen=pa.array(whole.first_seen),
        low=low,
        high=whole.keys.take(pa.array(whole.high)),
        last_seen=pa.chunked_array([whole.last_seen]),
        count=whole.count.astype(np.int32),
        few_rows=COMPILED,
    )
    return columns.low.tolist()


def test_strings_may_come_sliced_in_chunks_and_in_any_string_type() -> None:
    store = many_clusters(200)
    keys, low = list(store.first_seen), [link.low for link in store.links]
    places = columns_of(store, PLAIN).low.tolist()
    for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())):
        sliced = pa.array(["crm:before", *keys, "crm:after"], pa.string()).slice(1, len(keys)).cast(kind)
        chunks = pa.chunked_array([pa.array(low[:7], kind), pa.array([], kind), pa.array(low[7:], kind)])
        assert reading(store, sliced, chunks) == places
    in_parts = pa.chunked_array([pa.array(keys[:9]), pa.array(keys[9:])])
    assert reading(store, in_parts, pa.array(["e:before", *low]).slice(1)) == places


@WAYS
def test_nothing_is_parted_into_nothing(few_rows: int) -> None:
    policy = Policy((Namespace("crm", 0, 1), Namespace("email", 1, None, 1)))
    judged = [Decision.of("crm:1", "crm:2", "different", 0, "ann", "")]
    assert in_columns(Store(policy, {}, set(), [], judged, []), few_rows) == Answer(set(), {}, {}, set(), [])


@WAYS
def test_identifiers_without_a_link_are_profiles_of_their_own(few_rows: int) -> None:
    policy = Policy((Namespace("crm", 0, 1),))
    answer = in_columns(Store(policy, {"crm:1": 5, "crm:2": 5}, {"crm:2"}, [], [], []), few_rows)
    assert answer == Answer(set(), {"crm:1": "crm:1"}, {"crm:1": "crm:1"}, set(), [])


@WAYS
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"low": ["crm:9"]}, "not among the identifiers"),
        ({"keys": ["crm:1", "crm:1"]}, "given twice"),
        ({"keys": ["crm:1", "phone:2"]}, "not in the policy"),
        ({"keys": ["crm:1", "crm"]}, "not in the policy"),
        ({"first_seen": [1]}, "differ in length"),
        ({"count": []}, "differ in length"),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(few_rows: int, wrong: dict[str, list], message: str) -> None:
    right = {
        "keys": ["crm:1", "crm:2"],
        "first_seen": [1, 2],
        "low": ["crm:1"],
        "high": ["crm:2"],
        "last_seen": [1],
        "count": [1],
    }
    given_columns = right | wrong
    strings = {name: pa.array(given_columns.pop(name), pa.string()) for name in ("keys", "low", "high")}
    with pytest.raises(ValueError, match=message) as raised:
        Columns.of(Policy((Namespace("crm", 0),)), **strings, **given_columns, few_rows=few_rows)
    assert "crm:" not in str(raised.value)
