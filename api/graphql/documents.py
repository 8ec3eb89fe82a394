"""Documents, parsed, measured and validated once; and those that are asked for by their hash alone."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import orjson
from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry import Schema
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.graphql.execution import Operation
from api.graphql.limits import Cost, LimitError, Limits, check_shape, cost_of
from graph_cdp.errors import ConfigError

MAX_CHARACTERS: Final = 500_000
"""Of all texts that are kept together: a parsed document was measured to take 180 bytes for each character."""

_MAX_ERRORS = 20

T = TypeVar("T")


class Recent(Generic[T]):
    """At most `most` values, of texts of MAX_CHARACTERS together; the one not asked for longest gives way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._characters = 0

    def get(self, key: str) -> T | None:
        """The value of a key, which was asked for just now."""
        if (found := self._values.get(key)) is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: str, value: T, characters: int) -> None:
        """Keep a value that was not there, and that a text of so many characters stands for."""
        if key in self._values:
            return
        self._values[key] = value, characters
        self._characters += characters
        while len(self._values) > self._most or self._characters > MAX_CHARACTERS:
            _, (_, less) = self._values.popitem(last=False)
            self._characters -= less


class RequestError(Exception):
    """Why an operation is not run at all: the answer has errors and no data."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors

    @classmethod
    def of(cls, code: str, message: str) -> "RequestError":
        """One error, with a message that is safe to tell."""
        return cls(GraphQLError(message, extensions={"code": code}))


@dataclass(frozen=True, slots=True)
class Document:
    """A document that can be run, or the errors that keep it from that."""

    operations: dict[str | None, tuple[Operation, Cost]]
    errors: tuple[GraphQLError, ...] = ()

    def operation(self, name: str | None) -> tuple[Operation, Cost]:
        """The operation of a name, or the only one. Raises RequestError."""
        if self.errors:
            raise RequestError(*self.errors)
        if name is not None:
            if name not in self.operations:
                raise RequestError.of("operation_unknown", "The document has no operation of that name.")
            return self.operations[name]
        if len(self.operations) != 1:
            raise RequestError.of("operation_unknown", "The document has not just one operation: name the one to run.")
        return next(iter(self.operations.values()))


class Documents:
    """What a worker knows of the documents it was sent: parsed and validated, with the plans of their operations."""

    def __init__(self, schema: Schema, limits: Limits, *, introspection: bool, most: int) -> None:
        self._schema = schema
        self._core = schema._schema
        self._limits = limits
        self._rules = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
        if not introspection:
            self._rules += (NoSchemaIntrospectionCustomRule,)
        self._known: Recent[Document] = Recent(most)

    def document_of(self, text: str) -> Document:
        """A text's document, with the errors that it has; only one without errors is kept."""
        if (known := self._known.get(text)) is not None:
            return known
        made = self._document(text)
        if not made.errors:
            self._known.put(text, made, len(text))
        return made

    def _document(self, text: str) -> Document:
        try:
            node = parse(text, max_lexical_tokens=self._limits.tokens)
            check_shape(node, self._limits)
        except LimitError as error:
            return Document({}, (error,))
        except GraphQLSyntaxError as error:
            return Document({}, (self._syntax_error(error),))
        if errors := validate(self._core, node, self._rules, _MAX_ERRORS, hide_suggestions=True):
            return Document({}, tuple(_with_code(error, "document_invalid") for error in errors))
        operations = {
            one.name.value if one.name else None: (
                Operation(self._schema, node, one),
                cost_of(self._core, node, one),
            )
            for one in node.definitions
            if isinstance(one, OperationDefinitionNode)
        }
        return Document(operations)

    def _syntax_error(self, error: GraphQLSyntaxError) -> GraphQLError:
        # The parser tells this bound by words alone.
        if error.message.startswith("Syntax Error: Document contains more than"):
            return LimitError("token", "a number of tokens above", self._limits.tokens, self._limits.tokens)
        return _with_code(error, "syntax_invalid")


class Persisted:
    """Texts by hash: kept as clients send them (automatic persisted queries), or the only ones that are run.

    `listed` is the content of a list of trusted documents: then no other text is run, and none is kept.
    """

    def __init__(self, most: int, listed: dict[str, str] | None = None) -> None:
        self._kept: Recent[str] = Recent(most)
        self._listed = listed
        self._texts = frozenset((listed or {}).values())

    def text_of(self, query: str | None, extension: object) -> tuple[str, str | None]:
        """The text to run, and the hash to keep it by once it proved valid (None: nothing to keep).

        `extension` is the request's `extensions.persistedQuery`. Raises RequestError.
        """
        digest = _digest(extension)
        if self._listed is not None:
            text = query if query is not None else self._listed.get(digest or "")
            if text is None or text not in self._texts:
                raise RequestError.of("PERSISTED_QUERY_NOT_IN_LIST", "Only documents of the server's list are run.")
            return text, None
        if query is None:
            if digest is None:
                raise RequestError.of("request_invalid", "The request has no query.")
            if (kept := self._kept.get(digest)) is None:
                raise RequestError.of("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
            return kept, None
        if digest is not None and sha256(query.encode()).hexdigest() != digest:
            raise RequestError.of("persisted_query_mismatch", "The hash is not that of the query.")
        return query, digest

    def keep(self, digest: str, text: str) -> None:
        """Keep a text that is valid by its hash."""
        self._kept.put(digest, text, len(text))


def listed_documents(path: Path) -> dict[str, str]:
    """A list of trusted documents: `{hash: text}` as Relay writes it, or an Apollo manifest. Raises ConfigError."""
    try:
        content: Any = orjson.loads(path.read_bytes())
        if "operations" in content:
            content = {one["id"]: one["body"] for one in content["operations"]}
        if all(isinstance(text, str) for text in content.values()):
            return dict(content)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror})") from None
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        pass
    raise ConfigError(f"{path} is no list of documents; write a JSON object of texts by their hash")


def _digest(extension: object) -> str | None:
    if extension is None:
        return None
    if isinstance(extension, dict) and extension.get("version") == 1 and isinstance(extension.get("sha256Hash"), str):
        return str(extension["sha256Hash"]).lower()
    raise RequestError.of("request_invalid", "extensions.persistedQuery needs version 1 and a sha256Hash.")


def _with_code(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code}
    return error
