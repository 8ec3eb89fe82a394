"""What records are compared by: attributes, made of columns as their kinds suggest. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.match.folding import folded
from graph_cdp.match.kinds import Column, Kind
from graph_cdp.match.table import Table
from graph_cdp.match.values import Values

Part: TypeAlias = Literal["whole", "given", "family", "rest"]


class Attribute(NamedTuple):
    """One thing that records are compared by: a column as a whole, or a part of a name that stands in one column.

    `rest` of a name is what the columns after the first do not say. `swaps`: the attribute that values may have been
    exchanged with, as given and family names often are.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    part: Part = "whole"
    swaps: str | None = None


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
            attributes.append(Attribute(column.name, column.kind, (column.name,)))
    return _with_swaps(attributes)


def _says_more(table: Table, whole: str, parts: Sequence[str]) -> bool:
    rest = Values.of_rest(table, (whole, *parts))
    return float(np.mean(rest.codes >= 0)) >= 0.02 if len(rest) else False


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


def values_of(table: Table, attribute: Attribute) -> Values:
    """The attribute of every record."""
    if attribute.part == "rest" and len(attribute.columns) > 1:
        return Values.of_rest(table, attribute.columns)
    column = table.columns.get(attribute.columns[0])
    if column is None:
        column = pa.nulls(len(table), pa.large_string())
    if attribute.part == "whole":
        return Values.of(column, attribute.kind)
    return Values.encoded(column, lambda texts: _part(texts, attribute.part))


def _part(texts: pa.LargeStringArray, part: Part) -> pa.LargeStringArray:
    """The part of whole names: `Ada Mary King`, and `King, Ada Mary` as well."""
    swapped = pc.replace_substring_regex(texts, r"^\s*([^,]+),\s*([^,]+)$", r"\2 \1")
    words = pc.split_pattern(folded(swapped), " ")
    taken = [_taken(word, part) if word else None for word in words.to_pylist()]
    return pa.array(taken, pa.large_string())


def _taken(words: list[str], part: Part) -> str | None:
    words = [word for word in words if word not in _TITLES] or words
    if part == "given":
        return words[0] or None
    if part == "family":
        return words[-1] if len(words) > 1 else None
    return " ".join(words[1:-1]) or None


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
