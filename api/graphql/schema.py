"""The door to the schema: `schema`, its text, and where the text is kept."""

from pathlib import Path
from typing import Final

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from api.graphql.errors import tell
from api.graphql.mutations import Mutation
from api.graphql.queries import Query
from api.graphql.scalars import SCALARS
from api.graphql.subscriptions import Subscription
from api.graphql.types.event import Event
from api.graphql.types.identifier import Identifier
from api.graphql.types.profile import Profile

__all__ = ["SCHEMA_FILE", "schema", "schema_text"]

SCHEMA_FILE: Final = Path(__file__).with_name("schema.graphql")
"""The schema's text under version control; a test holds it to what the code gives."""


class _Schema(strawberry.Schema):
    """Gives errors their codes, and leaves the log to those that know what may be told."""

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,  # noqa: ARG002 - Strawberry gives it
    ) -> None:
        tell(errors)


schema: Final = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Profile, Event, Identifier],
    config=StrawberryConfig(scalar_map=SCALARS, enable_experimental_incremental_execution=True),
)
"""The schema."""


def schema_text() -> str:
    """The schema in GraphQL's own language."""
    return schema.as_str() + "\n"
