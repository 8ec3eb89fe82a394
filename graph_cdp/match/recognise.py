"""What the columns of a table hold, told by their names and their values. Pure."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.match.folding import folded as folded_lines
from graph_cdp.match.kinds import Column, Kind
from graph_cdp.match.lines import changed
from graph_cdp.match.nicknames import is_given_name
from graph_cdp.match.table import Table
from graph_cdp.normalise.names import (
    BIRTH,
    DOINGS,
    GROUPS,
    IDENTIFIERS,
    KEY_ENDINGS,
    RECORDS,
    SOURCES,
    TIMES,
    TRAITS,
    folded,
    words_of,
)

_ENOUGH: Final = 0.5
"""The share of values that must have the form which the name of the column promises."""
_NO_DOUBT: Final = 0.8
"""The share that tells by itself."""
_NEARLY_ALL: Final = 0.95
"""The share of different values that numbers records."""
_FEW: Final = 20
"""In so few values that none comes twice says nothing."""
_UNLIKE: Final = "no two records share a value, as in a number of records"
_FEW_KINDS: Final = 20
"""So few different values, each of many records, are a category."""
_ONE_WORD: Final = 1.4
"""The mean of words up to which values are single words."""
_ROWS: Final = 50_000
"""So many rows tell what a column holds."""

_KIND_BY_TRAIT: Final[dict[str, Kind]] = {
    "first_name": "given_name", "middle_name": "middle_name", "last_name": "family_name", "full_name": "full_name",
    "salutation": "category", "birth_date": "date", "birth_place": "city", "gender": "sex", "street": "street",
    "street_number": "house_number", "address": "address", "address_1": "address", "address_2": "address",
    "suburb": "city", "city": "city", "postal_code": "postal_code", "state": "region", "country": "country",
    "company": "text", "occupation": "category", "language": "category",
}  # fmt: skip
_WORDS_BY_KIND: Final[dict[Kind, str]] = {
    "given_name": "given names", "middle_name": "middle names", "family_name": "family names",
    "full_name": "whole names",
    "date": "dates", "year": "years", "email": "e-mail addresses", "phone": "phone numbers", "street": "streets",
    "house_number": "house numbers", "address": "addresses", "city": "places", "region": "regions",
    "postal_code": "postal codes", "country": "countries", "sex": "the sex", "code": "numbers that identify",
    "text": "free text", "category": "words that many share", "number": "numbers",
}  # fmt: skip

_PARTS_OF_ADDRESS: Final[frozenset[Kind]] = frozenset(
    {"street", "house_number", "city", "region", "postal_code", "country"}
)
_LAST: Final = frozenset({"last", "family", "sur"})
"""Words of names of columns that hold family names where given names lie beside."""
_OF_FIRMS: Final = frozenset(
    {"employer", "company", "firm", "firma", "organisation", "organization", "site", "agency", "program"}
)
"""Words of names of columns that hold a firm's name rather than a person's."""

_FORM: Final[dict[Kind, str]] = {
    "email": r"^\s*[^@\s,;]+@[^@\s,;]+\s*$",
    "phone": r"^\s*\+?[\d\s().\-/]{6,24}\s*$",
    "date": r"^\s*\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}([T ].*)?$|^\s*(1[5-9]|20)\d\d[01]\d[0-3]\d\s*$"
    r"|^\s*\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}$"
    r"|(?i)^\s*(\d{1,2}\.? )?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r" (\d{1,2}(st|nd|rd|th)?,? )?\d{4}$",
    "year": r"^\s*(1[5-9]|20)\d\d(\.0)?\s*$",
    "sex": r"(?i)^\s*(m|f|w|d|x|male|female|man|woman|mr|mrs|ms|homme|femme|hombre|mujer|masculino|femenino|mann|frau"
    r"|herr|weiblich|m[äa]nnlich|divers|other|unknown|[012])\s*$",
    "house_number": r"^\s*\d+\s*[-/]?\s*[a-zA-Z\d]{0,4}\s*$",
    "postal_code": r"^\s*[A-Za-z]{0,2}[- ]?\d[A-Za-z\d\- ]{1,9}\s*$",
}
_WHOLE_NUMBER: Final = r"^\s*[+-]?\d+(\.0)?\s*$"
_DECIMAL: Final = r"^\s*[+-]?\d*[.,]\d+\s*$"
_WITH_DIGITS: Final = r"^\s*[A-Za-z\d_\-{}]*\d[A-Za-z\d_\-{}]*\s*$"
_INTERNATIONAL: Final = r"^\s*(\+|00)[\d\s().\-/]{7,22}\s*$"


def recognise(
    table: Table, *, overrides: Mapping[str, Kind] = MappingProxyType({}), ignore: Collection[str] = ()
) -> tuple[Column, ...]:
    """A column each, in order. `overrides` (kind by name) and `ignore` stand above what is recognised."""
    columns = tuple(_column(name, texts, overrides, ignore) for name, texts in table.columns.items())
    return tuple(one if one.name in overrides else _beside(one, columns, table) for one in columns)


def _beside(column: Column, others: Sequence[Column], table: Table) -> Column:
    """What is called a whole name, but is one word beside a column of family (or given) names, is the other part.

    So are single words, beside given names, in a column whose name says that it is the last of something.
    """
    kinds = {one.kind for one in others}
    called_last = not _LAST.isdisjoint(map(folded, words_of(column.name))) and not kinds & {"family_name", "full_name"}
    beside_given = any(one.kind == "given_name" and one != column for one in others)
    if called_last and beside_given and column.kind in {"text", "given_name"}:
        values = _Values(table.columns[column.name])
        if values.words() < _ONE_WORD:
            return Column(
                column.name, "family_name", f"single words beside given names: {_WORDS_BY_KIND['family_name']}"
            )
    if column.kind == "full_name" and len(kinds & {"given_name", "family_name"}) == 1:
        values = _Values(table.columns[column.name])
        if values.words() < _ONE_WORD:
            kind: Kind = "given_name" if "family_name" in kinds else "family_name"
            return Column(column.name, kind, f"single words beside the other part of a name: {_WORDS_BY_KIND[kind]}")
    return column


def _column(name: str, texts: pa.LargeStringArray, overrides: Mapping[str, Kind], ignore: Collection[str]) -> Column:
    if name in ignore:
        return Column(name, "left_out", "it was asked to be ignored")
    if name in overrides:
        return Column(
            name, overrides[name], "it was told to hold " + _WORDS_BY_KIND.get(overrides[name], "nothing of use")
        )
    values = _Values(texts)
    return _empty(name, values) or _useless(name, values) or _by_name(name, values) or _by_form(name, values)


class _Values:
    """What some of the values of a column look like."""

    def __init__(self, texts: pa.LargeStringArray) -> None:
        trimmed = pc.utf8_trim_whitespace(texts.slice(0, _ROWS))
        self._all = trimmed.filter(pc.not_equal(trimmed, "")).drop_null()
        self.distinct = self._all.unique()

    def __len__(self) -> int:
        return len(self._all)

    @property
    def difference(self) -> float:
        """Distinct values to values."""
        return len(self.distinct) / max(len(self), 1)

    @property
    def few(self) -> bool:
        """Whether many share each of few values."""
        return len(self.distinct) <= _FEW_KINDS and len(self) > 10 * len(self.distinct)

    @property
    def of_one_length(self) -> float:
        """The share of distinct values that are as long as most."""
        counts = pc.value_counts(pc.utf8_length(self.distinct)).field("counts")
        return float(pc.max(counts).as_py()) / max(len(self.distinct), 1)

    def share(self, form: str) -> float:
        """Of the distinct values those that have the form."""
        if not len(self.distinct):
            return 0.0
        return float(pc.mean(pc.match_substring_regex(self.distinct, form)).as_py())

    def share_of_all(self, form: str) -> float:
        """Of all values those that have the form."""
        return float(pc.mean(pc.match_substring_regex(self._all, form)).as_py()) if len(self) else 0.0

    def words(self) -> float:
        """The mean number of words."""
        return float(pc.mean(pc.add(pc.count_substring(changed(self.distinct, folded_lines), " "), 1)).as_py())

    def given_names(self) -> float:
        """The share of distinct values of which some word is known as a given name."""
        texts = changed(self.distinct.slice(0, 2000), folded_lines).drop_null().to_pylist()
        return sum(any(map(is_given_name, text.split())) for text in texts) / max(len(texts), 1)


def _empty(name: str, values: _Values) -> Column | None:
    if len(values) == 0:
        return Column(name, "left_out", "it is empty")
    if len(values.distinct) == 1 and _kind_by_name(name) is None:
        return Column(name, "left_out", "all its values are equal")
    return None


def _useless(name: str, values: _Values) -> Column | None:
    if _kind_by_name(name) is not None:
        return None
    key, words = folded(name), words_of(name)
    called_a_key = key in RECORDS or not KEY_ENDINGS.isdisjoint(words[-1:])
    unlike = values.difference == 1.0 and values.share(_WITH_DIGITS) >= _NO_DOUBT and len(values) > _FEW
    groups = GROUPS.intersection([key, *words])
    if groups == {"family"} and values.share(r"\d") < _ENOUGH:
        groups = frozenset()  # names rather than numbers of families
    happened = key in DOINGS or (any(key in names for names in TIMES) and not BIRTH.search(key))
    reasons = {
        "it tells where a record comes from": key in SOURCES,
        "by its name it is a known truth, which would answer for itself": bool(groups),
        "it numbers the records": called_a_key and values.difference > _NEARLY_ALL,
        _UNLIKE: unlike,
        "it tells what happened rather than who": happened,
        "it measures something": values.share(_DECIMAL) >= _NO_DOUBT,
    }
    return next((Column(name, "left_out", reason) for reason, holds in reasons.items() if holds), None)


def _kind_by_name(name: str) -> Kind | None:
    """By the longest run of words of the name that is known."""
    words = [folded(word) for word in words_of(name)] or [folded(name)]
    runs = ["".join(words[i : i + size]) for size in range(len(words), 0, -1) for i in range(len(words) - size + 1)]
    kinds = [kind for run in (folded(name), *runs) if (kind := _kind_of_word(run)) is not None]
    parts = set(kinds)
    if kinds[:1] == ["address"] and (part := next((kind for kind in kinds if kind in _PARTS_OF_ADDRESS), None)):
        return part
    if not _OF_FIRMS.isdisjoint(words):
        return "text" if kinds[:1] == ["full_name"] else kinds[0] if kinds else None
    if "family_name" in parts and ("given_name" in parts or not {"first", "given", "fore"}.isdisjoint(words)):
        return "full_name"
    return kinds[0] if kinds else None


def _kind_of_word(word: str) -> Kind | None:
    for trait, names in TRAITS.items():
        if word in names:
            return _KIND_BY_TRAIT[trait]
    if word in {"birthyear", "yearofbirth", "yob", "year", "geburtsjahr", "jahrgang"}:
        return "year"
    for known in IDENTIFIERS:
        if word in known.columns:
            return "email" if known.trait == "email" else "phone" if known.trait == "phone" else "code"
    return None


def _by_name(name: str, values: _Values) -> Column | None:
    kind = _kind_by_name(name)
    if kind is None:
        return None
    if kind == "date" and values.share(_FORM["year"]) >= _NO_DOUBT:
        kind = "year"
    if kind == "code" and values.difference == 1.0 and len(values) > _FEW:
        return Column(name, "left_out", _UNLIKE)
    if kind in _FORM and (share := values.share_of_all(_FORM[kind])) < _ENOUGH:
        told = _by_form(name, values)
        return Column(
            name, told.kind, f"called like {_WORDS_BY_KIND[kind]}, but only {share:.0%} look so; {told.reason}"
        )
    return Column(name, kind, f"by its name it holds {_WORDS_BY_KIND[kind]}")


def _by_form(name: str, values: _Values) -> Column:
    kind = _kind_by_form(values)
    return Column(name, kind, f"by its values it holds {_WORDS_BY_KIND[kind]}")


def _kind_by_form(values: _Values) -> Kind:  # noqa: PLR0911
    plain: tuple[Kind, ...] = ("email", "year", "date", "sex")
    for kind in plain:
        if values.share_of_all(_FORM[kind]) >= _NO_DOUBT and (kind != "sex" or len(values.distinct) <= 8):
            return kind
    if values.share(_INTERNATIONAL) >= _NO_DOUBT:
        return "phone"
    if values.share(_WHOLE_NUMBER) >= _NO_DOUBT:
        # What counts or measures has more and fewer digits; what identifies has as many everywhere.
        long = values.share(r"\d{5,}") >= _ENOUGH and values.of_one_length >= _NO_DOUBT
        return "code" if long else "number"
    if values.share(_WITH_DIGITS) >= _NO_DOUBT:
        return "category" if values.few else "code"
    words = values.words()
    if values.given_names() >= 0.4 and not values.few:
        return "given_name" if words < _ONE_WORD else "full_name" if words < 4 else "text"
    if words >= 2 and values.share(r"\d") >= _ENOUGH:
        return "address"
    if words < 3 and (values.difference < 0.02 or len(values.distinct) <= 20):
        return "category"
    return "text"
