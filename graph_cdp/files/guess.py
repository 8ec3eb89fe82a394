"""What the columns of a file probably mean, told by their names and by some of their values. Pure.

A wrong identifier joins strangers, so one is guessed only where the policy has its namespace, its name says so or its
values leave no doubt, and nothing speaks against it. Everything else is kept: what describes somebody as a trait,
keys that nobody knows as properties. Where nothing names whom a row is about, the key that numbers the records keeps
the rows apart.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph_cdp.files.mapping import RECORD_ID, Column, Mapping
from graph_cdp.files.mapping_file import as_toml
from graph_cdp.normalise.event import MAX_TRAITS
from graph_cdp.normalise.names import (
    BIRTH,
    DOINGS,
    EVENT_IDS,
    EVENT_NAMES,
    EVENT_TYPES,
    GROUPS,
    IDENTIFIERS,
    KEY_ENDINGS,
    KEYS,
    OTHERS,
    RECORDS,
    SOURCES,
    TIMES,
    TRAITS,
    KnownIdentifier,
    folded,
    words_of,
)
from graph_cdp.normalise.shapes import is_date, is_moment, is_number

Role: TypeAlias = Literal["identifier", "record", "trait", "property", "time", "id", "type", "name", "source"]

_ENOUGH = 0.5
"""The share of values that must have the form which the name of the column promises."""
_NO_DOUBT = 0.8
"""The share that tells by itself."""
_NEARLY_ALL = 0.95
"""The share of different values that numbers records; less than all, since an export may hold a record twice."""
_UNKNOWN_TRAITS = MAX_TRAITS - len(TRAITS) - len(IDENTIFIERS)
"""Of columns that nobody knows no more than leave an event room for the known traits."""


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column is taken for: its role, what it is called there (namespace, trait, property), and why."""

    column: str
    role: Role
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping with the reason for every column. `warning` says what is missing, and how to say it; else None."""

    mapping: Mapping
    columns: tuple[ColumnGuess, ...]
    warning: str | None

    def as_toml(self) -> str:
        """The mapping file to start from, the reasons as comments."""
        notes = [f"# {one.column!r}: {one.role}, {one.reason}" for one in self.columns]
        if self.warning:
            notes += ["#", f"# {self.warning}"]
        return "\n".join(notes) + "\n\n" + as_toml(self.mapping)


def guess_mapping(columns: Sequence[str], rows: Sequence[Table[str, object]], namespaces: Collection[str]) -> Guess:
    """Guess a mapping from the columns, some rows, and the names of the policy's namespaces."""
    guesser = _Guesser(columns, rows, namespaces)
    guesses = [guesser.guess(column) for column in columns]
    if not any(one.role == "identifier" for one in guesses):
        guesses = guesser.with_record(guesses)
    mapping = _mapping(guesses)
    return Guess(mapping, tuple(guesses), _warning(guesses, mapping, rows))


class _Guesser:
    def __init__(self, columns: Sequence[str], rows: Sequence[Table[str, object]], namespaces: Collection[str]) -> None:
        self._values = {column: _present(row.get(column) for row in rows) for column in columns}
        # A column may be called record_id, but only a mapping's `record` keeps the records of two sources apart.
        self._namespaces = {folded(namespace): namespace for namespace in namespaces if namespace != RECORD_ID}
        self._has_records = RECORD_ID in namespaces
        self._taken = set[str]()
        self._unknown = 0
        self._time = self._time_column()
        self._happenings = any(folded(column) in EVENT_NAMES for column in columns)

    def guess(self, column: str) -> ColumnGuess:
        return (
            self._namesake(column)
            or self._of_the_event(column)
            or self._standard_trait(column)
            or self._identifier(column)
            or self._rest(column)
        )

    def with_record(self, guesses: list[ColumnGuess]) -> list[ColumnGuess]:
        """The same, but the likeliest property numbers the records; where the policy has none, or events, no change."""
        if not self._has_records or self._happenings:
            return guesses
        keys = [one.column for one in guesses if one.role == "property" and self._numbers_records(one.column)]
        record = min(keys, key=lambda column: folded(column) not in RECORDS, default=None)
        reason = "it numbers the records, and nothing tells whom they are about"
        return [ColumnGuess(record, "record", RECORD_ID, reason) if one.column == record else one for one in guesses]

    def _numbers_records(self, column: str) -> bool:
        """Whether it is a key of the rows: not of what they are about, and not of a group in a known truth."""
        name, words, values = folded(column), words_of(column), self._values[column]
        if name not in RECORDS and (not words or words[-1] not in KEY_ENDINGS or name in DOINGS):
            return False
        if not GROUPS.union(OTHERS).isdisjoint(words) or any(name in kind.columns for kind in IDENTIFIERS):
            return False
        return len(values) > 0 and len(set(map(str, values))) >= _NEARLY_ALL * len(values)

    def _share(self, column: str, looks: Callable[[object], bool]) -> float:
        values = self._values[column]
        return sum(map(looks, values)) / len(values) if values else 0.0

    def _time_column(self) -> str | None:
        """The likeliest column with the time of the event: by its name and form, or the only one with such a form."""
        columns = [column for column in self._values if not BIRTH.search(folded(column))]
        for names in TIMES:
            for column in columns:
                if folded(column) in names and self._share(column, _is_day_or_moment) >= _NO_DOUBT:
                    return column
        moments = [column for column in columns if self._share(column, _is_written_moment) >= _NO_DOUBT]
        return moments[0] if len(moments) == 1 else None

    def _namesake(self, column: str) -> ColumnGuess | None:
        name = folded(column)
        namespace = self._namespaces.get(name)
        if namespace is None:
            return None
        for kind in IDENTIFIERS:
            if name in kind.columns or namespace in kind.namespaces:
                return self._unless_contradicted(column, kind, namespace)
        return ColumnGuess(column, "identifier", namespace, "it is called like a namespace of the policy")

    def _unless_contradicted(self, column: str, kind: KnownIdentifier, namespace: str) -> ColumnGuess:
        if kind.looks is None:
            return ColumnGuess(column, "identifier", namespace, f"by its name {kind.words}")
        if not self._values[column]:
            reason = f"by its name {kind.words}; there is no value to tell by"
            return ColumnGuess(column, "identifier", namespace, reason)
        share = self._share(column, kind.looks)
        if share < _ENOUGH:
            reason = f"called like {kind.words}, but only {share:.0%} of its values look like one"
            return ColumnGuess(column, "property", column, reason)
        return ColumnGuess(column, "identifier", namespace, f"{kind.words}, as {share:.0%} of its values look like one")

    def _of_the_event(self, column: str) -> ColumnGuess | None:
        name, values = folded(column), self._values[column]
        if column == self._time:
            return ColumnGuess(column, "time", "timestamp", "it holds the time of what happened, or of the record")
        if name in EVENT_IDS and len(set(map(str, values))) == len(values):
            return self._once(column, "id", "messageId", "it names each event")
        if name in EVENT_NAMES:
            return self._once(column, "name", "event", "it says what happened")
        if name == "type" and values and all(str(value) in EVENT_TYPES for value in values):
            return self._once(column, "type", "type", "it holds types of events")
        if name in SOURCES:
            return self._once(column, "source", "source", "it says where the record comes from")
        return None

    def _once(self, column: str, role: Role, key: str, reason: str) -> ColumnGuess | None:
        if f"{role} of the event" in self._taken:
            return None
        self._taken.add(f"{role} of the event")
        return ColumnGuess(column, role, key, reason)

    def _standard_trait(self, column: str) -> ColumnGuess | None:
        name = folded(column)
        for trait, names in TRAITS.items():
            if name in names:
                return self._trait(column, trait, "by its name")
        return None

    def _trait(self, column: str, trait: str, reason: str) -> ColumnGuess:
        free = trait if trait not in self._taken else column
        while free in self._taken:
            free += "_"
        self._taken.add(free)
        return ColumnGuess(column, "trait", free, reason)

    def _identifier(self, column: str) -> ColumnGuess | None:
        for kind in IDENTIFIERS:
            if not self._is_one(column, kind):
                continue
            if not OTHERS.isdisjoint(words_of(column)):
                return ColumnGuess(column, "property", column, f"{kind.words}, but by its name somebody else's")
            namespace = next((name for one in kind.namespaces if (name := self._namespaces.get(folded(one)))), None)
            if namespace is not None:
                return self._unless_contradicted(column, kind, namespace)
            reason = f"{kind.words}, for which the policy has no namespace"
            if kind.trait:
                return self._trait(column, kind.trait, reason)
            return ColumnGuess(column, "property", column, reason)
        return None

    def _is_one(self, column: str, kind: KnownIdentifier) -> bool:
        name = folded(column)
        return (
            name in kind.columns
            or (kind.part is not None and kind.part.search(name) is not None and self._looks(column, kind, _ENOUGH))
            or (kind.unmistakable is not None and self._share(column, kind.unmistakable) >= _NO_DOUBT)
        )

    def _looks(self, column: str, kind: KnownIdentifier, enough: float) -> bool:
        return kind.looks is not None and self._share(column, kind.looks) >= enough

    def _rest(self, column: str) -> ColumnGuess:
        name, words = folded(column), words_of(column)
        if name in KEYS or (words and words[-1] in KEY_ENDINGS):
            return ColumnGuess(column, "property", column, "a key, but nothing tells whom it names")
        if name in DOINGS or self._happenings:
            return ColumnGuess(column, "property", column, "it describes what happened")
        self._unknown += 1
        if self._unknown > _UNKNOWN_TRAITS:
            return ColumnGuess(column, "property", column, f"an event has no more than {MAX_TRAITS} traits")
        return self._trait(column, column, "what is not known otherwise describes somebody")


def _present(values: Iterable[object]) -> list[object]:
    stripped = (value.strip() if isinstance(value, str) else value for value in values)
    return [value for value in stripped if value is not None and value != "" and value == value]  # noqa: PLR0124


def _is_day_or_moment(value: object) -> bool:
    return is_date(value) or is_moment(value)


def _is_written_moment(value: object) -> bool:
    return is_moment(value) and not is_number(value)


def _mapping(guesses: Sequence[ColumnGuess]) -> Mapping:
    def table(role: Role) -> dict[str, str]:
        return {one.column: one.name for one in guesses if one.role == role}

    single = {one.role: one.column for one in guesses}
    name, kind, source = (Column(single[role]) if role in single else None for role in ("name", "type", "source"))
    return Mapping(
        identifiers=table("identifier"),
        traits=table("trait"),
        properties=table("property"),
        time=single.get("time"),
        id=single.get("id"),
        record=single.get("record"),
        type=kind or ("track" if name else "identify"),
        name=name,
        source=source,
    )


def _warning(guesses: Sequence[ColumnGuess], mapping: Mapping, rows: Sequence[Table[str, object]]) -> str | None:
    naming = mapping.identifiers.keys() | (set() if mapping.record is None else {mapping.record})
    if not naming:
        column, namespace = _known_identifier(guesses) or _likeliest_key(guesses) or ("mail", "email")
        return f"NO IDENTIFIER WAS FOUND, so every row would be refused. {_remedy(column, namespace)}"
    warnings = []
    if mapping.record is not None:
        column, namespace = _known_identifier(guesses) or ("mail", "email")
        warnings.append(
            f"NO IDENTIFIER WAS FOUND, only {mapping.record!r}, which numbers the records: every row becomes a profile"
            f" of its own until matching joins them. {_remedy(column, namespace)}"
        )
    if bare := sum(not _present(row.get(column) for column in naming) for row in rows):
        what = "identifier" if mapping.record is None else "number"
        warnings.append(f"{bare / len(rows):.0%} of the rows have no {what} and would be refused.")
    return " ".join(warnings) or None


def _remedy(column: str, namespace: str) -> str:
    return (
        "If a column names whom a row is about, say so in a mapping file, for example:"
        f" [identifiers] {column!r} = {namespace!r}; the policy must have that namespace."
    )


def _known_identifier(guesses: Sequence[ColumnGuess]) -> tuple[str, str] | None:
    for one in guesses:
        for kind in IDENTIFIERS:
            if folded(one.column) in kind.columns:
                return one.column, kind.namespaces[0]
    return None


def _likeliest_key(guesses: Sequence[ColumnGuess]) -> tuple[str, str] | None:
    keys = [one.column for one in guesses if folded(one.column) in KEYS or words_of(one.column)[-1:] == ["id"]]
    return (keys[0], "_".join(words_of(keys[0]))) if keys else None
