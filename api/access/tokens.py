"""JSON Web Tokens (RFC 7519), signed with a shared secret or with the keys of a set (RFC 7517)."""

import asyncio
import logging
import time
import urllib.request
from pathlib import Path
from typing import Final

import jwt
import orjson

from api.access.principal import Principal
from api.failures import AuthError, IssuerUnavailableError
from graph_cdp.config import Settings
from graph_cdp.domain.access import SCOPES, Scope
from graph_cdp.errors import ConfigError

KEPT_S: Final = 600.0
"""For so long a key set is remembered."""

UNKNOWN_S: Final = 30.0
"""A token that names a key not in the set makes it be fetched again, but not more often than this."""

_FETCH_S = 5.0
_MOST_BYTES = 1024 * 1024
_LONGEST = 8 * 1024
_LEEWAY_S = 10
_NAME_LENGTH = 200
_SYMMETRIC = frozenset({"HS256", "HS384", "HS512"})
_ASYMMETRIC = frozenset({
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
})  # fmt: skip
_REQUIRED = ["exp", "iss", "aud", "sub"]
_REFUSED = "The token is not valid: its signature, times, issuer or audience are wrong."
_LOG = logging.getLogger(__name__)


class Tokens:
    """Reads tokens as the settings say. Raises ConfigError where these do not fit together."""

    def __init__(self, settings: Settings) -> None:
        secret, jwks = settings.jwt_secret, settings.jwt_jwks
        self.taken = secret is not None or jwks is not None
        if secret is not None and jwks is not None:
            raise ConfigError("set one of GRAPH_CDP_JWT_SECRET and GRAPH_CDP_JWT_JWKS, not both")
        if self.taken and not (settings.jwt_issuer and settings.jwt_audience):
            raise ConfigError("tokens need GRAPH_CDP_JWT_ISSUER and GRAPH_CDP_JWT_AUDIENCE, else any token would do")
        allowed, usual = (_SYMMETRIC, ("HS256",)) if jwks is None else (_ASYMMETRIC, ("RS256", "ES256"))
        self._algorithms = settings.jwt_algorithms or usual
        if not allowed.issuperset(self._algorithms):
            raise ConfigError(f"GRAPH_CDP_JWT_ALGORITHMS may hold {', '.join(sorted(allowed))} here")
        self._secret = None if secret is None else secret.get_secret_value()
        self._keys = None if jwks is None else KeySet(jwks)
        self._issuer, self._audience = settings.jwt_issuer, settings.jwt_audience

    async def principal_of(self, text: str) -> Principal:
        """Whoever a token speaks for. Raises AuthError; its message tells nothing of the token."""
        if len(text) > _LONGEST:
            raise AuthError(f"A token has at most {_LONGEST:,} characters.")
        try:
            key = await self._key_for(jwt.get_unverified_header(text))
            claims = jwt.decode(
                text,
                key,
                algorithms=list(self._algorithms),
                issuer=self._issuer,
                audience=self._audience,
                leeway=_LEEWAY_S,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError:
            raise AuthError("The token has expired: get a new one.") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise AuthError(_REFUSED) from None
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _NAME_LENGTH:
            raise AuthError(_REFUSED)
        client = claims.get("client_id") or claims.get("azp")
        source = client if isinstance(client, str) and len(client) <= _NAME_LENGTH else "api"
        return Principal(f"jwt:{subject}", "jwt", scopes_of(claims), source)

    async def _key_for(self, header: dict[str, object]) -> "str | jwt.PyJWK":
        if self._secret is not None:
            return self._secret
        if self._keys is None or header.get("alg") not in self._algorithms:
            raise AuthError(_REFUSED)
        kid = header.get("kid")
        return await self._keys.key(kid if isinstance(kid, str) else None)


def scopes_of(claims: dict[str, object]) -> frozenset[Scope]:
    """The scopes that a token grants: `scope` (RFC 8693, blanks between) or `scp`, a text or a list."""
    given = claims.get("scope", claims.get("scp", ()))
    names = given.split() if isinstance(given, str) else given if isinstance(given, list | tuple) else ()
    return frozenset(scope for scope in SCOPES if scope in names)


class KeySet:
    """The keys at an address or in a file, fetched when first needed and again now and then.

    A set that was fetched once goes on being used while it cannot be fetched again.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._by_id: dict[str | None, jwt.PyJWK] = {}
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key with this id; without one, the only key of the set. Raises AuthError, IssuerUnavailableError."""
        if time.monotonic() - self._tried_at > KEPT_S:
            await self._fetch(KEPT_S)
        if (found := self._found(kid)) is None:
            await self._fetch(UNKNOWN_S)
            found = self._found(kid)
        if found is None and not self._by_id:
            raise IssuerUnavailableError("The keys that tokens are signed with cannot be had now.")
        if found is None:
            raise AuthError(_REFUSED)
        return found

    def _found(self, kid: str | None) -> jwt.PyJWK | None:
        if kid is None and len(self._by_id) == 1:
            return next(iter(self._by_id.values()))
        return self._by_id.get(kid)

    async def _fetch(self, older_than_s: float) -> None:
        async with self._fetching:
            if time.monotonic() - self._tried_at <= older_than_s:
                return
            self._tried_at = time.monotonic()
            try:
                content = await asyncio.to_thread(_content, self._place)
                keys = jwt.PyJWKSet.from_dict(orjson.loads(content)).keys
            except (OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
                _LOG.warning("the key set cannot be had: %s", type(error).__name__)
                return
            self._by_id = {key.key_id: key for key in keys}


def _content(place: str) -> bytes:
    if not place.startswith(("https://", "http://")):
        return Path(place).read_bytes()
    with urllib.request.urlopen(place, timeout=_FETCH_S) as response:  # noqa: S310 - the scheme was looked at
        content: bytes = response.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError("too large")
    return content
