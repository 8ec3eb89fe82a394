"""What a reader without `read:pii` sees in place of personal values: masks, the same one for the same value always."""

import re
from base64 import b32encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import orjson

from api.access.principal import Principal
from graph_cdp.domain.event import Issue
from graph_cdp.domain.identifier import Identifier, Key
from graph_cdp.domain.policy import PERSONAL_TRAITS
from graph_cdp.normalise.event_identifiers import COLLECT
from graph_cdp.policies import Rules

MASKED: Final = "masked-"
"""What every mask begins with."""

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:?&=/\\]+@[^\s@<>\"'(),;:?&=/\\]+\.[^\s@<>\"'(),;:?&=/\\]*[^\W_]")
_ENCODED_AT = re.compile("%40", re.IGNORECASE)
_NOT_PERSONAL_BELOW = frozenset({"name"})  # pages, products, libraries and campaigns have names
_SPELLING = re.compile(r"[ _-]")


class Masks:
    """Makes masks: 80 bits of a keyed hash of a value, so that nobody without the id key can try values out."""

    def __init__(self, rules: Rules, id_key: str) -> None:
        self.policy = rules.policy
        self._identifiers = rules.identifiers
        self._hash = blake2b(digest_size=10, key=blake2b(id_key.encode(), digest_size=32).digest(), person=b"mask")
        collect = {**COLLECT, **rules.policy.collect}
        self.namespace_by_path = {path: namespace for path, namespace in collect.items() if namespace}

    def mask(self, text: str) -> str:
        """The mask of a text: `masked-` and 16 characters."""
        digest = self._hash.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        return MASKED + b32encode(digest.digest()).decode().lower()

    def mask_as(self, namespace: str, value: str) -> str:
        """The mask of a value as it was sent: the one of its identifier, however the value is written."""
        named = self._identifiers.identify(namespace, value)
        return self.mask(value.strip() if isinstance(named, Issue) else Identifier.of(named.key).value)

    def scrubbed(self, text: str) -> str:
        """A text with masks for the e-mail addresses in it."""
        if "%40" in text:
            text = _ENCODED_AT.sub("@", text)
        if "@" not in text:
            return text
        return _ADDRESS.sub(lambda match: self.mask_as("email", match[0]), text)

    def is_personal(self, namespace: str) -> bool:
        """Whether values of a namespace are masked; of one that the policy lacks they are."""
        known = self.policy.by_name.get(namespace)
        return known is None or known.personal


class Masking:
    """Shows values to one reader. `is_open`: the reader may `read:pii`, and everything is given back as it is.

    Every value of a personal namespace or trait is masked, and so is an e-mail address wherever it stands in a text.
    """

    __slots__ = ("_masks", "is_open")

    def __init__(self, principal: Principal, masks: Masks) -> None:
        self.is_open = principal.may("read:pii")
        self._masks = masks

    def identifier(self, key: Key) -> Key:
        """A key, its value masked if its namespace is personal."""
        if self.is_open:
            return key
        namespace, value = Identifier.of(key)
        return f"{namespace}:{self.value(namespace, value)}"

    def value(self, namespace: str, value: str) -> str:
        """The value of an identifier."""
        if self.is_open:
            return value
        masks = self._masks
        return masks.mask(value) if masks.is_personal(namespace) else masks.scrubbed(value)

    def text(self, text: str) -> str:
        """A text that is no identifier and no trait, such as the name of an event."""
        return text if self.is_open else self._masks.scrubbed(text)

    def trait(self, name: str, value: object) -> object:
        """The value of a trait. Of objects and lists what is in them is masked; null stays."""
        if self.is_open:
            return value
        if not self._masks.policy.is_personal_trait(name):
            return self._walked(value)
        return self._hidden(value, self._masks.namespace_by_path.get(f"traits.{name}"))

    def event_body(self, body: Mapping[str, object]) -> dict[str, object]:
        """An event as it is kept, with all that it names and tells of somebody masked."""
        shown = dict(body)
        if self.is_open:
            return shown
        for name, value in body.items():
            if name in {"traits", "identifiers", "context"} and isinstance(value, dict | list):
                continue
            shown[name] = self._walked(value, name)
        if isinstance(traits := body.get("traits"), dict):
            shown["traits"] = self._traits(traits)
        if isinstance(listed := body.get("identifiers"), list):
            shown["identifiers"] = [self._listed(one, "namespace", "value") for one in listed]
        if isinstance(context := body.get("context"), dict):
            shown["context"] = self._context(context)
        return shown

    def _context(self, context: Mapping[str, object]) -> dict[str, object]:
        shown: dict[str, object] = {name: self._walked(value, f"context.{name}") for name, value in context.items()}
        if isinstance(traits := context.get("traits"), dict):
            shown["traits"] = self._traits(traits)
        if isinstance(listed := context.get("externalIds"), list):
            shown["externalIds"] = [self._listed(one, "type", "id") for one in listed]
        return shown

    def _traits(self, traits: Mapping[str, object]) -> dict[str, object]:
        return {name: self.trait(name, value) for name, value in traits.items()}

    def _listed(self, entry: object, namespace_key: str, value_key: str) -> object:
        if not isinstance(entry, dict):
            return self._hidden(entry, None)
        namespace = entry.get(namespace_key)
        if not isinstance(namespace, str) or self._masks.is_personal(namespace):
            return entry | {value_key: self._hidden(entry.get(value_key), str(namespace))}
        return entry | {value_key: self._walked(entry.get(value_key))}

    def _walked(self, value: object, path: str = "") -> object:
        """A value of an event, with what is personal in it masked: by its path, by its name, by its look."""
        if path:
            namespace = self._masks.namespace_by_path.get(path)
            if namespace is not None and self._masks.is_personal(namespace) and not isinstance(value, dict | list):
                return self._hidden(value, namespace)
            name = _SPELLING.sub("", path.rpartition(".")[2]).lower()
            if name in PERSONAL_TRAITS and name not in _NOT_PERSONAL_BELOW:
                return self._hidden(value, None)
        match value:
            case dict():
                return {name: self._walked(inner, f"{path}.{name}") for name, inner in value.items()}
            case list():
                return [self._walked(inner, path) for inner in value]
            case str():
                return self._masks.scrubbed(value)
            case _:
                return value

    def _hidden(self, value: object, namespace: str | None) -> object:
        """A personal value masked, of objects and lists every part."""
        masks = self._masks
        match value:
            case None:
                return None
            case dict():
                return {name: self._hidden(inner, namespace) for name, inner in value.items()}
            case list():
                return [self._hidden(inner, namespace) for inner in value]
            case str():
                return masks.mask(value) if namespace is None else masks.mask_as(namespace, value)
            case _:
                text = orjson.dumps(value).decode()
                return masks.mask(text) if namespace is None else masks.mask_as(namespace, text)
