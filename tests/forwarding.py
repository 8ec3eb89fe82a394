"""A server that can be cut off: a port of this machine that leads to it for as long as it should."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from graph_cdp.config import StoreUrl

_PART_BYTES = 65_536


@asynccontextmanager
async def forwarded(store: StoreUrl, port: int = 0) -> AsyncIterator[StoreUrl]:
    """The URL of a Neo4j store by way of a port, which is broken with all its connections at the end."""
    writers = set[asyncio.StreamWriter]()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        with suppress(ConnectionError):
            while part := await reader.read(_PART_BYTES):
                writer.write(part)
                await writer.drain()
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(store.host, store.port)
        await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer))

    server = await asyncio.start_server(forward, "127.0.0.1", port)
    try:
        # A routing scheme would lead past the port.
        there: int = server.sockets[0].getsockname()[1]
        yield StoreUrl("bolt", host="127.0.0.1", port=there, user=store.user, password=store.password)
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
