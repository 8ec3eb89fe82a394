"""`GET /v1/profiles/{id or namespace:value}`: one profile for scripts and caches."""

from hashlib import blake2b
from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from api.access.authenticate import principal
from api.access.masking import Masking
from api.access.principal import Principal
from api.rest.answers import ErrorBody, ProfileShown, SetAsideShown
from api.services import Services, services_of
from graph_cdp.cli.profile_shown import profile_json
from graph_cdp.domain.identifier import Seen
from graph_cdp.errors import NotFoundError
from graph_cdp.query.find import find
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.store.port import Reading

router = APIRouter(prefix="/v1", tags=["profiles"])

_EXAMPLES = {"identifier": {"value": "email:ann@shop.org"}}
_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {"description": "The profile, or the identifier that is set aside.", "model": ProfileShown | SetAsideShown},
    304: {"description": "Nothing changed since the answer that had this ETag."},
    400: {"description": "The path names no identifier, or a parameter is wrong.", "model": ErrorBody},
    401: {"description": "A key or a token is missing or wrong.", "model": ErrorBody},
    403: {"description": "The scope `read` is missing.", "model": ErrorBody},
    404: {"description": "No event has named this identifier, or no profile has or had this id.", "model": ErrorBody},
    429: {"description": "Too many requests of this key.", "model": ErrorBody},
    503: {"description": "The store cannot be reached now.", "model": ErrorBody},
}


@router.get("/profiles/{name:path}", summary="One profile", responses=_ANSWERS, response_class=Response)
async def profile(
    request: Request,
    name: Annotated[str, Path(description="A profile id, or `namespace:value`.", openapi_examples=_EXAMPLES)],
    asking: Annotated[Principal, Depends(principal("read"))],
    events: Annotated[int, Query(ge=0, le=100, description="How many of its newest events.")] = 20,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give the profile that an id or an identifier leads to now.

    An id that the profile had before, like an identifier, is answered with the profile itself; `Content-Location` names
    its present id. An identifier that is set aside has `id` null. `ETag` is that of the answer as this caller sees it.
    """
    services = services_of(request)
    found = await services.store.read(lambda tx: _found(tx, name, services, events))
    masking = services.access.masking(asking)
    if masking.is_open:
        await services.access.audit.personal_read(asking, [services.store.ids.of(_anchor(found))])
    body = orjson.dumps(profile_json(masked(found, masking)))
    headers = {
        "ETag": f'"{blake2b(body, digest_size=12).hexdigest()}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, X-Api-Key",
    }
    if isinstance(found, ProfileView):
        headers["Content-Location"] = f"/v1/profiles/{quote(found.id)}"
    if if_none_match is not None and _matches(if_none_match, headers["ETag"]):
        return Response(None, 304, headers)
    return Response(body, 200, headers, "application/json")


def masked(found: ProfileView | Seen, masking: Masking) -> ProfileView | Seen:
    """A profile as a reader may see it."""
    if masking.is_open:
        return found
    if isinstance(found, Seen):
        return found._replace(key=masking.identifier(found.key))
    return found._replace(
        anchor=masking.identifier(found.anchor),
        identifiers=tuple(one._replace(key=masking.identifier(one.key)) for one in found.identifiers),
        traits={
            name: one._replace(value=masking.trait(name, one.value), identifier=masking.identifier(one.identifier))
            for name, one in found.traits.items()
        },
        events=tuple(
            one._replace(owner=one.owner and masking.identifier(one.owner), name=one.name and masking.text(one.name))
            for one in found.events
        ),
        refusals=tuple(
            one._replace(low=masking.identifier(one.low), high=masking.identifier(one.high)) for one in found.refusals
        ),
    )


async def _found(tx: Reading, name: str, services: Services, events: int) -> ProfileView | Seen:
    key = await find(tx, name, services.rules.identifiers)
    found = await profile_of(tx, key, services.store, services.rules.policy, events)
    if found is None:
        raise NotFoundError("No event has named this identifier.")
    return found


def _anchor(found: ProfileView | Seen) -> str:
    return found.key if isinstance(found, Seen) else found.anchor


def _matches(if_none_match: str, etag: str) -> bool:
    """Compare weakly, as RFC 9110 (section 13.1.2) has it for this header."""
    given = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in given or etag in given
