"""Development mode: who sits at this machine needs no key."""

from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from api.access.principal import Principal

DEVELOPER: Final = Principal("development", "development", frozenset({"admin"}), "development")
"""Whoever asks without a key in development mode."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone: `localhost`, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_from_here(connection: HTTPConnection) -> bool:
    """Whether a program on this machine asks, and neither a proxy nor a page from elsewhere through it.

    Both ends of the connection must be loopback addresses; so must the host that was asked for, which it is not
    where a name was bound to 127.0.0.1 afterwards (DNS rebinding), and the origin of the page, if a page asks.
    """
    server, client, headers = connection.scope.get("server"), connection.scope.get("client"), connection.headers
    if server is None or client is None or not (is_loopback(server[0]) and is_loopback(client[0])):
        return False
    if any(name in headers for name in _FORWARDED) or not is_loopback(_host(f"//{headers.get('host', '')}")):
        return False
    origin = headers.get("origin")
    return origin is None or is_loopback(_host(origin))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
