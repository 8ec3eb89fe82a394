"""Following the feed of changes as it comes: all commits, or those that touch one profile, wherever it goes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import NamedTuple

from api.graphql.feed import Feed, Told
from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import Millis
from graph_cdp.errors import NotFoundError
from graph_cdp.query.changes import commits_after
from graph_cdp.query.following import Place, Trail, origins, whereabouts
from graph_cdp.resolve import ProfileIds


class Touch(NamedTuple):
    """That a commit touched a profile: where that is, which id it has now (None: it is gone), what became of it."""

    place: Place
    at: Millis
    profile: str | None
    changes: tuple[IdentityChange, ...]


async def commits(feed: Feed, seq: int) -> AsyncGenerator[Told, None]:
    """The commits after a number, without end. Raises CursorExpiredError."""
    await feed.read(lambda tx: commits_after(tx, seq, 1))  # a place beyond the end is refused at once
    async with feed.listening():
        while True:
            for commit in await feed.after(seq):
                yield commit
                seq = commit.seq


async def touches(feed: Feed, ids: ProfileIds, key: Key, place: Place | None) -> AsyncGenerator[Touch, None]:
    """What touches the profile of an identifier, after a place or from now on; ends where that is set aside.

    Raises NotFoundError where there is no profile, CursorExpiredError.
    """
    now = await feed.read(lambda tx: whereabouts(tx, key))
    if now.profile is None:
        raise NotFoundError("No event has named this identifier, or it is set aside.")
    own = ids.of(key)
    trail = Trail(own, await _followed(feed, now.profile, now.after, place, own))
    start = now.before if place is None else place.seq
    trail.learn(now, start)
    async with aclosing(commits(feed, start)) as coming:
        async for commit in coming:
            changes = trail.passes(commit.seq, commit.touched, commit.changes)
            if changes is None:
                continue
            newest = max(commit.seq, feed.newest)
            found = await feed.read(partial(whereabouts, key=key, newest=newest))
            trail.learn(found, commit.seq)
            yield Touch(Place(commit.seq, 0, own, trail.followed), commit.at, found.profile, changes)
            if found.profile is None:
                return


async def _followed(feed: Feed, profile: str, newest: int, place: Place | None, own: str) -> frozenset[str]:
    """The profiles that could be the one of an identifier at a place; `profile` is the one at commit `newest`."""
    if place is None or place.seq >= newest:
        return frozenset({profile})
    if place.own == own and place.followed:
        return place.followed
    return await feed.read(lambda tx: origins(tx, own, profile, place.seq, newest))
