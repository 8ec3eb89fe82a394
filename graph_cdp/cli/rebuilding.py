"""Rebuilding and verifying, and how that is told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rich.console import RenderableType

from graph_cdp.cli.opening import given_policy, now_millis, opened_store
from graph_cdp.cli.show import add, facts, plain, table
from graph_cdp.config import load_settings
from graph_cdp.domain.identifier import Key
from graph_cdp.policies import Rules, policy_digest
from graph_cdp.service.recompute import Verified
from graph_cdp.service.recompute import rebuild as rebuild_all
from graph_cdp.service.review.refresh import refresh
from graph_cdp.service.settle import adopt, settle
from graph_cdp.service.simulate import Comparison, compare_profiles
from graph_cdp.store.port import Reading, Writing

_TOP = 10


class Rebuilt(NamedTuple):
    """How many profiles there were and are, what changed, and whether another policy came into force."""

    before: int
    after: int
    change: Comparison
    adopted: bool


async def rebuilt(store: str | None, policy: Path | None) -> Rebuilt:
    """Rebuild a store in one transaction, under the policy that is given, else its own; then look what is to review."""
    settings = load_settings(store=store, policy=policy)
    given = given_policy(settings)
    async with opened_store(settings) as open_one:
        now = now_millis()
        own = await settle(open_one, None, now)
        rules = Rules.of(replace(given, model=own.model) if given else own)

        async def work(tx: Writing) -> Rebuilt:
            before = await _profile_by_key(tx)
            if given is not None:
                await adopt(tx, given, open_one.ids, now)
            computed = await rebuild_all(tx, rules)
            after = {key: seen.profile for key, seen in computed.seen.items() if seen.profile is not None}
            change = compare_profiles(before, after)
            adopted = given is not None and policy_digest(given) != policy_digest(own)
            return Rebuilt(len(set(before.values())), len(set(after.values())), change, adopted)

        done = await open_one.write(work)
        await refresh(open_one, rules.policy, whole=True)
        return done


async def _profile_by_key(tx: Reading) -> dict[Key, Key]:
    profile_by_key = dict[Key, Key]()
    async for page in tx.scan_identifiers():
        profile_by_key.update((seen.key, seen.profile) for seen in page if seen.profile is not None)
    return profile_by_key


def rebuilt_json(result: Rebuilt) -> dict[str, object]:
    """A rebuild for programs."""
    change = result.change
    return {
        "policy_changed": result.adopted,
        "profiles_before": result.before,
        "profiles_after": result.after,
        "merged": len(change.merged),
        "split": len(change.split),
        "gained": len(change.gained),
        "lost": len(change.lost),
        "unchanged": change.unchanged,
    }


def rebuilt_text(result: Rebuilt) -> Iterator[RenderableType]:
    """A rebuild for persons."""
    change = result.change
    yield facts(
        "Rebuilt under another policy" if result.adopted else "Rebuilt",
        {
            "profiles before": result.before,
            "profiles now": result.after,
            "merged": len(change.merged),
            "split": len(change.split),
            "identifiers gained": len(change.gained),
            "identifiers lost": len(change.lost),
            "unchanged": change.unchanged,
        },
    )


def verified_json(found: Verified) -> dict[str, object]:
    """A verification for programs; `differences` holds the first hundred."""
    return {
        "same": found.same,
        "events": found.events,
        "identifiers": found.identifiers,
        "links": found.links,
        "difference_count": found.differences,
        "differences": [
            {"what": one.what, "where": one.where, "live": told(one.live), "expected": told(one.expected)}
            for one in found.shown
        ],
    }


def verified_text(found: Verified) -> Iterator[RenderableType]:
    """A verification for persons."""
    compared = f"{found.events:,} events, {found.identifiers:,} identifiers, {found.links:,} links"
    if found.same:
        yield plain(f"The live state is what the observations give: {compared}.", "green")
        return
    yield plain(f"{found.differences:,} differences among {compared}. `graph-cdp rebuild` mends them.", "yellow")
    made = table("Differences", "what", "where", "live", "expected")
    for one in found.shown[:_TOP]:
        add(made, one.what, one.where, told(one.live), told(one.expected))
    yield made
    if found.differences > _TOP:
        yield plain(f"… and {found.differences - _TOP:,} more (--format json gives the first hundred)", "dim")


def told(side: object) -> object:
    """One side of a difference as JSON: records by their fields, all else as it is."""
    if hasattr(side, "_asdict"):
        return {name: told(value) for name, value in side._asdict().items()}
    return list(side) if isinstance(side, tuple) else side
