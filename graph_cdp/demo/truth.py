"""Who is behind each identifier of made-up data: kept while it is made, written and read as JSON lines."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from graph_cdp.domain.identifier import Identifier, Key

Named: TypeAlias = tuple[str, str | None, str | None]
"""Namespace, value as a source writes it (None: it writes none), and whose it is (None: nobody's)."""

_CASELESS = frozenset({"email", "hashed_email", "advertising_id", "device_id", "anonymous_id"})


def plain_key(namespace: str, raw: str) -> Key:
    """The key of a value as a source writes it, normalised in the plainest way: case, spaces, punctuation."""
    value = raw.strip()
    if namespace in _CASELESS:
        value = value.lower()
    elif namespace == "phone":
        value = "+" + "".join(char for char in value if char.isdigit())
    return Identifier(namespace, value).key


@dataclass(slots=True)
class Truth:
    """What the maker of a source knows.

    `owners`: the persons behind each identifier. `nobodys`: placeholders, terminals and values that cannot be
    read. `together`: each distinct set of identifiers that one event names. `faults` counts what was made wrong.
    """

    owners: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    nobodys: set[Key] = field(default_factory=set)
    together: set[frozenset[Key]] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)

    def note(self, *named: Named) -> None:
        """Record the identifiers that one event names."""
        keys = set()
        for namespace, raw, person in named:
            if raw is None:
                continue
            key = plain_key(namespace, raw)
            keys.add(key)
            if person is None:
                self.nobodys.add(key)
            else:
                self.owners[key].add(person)
        self.together.add(frozenset(keys))

    def add(self, other: "Truth") -> None:
        """Take in what the maker of another source knows."""
        for key, persons in other.owners.items():
            self.owners[key] |= persons
        self.nobodys |= other.nobodys
        self.together |= other.together
        self.faults += other.faults

    def sole_owners(self) -> dict[Key, str]:
        """Person by key, for the identifiers that exactly one person is behind."""
        return {key: next(iter(persons)) for key, persons in self.owners.items() if len(persons) == 1}


def write_truth(path: Path, owners: Mapping[Key, Iterable[str]]) -> None:
    """Write one line an identifier, by key: `person` where it is one, `shared` with their list where several."""
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for key in sorted(owners):
            identifier, persons = Identifier.of(key), sorted(owners[key])
            who = {"person": persons[0]} if len(persons) == 1 else {"shared": persons}
            lines.write(json.dumps(identifier._asdict() | who, ensure_ascii=False) + "\n")


def read_truth(path: Path) -> dict[Key, str]:
    """Person by key from a truth file; shared identifiers are left out, for they cannot be right or wrong."""
    with path.open(encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines]
    return {Identifier(line["namespace"], line["value"]).key: line["person"] for line in told if "person" in line}
