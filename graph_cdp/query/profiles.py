"""Profiles in pages: which there are, in an order, a page behind a cursor."""

from hashlib import blake2b
from typing import NamedTuple

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.pages import ProfileFilter, ProfileOrder, ProfilePlace
from graph_cdp.domain.policy import Policy
from graph_cdp.errors import InputError
from graph_cdp.query.cursors import cursor, place_of
from graph_cdp.store.page_rows import own_ids
from graph_cdp.store.port import Reading

__all__ = ["MAX_IDS", "ProfileFilter", "ProfileOrder", "ProfilePage", "count_profiles", "profile_page"]

MAX_IDS = 1_000
"""The most ids that a filter may name: their profiles are ordered in memory."""


class ProfilePage(NamedTuple):
    """Some profiles by their anchors, the cursor of each, and whether more come behind the last."""

    anchors: tuple[Key, ...]
    cursors: tuple[str, ...]
    has_next: bool


async def profile_page(
    tx: Reading,
    policy: Policy,
    filter: ProfileFilter,  # noqa: A002
    order: ProfileOrder,
    descending: bool,
    first: int,
    after: str | None = None,
) -> ProfilePage:
    """At most `first` profiles behind the cursor `after`, in one statement. Ties of an order go by id, ascending.

    By id an unfiltered page costs what is on it, however many profiles there are; a filter that few of them pass
    reads those in between too. A walk by id gives no profile twice and misses none that keeps its id, whatever is
    written meanwhile. The other orders look at every identifier for each page, in memory that does not grow with
    them; there, a profile whose time changes during a walk may be given twice or missed.

    Raises InputError for a cursor of another order or filter, and for more than `MAX_IDS` ids.
    """
    _check(filter)
    shape = [order, descending, _digest(filter)]
    place: tuple[int, str] | None = None
    if after is not None:
        *given, value, behind = place_of(after, str, bool, str, int, str)
        place = value, behind
        if given != shape or list(own_ids([behind])) != [behind]:
            raise InputError("`after` is a cursor of another order or filter: begin again without it.")
    rows = await tx.profile_places(
        filter, policy.known_namespaces, order=order, descending=descending, after=place, limit=first + 1
    )
    page = rows[:first]
    return ProfilePage(
        tuple([row.anchor for row in page]),
        tuple([cursor(*shape, _value(row, order), row.id) for row in page]),
        len(rows) > first,
    )


async def count_profiles(tx: Reading, policy: Policy, filter: ProfileFilter = ProfileFilter()) -> int:  # noqa: A002, B008
    """How many profiles a filter wants: one statement that looks at every identifier, or at those of the ids.

    Raises InputError for more than `MAX_IDS` ids.
    """
    _check(filter)
    return await tx.count_profiles(filter, policy.known_namespaces)


def _check(filter: ProfileFilter) -> None:  # noqa: A002
    if filter.ids is not None and len(filter.ids) > MAX_IDS:
        raise InputError(f"The filter names more than {MAX_IDS:,} ids: ask in several parts.")


def _value(place: ProfilePlace, order: ProfileOrder) -> int:
    return {"id": 0, "first_seen": place.first_seen, "last_seen": place.last_seen}[order]


def _digest(filter: ProfileFilter) -> str:  # noqa: A002
    """What tells filters apart in a cursor."""
    return blake2b(repr(filter).encode(), digest_size=6).hexdigest()
