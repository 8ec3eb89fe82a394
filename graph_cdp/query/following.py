"""Following the feed of changes from a place on: one profile wherever it goes, or every change of identity.

A profile is followed as that of one identifier, so it leads on through merges, splits and new names. Which way a split
took that identifier the feed does not tell; until the store does, all parts are followed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Set
from typing import Final, NamedTuple

from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.identifier import Key
from graph_cdp.errors import InputError
from graph_cdp.query.changes import commits_after
from graph_cdp.query.cursors import cursor, place_of
from graph_cdp.store.port import Reading

PAGE: Final = 100
"""How many commits are read at once."""

_MOST_FOLLOWED = 16
_LAST_SEQ = 2**53 - 1


class Place(NamedTuple):
    """A place in the feed: all commits up to `seq` are known, and the first `part` changes of the next one.

    `own` and `followed`, of a place where a profile was followed: the own profile id of its identifier, and the ids of
    the profiles that this could be in then. They are empty where that is not told.
    """

    seq: int
    part: int = 0
    own: str = ""
    followed: frozenset[str] = frozenset()

    @property
    def cursor(self) -> str:
        """It as text."""
        followed = sorted(self.followed) if len(self.followed) <= _MOST_FOLLOWED else []
        return cursor(self.seq, self.part, " ".join((self.own, *followed)) if followed else "")

    @classmethod
    def at(cls, text: str) -> "Place":
        """The place that a text tells. Raises InputError for a text that tells none."""
        seq, part, ids = place_of(text, int, int, str)
        if not (isinstance(seq, int) and isinstance(part, int) and isinstance(ids, str)):
            raise TypeError
        if not (0 <= seq <= _LAST_SEQ and 0 <= part <= _LAST_SEQ):
            raise InputError("`after` is no cursor of the changes: give one that a change came with.")
        own, *followed = ids.split(" ")
        return cls(seq, part, own, frozenset(followed))


class Whereabouts(NamedTuple):
    """The id of the profile that an identifier is in, None: in none.

    `before` is the newest commit that was known before this was read, `after` the newest one right after.
    """

    profile: str | None
    before: int
    after: int

    @property
    def is_certain(self) -> bool:
        """Whether this is how it was right after commit `before`: none came meanwhile."""
        return self.before == self.after


async def whereabouts(tx: Reading, key: Key, newest: int | None = None) -> Whereabouts:
    """Where an identifier is; `newest`: the newest commit that is known already."""
    before = await tx.newest_seq() if newest is None else newest
    seen = (await tx.identifiers([key])).get(key)
    profile = None if seen is None or seen.profile is None else tx.ids.of(seen.profile)
    return Whereabouts(profile, before, await tx.newest_seq())


async def origins(tx: Reading, own: str, profile: str, after: int, up_to: int) -> frozenset[str]:
    """The profiles that the one of an identifier could be in after commit `after`, it being in `profile` at `up_to`.

    `own` is the own profile id of the identifier. Raises CursorExpiredError where the commits between are not all kept.
    """
    history, seq = list[tuple[IdentityChange, ...]](), after
    while seq < up_to and (page := await commits_after(tx, seq, PAGE)):
        history.extend(commit.changes for commit in page if commit.changes)
        seq = page[-1].seq
    found = frozenset({profile})
    for changes in reversed(history):
        found = predecessors(own, found, changes)
    return found


def predecessors(own: str, followed: Set[str], changes: Iterable[IdentityChange]) -> frozenset[str]:
    """The profiles that the one of an identifier could be in before the changes of one commit."""
    came = defaultdict[str, set[str]](set)
    for change in changes:
        # Where the profile exists that is named by the identifier, the identifier is in it.
        if own in change.before:
            return frozenset({own})
        if change.before:
            for after in change.after:
                came[after].update(change.before)
    return frozenset(before for one in followed for before in came.get(one, (one,)))


def successors(own: str, followed: Set[str], changes: Iterable[IdentityChange]) -> frozenset[str]:
    """The profiles that the one of an identifier could be in after the changes of one commit."""
    went = defaultdict[str, set[str]](set)
    for change in changes:
        if change.before and own in change.after:
            return frozenset({own})
        for before in change.before:
            went[before].update(change.after)
    return frozenset(after for one in followed for after in went.get(one, (one,)))


def concerning(profiles: Collection[str], changes: Iterable[IdentityChange]) -> tuple[IdentityChange, ...]:
    """Those changes that some profiles have a part in."""
    wanted = frozenset(profiles)
    return tuple(one for one in changes if not wanted.isdisjoint((*one.before, *one.after)))


class Trail:
    """The profiles that the one of an identifier could be in, commit after commit; `own` is its own profile id.

    It is one profile but for splits, where the feed does not tell which way the identifier went; then it is one again
    as soon as it is learnt where the identifier was after some later commit.
    """

    def __init__(self, own: str, followed: Collection[str]) -> None:
        self._own = own
        self.followed = frozenset(followed)
        self._learnt: tuple[int, str] | None = None

    def passes(
        self, seq: int, touched: Set[str], changes: Iterable[IdentityChange]
    ) -> tuple[IdentityChange, ...] | None:
        """Go on to the next commit; gives the changes that concern the profile, None: the commit did not touch it."""
        if self._learnt is not None and seq > self._learnt[0]:
            self.followed, self._learnt = frozenset({self._learnt[1]}), None
        concern = concerning(self.followed, changes)
        is_touched = bool(concern) or not self.followed.isdisjoint(touched)
        self.followed = successors(self._own, self.followed, concern)
        return concern if is_touched else None

    def learn(self, found: Whereabouts, seq: int) -> None:
        """Take note of where the identifier was found, the last commit that was passed being `seq`."""
        if found.profile is None or not found.is_certain:
            return
        if found.before == seq:
            self.followed, self._learnt = frozenset({found.profile}), None
        else:
            self._learnt = found.before, found.profile
