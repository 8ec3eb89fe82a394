"""The API keys of the store, remembered for a few seconds."""

import asyncio
import hmac
import time
from typing import Final

from graph_cdp.domain.access import ApiKey
from graph_cdp.service.keys import digest_of_key
from graph_cdp.store.port import Store

KEPT_S: Final = 5.0
"""For so long a worker goes by what it knows: a revoked key may work for that long after it was revoked."""

_MISS_S = 1.0
_PREFIX = "gcdp_"
_LONGEST = 200


class Keyring:
    """All keys of a store, read at most every five seconds; for a key that is not known, at most every second.

    So the number of wrong keys that are tried costs the store nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_id: dict[str, ApiKey] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def key_of(self, text: str) -> ApiKey | None:
        """The valid key with this text. Raises StoreError where the store must be asked and does not answer."""
        key_id = text.removeprefix(_PREFIX).partition("_")[0]
        if time.monotonic() - self._read_at > KEPT_S:
            await self._read(KEPT_S)
        key = self._by_id.get(key_id)
        if key is None and time.monotonic() - self._read_at > _MISS_S:
            await self._read(_MISS_S)
            key = self._by_id.get(key_id)
        if key is None or key.revoked_at is not None or not hmac.compare_digest(key.digest, digest_of_key(text)):
            return None
        return key

    async def _read(self, older_than_s: float) -> None:
        async with self._reading:
            asked_at = time.monotonic()
            if asked_at - self._read_at > older_than_s:
                self._by_id = {key.id: key for key in await self._store.read(lambda tx: tx.keys())}
                self._read_at = asked_at


def is_key(text: str) -> bool:
    """Whether a text looks like a key, which a JWT never does."""
    return text.startswith(_PREFIX) and len(text) <= _LONGEST
