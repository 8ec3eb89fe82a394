"""Blocking rules: records with the same key are compared. A key is made of forms of attributes. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.attributes import Attribute
from graph_cdp.match.compare import Compared
from graph_cdp.match.compiled import combine
from graph_cdp.match.folding import mailbox_name
from graph_cdp.match.kinds import Kind
from graph_cdp.match.lines import Change, Lines, each_line
from graph_cdp.match.matched import Rows
from graph_cdp.match.values import Hashes
from graph_cdp.match.workers import FEW, each


class KeyPart(NamedTuple):
    """A form of an attribute, such as the year of a date."""

    attribute: str
    form: str


class Rule(NamedTuple):
    """Records are compared that agree in all parts; in any order if `unordered`."""

    parts: tuple[KeyPart, ...]
    unordered: bool = False

    @property
    def words(self) -> str:
        """The rule as one reads it."""
        joint = " and ".join(
            f"{part.attribute} ({part.form})" if part.form != "whole" else part.attribute for part in self.parts
        )
        return f"{joint} in any order" if self.unordered else joint


def _slice(first: int, end: int | None) -> Change:
    return lambda lines: each_line(lines, lambda text: text[first:end])


_SOUNDS: Final = tuple((re.compile(pattern, re.MULTILINE), sound) for pattern, sound in (
    ("^kn", "n"), ("^wr", "r"), ("ph", "f"), ("[ck]+h?|q", "k"), ("[sz]h?", "s"), ("x", "ks"),
    ("dt|d", "t"), ("b", "p"),
    ("v", "f"), ("g|j", "k"), ("y", "i"), ("l+", "l"), ("m+", "m"), ("n+", "n"), ("r+", "r"), ("s+", "s"), ("t+", "t"),
    ("f+", "f"), ("p+", "p"),
))  # fmt: skip
_SOUNDLESS: Final = re.compile("(?<=.)[aeiouhw ]+")


def _sound(lines: Lines) -> Lines:
    """The first letter and the consonants after it, those that sound alike as one; coarser than Metaphone."""
    for pattern, sound in _SOUNDS:
        lines = pattern.sub(sound, lines)
    return _SOUNDLESS.sub("", lines)


def _longest_word(lines: Lines) -> Lines:
    return each_line(lines, lambda text: max(text.split(), key=lambda word: (len(word), word), default=""))


FORMS: Final[Mapping[str, Change]] = {
    "sound": _sound,
    "first four letters": _slice(0, 4),
    "first letter": _slice(0, 1),
    "year": _slice(0, 4),
    "year and month": _slice(0, 6),
    "month and day": _slice(4, 8),
    "mailbox name": mailbox_name,
    "longest word": _longest_word,
    "last six digits": _slice(-6, None),
    "beginning": _slice(0, -2),
    "first four": _slice(0, 4),
    "last four": _slice(-4, None),
}
_FORMS_BY_KIND: Final[Mapping[Kind, tuple[str, ...]]] = {
    "given_name": ("sound", "first four letters", "first letter"),
    "family_name": ("sound", "first four letters", "first letter"),
    "date": ("year", "year and month", "month and day"),
    "email": ("mailbox name",),
    "phone": ("last six digits",),
    "street": ("longest word",),
    "address": ("longest word",),
    "text": ("longest word",),
    "postal_code": ("beginning",),
    "code": ("first four", "last four"),
}
_NEVER_ALONE: Final = frozenset({"first letter", "year", "first four", "last four"})


def possible_rules(attributes: Sequence[Attribute]) -> list[Rule]:
    """The rules to choose from: every form of an attribute, and those of every two attributes together."""
    parts = [KeyPart(one.name, form) for one in attributes for form in ("whole", *_FORMS_BY_KIND.get(one.kind, ()))]
    rules = [Rule((part,)) for part in parts if part.form not in _NEVER_ALONE]
    rules += [Rule((a, b)) for a, b in combinations(parts, 2) if a.attribute != b.attribute]
    rules += [
        Rule((KeyPart(one.name, "whole"), KeyPart(one.swaps, "whole")), unordered=True)
        for one in attributes
        if one.kind == "given_name" and one.swaps
    ]
    return rules


class Keys:
    """The keys of all records by rule, in an `order` of their rows if one is given; a form is made once."""

    def __init__(self, compared: Compared, order: Rows | None = None) -> None:
        self._values = {one.name: values for one, values in zip(compared.attributes, compared.values, strict=True)}
        self._order = order
        self._forms = dict[KeyPart, Hashes]()

    def make_forms(self, rules: Iterable[Rule]) -> None:
        """Make the forms of all rules, so that several workers may ask for keys at once."""
        few = all(len(values) < FEW for values in self._values.values())
        each(self._form, dict.fromkeys(part for rule in rules for part in rule.parts), few=few)

    def of(self, rule: Rule, first: int | None = None) -> Hashes:
        """By record, of all or of the first ones: the key, 0 where a part is missing."""
        forms = [self._form(part)[:first] for part in rule.parts]
        if rule.unordered:
            known = np.logical_and.reduce([form != 0 for form in forms])
            return np.where(known, np.add.reduce(forms), np.uint64(0))
        keys = forms[0].copy()
        for form in forms[1:]:
            combine(keys, form)
        return keys

    def _form(self, part: KeyPart) -> Hashes:
        if part not in self._forms:
            values = self._values[part.attribute]
            form = (values if part.form == "whole" else values.changed(FORMS[part.form])).by_record
            self._forms[part] = form if self._order is None else form[self._order]
        return self._forms[part]
