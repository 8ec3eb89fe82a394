"""Whether the process lives, whether it can serve, and what it has done."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.ops.metrics import CONTENT_TYPE, exposition
from api.services import services_of
from graph_cdp.errors import StoreError
from graph_cdp.store.statements import migrations

router = APIRouter(tags=["operation"])

_ANSWER_S: Final = 3.0
_MOST_LAG_S: Final = 10.0
_RETRY_AFTER_S: Final = 5
_NO_STORE: Final = {"Retry-After": str(_RETRY_AFTER_S)}
_METRICS: Final[dict[int | str, dict[str, object]]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


class Health(BaseModel):
    """The process answers."""

    alive: bool = True


class Readiness(BaseModel):
    """Whether this worker can serve, and why not."""

    ready: bool
    reachable: bool = Field(description="The store answers.")
    migrated: bool = Field(description="Its schema is the one of this program.")
    waiting_events: int = Field(description="Events that wait to be committed.")
    lag_s: float = Field(description="Seconds that the oldest of them has waited; above 10 the worker is not ready.")


@router.get("/healthz", summary="Whether the process answers")
async def healthz() -> Health:
    """Answer; the store is not asked."""
    return Health()


@router.get("/readyz", summary="Whether this worker can serve", responses={503: {"model": Readiness}})
async def readyz(request: Request, response: Response) -> Readiness:
    """Ask the store for its notes. 503 where it does not answer in 3 seconds, has another schema, or is behind."""
    services = services_of(request)
    reachable = migrated = False
    try:
        async with asyncio.timeout(_ANSWER_S):
            notes = await services.store.read(lambda tx: tx.notes())
        reachable, migrated = True, int(notes.get("schema_version", 0)) == migrations("sql")[-1][0]
    except (StoreError, TimeoutError):
        pass
    lag_s = services.commits.lag_s
    ready = reachable and migrated and lag_s <= _MOST_LAG_S
    if not ready:
        response.status_code = 503
        response.headers.update(_NO_STORE)
    return Readiness(
        ready=ready,
        reachable=reachable,
        migrated=migrated,
        waiting_events=services.commits.waiting,
        lag_s=round(lag_s, 3),
    )


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response, responses=_METRICS)
def metrics() -> Response:
    """Counts of all workers since the start; no identifier and no key is in them."""
    return Response(exposition(), media_type=CONTENT_TYPE)
