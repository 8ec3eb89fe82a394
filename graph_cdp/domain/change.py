"""What commits did to profiles: the feed that subscriptions follow."""

from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.times import Millis

ChangeKind: TypeAlias = Literal["merged", "split", "renamed", "refused"]


class IdentityChange(NamedTuple):
    """Profiles that became others; they are named by their ids.

    `merged`: all of `before` went into `after`, which is one. `split`: the one of `before` came apart into `after`.
    `renamed`: the one of `before` is now the one of `after`. `refused`: a link between the two of `after` (or within
    the one) did not join, for `reason`.
    """

    kind: ChangeKind
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str | None = None


class Commit(NamedTuple):
    """One transaction that changed profiles. `seq` grows by commit, without gaps that are filled later.

    `touched`: ids of the profiles that got events, traits, identifiers or decisions, or that are gone.
    """

    seq: int
    at: Millis
    touched: tuple[str, ...]
    changes: tuple[IdentityChange, ...]
