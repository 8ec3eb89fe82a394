"""Matching a store's records: the model that comes into force or leaves it, and everything matched with it."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from graph_cdp.cli.opening import now_millis, opened
from graph_cdp.domain.policy import Policy
from graph_cdp.errors import InputError
from graph_cdp.service.matching import Matched, adopt_model, run, suspended, withdraw_model
from graph_cdp.service.matching.learn import learn
from graph_cdp.store.port import Store, Writing

_NO_MODEL = "The store has no model: adopt one first, with `graph-cdp match adopt`."


class MatchedStore(NamedTuple):
    """The id of the model in force, None: there is none; and what everything matched with it came to."""

    model: str | None
    matched: Matched


async def adopted(store: str | None, model: Path | None, namespaces: Collection[str] | None) -> MatchedStore:
    """Bring a model file into force, or one that is learned from the store."""
    text = None if model is None else _read(model)
    async with opened(store, None) as session:
        policy = session.rules.policy

        async def work(tx: Writing) -> Policy:
            wanted = await learn(tx, policy, namespaces) if text is None else text
            return await adopt_model(tx, wanted, policy, now_millis(), namespaces)

        return await _matched(session.store, await session.store.write(work))


async def matched_anew(store: str | None) -> MatchedStore:
    """Match everything with the model in force, or go on where that was interrupted. InputError where there is none."""
    async with opened(store, None) as session:
        policy = session.rules.policy
        interrupted = suspended(await session.store.read(lambda tx: tx.notes()))
        if policy.model is None and interrupted is None:
            raise InputError(_NO_MODEL)
        return await _matched(session.store, replace(policy, model=policy.model or interrupted))


async def withdrawn(store: str | None) -> MatchedStore:
    """Let no model be in force. Raises InputError where there is none."""
    async with opened(store, None) as session:
        policy = session.rules.policy
        if policy.model is None:
            raise InputError(_NO_MODEL)
        return await _matched(
            session.store, await session.store.write(lambda tx: withdraw_model(tx, policy, now_millis()))
        )


async def _matched(store: Store, policy: Policy) -> MatchedStore:
    return MatchedStore(None if policy.model is None else policy.model.id, await run(store, policy))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: cannot be read as a model: name a file of `graph-cdp match train`.") from fault
