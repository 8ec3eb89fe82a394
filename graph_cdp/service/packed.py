"""Events and what they tell, on their way between two processes of this program."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event
from graph_cdp.domain.link import Link
from graph_cdp.resolve import Evidence, ProfileIds, Span, Told

Packed = tuple[Any, ...]


def pack(events: Sequence[Event], told: Told, ids: ProfileIds | None) -> Packed:
    """In columns, as pickle spends more on the type of each value than on what it holds; and with hashes, by `ids`."""
    (spans, links, blocked), *rest = told
    columns = Columnar.of(Event, events)
    hashes = ids and ids.made_hashes(chain(columns.column("id"), spans))
    return hashes, columns, ([*spans], Columnar.of(Span, spans.values()), Columnar.of(Link, links), blocked), rest


def unpack(packed: Packed, ids: ProfileIds | None) -> tuple[Columnar[Event], Told]:
    """The same events, in columns, and what they tell; `ids` have the hashes of their keys and event ids then."""
    hashes, events, (keys, spans, links, blocked), rest = packed
    if ids:
        ids.hashes.remember([*events.column("id"), *keys], hashes)
    return events, Told(Evidence(dict(zip(keys, spans, strict=True)), links, blocked), *rest)
