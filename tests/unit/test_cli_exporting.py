"""`export`: everything comes out, in every format, and loads again."""

import csv
from datetime import datetime
from io import StringIO

import orjson
import pyarrow.parquet as pq
import pytest


def test_an_exported_store_loads_into_an_equal_one(loaded, policy):
    assert loaded("export", "events", "--output", "out.jsonl").code == 0
    other = ("--store", "sqlite:///other.db")
    assert loaded("ingest", "out.jsonl", "--policy", policy, *other).code == 0
    for what in ("profiles", "links", "refusals", "events"):
        assert loaded("export", what).out == loaded("export", what, *other).out


def test_a_profile_line_has_id_identifiers_and_traits(loaded):
    rows = loaded("export", "profiles").rows
    ann = next(row for row in rows if "user_id:u1" in row["identifiers"])
    assert ann["traits"] == {"birth_date": "1980-01-01", "email": "Ann@shop.example.org", "first_name": "Ann"}
    assert set(ann) == {"id", "identifiers", "traits"}


@pytest.mark.parametrize("what", ["profiles", "links", "refusals", "events"])
def test_csv_and_parquet_hold_the_same_rows(loaded, what, tmp_path):
    lines = loaded("export", what).rows
    table = list(csv.DictReader(StringIO(loaded("export", what, "--format", "csv").out)))
    assert loaded("export", what, "--format", "parquet", "--output", "out.parquet").code == 0
    packed = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert len(lines) == len(table) == len(packed) > 0
    for line, cells, row in zip(lines, table, packed, strict=True):
        if what == "events":
            assert orjson.loads(cells["event"]) == orjson.loads(row["event"]) == line
        else:
            assert list(cells) == list(row) == list(line)
            assert cells["id" if what == "profiles" else "a"] == row["id" if what == "profiles" else "a"]
            for moment in {"first_seen", "last_seen"} & set(line):
                assert row[moment] == datetime.fromisoformat(line[moment])
    assert not list(tmp_path.glob(".*.part"))
