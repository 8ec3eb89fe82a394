"""API keys: made, shown once, kept as a hash, revoked."""

import secrets
from base64 import b32encode
from collections.abc import Collection
from hashlib import sha256

from graph_cdp.domain.access import ApiKey, AuditEntry, Scope
from graph_cdp.domain.times import Millis
from graph_cdp.errors import NotFoundError
from graph_cdp.service.audit import record
from graph_cdp.store.port import Writing

_ID_BYTES = 10
_SECRET_BYTES = 32


def make_key(label: str, scopes: Collection[Scope], source: str, now: Millis) -> tuple[str, ApiKey]:
    """A new key: its text, `gcdp_<id>_<secret>`, which is shown once and kept nowhere, and what is kept of it.

    The secret is 256 bits of the system's randomness.
    """
    key_id, secret = (_letters(secrets.token_bytes(size)) for size in (_ID_BYTES, _SECRET_BYTES))
    text = f"gcdp_{key_id}_{secret}"
    return text, ApiKey(key_id, digest_of_key(text), label, tuple(dict.fromkeys(scopes)), source, now, None)


def digest_of_key(text: str) -> bytes:
    """The SHA-256 of a key's text.

    No slow password hash: what is random and holds 112 bits or more cannot be guessed, however fast the hash is, so
    NIST SP 800-63B-4 (section 3.1.2.2, look-up secrets) asks for an approved hash, and for no salt.
    """
    return sha256(text.encode()).digest()


async def append_keys(tx: Writing, keys: Collection[ApiKey], who: str) -> None:
    """Keep keys that `who` made; the audit log tells so."""
    await tx.append_keys(keys)
    await record(tx, [AuditEntry(0, key.made_at, who, "make_key", key.id, " ".join(key.scopes)) for key in keys])


async def revoke_key(tx: Writing, key_id: str, who: str, now: Millis) -> ApiKey:
    """Make a key invalid; the audit log tells so. One that is already stays as it is. Raises NotFoundError."""
    key = (await tx.keys_by_id([key_id])).get(key_id)
    if key is None:
        raise NotFoundError("There is no key with this id: `graph-cdp keys list` shows all.")
    if key.revoked_at is not None:
        return key
    await tx.revoke_keys([key_id], now)
    await record(tx, [AuditEntry(0, now, who, "revoke_key", key_id, "")])
    return key._replace(revoked_at=now)


def _letters(random: bytes) -> str:
    return b32encode(random).decode().lower().rstrip("=")
