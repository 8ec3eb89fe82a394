"""What a use case needs to decide: the policy, and what reads identifiers and events by it."""

from typing import NamedTuple

from graph_cdp.domain.policy import Policy
from graph_cdp.normalise import EventReader, Identifiers


class Rules(NamedTuple):
    """One policy, ready for use."""

    policy: Policy
    reader: EventReader
    identifiers: Identifiers

    @classmethod
    def of(cls, policy: Policy) -> "Rules":
        """Make a policy ready for use."""
        return cls(policy, EventReader(policy), Identifiers(policy))
