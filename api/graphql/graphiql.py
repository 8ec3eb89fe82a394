"""The GraphiQL page, from files of this machine alone, under a policy that lets it load nothing else."""

from html import escape
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from api.graphql.assets import STATIC

HERE: Final = Path(__file__).with_name("page")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Styles may stand in the page, since the editor measures with them; scripts may not."""

_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def page(request: Request) -> Response:
    """The page, or how to build what it needs."""
    if not (STATIC / "versions").is_file():
        text = (HERE / "missing.html").read_text("utf-8")
        return HTMLResponse(text, 503, _HEADERS)
    text = (HERE / "graphiql.html").read_text("utf-8").replace("{path}", escape(request.url.path.rstrip("/")))
    return HTMLResponse(text, 200, _HEADERS)


def files() -> dict[str, StaticFiles]:
    """What the page loads, by the folder below its own path where it looks for it."""
    return {"static": StaticFiles(directory=STATIC, check_dir=False), "page": StaticFiles(directory=HERE)}
