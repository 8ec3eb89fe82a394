"""What matching a store's records came to, in JSON and in words."""

from collections.abc import Iterator

from rich.console import RenderableType

from graph_cdp.cli.match_storing import MatchedStore
from graph_cdp.cli.show import facts


def matched_json(found: MatchedStore) -> dict[str, object]:
    """It for programs."""
    matched = found.matched
    return {
        "model": found.model,
        "records": matched.records,
        "candidates": matched.candidates,
        "review": matched.review,
        "links": matched.links,
        "touched": len(matched.touched),
    }


def matched_text(found: MatchedStore) -> Iterator[RenderableType]:
    """It for persons."""
    told = {
        "model": found.model or "none",
        "records": found.matched.records,
        "pairs that resemble": found.matched.candidates,
        "to be looked at": found.matched.review,
        "matched links": found.matched.links,
        "profiles touched": len(found.matched.touched),
    }
    yield facts("Matched", told)
