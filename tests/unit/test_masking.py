"""Without `read:pii` personal values are masked, the same value always the same way, wherever it stands."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.masking import MASKED, Masking, Masks
from api.access.principal import Principal
from graph_cdp.policies import Rules, default_policy, parse_policy

RULES = Rules.of(default_policy())
READER = Principal("key:a", "key", frozenset({"read"}), "web")
OFFICER = Principal("key:b", "key", frozenset({"read", "read:pii"}), "web")

masking = Masking(READER, Masks(RULES, "the id key of this shop"))

EVENT = {
    "type": "track",
    "event": "Mail to ann@shop.org opened",
    "userId": "u1",
    "identifiers": [{"namespace": "phone", "value": "+49 1512 3456789"}, {"namespace": "device_id", "value": "d1"}],
    "traits": {"email": " Ann@Shop.org ", "plan": "gold", "address": {"city": "Köln", "zip": 50667}, "name": "Ann B."},
    "context": {
        "ip": "203.0.113.7",
        "library": {"name": "analytics.js"},
        "externalIds": [{"type": "email", "id": "ann@shop.org"}, {"type": "nobody_knows", "id": "x-9"}],
        "traits": {"firstName": "Ann", "phone": "+4915123456789"},
        "page": {"url": "https://shop.org/?mail=Ann%40shop.org&x=1"},
    },
    "properties": {"name": "Rain jacket", "email": "ann@shop.org", "list": ["for ann@shop.org", 7, None]},
}  # fmt: skip
SECRETS = ("ann@shop.org", "Ann@Shop", "3456789", "Ann B", "Köln", "50667", "203.0.113.7", "x-9", '"Ann"', "Ann%40")


def test_who_may_read_personal_values_sees_everything_as_it_is():
    open_ = Masking(OFFICER, Masks(RULES, "the id key of this shop"))
    assert open_.is_open
    assert open_.event_body(EVENT) == EVENT
    assert open_.identifier("email:ann@shop.org") == "email:ann@shop.org"
    assert open_.trait("name", "Ann") == "Ann"
    assert open_.text("ann@shop.org") == "ann@shop.org"


def test_nothing_personal_of_an_event_is_left():
    shown = orjson.dumps(masking.event_body(EVENT)).decode()
    assert [secret for secret in SECRETS if secret in shown] == []


def test_what_is_not_personal_of_an_event_stays():
    shown = masking.event_body(EVENT)
    assert (shown["type"], shown["userId"]) == ("track", "u1")
    assert shown["traits"]["plan"] == "gold"
    assert shown["context"]["library"] == {"name": "analytics.js"}
    assert shown["properties"]["name"] == "Rain jacket"
    assert shown["properties"]["list"][1:] == [7, None]
    assert shown["identifiers"][1] == {"namespace": "device_id", "value": "d1"}


def test_the_same_value_has_the_same_mask_wherever_and_however_it_is_written():
    shown = masking.event_body(EVENT)
    mask = masking.value("email", "ann@shop.org")
    assert mask.startswith(MASKED)
    assert masking.identifier("email:ann@shop.org") == f"email:{mask}"
    assert shown["traits"]["email"] == mask
    assert shown["properties"]["list"][0] == f"for {mask}"
    assert shown["context"]["externalIds"][0]["id"] == mask
    assert shown["context"]["page"]["url"] == f"https://shop.org/?mail={mask}&x=1"
    assert shown["event"] == f"Mail to {mask} opened"
    phone = masking.value("phone", "+4915123456789")
    assert shown["identifiers"][0]["value"] == shown["context"]["traits"]["phone"] == phone


def test_another_id_key_gives_other_masks():
    other = Masking(READER, Masks(RULES, "the id key of that shop"))
    assert other.value("email", "ann@shop.org") != masking.value("email", "ann@shop.org")


def test_values_of_a_namespace_that_the_policy_lacks_are_masked():
    assert masking.value("loyalty_of_old", "77").startswith(MASKED)


def test_an_address_used_as_an_account_name_is_masked_though_accounts_are_not_personal():
    assert masking.identifier("user_id:ann@shop.org") == f"user_id:{masking.value('email', 'ann@shop.org')}"
    assert masking.identifier("user_id:u1") == "user_id:u1"


@pytest.mark.parametrize("value", [17, 1.5, True, ["a", ["b"]], {"a": "b"}])
def test_values_of_every_kind_are_masked_and_null_stays(value: object):
    assert str(value) not in str(masking.trait("name", value))
    assert masking.trait("name", None) is None


def test_the_policy_has_the_last_word():
    policy = parse_policy(
        '[[namespace]]\nname = "email"\nnormalise = "email"\npersonal = false\nlimit = 1\n'
        "[trait.name]\npersonal = false\n[trait.shoe_size]\npersonal = true",
        "p",
    )
    one = Masking(READER, Masks(Rules.of(policy), "the id key of this shop"))
    assert one.trait("name", "Ann") == "Ann"
    assert str(one.trait("shoe_size", 38)).startswith(MASKED)


@given(st.text(), st.sampled_from(["email", "phone", "hashed_email", "unknown"]))
def test_no_personal_value_is_its_own_mask_and_masking_twice_is_stable(value: str, namespace: str):
    mask = masking.value(namespace, value)
    assert mask != value
    assert mask == masking.value(namespace, value)
    assert len(mask) == len(MASKED) + 16
