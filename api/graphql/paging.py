"""Pages: how large they may be, and where they end. Relay's connections, forwards only."""

from collections.abc import Sequence
from typing import Annotated, Final

import strawberry

from api.graphql.errors import PageTooLargeError
from graph_cdp.errors import InputError

PAGE_DEFAULT: Final = 20
"""How many of a list are given where nothing is said."""

PAGE_MAX: Final = 100
"""The most of a list that one answer gives."""

First = Annotated[
    int, strawberry.argument(description=f"How many to give, from 0 to {PAGE_MAX}; more come with `after`.")
]
After = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the last one that is known already; without it from the start."),
]


@strawberry.type(description="Where a page ends, and whether more come.")
class PageInfo:
    """Relay's PageInfo; pages go forwards, so the page before is the one that was asked before."""

    has_next_page: bool = strawberry.field(description="Whether more come behind `endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether the page began behind a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first; null where the page is empty.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last; null where the page is empty.")

    @classmethod
    def of(cls, cursors: Sequence[str], after: str | None, *, has_next: bool) -> "PageInfo":
        """The ends of a page that was asked for behind a cursor, or from the start."""
        return cls(
            has_next_page=has_next,
            has_previous_page=after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )


def page_size(first: int) -> int:
    """Check `first`. Raises PageTooLargeError above the bound, InputError for a negative number."""
    if first < 0:
        raise InputError("`first` is negative; ask for 0 or more.")
    if first > PAGE_MAX:
        raise PageTooLargeError(f"`first` is more than {PAGE_MAX}; ask for less, and for more with `after`.")
    return first
