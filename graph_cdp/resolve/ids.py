"""Profile ids and anchors."""

from base64 import b32encode
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis


class ProfileIds:
    """Names profiles after their anchors: `pro_` + base32 of a keyed BLAKE2b-120 of the anchor's key.

    Keyed, so that nobody without the id key can tell which profile an e-mail address leads to. Every identifier's
    own id is a valid profile id: it leads to the profile that the identifier now belongs to.
    """

    def __init__(self, id_key: str) -> None:
        self._key = blake2b(id_key.encode(), digest_size=32).digest()

    def of(self, key: Key) -> str:
        """The profile id that an identifier has as an anchor."""
        digest = blake2b(key.encode(), digest_size=15, key=self._key).digest()
        return "pro_" + b32encode(digest).decode().lower()

    @property
    def fingerprint(self) -> str:
        """Tells two id keys apart without giving either away."""
        return blake2b(b"fingerprint", digest_size=8, key=self._key).hexdigest()


def anchor_of(keys: Iterable[Key], first_seen: Mapping[Key, Millis], policy: Policy) -> Key:
    """The identifier that names a group: strongest namespace, then earliest first_seen, then key."""
    rank = policy.rank_by_name
    return min(keys, key=lambda key: (rank[namespace_of(key)], first_seen[key], key))
