"""A way to several services that breaks: each connection leads to another one, and is cut off after a short while."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from random import Random
from urllib.parse import urlsplit


class BreakingWay:
    """Forwards bytes. Until `mend` every connection is cut off after up to `longest_s`; `cuts` counts that."""

    def __init__(self, urls: Sequence[str], rng: Random, longest_s: float) -> None:
        self._targets = cycle(urlsplit(url) for url in urls)
        self._rng = rng
        self._longest_s = longest_s
        self._is_mended = asyncio.Event()
        self.cuts = 0

    def mend(self) -> None:
        self._is_mended.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = next(self._targets)
        there, back = await asyncio.open_connection(target.hostname, target.port)
        pumps = asyncio.gather(_pump(reader, back), _pump(there, writer), return_exceptions=True)
        try:
            if not self._is_mended.is_set():
                await asyncio.wait((pumps,), timeout=self._rng.uniform(0, self._longest_s))
            if not self._is_mended.is_set() and not pumps.done():
                self.cuts += 1
                pumps.cancel()
            await asyncio.wait((pumps,))
        finally:
            pumps.cancel()
            back.close()
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(2**16):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def breaking_way(urls: Sequence[str], rng: Random, longest_s: float) -> AsyncIterator[tuple[BreakingWay, str]]:
    """A way, and its address."""
    way = BreakingWay(urls, rng, longest_s)
    server = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    try:
        yield way, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
