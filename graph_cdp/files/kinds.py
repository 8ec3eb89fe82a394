"""What kind a file of rows is: told by its content first, and by its name where that leaves a choice."""

import re
from pathlib import Path

from graph_cdp.errors import InputError
from graph_cdp.files.rows import Kind

BOM = b"\xef\xbb\xbf"
_JSON_NAME = re.compile(r"\.(jsonl|ndjson|json)(\.(gz|zst|zstd))?$", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"%PDF": "a PDF: export the data as CSV",
    b"\x89PNG": "a picture: give the file with the data",
    b"BZh": "packed with bzip2: unpack it, or pack it with gzip",
    b"\xfd7zXZ": "packed with xz: unpack it, or pack it with gzip",
    b"7z\xbc\xaf": "a 7z archive: unpack it",
    b"SQLite format 3": "an SQLite database: export the table as CSV",
    b"ARROW1": "an Arrow file: write it as Parquet",
    b"ORC": "an ORC file: write it as Parquet",
    b"Obj\x01": "an Avro file: write it as Parquet or JSONL",
}


def kind_of(path: Path, head: bytes) -> Kind:
    """The kind of a file by its first unpacked bytes. Raises InputError, with a remedy, where it is none of them."""
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    _refuse_foreign(path, head)
    if path.suffix.lower() == ".parquet":
        raise InputError(f"{path}: this is no Parquet file, whatever its name says: fetch it again, or rename it.")
    text = head.removeprefix(BOM).lstrip()
    named_json = _JSON_NAME.search(path.name) is not None
    if text.startswith(b"[") and (named_json or text[1:].lstrip().startswith((b"{", b"]"))):
        raise InputError(f"{path}: this is one JSON array: write one object a line (jq -c '.[]' FILE).")
    return "jsonl" if named_json or text.startswith(b"{") else "csv"


def _refuse_foreign(path: Path, head: bytes) -> None:
    if _every_other_byte_is_nul(head):
        raise InputError(
            f"{path}: this is UTF-16 without its mark: name it with --encoding utf-16-le (or -be), or save it as UTF-8."
        )
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise InputError(f"{path}: this is {what}.")
    first_line = head.removeprefix(BOM).lstrip().partition(b"\n")[0].rstrip()
    if not first_line:
        raise InputError(f"{path}: the file is empty.")
    if first_line == b"{":
        raise InputError(f"{path}: one object spreads over several lines: put one on each (jq -c . FILE).")
    if not first_line.startswith(b"{") and _CONTROL.search(first_line):
        raise InputError(f"{path}: this is binary and of no kind known here: give JSONL, CSV or Parquet.")


def _every_other_byte_is_nul(head: bytes) -> bool:
    even, odd = head[:64:2], head[1:64:2]
    return len(odd) > 1 and any(even) != any(odd)
