"""How many identifiers of events could not be read, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_cdp.domain.event import Issue


@dataclass(frozen=True)
class IssueCounts:
    """Identifiers that join nobody: by namespace those the policy does not know, by namespace and reason the others."""

    unknown_namespaces: dict[str, int] = field(default_factory=dict)
    invalid_values: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, count_by_issue: Mapping[Issue, int]) -> "IssueCounts":
        """Add issues up."""
        unknown, invalid = dict[str, int](), dict[str, dict[str, int]]()
        for (namespace, reason, detail), count in sorted(count_by_issue.items()):
            if reason == "unknown_namespace":
                unknown[namespace] = count
            else:
                invalid.setdefault(namespace, {})[detail] = count
        return cls(unknown, invalid)

    def __add__(self, other: "IssueCounts") -> "IssueCounts":
        """The counts of both."""
        invalid = {
            namespace: _sum(self.invalid_values.get(namespace, {}), other.invalid_values.get(namespace, {}))
            for namespace in sorted({*self.invalid_values, *other.invalid_values})
        }
        return IssueCounts(_sum(self.unknown_namespaces, other.unknown_namespaces), invalid)


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(sorted((Counter(one) + Counter(other)).items()))
