"""What watches an application while it runs: traces, and the load that metrics tell."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from api.ops.metrics import tell_load
from api.ops.telemetry import Telemetry
from api.services import Services

_EVERY_S = 1.0


@asynccontextmanager
async def observed(app: FastAPI) -> AsyncIterator[None]:
    """Set `app.state` for the parts around requests, and tell the load every second."""
    services: Services = app.state.services
    app.state.cors_origins = services.settings.cors_origins
    app.state.in_progress = 0
    app.state.telemetry = telemetry = Telemetry.of_environment()
    telling = asyncio.create_task(_tell(app, services))
    try:
        yield
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        if telemetry is not None:
            await asyncio.to_thread(telemetry.close)


async def _tell(app: FastAPI, services: Services) -> None:
    parent = multiprocessing.parent_process()
    while True:
        if parent is not None and not parent.is_alive():
            # Nobody would start, stop or count this worker any more: end as at a stop.
            signal.raise_signal(signal.SIGTERM)
            return
        tell_load(services.commits.waiting, services.commits.lag_s, app.state.in_progress)
        await asyncio.sleep(_EVERY_S)
