"""The policy as a TOML file: read, checked with the place of every problem, and told apart by its meaning."""

from graph_cdp.policies.load import (
    PolicyReport,
    check_policy,
    default_policy,
    load_policy,
    parse_policy,
    policy_digest,
    policy_text,
)
from graph_cdp.policies.problems import Problem
from graph_cdp.policies.rules import Rules

__all__ = [
    "PolicyReport",
    "Problem",
    "Rules",
    "check_policy",
    "default_policy",
    "load_policy",
    "parse_policy",
    "policy_digest",
    "policy_text",
]
