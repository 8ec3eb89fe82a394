"""What a policy file may say of the signs of fraud, and what the check says where it is wrong."""

import pytest

from graph_cdp.domain.policy import FraudRule
from graph_cdp.fraud import RULES, hub_namespaces, setting_of
from graph_cdp.policies import check_policy, default_policy, parse_policy, policy_digest

BASE = '[[namespace]]\nname = "user_id"\nlimit = 1\n[[namespace]]\nname = "email"\nnormalise = "email"\n' \
       '[[namespace]]\nname = "device_id"\n'  # fmt: skip


def test_without_a_word_all_rules_are_on_with_their_own_numbers():
    policy = parse_policy(BASE, "p")
    assert policy.fraud == {}
    settings = {name: setting_of(rule, policy) for name, rule in RULES.items()}
    assert {name: setting.numbers for name, setting in settings.items() if setting} == {
        name: rule.numbers for name, rule in RULES.items()
    }
    assert hub_namespaces(RULES["many_profiles"], policy) == {"email", "device_id"}
    assert hub_namespaces(RULES["refusal_burst"], policy) == {"user_id", "email", "device_id"}
    assert default_policy().fraud == {}


def test_a_policy_says_what_its_file_says():
    policy = parse_policy(
        f'{BASE}[fraud.many_profiles]\nabove = 3\nnamespaces = ["device_id"]\n[fraud.velocity]\nenabled = false\n'
        '[fraud.disposable_email]\ndomains = ["X.example"]',
        "p",
    )
    assert policy.fraud == {
        "many_profiles": FraudRule(namespaces=("device_id",), numbers={"above": 3}),
        "velocity": FraudRule(enabled=False),
        "disposable_email": FraudRule(lists={"domains": ("x.example",)}),
    }
    assert hub_namespaces(RULES["many_profiles"], policy) == {"device_id"}
    assert setting_of(RULES["velocity"], policy) is None
    assert setting_of(RULES["many_profiles"], policy).numbers == {"above": 3, "alone_percent": 50}


def test_signs_of_fraud_change_no_profile_and_so_no_digest():
    assert policy_digest(parse_policy(f"{BASE}[fraud.ring]\nenabled = false", "p")) == policy_digest(
        parse_policy(BASE, "p")
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fraud.rings]", "p:9: fraud.rings: is no rule; did you mean 'ring'?"),
        ("[fraud]\nring = 3", "p:10: fraud.ring: must be a table; write [fraud.ring] and below it enabled = true"),
        ("fraud = 3", "p:9: namespace[2].fraud: is not known; "),
        ("[fraud.ring]\nmoist = 3", "p:10: fraud.ring.moist: is not known; did you mean 'most'?"),
        ("[fraud.ring]\nnamespaces = []", "p:10: fraud.ring.namespaces: is not known; known here: enabled, at_least"),
        (
            "[fraud.ring]\nmost = 0",
            "p:10: fraud.ring.most: must be a whole number of at least 1, is 0; leave it out for 30",
        ),
        (
            "[fraud.ring]\ndensity_percent = 101",
            "p:10: fraud.ring.density_percent: must be at most 100, is 101; leave it out for 50",
        ),
        (
            "[fraud.ring]\nenabled = 1",
            "p:10: fraud.ring.enabled: must be true or false without quotes, is 1; write enabled = true",
        ),
        (
            '[fraud.velocity]\nnamespaces = ["devices"]',
            "p:10: fraud.velocity.namespaces[0]: is no namespace of the policy; did you mean 'device_id'?",
        ),
        (
            '[fraud.disposable_email]\ndomains = "x.example"',
            'p:10: fraud.disposable_email.domains: must be a list, is text; write domains = ["…", "…"]',
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_its_key_and_a_remedy(text, message):
    report = check_policy(f"{BASE}{text}", "p")
    assert report.policy is None
    assert str(report.problems[0]).startswith(message)
