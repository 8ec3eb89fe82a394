"""From what a request asks to an operation that may run, and from results to JSON: the same on every transport."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import ExecutionResult, GraphQLError
from graphql.execution.values import VariableValues
from strawberry import Schema

from api.errors import face_of, log_failure
from api.graphql.documents import Documents, Persisted, RequestError
from api.graphql.errors import tell
from api.graphql.execution import Operation, VariablesError
from api.graphql.limits import LimitError, Limits
from api.graphql.requests import Asked

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """How a schema is served.

    `batch`: the most operations of a request, 1 for no batches. `documents`: how many are kept, and how many by hash.
    `listed`: trusted documents by hash, the only ones that are run; None to run any.
    """

    limits: Limits = field(default_factory=Limits)
    introspection: bool = False
    batch: int = 1
    documents: int = 1000
    listed: dict[str, str] | None = None


class Prepared(NamedTuple):
    """A valid operation with variables that fit it, within all limits."""

    operation: Operation
    variables: VariableValues


class Operations:
    """What a worker knows of a schema's operations."""

    def __init__(self, schema: Schema, options: Options) -> None:
        self._most_cost = options.limits.cost
        self._documents = Documents(schema, options.limits, introspection=options.introspection, most=options.documents)
        self._persisted = Persisted(options.documents, options.listed)

    def prepared(self, asked: Asked) -> Prepared:
        """The operation that is asked for. Raises RequestError where it is not to be run."""
        text, digest = self._persisted.text_of(asked.query, asked.extensions.get("persistedQuery"))
        operation, cost = self._documents.document_of(text).operation(asked.operation_name)
        if digest is not None:
            self._persisted.keep(digest, text)
        try:
            variables = operation.coerced(asked.variables)
        except VariablesError as error:
            for one in error.errors:
                one.extensions = {"code": "variables_invalid"}
            raise RequestError(*error.errors) from None
        price = cost.with_variables(variables.coerced)
        if price > self._most_cost:
            raise RequestError(LimitError("cost", "a cost of", price, self._most_cost))
        return Prepared(operation, variables)


def body_of(result: ExecutionResult) -> Body:
    """A result as JSON has it; its errors are logged and get their faces."""
    if not result.errors:
        return {"data": result.data}
    tell(result.errors)
    return {"data": result.data, **errors_body(result.errors)}


def errors_body(errors: Iterable[GraphQLError]) -> Body:
    """Errors alone as JSON has them."""
    return {"errors": [_formatted(error) for error in errors]}


def failure_body(error: Exception) -> Body:
    """Why nothing was run, or nothing runs on, as JSON has it; the log is told what is kept back."""
    if isinstance(error, RequestError):
        return errors_body(error.errors)
    log_failure(error)
    face = face_of(error)
    return errors_body([coded(face.code, face.message)])


def coded(code: str, message: str) -> GraphQLError:
    """An error with a code, and a message that is safe to tell."""
    return GraphQLError(message, extensions={"code": code})


def _formatted(error: GraphQLError) -> Mapping[str, Any]:
    if not error.extensions:
        error.extensions = {"code": "input_invalid"}
    return error.formatted
