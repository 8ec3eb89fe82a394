"""HTTP/1.1 as uvicorn reads it with httptools, with the bounds that it lacks: the size of headers, the time to send."""

import asyncio
import os
import time
from typing import Any, Final

import orjson
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEADER_BYTES: Final = 32 * 1024
"""The most bytes of a request's line and headers together."""

HEADERS: Final = 100
"""The most headers of a request."""

READ_TIMEOUT: Final = "GRAPH_CDP_READ_TIMEOUT"
"""The variable with the seconds that a client may take to send a request, from its first byte or the connection on."""

_LOOK_EVERY_S = 1.0
_TOO_MUCH = f"A request has at most {HEADER_BYTES:,} bytes of header in {HEADERS} lines."


class BoundedProtocol(HttpToolsProtocol):
    """Answers 431 to too much header, and ends connections whose sender takes too long to say what it wants."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._is_in_header = True
        self._header_bytes = 0
        self._unparsed_bytes = 0
        self._waiting_since: float | None = None
        self._timeout_s = float(os.environ.get(READ_TIMEOUT) or 30)
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._waiting_since = time.monotonic()
        self._look_again()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._look_no_more()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket."""
        self._look_no_more()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Take what came in. A header that never ends is not a header yet, so its bytes are counted here."""
        super().data_received(data)
        if self._is_in_header and not self.transport.is_closing():
            self._unparsed_bytes += len(data)
            if self._unparsed_bytes > HEADER_BYTES:
                self.send_400_response(_TOO_MUCH)

    def on_message_begin(self) -> None:
        """Begin to wait for the end of a request."""
        self._is_in_header = True
        self._header_bytes = self._unparsed_bytes = 0
        self._waiting_since = time.monotonic()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the path."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._is_in_header = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing: the rest is the application's."""
        self._waiting_since = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request that is taken, and hang up."""
        is_too_much = self._header_bytes > HEADER_BYTES or len(self.headers or ()) > HEADERS or msg == _TOO_MUCH
        status = "431 Request Header Fields Too Large" if is_too_much else "400 Bad Request"
        code = "too_large" if is_too_much else "input_invalid"
        body = orjson.dumps({"error": {"code": code, "message": _TOO_MUCH if is_too_much else msg}})
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > HEADER_BYTES or len(self.headers) >= HEADERS:
            self._header_bytes = HEADER_BYTES + 1
            raise ValueError(_TOO_MUCH)  # the parser stops here, and the request is refused

    def _look_again(self) -> None:
        since = self._waiting_since
        if since is not None and time.monotonic() - since > self._timeout_s:
            self.transport.close()
        else:
            self._look = self.loop.call_later(_LOOK_EVERY_S, self._look_again)

    def _look_no_more(self) -> None:
        if self._look is not None:
            self._look.cancel()
