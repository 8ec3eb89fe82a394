"""Which model a store's records are matched with. Superseded, never overwritten: earlier ones are kept."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

import orjson

from graph_cdp.domain.matching import AdoptedModel
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis, iso
from graph_cdp.errors import InputError
from graph_cdp.service.matching.matcher import matcher_of
from graph_cdp.store.port import Writing

MODEL_ID: Final = "match_model_id"
"""The note that names the model in force, '' where there is none; a store has none before a first one was adopted."""

_MODEL, _EARLIER, _SUSPENDED = "match_model", "match_models", "match_model_suspended"


def adopted(notes: Mapping[str, str]) -> AdoptedModel | None:
    """The model in force, as a store's notes tell; None: there is none."""
    return _model_in(notes.get(_MODEL))


def suspended(notes: Mapping[str, str]) -> AdoptedModel | None:
    """The model with which everything was being matched when that was interrupted; None: it was not."""
    return _model_in(notes.get(_SUSPENDED))


def _model_in(note: str | None) -> AdoptedModel | None:
    said = orjson.loads(note or "null")
    return None if said is None else AdoptedModel(said["text"], tuple(said["namespaces"]), said["at"])


async def adopt_model(
    tx: Writing, text: str, policy: Policy, now: Millis, namespaces: Collection[str] | None = None
) -> Policy:
    """Make a model the one in force; gives the policy with it. The caller matches everything then.

    `namespaces`: those whose identifiers have records; None: those that tell who somebody is. Adopting the model in
    force again changes nothing. Raises InputError for a text that is no model, and for an unknown namespace.
    """
    model = AdoptedModel(text, tuple(sorted(with_records(policy, namespaces))), now)
    matcher_of(model)
    in_force = adopted(await tx.notes())
    if in_force is not None and in_force.id == model.id:
        return replace(policy, model=in_force)
    await _put(tx, model, now)
    return replace(policy, model=model)


def with_records(policy: Policy, namespaces: Collection[str] | None) -> frozenset[str]:
    """Whose identifiers have records: see `adopt_model`. Raises InputError for an unknown namespace."""
    if unknown := set(namespaces or ()) - policy.by_name.keys():
        raise InputError(f"The store's policy has no namespace '{min(unknown)}': name one that it has.")
    return policy.known_namespaces if namespaces is None else frozenset(namespaces)


async def withdraw_model(tx: Writing, policy: Policy, now: Millis) -> Policy:
    """Let no model be in force. The caller matches everything then: no matched link remains."""
    if adopted(await tx.notes()) is not None:
        await _put(tx, None, now)
    return replace(policy, model=None)


async def suspend(tx: Writing) -> None:
    """Let no model be in force for as long as everything is being matched; it is remembered."""
    notes = await tx.notes()
    if adopted(notes) is not None:
        await tx.put_notes({**_notes_of(None), _SUSPENDED: notes[_MODEL]})


async def reinstate(tx: Writing, model: AdoptedModel | None) -> None:
    """Bring a model back into force, None: none, that was adopted or withdrawn before."""
    notes = await tx.notes()
    if adopted(notes) != model or suspended(notes) is not None:
        await tx.put_notes({**_notes_of(model), _SUSPENDED: "null"})


def _notes_of(model: AdoptedModel | None) -> dict[str, str]:
    said = model and {"at": model.at, "namespaces": model.namespaces, "text": model.text}
    return {MODEL_ID: model.id if model else "", _MODEL: orjson.dumps(said).decode()}


async def _put(tx: Writing, model: AdoptedModel | None, now: Millis) -> None:
    history = orjson.loads((await tx.notes()).get(_EARLIER, "[]"))
    history.append({"at": iso(now), "id": model and model.id, "text": model and model.text})
    await tx.put_notes({**_notes_of(model), _EARLIER: orjson.dumps(history).decode()})
