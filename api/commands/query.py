"""`graph-cdp query`: a GraphQL document, answered without a server."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import PolicyOption, StoreOption

if TYPE_CHECKING:
    from graphql import ExecutionResult


@command(
    "graph-cdp query '{ stats { profiles events } }'",
    """graph-cdp query profile.graphql --variables '{"email": "ann@shop.org"}' | jq .data.profile.traits""",
    "graph-cdp query - < profile.graphql",
)
async def query(
    document: Annotated[str, typer.Argument(help="The document, a file that holds it, or - for standard input.")],
    variables: Annotated[
        str | None, typer.Option(metavar="JSON", help="The document's variables, as an object.", show_default=False)
    ] = None,
    operation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which operation, where there are several.", show_default=False)
    ] = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
) -> ExitCode:
    """Ask the store in GraphQL, without a server, and print the answer as JSON.

    The document is held to the same limits as over HTTP; whoever can open the store may ask for everything, so
    nothing is masked. Mutations are carried out. Exits 1 where the answer holds errors.
    """
    import orjson

    from api.graphql.requests import Asked
    from graph_cdp.cli.show import put

    body = await _answer(Asked(_text(document), operation, _object(variables), {}), store, policy)
    put(orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n")
    return NEGATIVE if "errors" in body else OK


async def _answer(asked: Any, store: str | None, policy: Path | None) -> Any:
    from graphql import OperationType

    from api.access.development import DEVELOPER
    from api.graphql.context import in_context
    from api.graphql.documents import RequestError
    from api.graphql.operations import Operations, body_of, coded, errors_body
    from api.graphql.routes import options_of
    from api.graphql.schema import schema
    from api.services import running
    from graph_cdp.cli.opening import opened

    async with opened(store, policy) as session, running(session) as services:
        try:
            run, given = Operations(schema, options_of(session.settings, introspection=True)).prepared(asked)
        except RequestError as error:
            return errors_body(error.errors)
        if run.type is OperationType.SUBSCRIPTION:
            return errors_body([coded("subscription_transport", "A subscription needs a server: graph-cdp serve.")])
        result = await in_context(
            services,
            DEVELOPER,
            lambda context: run.run(given, context, whole=True),
            one_view=run.type is OperationType.QUERY,
        )
        return body_of(cast("ExecutionResult", result))


def _text(document: str) -> str:
    """The text of the document that an argument gives or names: a path never holds a brace."""
    from graph_cdp.errors import InputError

    if "{" in document:
        return document
    try:
        return sys.stdin.read() if document == "-" else Path(document).read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{document} is not UTF-8; save it as UTF-8 text.") from None
    except OSError as error:
        raise InputError(f"{document} cannot be read ({error.strerror}); name a file, or give the document.") from None


def _object(variables: str | None) -> dict[str, Any]:
    import orjson

    from graph_cdp.errors import InputError

    try:
        value = orjson.loads(variables or "{}")
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise InputError('--variables must be a JSON object, for example \'{"email": "ann@shop.org"}\'.')
    return value
