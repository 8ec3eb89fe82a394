"""The records of one or several files as one table: their ids, and their columns aligned."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, get_args

import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.errors import InputError
from graph_cdp.files.columns import Columns, read_columns
from graph_cdp.match import Column, Kind, Table, aligned, recognise
from graph_cdp.normalise.names import GROUPS, KEY_ENDINGS, OTHERS, RECORDS, folded, words_of

KINDS: tuple[Kind, ...] = get_args(Kind)


class Wanted(NamedTuple):
    """What is said of the columns: which names the records, which are ignored, and what some of them hold.

    `encoding` of files of text that is not UTF-8.
    """

    id: str | None = None
    ignore: frozenset[str] = frozenset()
    kinds: Mapping[str, Kind] = {}
    encoding: str | None = None


class FileRead(NamedTuple):
    """A file as it was read: what its records are called after, and what its columns are called in the table."""

    columns: Columns
    source: str
    id: str | None
    name_by_own: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Records:
    """The records of all files in one table, in order, and what its columns are taken for."""

    table: Table
    columns: tuple[Column, ...]
    files: tuple[FileRead, ...]

    @property
    def rejected(self) -> int:
        """How many records could not be read."""
        return sum(len(file.columns.rejects) for file in self.files)


def wanted_columns(id_: str | None, ignore: Sequence[str], kinds: Sequence[str], encoding: str | None = None) -> Wanted:
    """What the options say. Raises InputError where a `--column` is no NAME=KIND."""
    kind_by_name = dict[str, Kind]()
    for said in kinds:
        name, equals, kind = said.rpartition("=")
        known = next((one for one in KINDS if one == kind), None)
        if not equals or known is None:
            raise InputError(f"--column wants NAME=KIND, and KIND is one of {', '.join(KINDS)}.")
        kind_by_name[name] = known
    ignored = frozenset(name for names in ignore for part in names.split(",") if (name := part.strip()))
    return Wanted(id_, ignored, kind_by_name, encoding)


def read_records(paths: Sequence[Path], wanted: Wanted, known: Sequence[Column] = ()) -> Records:
    """Read all files and align their columns: with each other, and with the `known` ones of a model.

    Raises InputError where a file cannot be read, holds no records, or lacks what the options name.
    """
    files, common = list[FileRead](), list(known)
    sources = _sources(paths)
    read = [read_columns(path, wanted.encoding) for path in paths]
    _check_names(read, wanted)
    for source, columns in zip(sources, read, strict=True):
        if not len(columns):
            raise InputError(f"{columns.path}: there are no records in it{_why_none(columns)}.")
        recognised = _recognised(Table.of(columns.columns), wanted) if common or len(read) > 1 else ()
        names = aligned(common, recognised)
        common += [one for one in recognised if names[one.name] == one.name and one not in common]
        files.append(FileRead(columns, source, _id_column(columns, wanted.id), names))
    table = _table(files)
    return Records(table, tuple(known) or _recognised(table, _in_common_words(wanted, files)), tuple(files))


def _recognised(table: Table, wanted: Wanted) -> tuple[Column, ...]:
    here = {name: kind for name, kind in wanted.kinds.items() if name in table.columns}
    ignored = wanted.ignore | ({wanted.id} if wanted.id else set())
    return recognise(table, overrides=here, ignore=ignored & table.columns.keys())


def _in_common_words(wanted: Wanted, files: Sequence[FileRead]) -> Wanted:
    """The same, by the names of the table."""
    name_by_own = {own: name for file in files for own, name in file.name_by_own.items()}
    return Wanted(
        wanted.id and name_by_own.get(wanted.id, wanted.id),
        frozenset(name_by_own.get(name, name) for name in wanted.ignore),
        {name_by_own.get(name, name): kind for name, kind in wanted.kinds.items()},
    )


def _check_names(read: Sequence[Columns], wanted: Wanted) -> None:
    there = dict.fromkeys(name for columns in read for name in columns.columns)
    named = {"--id": [wanted.id] if wanted.id else [], "--ignore": wanted.ignore, "--column": wanted.kinds}
    for option, names in named.items():
        for name in sorted(names):
            if name not in there:
                where = ", ".join(str(columns.path) for columns in read)
                raise InputError(f"{where}: {option} names {name!r}, but the columns are {', '.join(there)}.")


def _why_none(columns: Columns) -> str:
    if not columns.rejects:
        return ""
    first = columns.rejects[0]
    return f" that can be read; line {first.line}: {first.reason}"


def _sources(paths: Sequence[Path]) -> list[str]:
    """What files are called in ids: the name up to its first dot; with its number where another is called so."""
    names = [path.name.partition(".")[0] or path.name for path in paths]
    twice = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name}-{number}" if name in twice else name for number, name in enumerate(names, 1)]


def _id_column(file: Columns, wanted: str | None) -> str | None:
    """The column that names the records of a file: the one wanted, or one that is called so and never repeats."""
    if wanted is not None and wanted in file.columns:
        _must_be_distinct(file, wanted)
        return wanted
    keys = [name for name, column in file.columns.items() if _is_key(name) and _is_distinct(column)]
    return min(keys, key=lambda name: folded(name) not in RECORDS, default=None)


def _is_key(name: str) -> bool:
    words = words_of(name)
    ends = bool(words) and words[-1] in KEY_ENDINGS and GROUPS.union(OTHERS).isdisjoint(words)
    return folded(name) in RECORDS or ends


def _is_distinct(column: pa.LargeStringArray) -> bool:
    values = pc.unique(column)
    return column.null_count == 0 and len(values) == len(column) and not pc.any(pc.equal(values, "")).as_py()


def _must_be_distinct(file: Columns, name: str) -> None:
    column = file.columns[name]
    if _is_distinct(column):
        return
    line_by_id = dict[str, int]()
    for line, value in zip(file.lines.tolist(), column.to_pylist(), strict=True):
        if not value:
            raise InputError(f"{file.path}: line {line}: {name!r} is empty, so it cannot name the record.")
        if (before := line_by_id.setdefault(value, line)) != line:
            raise InputError(
                f"{file.path}: lines {before} and {line}: {name!r} is the same, so it cannot name the records: "
                "name another column with --id, or none to have them numbered by line."
            )


def _table(files: Sequence[FileRead]) -> Table:
    names = dict.fromkeys(file.name_by_own.get(own, own) for file in files for own in file.columns.columns)
    columns = {name: pa.concat_arrays([_column(file, name) for file in files]) for name in names}
    sources = pa.concat_arrays([pa.repeat(_text(file.source), len(file.columns)) for file in files])
    return Table.of(columns, ids=_ids(files), sources=sources)


def _column(file: FileRead, name: str) -> pa.LargeStringArray:
    for own, column in file.columns.columns.items():
        if file.name_by_own.get(own, own) == name:
            return column
    return pa.nulls(len(file.columns), pa.large_string())


def _ids(files: Sequence[FileRead]) -> pa.LargeStringArray:
    """The ids of all records; where two files use the same one, all begin with their file's name."""
    plain = pa.concat_arrays([_own_ids(file) for file in files])
    if len(files) == 1 or len(pc.unique(plain)) == len(plain):
        return plain
    # Those without an id of their own begin with it already.
    return pa.concat_arrays([_with_source(file, _own_ids(file)) if file.id else _own_ids(file) for file in files])


def _own_ids(file: FileRead) -> pa.LargeStringArray:
    if file.id is not None:
        return file.columns.columns[file.id]
    return _with_source(file, pa.array(file.columns.lines).cast(pa.large_string()))


def _with_source(file: FileRead, ids: pa.LargeStringArray) -> pa.LargeStringArray:
    return pc.binary_join_element_wise(_text(file.source), ids, _text("/"))


def _text(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
