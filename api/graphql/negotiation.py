"""Which media type an answer has: GraphQL over HTTP, section "Response"."""

from functools import lru_cache
from typing import Final

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
MULTIPART: Final = "multipart/mixed"
HTML: Final = "text/html"
EVENT_STREAM: Final = "text/event-stream"

_RANGES = {"*/*": JSON, "application/*": JSON, "multipart/*": MULTIPART, "text/*": HTML}


@lru_cache(maxsize=256)
def media_types(accept: str) -> tuple[str, ...]:
    """Of the types that are written here, those that an `Accept` header takes, most wanted first.

    No header, or an empty one, takes `application/json`, as clients expect that know of no other type.
    """
    wanted: list[tuple[float, str]] = []
    for part in (accept or "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        media = _RANGES.get(name, name)
        quality = _quality(parameters)
        if media in {JSON, GRAPHQL, MULTIPART, HTML, EVENT_STREAM} and quality > 0:
            wanted.append((-quality, media))
    return tuple(dict.fromkeys(media for _, media in sorted(wanted, key=lambda one: one[0])))


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1
