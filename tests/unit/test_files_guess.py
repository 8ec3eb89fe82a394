"""Guessed mappings: right on real files, and careful with what would join strangers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.files import Guess, Mapping, guess_mapping, load_mapping, open_rows, sample
from graph_cdp.normalise import EventReader

RECORDS = Path(__file__).parent.parent / "data" / "records"
NAMESPACES = ("crm_id", "email", "phone", "email_sha256", "device", "cookie", "idfa")
WITH_RECORDS = (*NAMESPACES, "record_id")


def guess_of(path: Path, namespaces: tuple[str, ...] = NAMESPACES) -> Guess:
    found = sample(path)
    return guess_mapping(found.columns, found.rows, namespaces)


def guessed(column: str, *values: object, namespaces: tuple[str, ...] = NAMESPACES) -> tuple[str, str]:
    (one,) = guess_mapping([column], [{column: value} for value in values], namespaces).columns
    assert one.reason
    return one.role, one.name


def test_fake_1000_is_identified_by_its_email() -> None:
    guess = guess_of(RECORDS / "fake_1000.csv")
    assert guess.mapping == Mapping(
        identifiers={"email": "email"},
        traits={"first_name": "first_name", "surname": "last_name", "dob": "birth_date", "city": "city"},
        properties={"unique_id": "unique_id", "cluster": "cluster"},
    )
    assert guess.warning == "21% of the rows have no identifier and would be refused."


def test_febrl3_has_no_identifier_and_the_guess_says_loudly_how_to_name_one() -> None:
    guess = guess_of(RECORDS / "febrl3.csv")
    assert guess.mapping == Mapping(
        traits={
            "given_name": "first_name",
            "surname": "last_name",
            "street_number": "street_number",
            "address_1": "address_1",
            "address_2": "address_2",
            "suburb": "suburb",
            "postcode": "postal_code",
            "state": "state",
            "date_of_birth": "birth_date",
        },
        properties={"rec_id": "rec_id", "soc_sec_id": "soc_sec_id"},
    )
    assert guess.warning is not None
    assert guess.warning.startswith("NO IDENTIFIER WAS FOUND")
    assert "[identifiers] 'soc_sec_id' = 'national_id'" in guess.warning


@pytest.mark.parametrize("namespace", ["soc_sec_id", "ssn", "national_id"])
def test_febrl3_is_identified_by_its_social_security_id_where_the_policy_has_such(namespace: str) -> None:
    guess = guess_of(RECORDS / "febrl3.csv", (*NAMESPACES, namespace))
    assert guess.mapping.identifiers == {"soc_sec_id": namespace}


def test_historical_figures_have_no_identifier_and_their_births_are_no_events() -> None:
    guess = guess_of(RECORDS / "historical_figures_with_errors_2k.parquet")
    assert guess.mapping == Mapping(
        traits={
            "full_name": "full_name",
            "first_and_surname": "first_and_surname",
            "first_name": "first_name",
            "surname": "last_name",
            "dob": "birth_date",
            "birth_place": "birth_place",
            "postcode_fake": "postcode_fake",
            "gender": "gender",
            "occupation": "occupation",
        },
        properties={"unique_id": "unique_id", "cluster": "cluster"},
    )
    assert guess.warning is not None
    assert "[identifiers] 'unique_id' = 'unique_id'" in guess.warning


@pytest.mark.parametrize(
    ("name", "column"), [("febrl3.csv", "rec_id"), ("historical_figures_with_errors_2k.parquet", "unique_id")]
)
def test_rows_that_name_nobody_are_told_apart_by_their_number_and_the_guess_says_so_loudly(
    name: str, column: str
) -> None:
    bare, guess = guess_of(RECORDS / name), guess_of(RECORDS / name, WITH_RECORDS)
    properties = {one: called for one, called in bare.mapping.properties.items() if one != column}
    assert guess.mapping == replace(bare.mapping, record=column, properties=properties)
    assert guess.warning is not None
    assert guess.warning.startswith(f"NO IDENTIFIER WAS FOUND, only '{column}'")
    assert "every row becomes a profile of its own" in guess.warning
    assert ("'soc_sec_id' = 'national_id'" in guess.warning) == (name == "febrl3.csv")


def test_rows_with_an_identifier_are_not_numbered() -> None:
    assert guess_of(RECORDS / "fake_1000.csv", WITH_RECORDS) == guess_of(RECORDS / "fake_1000.csv")


@pytest.mark.parametrize("name", ["fake_1000.csv", "febrl3.csv", "historical_figures_with_errors_2k.parquet"])
def test_every_real_row_becomes_an_event_by_the_guessed_mapping(name: str, tmp_path: Path) -> None:
    guess = guess_of(RECORDS / name, WITH_RECORDS)
    path = tmp_path / "m.toml"
    path.write_text(guess.as_toml(), "utf-8")
    mapping = load_mapping(path)
    assert mapping == guess.mapping
    events = [mapping.apply(row.values, "file") for batch in open_rows(RECORDS / name) for row in batch.rows]
    assert not [event for event in events if isinstance(event, RefusedEvent)]
    assert len(events) >= 1_000


@pytest.mark.parametrize(
    ("column", "value", "namespace"),
    [
        ("email", "a@b.example", "email"),
        ("E-Mail", "a@b.example", "email"),
        ("Adresse e-mail", "a@b.example", "email"),
        ("correo_electronico", "a@b.example", "email"),
        ("customerEmail", "a@b.example", "email"),
        ("Kontakt", "a@b.example", "email"),
        ("Telefonnummer", "0316 123456", "phone"),
        ("mobile", "+43 664 1234567", "phone"),
        ("homePhone", "555-123-4567", "phone"),
        ("Erreichbar unter", "+43 664 1234567", "phone"),
        ("phone", 436641234567, "phone"),
        ("customer_id", "17", "crm_id"),
        ("Kundennummer", "17", "crm_id"),
        ("CRM ID", "17", "crm_id"),
        ("email_sha256", "ab" * 32, "email_sha256"),
        ("deviceId", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "device"),
        ("cookie", "GA1.2.123.456", "cookie"),
        ("IDFA", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "idfa"),
        ("email", None, "email"),
    ],
)
def test_an_identifier_is_known_by_its_name_in_many_languages_and_by_its_form(
    column: str, value: object, namespace: str
) -> None:
    assert guessed(column, value, value) == ("identifier", namespace)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "yes"),
        ("device", "iPhone"),
        ("referrer_email", "a@b.example"),
        ("storePhone", "+43 316 123456"),
        ("unique_id", "17"),
        ("cluster", "17"),
        ("rec_id", "rec-17"),
        ("id", "17"),
        ("user_id", "17"),
        ("invoice_no", "+43 17"),
        ("amount", "17.50"),
    ],
)
def test_what_might_join_strangers_is_a_property(column: str, value: str) -> None:
    assert guessed(column, value, value) == ("property", column)


def test_a_key_is_an_identifier_where_the_policy_has_a_namespace_of_its_name() -> None:
    assert guessed("rec_id", "rec-17", namespaces=("rec_id",)) == ("identifier", "rec_id")
    assert guessed("Unique ID", "17", namespaces=("unique_id",)) == ("identifier", "unique_id")


def record_of(columns: dict[str, Sequence[object]]) -> str | None:
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return guess_mapping(list(columns), rows, WITH_RECORDS).mapping.record


@pytest.mark.parametrize("column", ["rec_id", "unique_id", "id", "Unnamed: 0", "column_1", "RecordID", "lead_no"])
def test_a_key_with_a_value_of_its_own_for_every_row_numbers_the_records(column: str) -> None:
    assert record_of({"city": ["Graz"] * 40, column: range(40)}) == column
    assert record_of({"city": ["Graz"] * 40, column: [*range(39), 0]}) == column
    assert record_of({"city": ["Graz"] * 40, column: [*range(30), *range(10)]}) is None


@pytest.mark.parametrize(
    "column", ["cluster", "cluster_id", "label", "ground_truth_id", "person_id", "agent_id", "order_id", "ssn", "city"]
)
def test_what_may_name_a_group_or_somebody_never_numbers_the_records(column: str) -> None:
    assert record_of({column: range(40)}) is None


def test_of_several_keys_the_best_known_numbers_the_records() -> None:
    assert record_of({"lead_no": range(9), "cluster": range(9), "id": range(9), "uuid": range(9)}) == "id"


def test_events_that_name_nobody_are_not_numbered() -> None:
    assert record_of({"event": ["Viewed", "Bought"], "id": [1, 2]}) is None


def test_a_column_that_is_called_like_the_namespace_of_records_is_no_identifier_by_itself() -> None:
    assert record_of({"record_id": [1, 2]}) == "record_id"
    mapping = guess_mapping(["record_id", "email"], [{"record_id": 1, "email": "a@b.example"}], WITH_RECORDS).mapping
    assert (mapping.identifiers, mapping.record) == ({"email": "email"}, None)


def test_rows_without_a_number_are_told_to_be_refused() -> None:
    rows = [{"id": 1}, {"id": 2}, {"id": None}, {"id": 4}]
    warning = guess_mapping(["id"], rows, WITH_RECORDS).warning
    assert warning is not None
    assert warning.endswith("25% of the rows have no number and would be refused.")


def test_without_their_namespace_addresses_and_numbers_are_traits() -> None:
    assert guessed("mail", "a@b.example", namespaces=("crm_id",)) == ("trait", "email")
    assert guessed("Handy", "+43 664 1234567", namespaces=("crm_id",)) == ("trait", "phone")


@pytest.mark.parametrize(
    ("column", "value", "role"),
    [
        ("timestamp", "2026-01-01T00:00:00Z", "time"),
        ("created_at", "2026-01-01", "time"),
        ("ts", 1767225600123, "time"),
        ("Datum", "31.01.2026", "time"),
        ("gesehen", "2026-01-01 12:30:00", "time"),
        ("timestamp", "soon", "trait"),
        ("dob", "2026-01-01", "trait"),
        ("birth_date", "2026-01-01T00:00:00Z", "trait"),
        ("Geburtsdatum", "1990-01-01 00:00:00", "trait"),
        ("born", "1990-01-01 00:00:00", "trait"),
        ("renewal_day", "2026-01-01", "trait"),
    ],
)
def test_the_time_of_the_event_is_never_a_birth(column: str, value: object, role: str) -> None:
    assert guessed(column, value, value)[0] == role


def test_the_likeliest_of_several_times_is_taken() -> None:
    row = {"created_at": "2026-01-01", "event_time": "2026-01-02T00:00:00Z", "email": "a@b.example"}
    mapping = guess_mapping(list(row), [row], NAMESPACES).mapping
    assert mapping.time == "event_time"
    assert mapping.traits == {"created_at": "created_at"}


def test_a_wide_table_gives_events_that_are_accepted_with_what_is_known_as_traits() -> None:
    columns = ["email", *(f"answer {number}" for number in range(300)), "first_name", "Postcode"]
    row = dict.fromkeys(columns, "x") | {"email": "ann@shop.example.org"}
    mapping = guess_mapping(columns, [row], NAMESPACES).mapping
    assert {"first_name", "postal_code", "answer 0"} <= set(mapping.traits.values())
    assert "answer 299" in mapping.properties
    reader = EventReader(Policy((Namespace("email", 0, normalise="email"),)))
    assert isinstance(reader.read(mapping.apply(row, "survey"), source="survey", now=0), Event)


def test_two_columns_never_write_one_trait() -> None:
    row = {"vorname": "Ada", "first_name": "Ada", "given_name": "Ada"}
    names = list(guess_mapping(list(row), [row], NAMESPACES).mapping.traits.values())
    assert len(set(names)) == 3
    assert names[0] == "first_name"


def test_a_table_of_events_becomes_tracked_events_with_properties() -> None:
    row = {
        "event": "Order Completed",
        "event_id": "e1",
        "user_email": "a@b.example",
        "time": "2026-01-01T00:00:00Z",
        "basket": "12",
        "source": "shop",
    }
    guess = guess_mapping(list(row), [row], NAMESPACES)
    assert guess.mapping.apply(row, "file") == {
        "type": "track",
        "event": "Order Completed",
        "messageId": "e1",
        "timestamp": "2026-01-01T00:00:00Z",
        "source": "shop",
        "identifiers": [{"namespace": "email", "value": "a@b.example"}],
        "properties": {"basket": "12"},
    }
    assert guess.warning is None


def test_an_event_id_that_repeats_is_none() -> None:
    assert guessed("event_id", "e1", "e1") == ("property", "event_id")


def test_the_mapping_file_to_start_from_tells_the_reasons() -> None:
    text = guess_of(RECORDS / "fake_1000.csv").as_toml()
    assert "# 'email': identifier, an e-mail address, as 96% of its values look like one" in text
    assert "# 'cluster': property, a key, but nothing tells whom it names" in text
