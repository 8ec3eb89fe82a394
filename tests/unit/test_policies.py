from pathlib import Path

import pytest

from graph_cdp.domain.policy import TraitRule
from graph_cdp.normalise import KINDS, Identifiers, Named
from graph_cdp.normalise.event_identifiers import COLLECT
from graph_cdp.policies import (
    check_policy,
    default_policy,
    load_policy,
    parse_policy,
    policy_digest,
)
from graph_cdp.policies.read import PERSONAL_KINDS

FULL = """
placeholders = false

[[namespace]]
name = "crm_id"
limit = 1

[[namespace]]
name = "phone"
normalise = "phone"
region = "DE"
limit = 2
shared_above = 5
blocked = ["+49 30 1", "+49 30 2"]
placeholders = true
personal = false

[[namespace]]
name = "born"
normalise = "date"
order = "dmy"

[trait.plan]
survivorship = "source_priority"
sources = ["crm", "web"]

[collect]
userId = "crm_id"
traits.phone = "phone"
"context.traits.phone" = ""
"""

NAMESPACE = '[[namespace]]\nname = "a"\nlimit = 1\n'


def test_a_policy_says_what_its_file_says():
    policy = parse_policy(FULL, "policy.toml")
    crm_id, phone, born = policy.namespaces
    assert (crm_id.name, crm_id.rank, crm_id.limit, crm_id.shared_above) == ("crm_id", 0, 1, None)
    assert (crm_id.normalise, crm_id.options, crm_id.blocked) == ("string", {}, ())
    assert (phone.rank, phone.limit, phone.shared_above) == (1, 2, 5)
    assert (phone.normalise, phone.options, phone.blocked) == ("phone", {"region": "DE"}, ("+49 30 1", "+49 30 2"))
    assert (born.rank, born.options) == (2, {"order": "dmy"})
    assert policy.traits == {"plan": TraitRule("source_priority", ("crm", "web"))}
    assert policy.collect == {"userId": "crm_id", "traits.phone": "phone", "context.traits.phone": ""}
    assert policy.text == FULL


def test_a_namespaces_own_placeholders_win_over_the_files():
    assert [namespace.placeholders for namespace in parse_policy(FULL, "p").namespaces] == [False, True, False]
    assert parse_policy('[[namespace]]\nname = "a"', "p").namespaces[0].placeholders


def test_values_are_personal_by_kind_unless_the_policy_says_otherwise():
    tables = [f'[[namespace]]\nname = "{kind}"\nnormalise = "{kind}"\n' for kind in KINDS]
    assert {n.name for n in parse_policy("".join(tables), "p").namespaces if n.personal} == PERSONAL_KINDS
    assert [namespace.personal for namespace in parse_policy(FULL, "p").namespaces] == [False, False, True]


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path):
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert policy_digest(load_policy(path)) == policy_digest(parse_policy(FULL, "p"))


def test_comments_and_layout_do_not_change_the_meaning():
    other = """
    namespace = [{name = "crm_id", limit = 0x1},
      {name = "phone", personal = false, normalise = 'phone', placeholders = true, region = "DE", limit = 2,
       shared_above = 5, blocked = ["+49 30 2", "+49 30 1", "+49 30 2"]},
      {name = "born", normalise = "date", order = "dmy"}]  # the same again
    trait.plan.sources = ["crm", "web"]
    trait.plan.survivorship = "source_priority"
    trait.colour.survivorship = "latest"
    collect = {"context.traits.phone" = "", "traits.phone" = "phone", userId = "crm_id"}
    placeholders = false
    """
    other = other.replace(",\n", ", ").replace("blocked = [", "blocked = [\n")
    assert policy_digest(parse_policy(other, "q")) == policy_digest(parse_policy(FULL, "p"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("limit = 1", "limit = 2"),
        ("limit = 1\n", ""),
        ('name = "crm_id"', 'name = "crm"'),
        ('region = "DE"', 'region = "AT"'),
        ("shared_above = 5", "shared_above = 4"),
        ('"+49 30 2"', '"+49 30 3"'),
        ("placeholders = true", "placeholders = false"),
        ("personal = false", "personal = true"),
        ('["crm", "web"]', '["web", "crm"]'),
        ('"context.traits.phone" = ""', '"context.traits.phone" = "phone"'),
    ],
)
def test_whatever_changes_the_policy_changes_its_digest(old: str, new: str):
    changed = FULL.replace(old, new, 1)
    assert changed != FULL
    assert policy_digest(parse_policy(changed, "p")) != policy_digest(parse_policy(FULL, "p"))


def test_the_digest_is_the_same_on_every_machine():
    assert policy_digest(parse_policy(NAMESPACE, "p")) == "ddad074c0367c72394fc40e2d179842c"


def test_the_default_policy_has_nothing_to_mend():
    assert check_policy(default_policy().text, "retail.toml").problems == ()


def test_the_default_policy_has_a_place_for_every_identifier_that_is_collected():
    policy = default_policy()
    assert policy.collect == COLLECT
    assert set(policy.collect.values()) <= set(policy.by_name)


def test_the_default_policy_ranks_what_names_a_person_above_what_names_a_machine():
    assert list(default_policy().by_name) == [
        *("crm_id", "user_id", "loyalty_id", "email", "hashed_email", "phone"),
        *("advertising_id", "device_id", "anonymous_id", "cookie", "session_id"),
        "record_id",
    ]


def test_the_default_policy_takes_every_number_of_a_record_for_what_it_is():
    policy = default_policy()
    rank = policy.rank_by_name["record_id"]
    for value in ("crm/0", "0/0", "test/1", "x/-1"):
        named = Named(rank, f"record_id:{value}", blocked=False)
        assert Identifiers(policy).identify("record_id", value) == named


def test_the_default_policy_gives_a_reason_for_every_number():
    numbers = [line for line in default_policy().text.splitlines() if line.startswith(("limit =", "shared_above ="))]
    assert len(numbers) == len(default_policy().limit_by_name) + len(default_policy().shared_above_by_name)
    assert all(len(line.partition("#")[2].split()) >= 5 for line in numbers)


@pytest.mark.parametrize(
    ("trait", "told", "personal"),
    [
        ("first_name", "", True),
        ("dateOfBirth", "", True),
        ("favourite", "", False),
        ("favourite", "[trait.favourite]\npersonal = true", True),
        ("name", "[trait.name]\npersonal = false", False),
        ("name", '[trait.name]\nsurvivorship = "max"', True),
        ("inbox", '[collect]\n"traits.inbox" = "email"', True),
    ],
)
def test_a_trait_is_personal_by_its_rule_else_by_its_namespace_else_by_its_name(trait: str, told: str, personal: bool):
    namespace = '[[namespace]]\nname = "email"\nnormalise = "email"\nlimit = 1\n'
    assert parse_policy(namespace + told, "p").is_personal_trait(trait) is personal


def test_what_is_personal_may_change_without_a_rebuild():
    marked = NAMESPACE + "[trait.shoe_size]\npersonal = true"
    assert policy_digest(parse_policy(marked, "p")) == policy_digest(parse_policy(NAMESPACE, "p"))
