"""Which namespaces a rule looks at where the policy does not say."""

from graph_cdp.domain.policy import Policy
from graph_cdp.fraud.view import EMAIL_KINDS


def passed_around(policy: Policy) -> frozenset[str]:
    """All but those of which one profile holds one: an account is nothing that several share."""
    return frozenset(one.name for one in policy.namespaces if one.limit != 1)


def addresses(policy: Policy) -> frozenset[str]:
    """Those of e-mail addresses, hashed ones too."""
    return frozenset(one.name for one in policy.namespaces if one.normalise in EMAIL_KINDS)


def every(policy: Policy) -> frozenset[str]:
    """All."""
    return frozenset(policy.by_name)
