"""How fast each caller may ask: a token bucket in the memory of a worker."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from api.failures import RateLimitedError

_MOST_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rates:
    """`per_s` requests a second on the whole, and as many at once after a pause of a second."""

    def __init__(self, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._most = max(1.0, per_s)
        self._clock = clock
        self._bucket_by_id: dict[str, _Bucket] = {}

    def take(self, caller: str) -> None:
        """Count one request. Raises RateLimitedError with the seconds to wait where it is one too many."""
        now = self._clock()
        bucket = self._bucket_by_id.get(caller)
        if bucket is None:
            if len(self._bucket_by_id) >= _MOST_BUCKETS:
                self._forget_full(now)
            bucket = self._bucket_by_id[caller] = _Bucket(self._most, now)
        bucket.tokens = min(self._most, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        if bucket.tokens < 1:
            wait_s = math.ceil((1 - bucket.tokens) / self._per_s)
            raise RateLimitedError(f"More than {self._per_s:g} requests a second: wait {wait_s} s.", wait_s)
        bucket.tokens -= 1

    def _forget_full(self, now: float) -> None:
        """Forget who has not asked for so long that their bucket is full again: nothing is lost by it."""
        refill_s = self._most / self._per_s
        self._bucket_by_id = {name: one for name, one in self._bucket_by_id.items() if now - one.at < refill_s}
