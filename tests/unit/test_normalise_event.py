"""An event is read the same whenever it is read; what cannot be kept is refused with its place and reason."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_cdp.domain.event import Event, Issue, RefusedEvent
from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.domain.times import iso, parse_time
from graph_cdp.normalise import EventReader, exported

NOW = parse_time("2026-06-01T12:00:00Z")
NAMESPACES = (
    Namespace("user_id", 0),
    Namespace("email", 1, normalise="email"),
    Namespace("device_id", 2),
    Namespace("anonymous_id", 3),
)
READER = EventReader(Policy(NAMESPACES))
USER = {"userId": "U1"}


def reader_of(**collect: str) -> EventReader:
    return EventReader(Policy(NAMESPACES, collect={path.replace("__", "."): name for path, name in collect.items()}))


def outcome(raw: object, reader: EventReader = READER) -> Event | RefusedEvent:
    return reader.read(raw, source="web", now=NOW)


def accepted(raw: object, reader: EventReader = READER) -> Event:
    event = outcome(raw, reader)
    assert isinstance(event, Event)
    return event


def refused(raw: object, reader: EventReader = READER) -> RefusedEvent:
    event = outcome(raw, reader)
    assert isinstance(event, RefusedEvent)
    return event


def test_a_segment_event_is_read_whole() -> None:
    event = accepted(
        {
            "type": "track",
            "event": "Order Completed",
            "messageId": "m-1",
            "userId": "U1",
            "anonymousId": "a-1",
            "timestamp": "2026-05-01T10:00:00.000Z",
            "sentAt": "2026-05-01T10:00:05.000Z",
            "receivedAt": "2026-05-01T09:30:05.500Z",
            "properties": {"total": 12.5},
            "context": {
                "device": {"id": "D1", "advertisingId": "aebe52e7-03ee-455a-b3c4-e57283966239"},
                "traits": {"plan": "free", "email": "Anna@Acme.com"},
                "externalIds": [{"type": "crm", "id": "C1", "collection": "users"}],
            },
            "traits": {"plan": "pro", "age": None},
            "integrations": {"All": True},
        }
    )
    assert (event.id, event.type, event.name, event.source) == ("m-1", "track", "Order Completed", "web")
    assert event.keys == ("user_id:U1", "email:anna@acme.com", "device_id:D1", "anonymous_id:a-1")
    assert event.blocked == ()
    assert event.traits == {"plan": "pro", "age": None, "email": "Anna@Acme.com"}
    assert [(issue.namespace, issue.reason) for issue in event.issues] == [
        ("crm", "unknown_namespace"),
        ("advertising_id", "unknown_namespace"),
    ]
    assert iso(event.at) == "2026-05-01T09:30:00.500Z"
    assert iso(event.received_at) == "2026-05-01T09:30:05.500Z"
    body = json.loads(event.body)
    assert body["source"] == "web"
    assert body["integrations"] == {"All": True}
    assert body["timestamp"] == "2026-05-01T10:00:00.000Z"
    assert not {"messageId", "sentAt", "receivedAt"} & body.keys()
    assert event.body == json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    assert event.digest == blake2b(event.body, digest_size=16).digest()


def test_a_list_of_identifiers_alone_is_enough() -> None:
    event = accepted(
        {
            "at": "2026-01-01",
            "identifiers": [
                {"namespace": "email", "value": "ANNA@acme.com"},
                {"namespace": "email", "value": "anna@acme.com "},
                {"namespace": "user_id", "value": "null"},
            ],
        }
    )
    assert (event.type, event.name, iso(event.at)) == ("identify", None, "2026-01-01T00:00:00.000Z")
    assert event.keys == ("user_id:null", "email:anna@acme.com")
    assert event.blocked == ("user_id:null",)
    assert json.loads(event.body)["timestamp"] == "2026-01-01"


@pytest.mark.parametrize(
    ("said", "type_", "name"),
    [
        ({}, "identify", None),
        ({"event": "Signed Up"}, "track", "Signed Up"),
        ({"type": "track", "event": "Signed Up", "name": "x"}, "track", "Signed Up"),
        ({"type": "page", "name": "Home", "event": "x"}, "page", "Home"),
        ({"type": "screen", "name": "Cart"}, "screen", "Cart"),
        ({"type": "alias", "name": "x"}, "alias", None),
        ({"type": "", "event": None}, "identify", None),
    ],
)
def test_type_and_name_are_what_segment_means_by_them(said: dict[str, object], type_: str, name: str | None) -> None:
    event = accepted(USER | said)
    assert (event.type, event.name) == (type_, name)


def test_an_event_whose_identifiers_are_all_unreadable_is_accepted_without_keys() -> None:
    event = accepted({"identifiers": [{"namespace": "email", "value": "x@"}, {"namespace": "ghost", "value": "1"}]})
    assert event.keys == ()
    assert [issue.reason for issue in event.issues] == ["invalid_value", "unknown_namespace"]
    assert "x@" not in event.issues[0].detail


def test_null_is_as_absent() -> None:
    keys = (
        "type", "event", "messageId", "anonymousId", "previousId", "timestamp", "at", "sentAt", "receivedAt", "traits",
        "properties", "context", "source", "identifiers",
    )  # fmt: skip
    event = accepted(USER | dict.fromkeys(keys))
    assert event[1:11] == accepted(USER)[1:11]
    assert accepted(USER | {"context": {"device": None, "traits": None, "externalIds": None}}).keys == ("user_id:U1",)


def test_the_source_of_an_event_goes_before_that_of_its_file() -> None:
    assert accepted(USER | {"source": "shop"}).source == "shop"
    assert accepted(USER | {"source": ""}).source == "web"
    assert accepted(USER | {"source": "shop"}).digest != accepted(USER).digest


def test_the_channel_of_an_event_goes_before_that_of_its_context_and_is_no_reason_to_refuse_it() -> None:
    assert accepted(USER | {"channel": "server"}).channel == "server"
    assert accepted(USER | {"context": {"channel": "browser"}}).channel == "browser"
    assert accepted(USER | {"channel": "server", "context": {"channel": "browser"}}).channel == "server"
    for channel in (None, "", 7, ["server"], "x" * 1_001):
        assert accepted(USER | {"channel": channel}).channel is None
    assert accepted(USER).channel is None


def test_the_traits_of_a_group_are_not_those_of_the_one_who_joins_it() -> None:
    said = USER | {"traits": {"email": "a@acme.com", "size": 5}, "context": {"traits": {"plan": "pro"}}}
    event = accepted(said | {"type": "group"})
    assert event.keys == ("user_id:U1",)
    assert event.traits == {"plan": "pro"}
    assert accepted(said).keys == ("user_id:U1", "email:a@acme.com")


def test_a_group_gives_its_id_as_the_account_of_the_one_who_joins_it() -> None:
    said = USER | {"type": "group", "groupId": "G1", "traits": {"name": "Acme"}}
    assert accepted(said).traits == {"account": "G1"}
    assert accepted(said | {"context": {"traits": {"account": "old"}}}).traits == {"account": "G1"}
    assert accepted(said).keys == ("user_id:U1",)
    assert accepted(said | {"groupId": None}).traits == {}
    assert accepted(said | {"groupId": ""}).traits == {}
    assert accepted(said | {"type": "track"}).traits == {"name": "Acme"}
    event = accepted(said)
    assert READER.reread(event.body, id=event.id, at=event.at, received_at=event.received_at) == event


def test_an_account_is_an_identifier_where_the_policy_collects_it() -> None:
    event = accepted(USER | {"type": "group", "groupId": "G1"}, reader_of(groupId="device_id"))
    assert event.keys == ("user_id:U1", "device_id:G1")
    assert event.traits == {"account": "G1"}


def test_an_alias_names_both_and_so_links_them() -> None:
    event = accepted({"type": "alias", "userId": "U1", "previousId": "a-1"})
    assert event.keys == ("user_id:U1", "anonymous_id:a-1")


def test_a_trait_is_an_identifier_only_where_the_policy_has_its_namespace() -> None:
    event = accepted(USER | {"traits": {"phone": 123, "email": "a@acme.com"}})
    assert event.keys == ("user_id:U1", "email:a@acme.com")
    assert event.issues == ()
    assert event.traits == {"phone": 123, "email": "a@acme.com"}


def test_the_policy_says_which_fields_are_collected() -> None:
    said = USER | {"anonymousId": "a", "properties": {"customer": {"mail": "a@acme.com"}}}
    reader = reader_of(properties__customer__mail="email", anonymousId="", userId="device_id")
    assert accepted(said, reader).keys == ("email:a@acme.com", "device_id:U1")
    assert accepted(said | {"properties": {"customer": "none"}}, reader).keys == ("device_id:U1",)


def test_times_are_corrected_by_the_distance_of_the_clients_stamps() -> None:
    def times(**said: str) -> tuple[str, str]:
        event = accepted(USER | said)
        return iso(event.at)[11:19], iso(event.received_at)[11:19]

    day = "2026-05-01T"
    assert times(timestamp=f"{day}10:00Z") == ("10:00:00", "10:00:00")
    assert times(at=f"{day}10:00Z") == ("10:00:00", "10:00:00")
    assert times(timestamp=f"{day}10:00Z", at=f"{day}11:00Z") == ("10:00:00", "10:00:00")
    assert times(timestamp=f"{day}10:00+02:00") == ("08:00:00", "08:00:00")
    assert times(timestamp=f"{day}10:00Z", sentAt=f"{day}10:05Z") == ("10:00:00", "10:05:00")
    assert times(timestamp=f"{day}10:00Z", receivedAt=f"{day}10:07Z") == ("10:00:00", "10:07:00")
    assert times(timestamp=f"{day}10:09Z", receivedAt=f"{day}10:07Z") == ("10:07:00", "10:07:00")
    assert times(sentAt=f"{day}10:05Z", receivedAt=f"{day}10:07Z") == ("10:07:00", "10:07:00")
    assert times(timestamp="2031-01-01T10:00Z", sentAt="2031-01-01T10:01Z", receivedAt=f"{day}10:07Z") == (
        "10:06:00",
        "10:07:00",
    )
    assert times() == ("12:00:00", "12:00:00")


def test_an_event_with_a_time_does_not_depend_on_the_clock() -> None:
    raw = USER | {"timestamp": "2026-05-01T10:00:00Z"}
    assert READER.read(raw, source="web", now=NOW) == READER.read(raw, source="web", now=NOW * 2)


def test_an_event_without_an_id_gets_one_from_its_content() -> None:
    raw = USER | {"timestamp": "2026-05-01T10:00:00Z", "properties": {"a": 1, "b": 2}}
    event = accepted(raw)
    assert event.id == f"evt_{event.digest.hex()}"
    again = raw | {"messageId": "", "sentAt": "2026-05-01T10:00:05Z", "receivedAt": "2026-05-02T10:00:00Z"}
    assert accepted(dict(reversed(again.items()))).id == event.id
    assert accepted(raw | {"timestamp": "2026-05-01T10:00:01Z"}).id != event.id
    assert accepted(raw | {"properties": {"a": 1, "b": 3}}).id != event.id


def nested(depth: int) -> dict[str, object]:
    """An event of so many levels."""
    value: object = "end"
    for _ in range(depth - 2):
        value = [value]
    return USER | {"properties": {"p": value}} if depth > 1 else USER


LONG = "x" * 1001


@pytest.mark.parametrize(
    ("raw", "path", "reason"),
    [
        ([], "event", "must be a JSON object"),
        ("text", "event", "must be a JSON object"),
        (None, "event", "must be a JSON object"),
        ({}, "identifiers", "names no identifier"),
        ({"identifiers": [], "traits": {"phone": "+491711234567"}}, "identifiers", "names no identifier"),
        ({"identifiers": "U1"}, "identifiers", "must be a list"),
        ({"identifiers": ["U1"]}, "identifiers[0]", "must be an object"),
        ({"identifiers": [{"value": "U1"}]}, "identifiers[0].namespace", "must be a string"),
        ({"identifiers": [{"namespace": "", "value": "U1"}]}, "identifiers[0].namespace", "1 to 1,000"),
        ({"identifiers": [{"namespace": LONG, "value": "U1"}]}, "identifiers[0].namespace", "1 to 1,000"),
        ({"identifiers": [{"namespace": "email"}]}, "identifiers[0].value", "must be a string"),
        ({"identifiers": [{"namespace": "email", "value": 5}]}, "identifiers[0].value", "must be a string"),
        ({"identifiers": [{"namespace": "email", "value": {"a": "b"}}]}, "identifiers[0].value", "must be a string"),
        ({"identifiers": [{"namespace": "user_id", "value": LONG}]}, "identifiers[0].value", "longer than 1,000"),
        ({"identifiers": [{"namespace": "user_id", "value": "u"}] * 51}, "identifiers", "more than 50"),
        (USER | {"identifiers": [{"namespace": "user_id", "value": "u"}] * 50}, "identifiers", "more than 50"),
        ({"context": {"externalIds": {}}}, "context.externalIds", "must be a list"),
        ({"context": {"externalIds": [{"type": "crm", "id": 1}]}}, "context.externalIds[0].id", "must be a string"),
        ({"context": {"externalIds": [{"id": "1"}]}}, "context.externalIds[0].type", "must be a string"),
        ({"userId": 5}, "userId", "must be a string"),
        ({"userId": True}, "userId", "must be a string"),
        ({"userId": ["U1"]}, "userId", "must be a string"),
        ({"userId": 0, "anonymousId": "a"}, "userId", "must be a string"),
        (USER | {"context": {"device": {"id": 5}}}, "context.device.id", "must be a string"),
        (USER | {"traits": {"email": 5}}, "traits.email", "must be a string"),
        ({"userId": LONG}, "userId", "longer than 1,000"),
        (USER | {"messageId": 7}, "messageId", "must be a string"),
        (USER | {"messageId": 0}, "messageId", "must be a string"),
        (USER | {"messageId": LONG}, "messageId", "longer than 1,000"),
        (USER | {"messageId": "a\0"}, "messageId", "NUL"),
        (USER | {"messageId": "a\ud800"}, "messageId", "surrogate"),
        (USER | {"type": 7}, "type", "must be a string"),
        (USER | {"type": LONG}, "type", "longer than 1,000"),
        (USER | {"event": 7}, "event", "must be a string"),
        (USER | {"event": LONG}, "event", "longer than 1,000"),
        (USER | {"type": "page", "name": 7}, "name", "must be a string"),
        (USER | {"source": 7}, "source", "must be a string"),
        (USER | {"source": LONG}, "source", "longer than 1,000"),
        (USER | {"traits": []}, "traits", "must be an object"),
        (USER | {"type": "group", "traits": []}, "traits", "must be an object"),
        (USER | {"properties": "x"}, "properties", "must be an object"),
        (USER | {"context": 5}, "context", "must be an object"),
        (USER | {"context": {"traits": 5}}, "context.traits", "must be an object"),
        (USER | {"traits": {"x" * 201: 1}}, "traits", "at most 200 characters"),
        (USER | {"traits": {1: 1}}, "traits", "no text"),
        (USER | {"traits": {f"t{n}": n for n in range(201)}}, "traits", "more than 200"),
        ({"userId": "a\0b"}, "userId", "NUL"),
        ({"userId": "a\udfffb"}, "userId", "surrogate"),
        (USER | {"properties": {"a": [1, {"b": "x\0"}]}}, "properties.a[1].b", "NUL"),
        (USER | {"properties": {"a": ["\ud800"]}}, "properties.a[0]", "surrogate"),
        (USER | {"properties": {"\ud800": 1}}, "properties", "key"),
        (USER | {"properties": {"\0": 1}}, "properties", "key"),
        (USER | {"properties": {5: 1}}, "properties", "key"),
        (USER | {"properties": {"a": 2**64}}, "properties.a", "64 bits"),
        (USER | {"properties": {"a": datetime(2026, 1, 1, tzinfo=UTC)}}, "properties.a", "JSON cannot hold"),
        (USER | {"properties": {"a": b"x"}}, "properties.a", "JSON cannot hold"),
        (nested(21), "properties.p" + "[0]" * 18, "deeper than 20"),
        (nested(600), "properties.p" + "[0]" * 18, "deeper than 20"),
        (USER | {"properties": {"a": "x" * (1024 * 1024)}}, "body", "larger than 1,048,576 bytes"),
        (USER | {"timestamp": "yesterday"}, "timestamp", "ISO 8601"),
        (USER | {"timestamp": ""}, "timestamp", "ISO 8601"),
        (USER | {"timestamp": 1767225600000}, "timestamp", "ISO 8601"),
        (USER | {"at": "2026-13-01"}, "at", "ISO 8601"),
        (USER | {"sentAt": "soon"}, "sentAt", "ISO 8601"),
        (USER | {"receivedAt": []}, "receivedAt", "ISO 8601"),
        (USER | {"timestamp": "1969-12-31T23:59:59.999Z"}, "timestamp", "before 1970"),
        (USER | {"receivedAt": "0001-01-01T00:00:00+23:59"}, "receivedAt", "before 1970"),
        (
            USER | {"timestamp": "2020-01-01", "sentAt": "2026-01-01", "receivedAt": "1971-01-01"},
            "timestamp",
            "corrected",
        ),
        (USER | {"timestamp": "2026-06-01T13:00:00.001Z"}, "timestamp", "future"),
        (USER | {"timestamp": "2026-06-03", "receivedAt": "2026-06-01"}, "timestamp", "future"),
        (USER | {"sentAt": "9999-12-31T23:59:59-23:59"}, "sentAt", "future"),
        (USER | {"receivedAt": "2027-01-01", "timestamp": "2026-01-01"}, "receivedAt", "future"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(raw: object, path: str, reason: str) -> None:
    refusal = refused(raw)
    assert refusal.path == path
    assert reason in refusal.reason


def test_an_event_that_holds_itself_is_refused() -> None:
    raw: dict[str, object] = dict(USER)
    raw["properties"] = raw
    assert "deeper than 20" in refused(raw).reason


@pytest.mark.parametrize(
    "raw",
    [
        nested(20),
        USER | {"timestamp": "2026-06-01T13:00:00Z"},
        USER | {"timestamp": "1970-01-01T00:00:00Z"},
        USER | {"properties": {"path": "C:\\u0000", "text": "{[" * 40}},
        USER | {"properties": {f"p{n}": [{}] for n in range(30)}},
        USER | {"properties": {"n": 2**63, "m": -(2**63)}},
        USER | {"messageId": "x" * 1000},
        {"identifiers": [{"namespace": "user_id", "value": f"u{n}"} for n in range(50)]},
        USER | {"traits": {f"t{n}": n for n in range(200)}},
    ],
)
def test_what_lies_just_within_the_bounds_is_accepted(raw: object) -> None:
    assert accepted(raw).keys


def test_a_refusal_does_not_hold_the_value() -> None:
    assert "secret" not in str(refused({"userId": {"secret": "secret"}}))
    assert "secret" not in str(refused(USER | {"timestamp": "secret"}))
    assert "secret" not in str(refused(USER | {"properties": {"a": "secret\0"}}))


def test_a_stored_event_is_read_again_with_another_policy() -> None:
    event = accepted(USER | {"traits": {"phone": 5, "email": "a@acme.com"}, "timestamp": "2026-05-01"})
    other = EventReader(Policy((Namespace("phone", 0, normalise="phone"), Namespace("user_id", 1))))
    again = other.reread(event.body, id=event.id, at=event.at, received_at=event.received_at)
    assert again.keys == ("user_id:U1",)
    assert again.issues == (Issue("phone", "invalid_value", "is not a string"),)
    assert again[:6] == event[:6]
    assert (again.body, again.digest) == (event.body, event.digest)


def test_what_is_no_stored_event_cannot_be_read_again() -> None:
    with pytest.raises(ValueError, match="traits must be an object"):
        READER.reread(b'{"traits":5}', id="m", at=0, received_at=0)


TEXT = st.text(max_size=8)
LEAF = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
FIELDS = st.dictionaries(st.sampled_from(["email", "phone", "plan", "device", "traits", "id"]) | TEXT, JSON, max_size=4)
VALUE = st.sampled_from(["U1", "null", "a@acme.com", "A@ACME.com", "x@", "", "D-7", "+491711234567"]) | TEXT
MOMENT = st.builds(
    lambda moment, zone: moment.isoformat() + zone,
    st.datetimes(datetime(1969, 12, 31), datetime(2026, 6, 4)),  # noqa: DTZ001
    st.sampled_from(["", "Z", "+02:00", "-11:30"]),
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["track", "identify", "group", "page", "alias", None, ""]),
        "event": TEXT | st.none(),
        "name": TEXT,
        "messageId": TEXT,
        "userId": VALUE,
        "anonymousId": VALUE | st.none(),
        "previousId": VALUE,
        "timestamp": MOMENT,
        "at": MOMENT,
        "sentAt": MOMENT,
        "receivedAt": MOMENT,
        "source": TEXT,
        "traits": FIELDS,
        "properties": FIELDS,
        "context": st.fixed_dictionaries(
            {},
            optional={
                "device": st.fixed_dictionaries({"id": VALUE}),
                "traits": FIELDS,
                "externalIds": st.lists(st.fixed_dictionaries({"type": VALUE, "id": VALUE}), max_size=2),
            },
        ),
        "identifiers": st.lists(
            st.fixed_dictionaries(
                {"namespace": st.sampled_from(["user_id", "email", "device_id", "ghost"]), "value": VALUE}
            ),
            max_size=3,
        ),
        "extra": JSON,
    },
)


@given(EVENTS)
def test_a_stored_event_is_read_again_as_it_was(raw: dict[str, object]) -> None:
    event = outcome(raw)
    if isinstance(event, Event):
        assert READER.reread(event.body, id=event.id, at=event.at, received_at=event.received_at) == event


@given(EVENTS, st.integers(0, 10**11))
@example({"userId": "a", "sentAt": "2000-01-01", "timestamp": "2026-06-01T02:00:00-11:30"}, 0)
def test_an_exported_event_reads_again_as_the_same_event(raw: dict[str, object], later: int) -> None:
    event = outcome(raw)
    if isinstance(event, Event):
        line = json.loads(json.dumps(exported(event)))
        assert READER.read(line, source="export", now=NOW + later) == event


@given(EVENTS)
def test_nothing_that_a_store_cannot_hold_gets_through(raw: dict[str, object]) -> None:
    event = outcome(raw)
    if isinstance(event, Event):
        assert all("\0" not in text for text in texts_of([event.id, *event.keys, json.loads(event.body)]))
        assert event.at >= 0
        assert event.at <= event.received_at
        assert len(set(event.keys)) == len(event.keys)
        assert set(event.blocked) <= set(event.keys)


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        value.encode()
        yield value
    elif isinstance(value, dict):
        yield from texts_of([*value, *value.values()])
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
