"""A profile in JSON and in words."""

from collections.abc import Iterator

from rich.console import RenderableType

from graph_cdp.cli.show import add, facts, plain, table
from graph_cdp.cli.simulating import because
from graph_cdp.domain.identifier import Identifier, Seen
from graph_cdp.domain.link import Refusal
from graph_cdp.domain.times import Millis, iso
from graph_cdp.query.profile import ProfileView
from graph_cdp.store.port import StoredEvent

_WHY_ASIDE = {
    "blocked": "its value is blocked: a placeholder, or one that the policy lists",
    "shared": "it is linked to more identifiers of one stronger namespace than the policy's shared_above",
}


def profile_json(found: ProfileView | Seen) -> dict[str, object]:
    """A profile, or an identifier that is set aside, for programs."""
    if isinstance(found, Seen):
        return {"id": None, "set_aside": found.set_aside, "identifiers": [identifier_json(found)]}
    return {
        "id": found.id,
        "anchor": found.anchor,
        "first_seen": iso(found.first_seen),
        "last_seen": iso(found.last_seen),
        "identifiers": [identifier_json(one) for one in found.identifiers],
        "traits": {
            name: {
                "value": trait.value,
                "source": trait.source,
                "at": iso(trait.at),
                "event": trait.event,
                "identifier": trait.identifier,
            }
            for name, trait in found.traits.items()
        },
        "events": [event_json(one) | {"identifier": one.owner} for one in found.events],
        "refusals": [refusal_json(one) for one in found.refusals],
        "cluster_size": found.cluster,
    }


def identifier_json(seen: Seen) -> dict[str, object]:
    """An identifier and when events named it."""
    return {
        "identifier": seen.key,
        "first_seen": iso(seen.first_seen),
        "last_seen": iso(seen.last_seen),
        "count": seen.count,
    }


def event_json(event: StoredEvent) -> dict[str, object]:
    """The heading of an event."""
    return {
        "id": event.id,
        "type": event.type,
        "name": event.name,
        "at": iso(event.at),
        "source": event.source,
        "channel": event.channel,
    }


def refusal_json(refusal: Refusal) -> dict[str, object]:
    """A link that did not join."""
    return {
        "a": refusal.low,
        "b": refusal.high,
        "kind": refusal.kind,
        "reason": refusal.reason,
        "namespace": refusal.namespace,
    }


def profile_text(found: ProfileView | Seen) -> Iterator[RenderableType]:
    """A profile, or an identifier that is set aside, for persons."""
    if isinstance(found, Seen):
        yield plain(f"{found.key} belongs to no profile: {why_aside(found)}.")
        events = "one event" if found.count == 1 else f"{found.count:,} events"
        yield plain(f"Named by {events}, {span(found.first_seen, found.last_seen)}.", "dim")
        return
    yield facts(
        f"Profile {found.id}",
        {
            "anchor": found.anchor,
            "seen": span(found.first_seen, found.last_seen),
            "identifiers": f"{len(found.identifiers):,} of a cluster of {found.cluster:,}",
        },
    )
    yield from _traits(found)
    made = table("Identifiers", "namespace", "value", "seen", "events", right=("events",))
    for seen in found.identifiers:
        namespace, value = Identifier.of(seen.key)
        add(made, namespace, value, span(seen.first_seen, seen.last_seen), seen.count)
    yield made
    if found.events:
        made = table("Newest events", "when", "what", "source", "through")
        for event in found.events:
            add(made, minute(event.at), event.name or event.type, event.source, event.owner)
        yield made
    if found.refusals:
        made = table("Refusals: what did not join", "between", "and", "reason")
        for refusal in found.refusals:
            add(made, refusal.low, refusal.high, because(refusal.reason, refusal.namespace))
        yield made


def _traits(found: ProfileView) -> Iterator[RenderableType]:
    if found.traits:
        made = table("Traits", "trait", "value", "source", "when", "through")
        for name, trait in found.traits.items():
            add(made, name, trait.value, trait.source, minute(trait.at), trait.identifier)
        yield made


def why_aside(seen: Seen) -> str:
    """Why an identifier joins nobody, in words."""
    return f"{seen.set_aside}; {_WHY_ASIDE[seen.set_aside or 'blocked']}"


def span(first: Millis, last: Millis) -> str:
    """Two days, or the one that they are."""
    begin, end = iso(first)[:10], iso(last)[:10]
    return begin if begin == end else f"{begin} to {end}"


def minute(moment: Millis) -> str:
    """A moment to the minute, UTC."""
    return iso(moment)[:16].replace("T", " ")
