"""Errors as GraphQL tells them: the message and, under `extensions.code`, the code of their one face."""

from collections.abc import Iterable

from graphql import GraphQLError

from api.errors import face_of, log_failure
from graph_cdp.errors import InputError


class PageTooLargeError(InputError):
    """More was asked for than one page may hold."""

    code = "page_too_large"


def tell(errors: Iterable[GraphQLError]) -> None:
    """Give errors of execution their faces, in place; those that lie in the query itself stay as they are."""
    for error in errors:
        cause = error.original_error
        while isinstance(cause, GraphQLError):
            cause = cause.original_error
        if cause is not None:
            log_failure(cause)
            face = face_of(cause)
            error.message = face.message
            error.extensions = {"code": face.code}
