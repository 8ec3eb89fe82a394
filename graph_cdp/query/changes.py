"""Following the feed of changes: what commits did to profiles, in order and without gaps."""

from graph_cdp.domain.change import Commit
from graph_cdp.errors import CursorExpiredError
from graph_cdp.store.port import Reading


async def commits_after(tx: Reading, seq: int, limit: int) -> list[Commit]:
    """The next commits after number `seq`, at most `limit`, none left out; none: there is nothing new.

    Raises CursorExpiredError where they are not kept any more, or this store has not come to `seq` yet.
    """
    page = await tx.commits_after(seq, limit)
    # On Neo4j commits may be forgotten while they are read, so the page counts up to its first gap.
    whole = [commit for expected, commit in enumerate(page, seq + 1) if commit.seq == expected]
    if page and not whole:
        raise CursorExpiredError(
            "The changes after this cursor are not kept any more: read the profiles anew, and begin at the newest."
        )
    if not page and seq > await tx.newest_seq():
        raise CursorExpiredError("This cursor is of another store: read the profiles anew, and begin at the newest.")
    return whole


async def newest_seq(tx: Reading) -> int:
    """The number of the newest commit, from which a follower that knows the present goes on; 0: there was none."""
    return await tx.newest_seq()
