"""Bodies are read within bounds, whatever they claim to be."""

import gzip
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message

from api.collect.body import read_body
from api.collect.parsing import parsed
from api.failures import TooLargeError, UnsupportedMediaError
from graph_cdp.errors import GraphCdpError, InputError

LIMIT = 1_000
PACKED = {b"content-encoding": b"gzip"}


async def read(*parts: bytes, headers: dict[bytes, bytes] | None = None, whole: bool = True) -> bytes:
    def messages() -> Iterator[Message]:
        for place, part in enumerate(parts):
            yield {"type": "http.request", "body": part, "more_body": not whole or place + 1 < len(parts)}
        yield {"type": "http.disconnect"}

    waiting = messages()

    async def receive() -> Message:
        return next(waiting)

    return await read_body(receive, headers or {}, LIMIT)


async def test_a_body_comes_in_any_number_of_parts() -> None:
    assert await read(b"{}") == b"{}"
    assert await read(b"{", b"", b"}") == b"{}"
    assert await read(gzip.compress(b"{}"), headers=PACKED) == b"{}"
    assert await read(gzip.compress(b"x" * LIMIT), headers=PACKED) == b"x" * LIMIT


async def test_a_body_that_is_too_large_is_refused_however_it_comes() -> None:
    for parts, headers in [
        ([b"x" * (LIMIT + 1)], {}),
        ([b"x" * LIMIT, b"x"], {}),
        ([b"{}"], {b"content-length": b"1001"}),
        ([gzip.compress(b"x" * (LIMIT + 1))], PACKED),
        ([gzip.compress(bytes(200 * LIMIT))], PACKED),
    ]:
        with pytest.raises(TooLargeError, match="1,000 bytes"):
            await read(*parts, headers=headers)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", gzip.compress(b"{}")[:-1], gzip.compress(b"{}") + b"x", gzip.compress(b"{}") * 2],
    ids=["empty", "plain", "cut", "more behind", "two"],
)
async def test_a_packed_body_that_is_broken_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        await read(body, headers=PACKED)


async def test_a_body_that_is_packed_otherwise_is_refused() -> None:
    with pytest.raises(UnsupportedMediaError):
        await read(b"{}", headers={b"content-encoding": b"br"})


async def test_a_sender_who_leaves_is_noticed() -> None:
    with pytest.raises(ClientDisconnect):
        await read(b"{", whole=False)


def test_half_a_surrogate_pair_costs_no_more_than_its_event() -> None:
    body = json.dumps({"batch": [{"userId": "u"}, {"userId": "cut \ud83d"}]}).encode()
    assert parsed(body) == {"batch": [{"userId": "u"}, {"userId": "cut \ud83d"}]}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"5", b"{", b'{"a":NaN}', b"\xff", b'{"a":' * 100_000 + b"1" + b"}" * 100_000]
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        parsed(body)


@given(st.binary(max_size=2 * LIMIT), st.sampled_from([{}, PACKED]))
async def test_no_body_does_anything_but_being_read_or_refused(body: bytes, headers: dict[bytes, bytes]) -> None:
    try:
        assert isinstance(parsed(await read(body, headers=headers)), dict)
    except GraphCdpError:
        return


@pytest.mark.parametrize(
    "number", ["1180591620717411303424", "-1180591620717411303424", "18446744073709551616", "7" * 300]
)
def test_a_number_of_many_digits_is_the_same_whichever_parser_reads_it(number: str) -> None:
    strict, lenient = (parsed(f'{{"x": {number}, "y": "{text}"}}'.encode()) for text in ("a", r"\ud800"))
    assert strict["x"] == lenient["x"] == float(number)
