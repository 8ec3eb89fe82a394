"""Profile ids and anchors."""

from base64 import b32decode, b32encode
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import blake2b

from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis

_REMEMBERED = 1 << 16

_LOW_FOUR = int("01111" * 12, 2)
_TOP_ONE = int("10000" * 12, 2)
_SIXES = int("00110" * 12, 2)


class ProfileIds:
    """Names profiles after their anchors: `pro_` + base32 of a keyed BLAKE2b-120 of the anchor's key.

    Keyed, so that nobody without the id key can tell which profile an e-mail address leads to. Every identifier's
    own id is a valid profile id: it leads to the profile that the identifier now belongs to. `fingerprint` tells
    two id keys apart without giving either away. `hashes` has the `hash_of` of every text.
    """

    def __init__(self, id_key: str) -> None:
        self._id_key = id_key
        key = blake2b(id_key.encode(), digest_size=32).digest()
        self._hash = blake2b(digest_size=15, key=key)
        self.fingerprint = blake2b(b"fingerprint", digest_size=8, key=key).hexdigest()
        self.hashes = _Hashes(self.digest)

    def __reduce__(self) -> tuple[type["ProfileIds"], tuple[str]]:
        return ProfileIds, (self._id_key,)

    def of(self, key: Key) -> str:
        """The profile id that an identifier has as an anchor."""
        return "pro_" + b32encode(self.digest(key)).decode().lower()

    def digest(self, key: Key) -> bytes:
        """The 15 bytes that a profile id spells."""
        digest = self._hash.copy()
        digest.update(key.encode())
        return digest.digest()

    def made_hashes(self, texts: Iterable[str]) -> list[int]:
        """The hash of each text, for many that are new: three quarters of what `hashes` takes, nothing remembered."""
        return [hash_of(self.digest(text)) for text in texts]


class _Hashes(dict[str, int]):
    """The hash of each key or event id, made when first asked for, all forgotten when there are many."""

    def __init__(self, digest: Callable[[str], bytes]) -> None:
        self._digest = digest

    def __missing__(self, text: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[text] = made = hash_of(self._digest(text))
        return made

    def remember(self, texts: Collection[str], hashes: Iterable[int]) -> None:
        """Take over what was made elsewhere."""
        if len(self) + len(texts) > _REMEMBERED:
            self.clear()
        self.update(zip(texts, hashes, strict=True))


def spelled(digests: bytes) -> tuple[str, ...]:
    """The profile ids that digests of 15 bytes, one behind the other, spell."""
    # 15 bytes are 24 letters of base32 without a rest, so many are spelled like one.
    letters = b32encode(digests).decode().lower()
    return tuple("pro_" + letters[start : start + 24] for start in range(0, len(letters), 24))


def digest_of(profile_id: str) -> bytes | None:
    """The bytes that a profile id spells; None where it is none."""
    try:
        return b32decode(profile_id.removeprefix("pro_").upper())
    except ValueError:
        return None


def hash_of(digest: bytes) -> int:
    """A number for the first twelve letters of the id that a digest spells: the numbers lie in the order of the ids.

    An index over these is a third of one over keys.
    """
    bits = int.from_bytes(digest[:8], "big") >> 4
    # Base32 writes 0 to 25 as letters and 26 to 31 as digits, which come first: six is added to each five bits, with
    # nothing carried into the next.
    return ((bits & _LOW_FOUR) + _SIXES) ^ (bits & _TOP_ONE)


def anchor_of(keys: Iterable[Key], first_seen: Mapping[Key, Millis], policy: Policy) -> Key:
    """The identifier that names a group: strongest namespace, then earliest first_seen, then key."""
    rank = policy.rank_by_name
    return min([(rank[namespace_of(key)], first_seen[key], key) for key in keys])[2]
