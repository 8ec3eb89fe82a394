"""When hashes that are new go where they stay. Pure: no I/O, no clock.

Hashes come in no order. Entered into one large index, nearly each dirties a page of its own: in the log, then in the
file. So they wait in a small one, and a hand goes once around all hashes while `_ROUND` rows are added: what it passes
goes on into the large index, neighbours together. A page there is written once a round, by all that waited for it, and
the small index holds half a round on average: what a row costs grows little with the store. Nothing hangs on where the
hand is, as both indexes are asked.
"""

from collections.abc import Collection
from typing import Final

_HASHES: Final = 1 << 60
_STEPS: Final = 256
_STEP_ROWS: Final = 1_000  # small transactions move nothing, most of the time
_ROUND: Final = _STEPS * _STEP_ROWS


def passed_by(added: Collection[int]) -> list[tuple[int, int]]:
    """The ranges of hashes, first and first behind, that the hand passes while rows of these numbers are added."""
    if not added:
        return []
    begin, end = (min(added) - 1) // _STEP_ROWS, max(added) // _STEP_ROWS
    if end - begin >= _STEPS:
        return [(0, _HASHES)]
    low, high = (step % _STEPS * _HASHES // _STEPS for step in (begin, end))
    ranges = [(low, high)] if low <= high else [(low, _HASHES), (0, high)]
    return [(first, behind) for first, behind in ranges if first < behind]
