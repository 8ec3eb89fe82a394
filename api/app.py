"""The application: `uvicorn api.app:app`, or `graph-cdp serve`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import collect
from api.errors import add_error_handlers
from api.services import Services
from graph_cdp.cli.opening import given_policy, now_millis, opened_store
from graph_cdp.config import Settings, load_settings
from graph_cdp.policies import Rules
from graph_cdp.service.group_commit import GroupCommit
from graph_cdp.service.settle import settle


def create_app(settings: Settings | None = None, now: Callable[[], int] = now_millis) -> FastAPI:
    """Make the app; its store is opened when it starts. Without settings they are read from the environment then."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        in_force = settings or load_settings()
        async with opened_store(in_force, new=True) as store:
            rules = Rules.of(await settle(store, given_policy(in_force), now()))
            commits = GroupCommit(store, rules, now)
            app.state.services = Services(in_force, store, rules, commits, now)
            try:
                yield
            finally:
                await commits.close()

    app = FastAPI(title="graph_cdp", lifespan=lifespan)
    add_error_handlers(app)
    app.router.routes[:0] = collect.routes  # the hottest come first: routes are tried in order
    return app


app = create_app()
