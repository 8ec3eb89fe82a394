"""A lean HTTP/1.1 client over kept connections, one request at a time on each: what drives load must cost little."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import httptools


class Answer(NamedTuple):
    """What a server answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Address":
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 80)

    def get(self, path: str) -> bytes:
        """The bytes of a GET request."""
        return f"GET {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\naccept: */*\r\n\r\n".encode()

    def post(self, path: str, body: bytes) -> bytes:
        """The bytes of a POST request with a JSON body."""
        head = f"POST {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\naccept: application/json\r\n"
        return f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


class Wire(asyncio.Protocol):
    """One connection; calls `on_answer` with each answer as it is complete, and `on_lost` at the end."""

    def __init__(self, on_answer: Callable[[Answer], None], on_lost: Callable[[], None]) -> None:
        self._on_answer = on_answer
        self._on_lost = on_lost
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._parser = httptools.HttpResponseParser(self)
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the name is asyncio's
        self.transport = None
        self._on_lost()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def write(self, request: bytes) -> None:
        """Send a request; the one before was answered."""
        if self.transport is None:
            raise ConnectionResetError("the connection is closed")
        self.transport.write(request)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    # What httptools calls.

    def on_message_begin(self) -> None:
        self._headers, self._body = {}, []

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._on_answer(Answer(self._parser.get_status_code(), self._headers, b"".join(self._body)))


class Client:
    """One client with one connection, opened again after it was lost. Not for several tasks at once."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._wire: Wire | None = None
        self._answer: asyncio.Future[Answer] | None = None

    async def get(self, path: str) -> Answer:
        return await self.ask(self.address.get(path))

    async def post(self, path: str, body: Any) -> Answer:
        return await self.ask(self.address.post(path, json.dumps(body).encode()))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer. Raises OSError where the connection is refused or lost."""
        loop = asyncio.get_running_loop()
        if self._wire is None or self._wire.transport is None:
            _, self._wire = await loop.create_connection(
                lambda: Wire(self._answered, self._lost), self.address.host, self.address.port
            )
        self._answer = loop.create_future()
        self._wire.write(request)
        return await self._answer

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()

    def _answered(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()

    def _lost(self) -> None:
        self._wire = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("the connection was lost before the answer"))
