"""Who asks: by an API key, by a JSON Web Token, or in development mode by being here."""

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.requests import HTTPConnection

from api.access.access import Access
from api.access.development import DEVELOPER, is_from_here
from api.access.keyring import is_key
from api.access.principal import Principal
from api.failures import AuthError, ForbiddenError
from api.services import services_of
from graph_cdp.domain.access import Scope

_HOW = "Send an API key or a token: Authorization: Bearer …, X-Api-Key: …, or the key as the name of Basic."
_WRONG = "The key is not known, or was revoked."


def _no_key() -> None:
    """A body that names none."""


async def authenticate(connection: HTTPConnection, *, write_key: Callable[[], str | None] = _no_key) -> Principal:
    """Tell who asks, count their request against their rate, and enter the use of their key.

    Credentials are taken from `Authorization` (Bearer with a key or a token; Basic with the key as name), else from
    `X-Api-Key`, else from a body, whose key `write_key` gives. Raises AuthError, RateLimitedError, and
    StoreError where keys must be looked up and the store does not answer.
    """
    access = services_of(connection).access
    principal = await _principal_of(connection, _credential(connection) or write_key(), access)
    access.rates.take(principal.id)
    if principal.means != "development":
        access.audit.key_used(principal)
    return principal


def require(principal: Principal, scope: Scope) -> None:
    """Raise ForbiddenError unless a scope was granted."""
    if not principal.may(scope):
        raise ForbiddenError(f"This needs the scope {scope}, which the key or token does not have.")


def principal(scope: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """A FastAPI dependency: whoever asks, if they have the scope."""

    async def authorised(request: Request) -> Principal:
        found = await authenticate(request)
        require(found, scope)
        return found

    return authorised


async def _principal_of(connection: HTTPConnection, given: str | None, access: Access) -> Principal:
    if given is not None and is_key(given):
        key = await access.keyring.key_of(given)
        if key is None:
            raise AuthError(_WRONG)
        return Principal(f"key:{key.id}", "key", frozenset(key.scopes), key.source)
    # Clients of the Segment API always send some write key, so here any other word is as good as none.
    if access.is_development and is_from_here(connection):
        return DEVELOPER
    if not given:
        raise AuthError(_HOW)
    if not access.tokens.taken or given.count(".") != 2:
        raise AuthError(_WRONG)
    return await access.tokens.principal_of(given)


def _credential(connection: HTTPConnection) -> str | None:
    scheme, _, rest = connection.headers.get("authorization", "").partition(" ")
    rest = rest.strip()
    match scheme.lower():
        case "":
            return connection.headers.get("x-api-key")
        case "bearer":
            return rest
        case "basic":
            return _basic_name(rest)
        case _:
            raise AuthError(_HOW)


def _basic_name(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        raise AuthError(_HOW) from None
