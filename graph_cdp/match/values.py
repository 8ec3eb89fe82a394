"""One attribute of all records: integer codes, and the distinct texts that they stand for. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph_cdp.match.compiled import hash_texts, letters_of_texts, text_bytes
from graph_cdp.match.folding import fold
from graph_cdp.match.lines import FEW, Change, changed, changed_list
from graph_cdp.match.nicknames import numbers_of
from graph_cdp.match.table import Table

Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]
MISSING = np.int32(-1)


@dataclass(frozen=True, eq=False)
class Values:
    """`codes` by record, MISSING where there is none; `texts` by code, distinct, none of them null."""

    codes: Codes
    texts: pa.LargeStringArray

    @classmethod
    def of(cls, column: pa.LargeStringArray, change: Change) -> "Values":
        """Encode a column, then change its distinct texts."""
        encoded = column.dictionary_encode()
        return cls(_codes(encoded.indices), encoded.dictionary).changed(change)

    @classmethod
    def of_folded(cls, texts: Sequence[str | None]) -> "Values":
        """Read texts by record that are folded already, None where one is missing."""
        code_by_text: dict[str, int] = {}
        codes = [-1 if text is None else code_by_text.setdefault(text, len(code_by_text)) for text in texts]
        return cls(np.array(codes, np.int32), pa.array(list(code_by_text), pa.large_string()))

    @classmethod
    def of_rest(cls, table: Table, names: Sequence[str]) -> "Values":
        """The words of the first column that the others do not have, in order of the alphabet."""
        columns = [cls.of(table.column(name), partial(fold, kind="full_name")) for name in names]
        rows, row_of = np.unique(np.stack([column.codes for column in columns]), axis=1, return_inverse=True)
        words = [[text.split() for text in column.strings] for column in columns]
        texts = [
            rest_of(words[0][whole], (words[at][code] for at, code in enumerate(parts, 1) if code >= 0))
            if whole >= 0
            else None
            for whole, *parts in rows.T
        ]
        known = pa.array(texts, pa.large_string()).dictionary_encode()
        return cls(np.append(_codes(known.indices), MISSING)[row_of.ravel()], known.dictionary.cast(pa.large_string()))

    def changed(self, change: Change) -> "Values":
        """The same records with their texts changed, one by one; where nothing is left the value is missing."""
        if len(self.texts) < FEW:
            again = Values.of_folded(changed_list(self.texts.to_pylist(), change))
        else:
            encoded = changed(self.texts, change).dictionary_encode()
            again = Values(_codes(encoded.indices), encoded.dictionary.cast(pa.large_string()))
        return Values(np.append(again.codes, MISSING)[self.codes], again.texts)

    def seen_as(self, change: Change) -> "Values":
        """The same records with each text changed, empty where nothing is left; the texts need not be distinct."""
        if change not in self._seen_as:
            self._seen_as[change] = Values(self.codes, pc.fill_null(changed(self.texts, change), ""))
        return self._seen_as[change]

    @cached_property
    def _seen_as(self) -> dict[Change, "Values"]:
        return {}

    @cached_property
    def strings(self) -> NDArray[np.object_]:
        """The texts as Python strings."""
        return np.asarray(self.texts.to_numpy(zero_copy_only=False), object)

    @cached_property
    def utf8(self) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Where each text begins and the last one ends, and the bytes of all."""
        return text_bytes(self.texts)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """How many bytes each text has."""
        return np.diff(self.utf8[0])

    @cached_property
    def signs(self) -> NDArray[np.int32]:
        """How many signs each text has, those of more than one byte counted once."""
        return np.asarray(pc.utf8_length(self.texts).to_numpy(), np.int32)

    @cached_property
    def letters(self) -> NDArray[np.uint64]:
        """Which signs each text has: a bit for each, and one for all beyond ASCII."""
        return letters_of_texts(self.texts)

    @cached_property
    def eight_bytes(self) -> NDArray[np.uint8]:
        """The first eight bytes of each text, zeros after its end; one row a text."""
        return np.array(self.strings, "S8").view(np.uint8).reshape(len(self.strings), 8)

    @cached_property
    def known_names(self) -> NDArray[np.int32]:
        """The number of each text among known given names."""
        return numbers_of(self.strings)

    @cached_property
    def hashes(self) -> Hashes:
        """A hash of each text, of 64 bits, the same wherever the text is met."""
        return hash_texts(self.texts)

    @cached_property
    def by_record(self) -> Hashes:
        """The hash of each record's text; 0 where it is missing."""
        return np.append(self.hashes, np.uint64(0))[self.codes]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many records have each text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    def __len__(self) -> int:
        return len(self.codes)


def rest_of(words: Iterable[str], others: Iterable[Iterable[str]]) -> str | None:
    """The words that none of the others has, in order of the alphabet; None: there are none."""
    return " ".join(sorted(set(words).difference(*others))) or None


def _codes(indices: pa.Array) -> Codes:
    return np.asarray(pc.fill_null(indices, -1).to_numpy(zero_copy_only=False), np.int32)
