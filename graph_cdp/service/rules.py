"""What a use case needs to decide: the policy, and the reader that turns raw events into identifiers by it."""

from typing import NamedTuple

from graph_cdp.domain.policy import Policy
from graph_cdp.normalise.event import EventReader


class Rules(NamedTuple):
    """One policy, ready for use."""

    policy: Policy
    reader: EventReader

    @classmethod
    def of(cls, policy: Policy) -> "Rules":
        """Make a policy ready for use."""
        return cls(policy, EventReader(policy))
