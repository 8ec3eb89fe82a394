"""Many texts as one: a line each, so that what is said of one text is done to a million at once. Pure."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Texts: TypeAlias = pa.LargeStringArray
Lines: TypeAlias = str
"""Texts joined by line ends, which no text has itself; an empty line says nothing."""
Change: TypeAlias = Callable[[Lines], Lines]
"""Gives as many lines as it takes, each made of its own line alone."""

FEW: Final = 500
"""Of fewer texts a list costs less than a column."""
_MANY: Final = 10_000
"""In fewer one letter beyond ASCII matters little; it makes all that are changed with it several times as slow."""


def changed(texts: Texts, change: Change) -> Texts:
    """Each text changed, null where nothing is left; none of those given is null."""
    if len(texts) < FEW:
        return pa.array(changed_list(texts.to_pylist(), change), pa.large_string()) if len(texts) else texts
    plain = pc.string_is_ascii(texts)
    if len(texts) < _MANY or pc.all(plain).as_py():
        return _changed(texts, change)
    parts = [_changed(texts.filter(chosen), change) for chosen in (plain, pc.invert(plain))]
    order = pc.array_sort_indices(pc.array_sort_indices(plain, order="descending"))
    return pa.concat_arrays(parts).take(order)


def changed_list(texts: Iterable[str | None], change: Change) -> list[str | None]:
    """The same of at least one text; a missing one is empty."""
    lines = change("\n".join([(text or "").replace("\n", " ") for text in texts]))
    return [line or None for line in lines.split("\n")]


def _changed(texts: Texts, change: Change) -> Texts:
    return texts_of(change(lines_of(texts)))


def lines_of(texts: Texts) -> Lines:
    """Some texts, at least one, as lines; a line's end within a text becomes a blank."""
    all_of_them = pa.ListArray.from_arrays([0, len(texts)], pc.replace_substring(texts, "\n", " "))
    lines: str = pc.binary_join(all_of_them, pa.scalar("\n", pa.large_string()))[0].as_py()
    return lines


def texts_of(lines: Lines) -> Texts:
    """The lines as texts, null where one is empty."""
    texts = pc.split_pattern(pa.array([lines], pa.large_string()), "\n").values
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.large_string()), texts)


def each_line(lines: Lines, change: Callable[[str], str]) -> Lines:
    """Every line changed for itself."""
    return "\n".join([change(line) for line in lines.split("\n")])
