"""Pages of other origins that may read answers (CORS): none but those of the settings. Collection has its own rule."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.collect.routes import is_for

_METHODS = ("GET", "POST")
_HEADERS = ("Accept", "Authorization", "Content-Type", "If-None-Match", "X-Api-Key", "X-Request-Id", "traceparent")
_SHOWN = ("Content-Location", "ETag", "Retry-After", "X-Request-Id")
_PREFLIGHT_S = 600


class Cors:
    """Lets pages of the origins in `app.state.cors_origins` read what is no collection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: CORSMiddleware | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, to a page with the headers that let it read."""
        if scope["type"] == "http" and (origins := scope["app"].state.cors_origins) and not is_for(scope):
            if self._open is None:
                self._open = CORSMiddleware(
                    self._app,
                    allow_origins=origins,
                    allow_methods=_METHODS,
                    allow_headers=_HEADERS,
                    expose_headers=_SHOWN,
                    max_age=_PREFLIGHT_S,
                )
            await self._open(scope, receive, send)
        else:
            await self._app(scope, receive, send)
