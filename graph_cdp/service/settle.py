"""Which policy a store is resolved with. Superseded, never overwritten: earlier ones are kept."""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis, iso
from graph_cdp.errors import StorePolicyError
from graph_cdp.policies import default_policy, parse_policy, policy_digest
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.matching import adopted
from graph_cdp.store.port import Store, Writing

_DIGEST, _TEXT, _EARLIER, _ID_KEY = "policy_digest", "policy", "policies", "id_key"


async def settle(store: Store, given: Policy | None, now: Millis) -> Policy:
    """The policy in force: the store's own, or, in a new store, the one given or the retail one, which it keeps.

    Raises StorePolicyError where another policy is given than the store was resolved with, or another id key.
    """
    notes = await store.read(lambda tx: tx.notes())
    if _DIGEST not in notes:
        await store.write(lambda tx: _settle_new(tx, given or default_policy(), store.ids, now))
        notes = await store.read(lambda tx: tx.notes())
    _check_id_key(notes, store.ids)
    if given is None:
        return replace(parse_policy(notes[_TEXT], "the store's policy"), model=adopted(notes))
    if policy_digest(given) != notes[_DIGEST]:
        raise StorePolicyError(
            "The store was resolved with another policy. See what would change: `graph-cdp simulate --policy NEW`; "
            "then apply it to everything: `graph-cdp rebuild --policy NEW`."
        )
    return replace(given, model=adopted(notes))


async def adopt(tx: Writing, policy: Policy, ids: ProfileIds, now: Millis) -> None:
    """Make a policy the one in force; the caller rebuilds in the same transaction."""
    notes = await tx.notes()
    if _ID_KEY in notes:
        _check_id_key(notes, ids)
    digest = policy_digest(policy)
    history = orjson.loads(notes.get(_EARLIER, "[]"))
    if notes.get(_DIGEST) != digest:
        history.append({"at": iso(now), "digest": digest, "text": policy.text})
    await tx.put_notes({
        _DIGEST: digest,
        _TEXT: policy.text,
        _EARLIER: orjson.dumps(history).decode(),
        _ID_KEY: ids.fingerprint,
    })  # fmt: skip


async def _settle_new(tx: Writing, policy: Policy, ids: ProfileIds, now: Millis) -> None:
    if _DIGEST not in await tx.notes():
        await adopt(tx, policy, ids, now)


def _check_id_key(notes: Mapping[str, str], ids: ProfileIds) -> None:
    if notes[_ID_KEY] != ids.fingerprint:
        raise StorePolicyError(
            "The store's profile ids were made with another id key: set GRAPH_CDP_ID_KEY to the one it was begun with."
        )
