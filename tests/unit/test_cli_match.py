"""Matching files from the command line: real records, several files, files that are odd or broken."""

import csv
import gzip
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from graph_cdp.files.columns import read_columns

RECORDS = Path(__file__).parents[1] / "data" / "records"
FAKE, FEBRL = RECORDS / "fake_1000.csv", RECORDS / "febrl3.csv"
PEOPLE = """id,first_name,last_name,born,email
1,Anna,Lindner,1980-05-17,anna.lindner@mail.example
2,Ana,Lindner,1980-05-17,anna.lindner@mail.example
3,Jonas,Brandt,1975-01-02,jonas@post.example
4,Emil,Hoffmann,1991-11-30,emil.h@web.example.org
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_real_records_are_matched_and_judged_by_their_truth(cli, tmp_path):
    done = cli("evaluate", FAKE, "--truth", "cluster", "--svg", "curves.svg", "--format", "json")
    judged = orjson.loads(done.out)
    assert done.code == 0
    assert judged["pairwise"]["f1"] > 0.96
    assert judged["b_cubed"]["f1"] > 0.96
    assert (judged["judged"], judged["persons"]) == (1_000, 251)
    chosen = [one for one in judged["curves"]["clusters"] if one["threshold"] == judged["threshold"]]
    assert [one["f1"] for one in chosen] == [pytest.approx(judged["pairwise"]["f1"])]
    assert (tmp_path / "curves.svg").read_text().startswith("<svg")


def test_what_run_writes_is_what_evaluate_judges(cli, tmp_path):
    assert cli("match", "run", FAKE, "--ignore", "cluster", "--out", "c.csv", "--pairs", "p.csv").code == 0
    judged = orjson.loads(cli("evaluate", FAKE, "--truth", "cluster", "--format", "json").out)
    again = orjson.loads(cli("evaluate", FAKE, "--truth", "cluster", "--clusters", "c.csv", "--format", "json").out)
    assert again["pairwise"] == judged["pairwise"]
    clusters, pairs = rows(tmp_path / "c.csv"), rows(tmp_path / "p.csv")
    assert [row["record"] for row in clusters] == [str(n) for n in range(1_000)]
    assert {row["cluster"] for row in clusters} <= {row["record"] for row in clusters}
    assert all(0 <= float(row["confidence"]) <= 1 for row in clusters)
    assert list(pairs[0]) == ["a", "b", "score", "band"]
    assert {row["band"] for row in pairs} <= {"join", "review", "apart"}


def test_a_model_learned_once_matches_the_same_and_again(cli, tmp_path):
    assert cli("match", "train", FAKE, "--ignore", "cluster", "--out", "model.json").code == 0
    assert cli("match", "run", FAKE, "--model", "model.json", "--out", "with.csv").code == 0
    assert cli("match", "run", FAKE, "--ignore", "cluster", "--out", "without.csv").code == 0
    assert (tmp_path / "with.csv").read_bytes() == (tmp_path / "without.csv").read_bytes()
    orjson.loads((tmp_path / "model.json").read_bytes())


def test_files_are_matched_within_and_across_though_their_columns_are_called_otherwise(cli, tmp_path):
    table = read_columns(FEBRL).columns
    names = {" ".join(name.split()): column for name, column in table.items()}
    renamed = {"given_name": "Vorname", "surname": "Nachname", "date_of_birth": "Geburtsdatum", "postcode": "PLZ"}
    half = len(names["rec_id"]) // 2
    one = pa.table({name: column.slice(0, half) for name, column in names.items()})
    other = pa.table({renamed.get(name, name): column.slice(half) for name, column in names.items()})
    pq.write_table(one, tmp_path / "one.parquet")
    pq.write_table(other, tmp_path / "other.parquet")
    done = cli("match", "run", "one.parquet", "other.parquet", "--out", "c.csv", "--format", "json")
    assert done.code == 0
    assert [one["source"] for one in orjson.loads(done.out)["files"]] == ["one", "other"]
    cluster_by_record = {row["record"]: row["cluster"] for row in rows(tmp_path / "c.csv")}
    here = set(one["rec_id"].to_pylist())
    across = [
        (record, original)
        for record in here
        if (original := f"rec-{record.split('-')[1]}-org") in cluster_by_record.keys() - here
    ]
    assert len(across) > 500
    assert sum(cluster_by_record[a] == cluster_by_record[b] for a, b in across) > 0.99 * len(across)


def test_ids_that_two_files_share_begin_with_the_files_names(cli, tmp_path):
    for name in ("crm", "shop"):
        (tmp_path / f"{name}.csv").write_text(PEOPLE)
    assert cli("match", "run", "crm.csv", "shop.csv", "--out", "c.csv").code == 0
    assert [row["record"] for row in rows(tmp_path / "c.csv")] == [f"{s}/{n}" for s in ("crm", "shop") for n in "1234"]


def test_records_without_ids_are_called_by_their_lines(cli, tmp_path):
    (tmp_path / "people.csv").write_text("\n".join(line.partition(",")[2] for line in PEOPLE.splitlines()))
    assert cli("match", "run", "people.csv", "--out", "c.csv").code == 0
    assert [row["record"] for row in rows(tmp_path / "c.csv")] == [f"people/{n}" for n in (2, 3, 4, 5)]


def test_an_explanation_adds_up_and_is_drawn(cli, tmp_path):
    done = cli("match", "explain", FAKE, "0", "1", "--svg", "why.svg", "--format", "json")
    why = orjson.loads(done.out)
    assert why["band"] == "join"
    assert why["prior"] + sum(bar["weight"] for bar in why["bars"]) == pytest.approx(why["weight"])
    assert why["score"] == pytest.approx(1 / (1 + 2 ** -why["weight"]))
    assert "Robert" in (tmp_path / "why.svg").read_text()
    shown = cli("match", "explain", FAKE, "0", "1").out
    assert "are taken for the same person" in shown
    assert "█" in shown


def test_an_id_that_no_record_has_is_not_found_and_not_repeated(cli):
    done = cli("match", "explain", FAKE, "0", "anna@mail.example")
    assert done.code == 1
    assert "no record has the second id" in done.err
    assert "anna@mail.example" not in done.err


@pytest.mark.parametrize("packed", ["gz", "zst"])
def test_packed_files_and_json_lines_are_matched_as_well(cli, tmp_path, packed):
    lines = [orjson.dumps(row) for row in csv.DictReader(PEOPLE.splitlines())]
    pack = gzip.compress if packed == "gz" else zstandard.compress
    (tmp_path / f"people.jsonl.{packed}").write_bytes(pack(b"\n".join(lines)))
    assert cli("match", "run", f"people.jsonl.{packed}", "--out", "c.csv").code == 0
    assert [row["record"] for row in rows(tmp_path / "c.csv")] == list("1234")


def test_a_single_record_is_a_cluster_of_its_own(cli, tmp_path):
    (tmp_path / "one.csv").write_text("\n".join(PEOPLE.splitlines()[:2]) + "\n")
    assert cli("match", "run", "one.csv", "--out", "c.csv", "--pairs", "p.csv").code == 0
    assert [(row["record"], row["cluster"]) for row in rows(tmp_path / "c.csv")] == [("1", "1")]
    assert (tmp_path / "p.csv").read_text() == "a,b,score,band\n"


def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_is_matched(cli, tmp_path):
    (tmp_path / "people.csv").write_bytes(PEOPLE.encode() + b"5,Br\xffken,Row,1990-01-01,\n6,too,few\n")
    done = cli("match", "run", "people.csv", "--out", "c.csv")
    assert done.code == 1
    assert "people.csv: line 6: not read: not UTF-8 at byte 5" in done.err
    assert "people.csv: line 7: not read: it has 3 cells where the header has 5" in done.err
    assert len(rows(tmp_path / "c.csv")) == 4


@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        (PEOPLE + "2,Twice,Over,1990-01-01,\n", ["--id", "id"], "lines 3 and 6: 'id' is the same"),
        (PEOPLE + ",No,Id,1990-01-01,\n", ["--id", "id"], "line 6: 'id' is empty"),
        (PEOPLE, ["--id", "nosuch"], "--id names 'nosuch', but the columns are id, first_name"),
        (PEOPLE, ["--ignore", "born,nosuch"], "--ignore names 'nosuch'"),
        (PEOPLE, ["--column", "born=birthday"], "--column wants NAME=KIND, and KIND is one of given_name"),
        (PEOPLE, ["--ignore", "first_name,last_name,born,email"], "no column tells whom a record is about"),
        ("", [], "the file is empty"),
        ("first_name,last_name\n", [], "there are no records in it"),
        (PEOPLE, ["--model", "nosuch.json"], "nosuch.json: the model cannot be read"),
        (PEOPLE, ["--model", "people.csv"], "people.csv: "),
        (PEOPLE, ["--pairs", "no/such/folder.csv"], "folder.csv: cannot be written"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_and_nothing_is_written(cli, tmp_path, content, arguments, told):
    (tmp_path / "people.csv").write_text(content)
    done = cli("match", "run", "people.csv", "--out", "c.csv", *arguments)
    assert done.code == 2
    assert told in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_a_column_can_be_said_to_hold_something_else(cli, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE.replace("last_name", "x"))
    said = ["--column", "x=family_name", "--ignore", "email", "--format", "json"]
    columns = orjson.loads(cli("match", "run", "people.csv", "--out", "c.csv", *said).out)["columns"]
    used = {one["name"]: (one["kind"], one["used"]) for one in columns}
    assert used["x"] == ("family_name", True)
    assert used["email"] == ("left_out", False)


def test_clusters_of_another_tool_must_hold_every_record(cli, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE.replace("email", "who"))
    (tmp_path / "c.csv").write_text("record,cluster\n1,a\n2,a\n3,b\n")
    done = cli("evaluate", "people.csv", "--truth", "who", "--clusters", "c.csv")
    assert done.code == 2
    assert "c.csv: 1 of the records are in no cluster" in done.err
    (tmp_path / "c.csv").write_text("record,cluster\n4,c\n1,a\n2,a\n3,b\n")
    judged = orjson.loads(
        cli("evaluate", "people.csv", "--truth", "who", "--clusters", "c.csv", "--format", "json").out
    )
    assert judged["pairwise"] == {"precision": 1, "recall": 1, "f1": 1}
    assert judged["curves"] is None


def test_a_truth_that_nobody_has_judges_nothing(cli, tmp_path):
    (tmp_path / "people.csv").write_text(
        PEOPLE.replace("email\n", "email,who\n").replace("\n", ",\n").replace("who,", "who")
    )
    done = cli("evaluate", "people.csv", "--truth", "who")
    assert done.code == 2
    assert "no record has a value in the truth column 'who'" in done.err
