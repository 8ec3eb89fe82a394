"""Mappings: the event a row becomes, the TOML file, and where the two do not fit."""

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from graph_cdp.domain.event import RefusedEvent
from graph_cdp.errors import InputError
from graph_cdp.files import Column, Mapping, as_toml, check_columns, is_event, load_mapping

MAIL = Mapping(identifiers={"mail": "email"})


def test_a_row_becomes_an_event() -> None:
    mapping = Mapping(
        identifiers={"mail": "email", "tel": "phone"},
        traits={"vorname": "first_name"},
        properties={"shop": "store"},
        time="at",
        id="key",
        type="track",
        name=Column("what"),
        source="crm",
        ignore=("noise",),
    )
    row = {
        "mail": " ada@a.example ",
        "tel": "+43 1 234567",
        "vorname": "Ada",
        "shop": "Graz",
        "at": "2026-01-01T00:00:00Z",
        "key": 17,
        "what": "Order Completed",
        "noise": "x",
        "else": "kept",
    }
    assert mapping.apply(row, "file") == {
        "type": "track",
        "event": "Order Completed",
        "source": "crm",
        "messageId": "17",
        "timestamp": "2026-01-01T00:00:00Z",
        "identifiers": [
            {"namespace": "email", "value": "ada@a.example"},
            {"namespace": "phone", "value": "+43 1 234567"},
        ],
        "traits": {"first_name": "Ada"},
        "properties": {"store": "Graz", "else": "kept"},
    }


def test_a_column_may_be_identifier_and_trait() -> None:
    mapping = Mapping(identifiers={"mail": "email"}, traits={"mail": "email"})
    assert mapping.apply({"mail": "a@b.example"}, "file") == {
        "type": "identify",
        "identifiers": [{"namespace": "email", "value": "a@b.example"}],
        "traits": {"email": "a@b.example"},
    }


@pytest.mark.parametrize("absent", [None, "", "  \t", math.nan, math.inf, Decimal("NaN"), [], [None, " "], {}])
def test_what_is_empty_is_absent_everywhere(absent: object) -> None:
    mapping = Mapping(
        identifiers={"a": "email"}, traits={"b": "b"}, properties={"c": "c"}, time="d", id="e", name=Column("f")
    )
    assert mapping.apply(dict.fromkeys("abcdefg", absent), "file") == {"type": "identify", "identifiers": []}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("007", "007"),
        (9_007_199_254_740_993, "9007199254740993"),
        (17.0, "17"),
        (1.5, "1.5"),
        (Decimal(123456789012345678901234567890), "123456789012345678901234567890"),
        (Decimal("17.50"), "17.50"),
        (Decimal("1E+3"), "1000"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    ],
)
def test_an_identifier_is_exact_text(cell: object, text: str) -> None:
    assert MAIL.apply({"mail": cell}, "file") == {
        "type": "identify",
        "identifiers": [{"namespace": "email", "value": text}],
    }


def test_a_list_names_several_identifiers() -> None:
    event = MAIL.apply({"mail": ["a@b.example", None, 17]}, "file")
    assert isinstance(event, dict)
    assert event["identifiers"] == [
        {"namespace": "email", "value": "a@b.example"},
        {"namespace": "email", "value": "17"},
    ]


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (17, 17),
        (True, True),
        (1.5, 1.5),
        (Decimal("1.50"), "1.50"),
        (date(2026, 1, 31), "2026-01-31"),
        (time(12, 30), "12:30:00"),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00+00:00"),
        (timedelta(minutes=1), 60.0),
        (["a", 1, None, date(2026, 1, 31)], ["a", 1, "2026-01-31"]),
        ({"a": {"b": Decimal(1)}, "c": None}, {"a": {"b": "1"}}),
        ([("key", 1)], [["key", 1]]),
    ],
)
def test_a_trait_is_what_json_can_hold(cell: object, plain: object) -> None:
    event = Mapping(traits={"a": "b"}).apply({"a": cell}, "file")
    assert isinstance(event, dict)
    assert event["traits"] == {"b": plain}
    assert orjson.loads(orjson.dumps(event)) == event


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("2026-01-31 12:00", "2026-01-31 12:00"),
        ("20260131", "20260131"),
        (20260131, "20260131"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00+00:00"),
        ("1767225600", "2026-01-01T00:00:00.000+00:00"),
        (1767225600.25, "2026-01-01T00:00:00.250+00:00"),
        (1767225600123, "2026-01-01T00:00:00.123+00:00"),
        (1767225600123456, "2026-01-01T00:00:00.123+00:00"),
        ("1767225600123456789", "2026-01-01T00:00:00.123+00:00"),
        ("20260131120000", "20260131120000"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_time_becomes_iso_text_where_it_can_be_told(cell: object, text: str) -> None:
    event = Mapping(time="at").apply({"at": cell}, "file")
    assert isinstance(event, dict)
    assert event["timestamp"] == text


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (b"abc", "bytes"),
        ([b"abc"], "bytes"),
        (2.0**53, "too large to be exact"),
        ({"a": 1}, "one value is expected"),
        ([["a"]], "one value is expected"),
    ],
)
def test_a_cell_that_can_name_nobody_refuses_its_row(cell: object, reason: str) -> None:
    refused = MAIL.apply({"mail": cell}, "file")
    assert isinstance(refused, RefusedEvent)
    assert refused.path == "mail"
    assert reason in refused.reason


def test_bytes_refuse_their_row_unless_their_column_is_ignored() -> None:
    row = {"mail": "a@b.example", "photo": b"\xff"}
    refused = MAIL.apply(row, "file")
    assert isinstance(refused, RefusedEvent)
    assert refused.path == "photo"
    assert isinstance(Mapping(identifiers={"mail": "email"}, ignore=("photo",)).apply(row, "file"), dict)


def _records(mapping: Mapping, row: dict[str, object], source: str = "file") -> list[object]:
    event = mapping.apply(row, source)
    assert isinstance(event, dict)
    identifiers = event["identifiers"]
    assert isinstance(identifiers, list)
    return [one["value"] for one in identifiers if one["namespace"] == "record_id"]


def test_the_number_of_a_record_is_an_identifier_beside_the_others() -> None:
    mapping = Mapping(identifiers={"mail": "email"}, record="no")
    assert mapping.apply({"mail": "a@b.example", "no": "17", "city": "Graz"}, "file") == {
        "type": "identify",
        "identifiers": [{"namespace": "email", "value": "a@b.example"}, {"namespace": "record_id", "value": "file/17"}],
        "properties": {"city": "Graz"},
    }


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0", "file/0"), (0, "file/0"), (17.0, "file/17"), (" rec-1-org ", "file/rec-1-org"), ("a/b", "file/a/b")],
)
def test_the_number_of_a_record_is_exact_text_behind_its_source(cell: object, value: str) -> None:
    assert _records(Mapping(record="no"), {"no": cell}) == [value]


def test_a_record_belongs_to_the_source_that_its_row_or_else_its_mapping_or_else_its_file_names() -> None:
    by_row = Mapping(record="no", source=Column("from"))
    assert _records(by_row, {"no": 1, "from": "shop"}) == ["shop/1"]
    assert _records(by_row, {"no": 1, "from": " "}) == ["file/1"]
    assert _records(Mapping(record="no", source="crm"), {"no": 1}) == ["crm/1"]
    assert _records(Mapping(record="no"), {"no": 1}) == ["file/1"]


def test_records_of_two_sources_are_never_one() -> None:
    mapping = Mapping(record="no")
    pairs = [("a", "b/c"), ("a/b", "c"), ("a%2Fb", "c"), ("a%252Fb", "c"), ("a", "2Fb/c"), ("a%", "c"), ("a%25", "c")]
    values = [_records(mapping, {"no": number}, source)[0] for source, number in pairs]
    assert len(set(values)) == len(pairs)


@pytest.mark.parametrize("absent", [None, " ", math.nan])
def test_a_row_without_a_number_is_no_record(absent: object) -> None:
    assert _records(Mapping(record="no"), {"no": absent}) == []


@pytest.mark.parametrize("cell", [b"1", 2.0**53, [1, 2], {"a": 1}])
def test_a_number_of_a_record_that_is_none_refuses_its_row(cell: object) -> None:
    refused = Mapping(record="no").apply({"no": cell}, "file")
    assert isinstance(refused, RefusedEvent)
    assert refused.path == "no"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"identifiers": []}, True),
        ({"userId": "u"}, True),
        ({"anonymousId": "a"}, True),
        ({"messageId": "m"}, True),
        ({"type": "track", "context": {}}, True),
        ({"type": "track"}, False),
        ({"user_id": "u", "email": "a@b.example"}, False),
    ],
)
def test_an_event_is_told_by_its_keys(values: dict[str, object], expected: bool) -> None:
    assert is_event(values) is expected


def test_a_mapping_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    mapping = Mapping(
        identifiers={"E-Mail": "email", 'a "quoted"\n\x7f column.': "phone"},
        traits={"Größe": "size"},
        properties={"": "none"},
        time="at",
        id="key",
        record="no",
        type=Column("kind"),
        name="Imported",
        source="crm",
        ignore=("x", "y"),
    )
    path.write_text(as_toml(mapping), "utf-8")
    assert load_mapping(path) == mapping


def test_a_mapping_may_have_records_and_no_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('record = "no"')
    assert load_mapping(path) == Mapping(record="no")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("identifiers", "not TOML"),
        ('[identifier]\nmail = "email"', "key 'identifier': do you mean 'identifiers'?"),
        ('[identifiers]\nmail = "email"\n[wrongwrong]', "key 'wrongwrong': known are"),
        ("", "key 'identifiers': name one column at least"),
        ('identifiers = "mail"', "key 'identifiers': this is a table"),
        ("[identifiers]\nmail = 1", "key 'identifiers.mail': give a name in quotes"),
        ('[identifiers]\nmail = " "', "key 'identifiers.mail': give a name in quotes"),
        ('time = ["at"]\n[identifiers]\nmail = "email"', "key 'time': name one column"),
        ('record = ["no"]', "key 'record': name one column"),
        ('source = 1\n[identifiers]\nmail = "email"', "key 'source': give text"),
        ('name = { colum = "x" }\n[identifiers]\nmail = "email"', "key 'name': give text"),
        ('ignore = "x"\n[identifiers]\nmail = "email"', "key 'ignore': list columns"),
        ('ignore = ["mail"]\n[identifiers]\nmail = "email"', "key 'ignore': 'mail' stands in"),
        ('[identifiers]\nm = "email"\n[traits]\na = "x"\nb = "x"', "key 'traits.b': 'a' is called 'x', too"),
    ],
)
def test_a_wrong_mapping_says_which_key_of_which_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_mapping(path)
    assert str(caught.value).startswith(f"{path}: {says}")


def test_a_mapping_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such mapping file"):
        load_mapping(tmp_path / "missing.toml")
    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(tmp_path)
    (tmp_path / "m.toml").write_bytes(b'source = "\xff"')
    with pytest.raises(InputError, match="not UTF-8 at byte 11"):
        load_mapping(tmp_path / "m.toml")


def test_a_column_that_the_file_lacks_is_named_with_what_was_perhaps_meant() -> None:
    path = Path("people.csv")
    check_columns(MAIL, ["mail", "city"], path)
    with pytest.raises(InputError, match=r"^people\.csv: .*'mail'.* do you mean 'e_mail'\?"):
        check_columns(MAIL, ["e_mail", "city"], path)
    with pytest.raises(InputError, match=r"do you mean 'MAIL'\?"):
        check_columns(MAIL, ["MAIL", "city"], path)
    with pytest.raises(InputError, match=r"'num'.* do you mean 'nums'\?"):
        check_columns(Mapping(record="num"), ["nums", "city"], path)
    with pytest.raises(InputError, match="it has 'city', 'zip'"):
        check_columns(MAIL, ["city", "zip"], path)
