"""Bad files: what rejects a row, what is an error as a whole, and what both say."""

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
import zstandard

from graph_cdp.errors import InputError
from graph_cdp.files import Batch, Reject, fingerprint, open_rows


def rejects_in(path: Path) -> list[Reject]:
    return [reject for batch in open_rows(path) for reject in batch.rejects]


def read_until_error(path: Path) -> tuple[list[Batch], InputError]:
    batches = list[Batch]()
    try:
        batches.extend(open_rows(path, size=1_000))
    except InputError as error:
        return batches, error
    raise AssertionError("the file was read to its end")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a":}', "invalid JSON at column 6"),
        (b'{"a":1', "invalid JSON at column 7"),
        (b'{"a":"\\ud800"}', "invalid JSON at column"),
        (b'{"a":NaN}', "invalid JSON at column"),
        (b"[" * 5_000, "invalid JSON at column"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"a":"\xff"}', "not UTF-8 at byte 7"),
        (b'{"a":"\0"}', "NUL at byte 7"),
    ],
)
def test_a_line_that_is_no_object_is_rejected_and_the_others_are_read(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' + line + b'\n{"a":2}\n')
    (batch,) = open_rows(path)
    assert [row.values for row in batch.rows] == [{"a": 1}, {"a": 2}]
    ((number, found, text),) = batch.rejects
    assert number == 2
    assert found.startswith(reason)
    assert text.encode() == line[:1_000].replace(b"\xff", b"\\xff")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"1", "it has 1 cells where the header has 2"),
        (b"1,2,3", "it has 3 cells where the header has 2"),
        (b"1,\xff", "not UTF-8 at byte 3: say with --encoding how it is written (by Excel: windows-1252)"),
        (b"1,\0", "NUL at byte 3"),
        (b'1,"a"b', "a quote in the middle of a cell"),
        (b"1,a\rb", "a carriage return in the middle of a cell that is not quoted"),
        (b'1,"never closed', "a quote is never closed"),
    ],
)
def test_a_record_that_does_not_fit_is_rejected_and_the_others_are_read(
    tmp_path: Path, record: bytes, reason: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n" + record + b"\n3,4\n5,6\n")
    (batch,) = open_rows(path)
    assert [(row.line, row.values["a"]) for row in batch.rows] == [(2, "1"), (4, "3"), (5, "5")]
    ((number, found, text),) = batch.rejects
    assert (number, found) == (3, reason)
    assert text == record.decode(errors="backslashreplace")


def test_a_parquet_value_that_cannot_be_read_is_told_with_its_column_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    mail = pa.StringArray.from_buffers(3, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffc"))
    seen = pa.array([-(10**15), 0, 0], pa.timestamp("ms"))
    pq.write_table(pa.table({"id": [1, 2, 3], "mail": mail, "seen": seen}), path)
    (batch,) = open_rows(path)
    assert [row.values["id"] for row in batch.rows] == [3]
    assert [reject[:2] for reject in batch.rejects] == [
        (1, "seen: holds a time out of bounds, which are the years 1 to 9999"),
        (2, "mail: is not UTF-8"),
    ]


def test_a_quote_that_is_never_closed_costs_one_line_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"open\n' + b"3,4\n" * 100_000)
    batches = list(open_rows(path))
    assert sum(len(batch.rows) for batch in batches) == 100_000
    assert [(reject.line, reject.text) for batch in batches for reject in batch.rejects] == [(2, '1,"open')]


def test_the_text_of_a_reject_is_bounded_and_printable(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{\n".replace(b"\n", b"\xff" * 5_000 + b"\n"))
    (reject,) = rejects_in(path)
    assert len(reject.text) == 1_000
    assert reject.text.isascii()


TEXT = "name,mail\nAda,a@b.example\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.jsonl", b"", "empty"),
        ("blank.csv", b"\n \n", "empty"),
        ("empty.csv.gz", gzip.compress(b""), "empty"),
        ("empty.parquet", b"", "empty"),
        ("noise.csv", bytes(range(256)) * 40, "binary"),
        ("noise.jsonl", bytes(range(256)) * 40, "binary"),
        ("zeros", bytes(4_000), "binary"),
        ("sheet.xlsx", b"PK\x03\x04" + bytes(50), "Excel"),
        ("page.pdf", b"%PDF-1.7\n", "PDF"),
        ("image.csv", b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        ("a.csv.bz2", b"BZh91AY&SY", "bzip2"),
        ("utf16_without_mark.csv", TEXT.encode("utf-16-be"), "UTF-16"),
        ("array.json", b'[{"a":1},\n{"a":2}]', "JSON array"),
        ("pretty.json", b'{\n  "a": 1\n}\n', "one object spreads"),
        ("latin1.csv", "straße,ort\n1,2\n".encode("latin-1"), "not UTF-8 at byte 5"),
        ("no_header.csv", b"1,Ada,ada@a.example\n2,Bob,bob@b.example\n", "cell 3 is an e-mail address"),
        ("no_header_either.csv", b"1,2,x\n3,4,y\n", "numbers"),
        ("dated.csv", b"Ada,1815-12-10\n", "cell 2 is a date"),
        ("twice.csv", b"mail,name, mail\n1,2,3\n", "'mail'"),
        ("a.csv.gz", gzip.compress(TEXT.encode())[:12], "ends too early"),
        ("a.csv.zst", zstandard.compress(TEXT.encode())[:9], "ends too early"),
        ("a.parquet.gz", gzip.compress(b"PAR1" + bytes(50)), "unpack"),
        ("text.parquet", TEXT.encode(), "no Parquet file"),
        ("cut.parquet", b"PAR1" + bytes(50), "damaged or cut off"),
        ("secret.parquet", b"PARE" + bytes(50) + b"PARE", "encrypted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_which_and_why(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        list(open_rows(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert "a.example" not in str(caught.value)


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    for read in (open_rows, fingerprint):
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path / "missing.csv")
        with pytest.raises(InputError, match="folder"):
            read(tmp_path)


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="no regular file"):
        open_rows(tmp_path / "pipe")


@contextmanager
def somebody_without_rights() -> Iterator[None]:
    """Root may read everything, so it steps down for a moment."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    path.chmod(0)
    with somebody_without_rights(), pytest.raises(InputError, match="may not be read"):
        open_rows(path)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.csv.zst"])
def test_what_comes_before_a_cut_is_read_first_and_the_rest_once_it_is_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    noise = "".join(f"{number},{hash((number, 'x'))}\n" for number in range(60_000))
    content = ("a,b\n" + noise if "csv" in name else "".join(f'{{"a":[{row}]}}\n' for row in noise.split())).encode()
    packed = gzip.compress(content, 6) if name.endswith("gz") else zstandard.compress(content)
    path.write_bytes(packed[: len(packed) * 3 // 4])
    batches, error = read_until_error(path)
    assert not [reject for batch in batches for reject in batch.rejects]
    lines = [row.line for batch in batches for row in batch.rows]
    first = 2 if "csv" in name else 1
    assert len(lines) > 10_000
    assert lines == list(range(first, first + len(lines)))
    assert f"after line {lines[-1]}" in str(error)

    path.write_bytes(packed)
    rest = [row.line for batch in open_rows(path, batches[-1].position) for row in batch.rows]
    assert [*lines, *rest] == list(range(first, first + 60_000))


@pytest.mark.parametrize(
    "pack", [gzip.compress, zstandard.ZstdCompressor(write_checksum=True).compress], ids=["gzip", "zstd"]
)
def test_packed_bytes_that_changed_are_an_error_at_the_latest_at_the_end(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.jsonl"
    packed = bytearray(pack(b"".join(b'{"a":"%x"}\n' % (number * 7_919) for number in range(5_000))))
    packed[len(packed) // 2] ^= 1
    path.write_bytes(packed)
    with pytest.raises(InputError, match="damaged"):
        list(open_rows(path))


def test_a_parquet_file_damaged_inside_gives_the_rows_before(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [str(number) for number in range(3_000)]}), path, row_group_size=1_000)
    spoiled = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(2).column(0).dictionary_page_offset
    spoiled[start : start + 400] = bytes(400)
    path.write_bytes(spoiled)
    batches, error = read_until_error(path)
    assert "after row 2000" in str(error)
    assert [row.line for batch in batches for row in batch.rows] == list(range(1, 2_001))


class _Kms(pe.KmsClient):
    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:  # noqa: ARG002
        return key_bytes.hex().encode()

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:  # noqa: ARG002
        return bytes.fromhex(wrapped_key.decode())


@pytest.mark.parametrize("plaintext_footer", [True, False])
def test_a_really_encrypted_parquet_file_says_so(tmp_path: Path, plaintext_footer: bool) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"a": ["x", "y"]})
    settings = pe.EncryptionConfiguration("footer", column_keys={"column": ["a"]}, plaintext_footer=plaintext_footer)
    properties = pe.CryptoFactory(lambda _: _Kms()).file_encryption_properties(pe.KmsConnectionConfig(), settings)
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    with pytest.raises(InputError, match="encrypted"):
        list(open_rows(path))


def test_a_parquet_file_that_names_a_column_twice_says_which(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["mail", "mail"]), path)
    with pytest.raises(InputError, match="'mail'"):
        open_rows(path)
