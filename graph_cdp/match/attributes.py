"""What records are compared by: attributes, made of columns as their kinds suggest. Pure."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Literal, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from graph_cdp.match.folding import fold, folded, is_day_first
from graph_cdp.match.kinds import Column, Kind
from graph_cdp.match.lines import Change, Lines, changed_list, each_line, lines_of
from graph_cdp.match.table import Record, Table
from graph_cdp.match.values import Values, rest_of

Part: TypeAlias = Literal["whole", "given", "family", "rest"]


class Attribute(NamedTuple):
    """One thing that records are compared by: a column as a whole, or a part of a name that stands in one column.

    `rest` of a name is what the columns after the first do not say. `swaps`: the attribute that values may have been
    exchanged with, as given and family names often are. `day_first`: of a date in numbers, year last, the day comes
    before the month.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    part: Part = "whole"
    swaps: str | None = None
    day_first: bool = True


def attributes_of(columns: Sequence[Column], table: Table) -> tuple[Attribute, ...]:
    """The attributes of a table, in the order of its columns. A column that repeats others adds only what is new."""
    used = [column for column in columns if column.used]
    first = {
        kind: next((column.name for column in used if column.kind == kind), None)
        for kind in ("given_name", "family_name")
    }
    names = [name for name in first.values() if name]
    attributes: list[Attribute] = []
    for column in used:
        if column.kind == "full_name" and names:
            if _says_more(table, column.name, names):
                attributes.append(Attribute(f"{column.name} (rest)", "text", (column.name, *names), "rest"))
                names = [*names, column.name]
        elif column.kind == "full_name":
            attributes += [
                Attribute(f"{column.name} (given)", "given_name", (column.name,), "given"),
                Attribute(f"{column.name} (family)", "family_name", (column.name,), "family"),
                Attribute(f"{column.name} (rest)", "text", (column.name,), "rest"),
            ]
            names = [column.name]
        else:
            day_first = column.kind != "date" or _is_day_first(table, column.name)
            attributes.append(Attribute(column.name, column.kind, (column.name,), day_first=day_first))
    return _with_swaps(attributes)


def _says_more(table: Table, whole: str, parts: Sequence[str]) -> bool:
    rest = Values.of_rest(table, (whole, *parts))
    return float(np.mean(rest.codes >= 0)) >= 0.02 if len(rest) else False


def _is_day_first(table: Table, name: str) -> bool:
    dates = table.columns[name].drop_null().unique()
    return is_day_first(lines_of(dates)) if len(dates) else True


def _with_swaps(attributes: Sequence[Attribute]) -> tuple[Attribute, ...]:
    """Name the partner of what is exchanged: given and family name, two columns of addresses."""
    partner = dict[str, str]()
    exchanged: tuple[tuple[Kind, Kind], ...] = (
        ("given_name", "family_name"),
        ("address", "address"),
        ("street", "address"),
    )
    for one_kind, other_kind in exchanged:
        ones = [one.name for one in attributes if one.kind == one_kind and one.name not in partner]
        others = [one.name for one in attributes if one.kind == other_kind and one.name not in [*partner, *ones[:1]]]
        if ones and others:
            partner |= {ones[0]: others[0], others[0]: ones[0]}
    return tuple(one._replace(swaps=partner.get(one.name)) for one in attributes)


_made: WeakKeyDictionary[Table, dict[Attribute, Values]] = WeakKeyDictionary()


def values_of(table: Table, attribute: Attribute) -> Values:
    """The attribute of every record, made once for a table: who trains on one matches it next."""
    made = _made.setdefault(table, {})
    if attribute not in made:
        made[attribute] = _values_of(table, attribute)
    return made[attribute]


def _values_of(table: Table, attribute: Attribute) -> Values:
    if attribute.part == "rest" and len(attribute.columns) > 1:
        return Values.of_rest(table, attribute.columns)
    return Values.of(table.column(attribute.columns[0]), _change_of(attribute))


def folded_of(records: Sequence[Record], attribute: Attribute) -> list[str | None]:
    """The same as plain texts, without what a table costs; at least of one record."""
    columns = [[record.get(name) for record in records] for name in attribute.columns]
    if attribute.part != "rest" or len(columns) == 1:
        return changed_list(columns[0], _change_of(attribute))
    names = [changed_list(column, partial(fold, kind="full_name")) for column in columns]
    words = zip(*([(name or "").split() for name in column] for column in names), strict=True)
    return [rest_of(whole, parts) for whole, *parts in words]


def _change_of(attribute: Attribute) -> Change:
    if attribute.part == "whole":
        return partial(fold, kind=attribute.kind, day_first=attribute.day_first)
    return partial(_part, part=attribute.part)


_FAMILY_FIRST = re.compile(r"^([^,\n]+),([^,\n]+)$", re.MULTILINE)


def _part(lines: Lines, part: Part) -> Lines:
    """The part of whole names: `Ada Mary King`, and `King, Ada Mary` as well."""
    names = folded(_FAMILY_FIRST.sub(r"\2 \1", lines))
    return each_line(names, lambda name: _taken(name.split(), part))


def _taken(words: list[str], part: Part) -> str:
    words = [word for word in words if word not in _TITLES] or words
    if part == "given":
        return " ".join(words[:1])
    if part == "family":
        return words[-1] if len(words) > 1 else ""
    return " ".join(words[1:-1])


_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "herr",
        "frau",
        "sir",
        "dame",
        "lord",
        "lady",
        "m",
        "mme",
        "mlle",
        "sr",
        "sra",
        "srta",
        "don",
        "dona",
        "jr",
    ]
)
