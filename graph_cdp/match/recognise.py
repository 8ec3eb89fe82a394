"""What the columns of a table hold, told by their names and their values. Pure."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from graph_cdp.match.kinds import Column, Kind
from graph_cdp.match.table import Table


def recognise(
    table: Table, *, overrides: Mapping[str, Kind] = MappingProxyType({}), ignore: Collection[str] = ()
) -> tuple[Column, ...]:
    """A column each, in order. `overrides` (kind by name) and `ignore` stand above what is recognised."""
    raise NotImplementedError
