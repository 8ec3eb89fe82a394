"""The application: `uvicorn api.app:app`, or `graph-cdp serve`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from api import rest
from api.access.cors import Cors
from api.access.headers import SecurityHeaders
from api.collect.routes import Collection
from api.errors import add_error_handlers
from api.graphql.routes import graphql_of
from api.graphql.routes import routes as graphql_routes
from api.graphql.streams import Streams
from api.ops.garbage import collected_seldom
from api.ops.metrics import count_group
from api.ops.observed import observed
from api.ops.refreshing import review_queue_refreshed
from api.ops.requests import Bounded, Requests
from api.services import running
from graph_cdp import __version__
from graph_cdp.cli.opening import now_millis, opened_with
from graph_cdp.config import CACHE_MIB_SERVING, Settings, load_settings

_ABOUT = "Identity resolution on a graph: one profile for a cache or a script, health, metrics; /graphql has the rest."


class Application(FastAPI):
    """FastAPI with what stands around every request, errors of the framework's own included."""

    def build_middleware_stack(self) -> ASGIApp:
        """Security headers, then ids, logs and metrics, then CORS, then the bound, then collection, then the rest."""
        return SecurityHeaders(Requests(Cors(Bounded(Collection(super().build_middleware_stack())))))

    def openapi(self) -> dict[str, Any]:
        """The description of REST. What the framework would refuse with 422 is answered with 400: see `api.errors`."""
        described = super().openapi()
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
        for unused in ("HTTPValidationError", "ValidationError"):
            described["components"]["schemas"].pop(unused, None)
        return described


def create_app(settings: Settings | None = None, now: Callable[[], int] = now_millis) -> FastAPI:
    """Make the app; its store is opened when it starts. Without settings they are read from the environment then."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        in_force = settings or load_settings()
        async with (
            opened_with(in_force, now, new=True, cache_mib=CACHE_MIB_SERVING) as session,
            running(session, now, count_group) as services,
        ):
            app.state.services = services
            app.state.graphql = graphql_of(in_force)
            app.state.streams = streams = Streams(services.feed, in_force.max_streams)
            with collected_seldom():
                # What is given here cannot be told to another process.
                refreshing = review_queue_refreshed(services) if settings is None else nullcontext()
                async with observed(app), streams.running(), refreshing:
                    yield

    app = Application(
        title="graph_cdp", version=__version__, description=_ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    add_error_handlers(app)
    for router in rest.routers:
        app.include_router(router)
    app.router.routes[:0] = graphql_routes  # the hottest come first: routes are tried in order
    return app


app = create_app()
