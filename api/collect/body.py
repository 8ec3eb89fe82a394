"""Bodies of requests: read within bounds, unpacked."""

import zlib
from collections.abc import Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.failures import TooLargeError, UnsupportedMediaError
from graph_cdp.errors import InputError

_GZIP: Final = 16 + zlib.MAX_WBITS


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """Give the body of a request, unpacked, of `limit` bytes at most, packed and unpacked.

    Raises TooLargeError as soon as there is more, UnsupportedMediaError for a packing other than gzip, InputError for
    a broken one, ClientDisconnect where the sender left.
    """
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding not in {b"identity", b"", b"gzip", b"x-gzip"}:
        raise UnsupportedMediaError("The body is packed in an unknown way: send it as it is, or packed with gzip.")
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    body = await _received(receive, limit)
    return _unpacked(body, limit) if encoding.endswith(b"gzip") else body


async def _received(receive: Receive, limit: int) -> bytes:
    parts, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        if not parts and not message.get("more_body", False):
            return part  # type: ignore[no-any-return]  # a message is a mapping of anything
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _unpacked(body: bytes, limit: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacking.decompress(body, limit + 1)
    except zlib.error:
        raise InputError("The body is said to be packed with gzip, and is not.") from None
    if len(unpacked) > limit:
        raise _too_large(limit)
    if not unpacking.eof or unpacking.unused_data:
        raise InputError("The body is packed with gzip, and broken: it ends too early or too late.")
    return unpacked


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"The body is larger than {limit:,} bytes.")
