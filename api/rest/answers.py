"""What REST answers, as OpenAPI describes it. Answers are not made through these models: that would cost twice."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from graph_cdp.domain.identifier import SetAside
from graph_cdp.domain.link import LinkKind, Reason

Moment: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class _Shown(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorTold(_Shown):
    """What went wrong."""

    code: str = Field(description="For programs; GraphQL has the same ones in `extensions.code`.")
    message: str = Field(description="For people.")


class ErrorBody(_Shown):
    """The face of every error."""

    error: ErrorTold


class IdentifierShown(_Shown):
    """An identifier, and when events named it."""

    identifier: str = Field(description="`namespace:value`.")
    first_seen: Moment
    last_seen: Moment
    count: int = Field(description="How many events named it.")


class TraitShown(_Shown):
    """The value of a trait, and the event that told it."""

    value: JsonValue
    source: str
    at: Moment
    event: str
    identifier: str


class EventShown(_Shown):
    """The heading of an event."""

    id: str
    type: str
    name: str | None
    at: Moment
    source: str
    channel: str | None
    identifier: str | None = Field(description="The identifier that it belongs to the profile through.")


class RefusalShown(_Shown):
    """A link that did not join."""

    a: str
    b: str
    kind: LinkKind
    reason: Reason
    namespace: str | None


class ProfileShown(_Shown):
    """A profile."""

    id: str
    anchor: str = Field(description="The strongest of its identifiers.")
    first_seen: Moment
    last_seen: Moment
    identifiers: list[IdentifierShown]
    traits: dict[str, TraitShown]
    events: list[EventShown] = Field(description="The newest first.")
    refusals: list[RefusalShown]
    cluster_size: int = Field(description="How many identifiers links connect with it.")


class SetAsideShown(_Shown):
    """An identifier that joins nobody."""

    id: None
    set_aside: SetAside
    identifiers: list[IdentifierShown]
