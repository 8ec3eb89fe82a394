"""Anchors, profile ids and owners, by examples."""

from base64 import b32encode

from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.resolve import ProfileIds, anchor_of, digest_of, hash_of, owner_of, partition
from tests.strategies import LAW
from tests.unit.test_resolve_groups import judged, seen_with

POLICY = Policy((Namespace("crm", 0, 1), Namespace("email", 1), Namespace("cookie", 2)))
IDS = ProfileIds("the id key of the tests")


def test_the_anchor_is_of_the_strongest_namespace_then_first_seen_then_the_smallest_key() -> None:
    first_seen = {"cookie:a": 0, "email:z": 5, "email:y": 5, "email:x": 6, "crm:2": 9}
    assert anchor_of(first_seen, first_seen, POLICY) == "crm:2"
    assert anchor_of(["cookie:a", "email:x", "email:y", "email:z"], first_seen, POLICY) == "email:y"
    assert anchor_of(["cookie:a"], first_seen, POLICY) == "cookie:a"


def test_a_profile_id_is_short_plain_text_that_only_the_key_and_the_id_key_determine() -> None:
    one = IDS.of("crm:1")
    assert one == ProfileIds("the id key of the tests").of("crm:1")
    assert one.startswith("pro_")
    assert len(one) == 28
    assert one.removeprefix("pro_").isalnum()
    assert one == one.lower()
    assert len({one, IDS.of("crm:2"), ProfileIds("another").of("crm:1")}) == 3


def test_a_fingerprint_tells_id_keys_apart_and_gives_none_away() -> None:
    assert IDS.fingerprint == ProfileIds("the id key of the tests").fingerprint
    assert IDS.fingerprint != ProfileIds("another").fingerprint


@LAW
@given(key=st.text())
def test_a_profile_id_spells_its_digest(key: str) -> None:
    assert digest_of(IDS.of(key)) == IDS.digest(key)


@LAW
@given(digests=st.lists(st.binary(min_size=15, max_size=15)))
def test_hashes_lie_in_the_order_of_the_ids(digests: list[bytes]) -> None:
    spelled = {b32encode(digest).decode().lower(): hash_of(digest) for digest in digests}
    in_order = [spelled[text] for text in sorted(spelled)]
    assert in_order == sorted(in_order)
    assert all(0 <= one < 2**60 for one in in_order)


def test_what_is_no_profile_id_spells_nothing_that_a_store_could_hold() -> None:
    for text in ("pro_", "pro_1", "pro_é", "x", "", "pro_" + "a" * 23):
        assert digest_of(text) in (None, b"")


def test_a_cluster_is_named_after_its_own_anchor_and_each_profile_in_it_after_its_own() -> None:
    first_seen = {"crm:1": 1, "crm:2": 2, "cookie:k": 0, "email:a": 0}
    links = [seen_with("crm:1", "cookie:k", 1), seen_with("crm:2", "cookie:k", 2), seen_with("crm:1", "email:a")]
    placed = partition(first_seen, links, [], POLICY).placed
    assert {key: (place.cluster, place.profile) for key, place in placed.items()} == {
        "crm:1": ("crm:1", "crm:1"),
        "email:a": ("crm:1", "crm:1"),
        "crm:2": ("crm:1", "crm:2"),
        "cookie:k": ("crm:1", "crm:2"),
    }


def test_a_pair_decided_same_brings_clusters_together_and_a_pair_decided_different_does_not() -> None:
    first_seen = {"crm:1": 1, "crm:2": 0, "email:a": 0}
    same = partition(first_seen, [], [judged("crm:1", "crm:2", "same")], POLICY).placed
    assert {key: place.cluster for key, place in same.items()} == {
        "crm:1": "crm:2", "crm:2": "crm:2", "email:a": "email:a"
    }  # fmt: skip
    apart = partition(first_seen, [], [judged("crm:1", "crm:2", "different")], POLICY).placed
    assert {key: place.cluster for key, place in apart.items()} == {key: key for key in first_seen}


def test_an_event_belongs_to_the_strongest_identifier_it_names_that_is_not_set_aside() -> None:
    keys = ("crm:1", "email:a", "cookie:k")
    assert owner_of(keys, {}) == "crm:1"
    assert owner_of(keys, {"crm:1": "shared"}) == "email:a"
    assert owner_of(keys, dict.fromkeys(keys, "blocked")) is None
    assert owner_of((), {}) is None
