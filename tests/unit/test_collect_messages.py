"""Messages become events: stamped by the server, each taken or refused by itself."""

import pickle
from collections.abc import Sequence

import orjson
import pytest

from api.collect.messages import (
    BATCH_EVENTS,
    EVENT_BYTES,
    Arrival,
    Messages,
    Refused,
    Taken,
    common_of,
    conflicting,
    messages_of,
)
from api.failures import TooLargeError
from graph_cdp.domain.event import Event
from graph_cdp.domain.times import Millis, iso, parse_time
from graph_cdp.errors import InputError
from graph_cdp.policies import Rules, default_policy
from graph_cdp.service.sift import Conflict

NOW = parse_time("2026-06-01T12:00:00Z")
RULES = Rules.of(default_policy())
ARRIVAL = Arrival(NOW)


def stamped(message: dict, arrival: Arrival = ARRIVAL) -> dict:
    event = arrival.stamped(message)
    assert isinstance(event, dict)
    return event


def read(messages: Sequence[object], at: Millis = NOW, **said: object) -> tuple[list[Event], Taken]:
    return Messages(orjson.dumps({"batch": messages, **said}), at, "shop").read(RULES.reader)


def events_of(messages: Sequence[object], at: Millis = NOW, **said: object) -> list[Event]:
    events, _ = read(messages, at, **said)
    return events


def test_the_time_of_receipt_is_the_servers() -> None:
    assert stamped({"receivedAt": "2020-01-01T00:00:00Z"})["receivedAt"] == iso(NOW)


def test_what_differs_when_a_message_is_sent_again_is_left_out() -> None:
    first = stamped({"messageId": "m", "userId": "u", "writeKey": "k", "_metadata": {"retryCount": 1}})
    assert first == stamped({"messageId": "m", "userId": "u", "_metadata": {"retryCount": 2}})
    assert first == {
        "messageId": "m",
        "userId": "u",
        "receivedAt": iso(NOW),
    }


def test_a_message_without_id_and_time_happened_now() -> None:
    later = NOW + 1
    message = {"userId": "u", "sentAt": "2026-01-01T00:00:00Z"}
    (one,), (other,) = (events_of([message], at) for at in (NOW, later))
    assert (one.at, other.at) == (NOW, NOW + 1)
    assert one.id != other.id


def test_a_message_with_an_id_and_no_time_is_the_same_whenever_it_comes_again() -> None:
    later = NOW + 5
    (one,), (again,) = (events_of([{"messageId": "m", "userId": "u"}], at) for at in (NOW, later))
    assert (one.id, one.digest) == (again.id, again.digest)


def test_the_time_is_the_clients_corrected_by_when_it_says_it_sent() -> None:
    fast = {"userId": "u", "timestamp": "2031-01-01T00:00:00Z", "sentAt": "2031-01-01T00:00:03Z"}
    by_rudder = {"userId": "u", "originalTimestamp": "2031-01-01T00:00:00Z"}
    found = [events_of([one], sentAt="2031-01-01T00:00:05Z") for one in (fast, by_rudder)]
    assert [(one.at, one.received_at) for (one,) in found] == [(NOW - 3_000, NOW), (NOW - 5_000, NOW)]


def test_what_the_batch_says_for_all_stands_behind_what_a_message_says() -> None:
    payload = {"context": {"ip": "198.51.100.1", "app": "a"}, "integrations": {"All": False}, "batch": []}
    arrival = Arrival(NOW, common=common_of(payload))
    event = stamped({"userId": "u", "context": {"app": "b"}}, arrival)
    assert event["context"] == {"ip": "198.51.100.1", "app": "b"}
    assert event["integrations"] == {"All": False}


def test_the_path_says_the_type() -> None:
    arrival = Arrival(NOW, "identify")
    assert stamped({"userId": "u", "type": "track"}, arrival)["type"] == "identify"


def test_consent_is_kept_on_the_event() -> None:
    consent = {"categoryPreferences": {"Advertising": True, "Analytics": False}}
    (event,) = events_of([{"userId": "u", "context": {"consent": consent}}])
    assert orjson.loads(event.body)["context"]["consent"] == consent


@pytest.mark.parametrize("context", ["text", ["list"], 5])
def test_what_cannot_be_stamped_is_refused_like_any_other(context: object) -> None:
    _, taken = read([{"userId": "u", "messageId": "m", "context": context}])
    assert taken.refused == [Refused(0, "m", "context", "must be an object")]


def test_each_message_is_taken_or_refused_by_itself() -> None:
    large = {"userId": "u", "messageId": "big", "properties": {"x": "y" * EVENT_BYTES}}
    _, taken = read([{"userId": "a"}, 5, {"userId": 5, "messageId": 7}, {"userId": "b"}, large])
    assert taken.places == [0, 3]
    assert taken.refused == [
        Refused(1, None, "event", "must be a JSON object"),
        Refused(2, None, "messageId", "must be a string"),
        Refused(4, "big", "event", "is larger than 32,768 bytes"),
    ]


def test_of_events_with_one_id_those_conflict_that_have_other_content() -> None:
    messages = [{"userId": user, "messageId": id_} for user, id_ in [("a", "m1"), ("b", "m2"), (5, "m3"), ("c", "m1")]]
    events, taken = read(messages)
    for place, event in zip(taken.places, events, strict=True):
        found = conflicting(events, taken, {Conflict(event.id, event.digest)})
        assert [(one.place, one.message_id) for one in found] == [(place, event.id)]


@pytest.mark.parametrize("payload", [{}, {"batch": None}, {"batch": {}}, {"batch": "x"}])
def test_a_batch_is_a_list(payload: dict) -> None:
    with pytest.raises(InputError, match="batch"):
        messages_of(payload)


@pytest.mark.parametrize("said", [[], "eu", 5, False])
def test_a_batch_whose_common_part_cannot_be_read_is_refused_rather_than_stored_without_it(said: object):
    with pytest.raises(InputError, match="`context` of the batch must be an object"):
        common_of({"context": said, "batch": []})
    assert common_of({"context": None, "batch": []}) == {}


@pytest.mark.parametrize("type_", [None, "track"])
def test_messages_that_crossed_to_another_process_are_read_the_same(type_: str | None) -> None:
    messages = [{"userId": "a", "event": "Bought"}, {"userId": 5}]
    body = orjson.dumps({"batch": messages, "context": {"ip": "::1"}} if type_ is None else messages[0])
    unread = Messages(body, NOW, "shop", type_)
    crossed = pickle.loads(pickle.dumps(unread))
    assert crossed == unread
    assert crossed.read(RULES.reader) == unread.read(RULES.reader)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('{"batch":[{"userId":"a"},{"context":{"ip":"::1"}}]}', 2),
        ('{"batch": [{"userId": "a"} , {"userId": "b"},\n\t{"userId": "c"}]}', 3),
        ('{"batch":[{"properties":{"products":[{"id":1},{"id":2}]}}]}', 2),  # at most
        (f'{{"batch":[{"{}," * BATCH_EVENTS}{{}}]}}', BATCH_EVENTS),
        ("{", 1),
    ],
)
def test_messages_are_counted_without_reading_them(text: str, count: int) -> None:
    assert Messages(text.encode(), NOW, "shop").count == count


@pytest.mark.parametrize("payload", [{"batch": 5}, {"batch": [{}] * (BATCH_EVENTS + 1)}, {"batch": [], "context": 5}])
def test_of_a_batch_that_cannot_be_read_it_is_told_why(payload: dict) -> None:
    events, taken = Messages(orjson.dumps(payload), NOW, "shop").read(RULES.reader)
    assert (events, taken.places, taken.refused) == ([], [], [])
    assert isinstance(taken.error, InputError | TooLargeError)
