"""`graph-cdp serve`: its bounds, its logs and traces, its workers, its end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.api.servers import Server, serving
from tests.stores import file_url

PROGRAM = Path(sys.executable).with_name("graph-cdp")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("serve")
    with serving(file_url(folder / "graph.db"), folder, READ_TIMEOUT="2") as server:
        yield server


def lines(server: Server) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def said(server: Server, request: bytes, *, then_wait_s: float = 0.0) -> bytes:
    """What the service says to raw bytes until it hangs up, or falls silent for five seconds."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5 + then_wait_s) as connection:
        answer = b""
        try:
            connection.sendall(request)
            while part := connection.recv(65536):
                answer += part
        except ConnectionError:
            return answer
        return answer


async def test_nothing_that_was_accepted_is_lost_at_a_stop(tmp_path: Path):
    with serving(file_url(tmp_path / "graph.db"), tmp_path, workers=2) as server:
        accepted, enough = list[str](), asyncio.Event()

        async def send(client: httpx.AsyncClient, sender: int) -> None:
            for number in range(100_000):
                event = {"messageId": f"{sender}-{number}", "anonymousId": f"a{sender}", "event": "Seen"}
                try:
                    answer = await client.post("/v1/track", json=event)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    accepted.append(event["messageId"])
                    if len(accepted) == 200:
                        enough.set()
                else:
                    assert answer.status_code == 503

        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            sending = [asyncio.create_task(send(client, sender)) for sender in range(16)]
            await enough.wait()
            server.process.terminate()
            await asyncio.gather(*sending)
        assert await asyncio.to_thread(server.process.wait, 60) == 0
        stored = {event.id for event in await server.events()}
        assert len(accepted) >= 200
        assert [one for one in accepted if one not in stored] == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_in_development_mode_it_listens_to_this_machine_alone(tmp_path: Path, host: str):
    environment = os.environ | {"GRAPH_CDP_MODE": "development"}
    command = [PROGRAM, "serve", "--host", host]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert b"only this machine may ask: listen on 127.0.0.1" in ran.stderr
    assert not (tmp_path / "graph_cdp.db").exists()


def test_a_store_that_cannot_be_used_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "other.db").write_bytes(b"this is no database, but text of some length " * 100)
    ran = subprocess.run(
        [PROGRAM, "serve", "--port", "0", "--store", f"sqlite:///{tmp_path / 'other.db'}"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 3
    (line,) = ran.stderr.splitlines()
    assert "not a graph-cdp store" in line


def test_settings_of_tokens_that_do_not_fit_are_told_at_once(tmp_path: Path):
    environment = os.environ | {"GRAPH_CDP_JWT_JWKS": "keys.json"}
    ran = subprocess.run(
        [PROGRAM, "serve"], cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 2
    assert b"tokens need GRAPH_CDP_JWT_ISSUER" in ran.stderr


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /healthz HTTP/1.1\r\nhost: x\r\nlong: " + b"x" * 40_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\nendless: " + b"x" * 400_000,
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n" + b"many: x\r\n" * 200 + b"\r\n",
        b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=["one long header", "a header without end", "many headers", "a long path"],
)
def test_more_header_than_is_taken_is_refused(running: Server, request_: bytes):
    answer = said(running, request_)
    # What was not read yet when the service hangs up makes some systems throw the answer away.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert httpx.get(f"{running.url}/healthz").status_code == 200


def test_the_refusal_of_long_headers_tells_the_bound(running: Server):
    answer = httpx.get(f"{running.url}/healthz", headers={"long": "x" * 40_000})
    assert answer.status_code == 431
    assert "32,768 bytes" in answer.json()["error"]["message"]
    assert httpx.get(f"{running.url}/healthz", headers={"long": "x" * 30_000}).status_code == 200


def test_what_is_no_http_is_refused(running: Server):
    assert said(running, b"\x16\x03\x01 nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n",
        b"POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
    ],
    ids=["nothing", "half a header", "half a body"],
)
def test_who_does_not_send_on_is_hung_up_on(running: Server, request_: bytes):
    begun = time.monotonic()
    assert b" 200 " not in said(running, request_, then_wait_s=10)
    assert time.monotonic() - begun >= 1


def test_the_id_of_a_request_is_taken_where_it_is_fit_and_made_where_not(running: Server):
    def given_back(sent: str) -> str:
        return httpx.get(f"{running.url}/v1/profiles/x:y", headers={"X-Request-Id": sent}).headers["x-request-id"]

    assert given_back("trace-7f.1") == "trace-7f.1"
    for unfit in ("x" * 200, "a b", "{}", ""):
        made = given_back(unfit)
        assert made != unfit
        assert len(made) == 16
    assert "trace-7f.1" in {line.get("request_id") for line in lines(running)}


def test_the_log_is_json_and_holds_no_value_of_anybody(running: Server):
    secrets = ("ann.secret@shop.org", "secretdevice", "secrettrait", "gcdp_secretkey", "secretquery")
    with httpx.Client(base_url=running.url) as client:
        event = {"userId": "ann.secret@shop.org", "context": {"device": {"id": "secretdevice"}}}
        client.post("/v1/identify", json=event | {"traits": {"name": "secrettrait"}})
        client.post("/v1/identify", json={"userId": 7, "secrettrait": object.__name__})
        client.post("/v1/batch", content=b'{"batch": "secrettrait"')
        client.get("/v1/profiles/email:ann.secret@shop.org?x=secretquery")
        client.get("/v1/profiles/device_id:secretdevice", headers={"X-Api-Key": "gcdp_secretkey"})
        client.get("/secretquery?secretquery")
        client.get("/healthz")  # a line is written after its answer, so the last one may not be there yet
    told = lines(running)
    requests = [line for line in told if line["event"] == "request"]
    assert {"at", "level", "logger", "request_id", "method", "route", "status", "ms"} <= requests[-1].keys()
    assert {line["route"] for line in requests} >= {"/v1/{type}", "/v1/profiles/{name:path}", "unknown"}
    assert [secret for secret in secrets if secret in running.log.read_text()] == []


async def test_more_requests_at_once_than_are_taken_are_told_to_come_again(tmp_path: Path):
    page = {"origin": "http://localhost:3000"}  # in development mode pages of this machine alone need no key
    settings = {"MAX_REQUESTS": "1", "CORS_ORIGINS": page["origin"]}
    with serving(file_url(tmp_path / "graph.db"), tmp_path, **settings) as server:
        event, limits = {"anonymousId": "a", "event": "x"}, httpx.Limits(max_connections=60)
        async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=30) as client:
            asked = [client.post("/v1/track", json=event | {"messageId": str(one)}, headers=page) for one in range(60)]
            read = [client.get("/v1/profiles/anonymous_id:a", headers=page) for _ in asked]
            both = [one for pair in zip(asked, read, strict=True) for one in pair]
            health, *told = await asyncio.gather(client.get("/healthz"), *both)
    answers, reads = told[::2], told[1::2]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert health.status_code == 200
    assert refused
    assert {(answer.json()["error"]["code"], answer.headers["retry-after"]) for answer in refused} == {("busy", "1")}
    # Pages may read why: of any origin where they send events, of those in the settings where they read.
    assert {answer.headers["access-control-allow-origin"] for answer in refused} == {"*"}
    assert {answer.headers["access-control-allow-origin"] for answer in reads} == {page["origin"]}
    assert 429 in {answer.status_code for answer in reads}
    stored = {event.id for event in await server.events()}
    assert len(stored) == sum(answer.status_code == 200 for answer in answers)


@pytest.fixture
def collector():
    """A collector of traces: its address, and the spans that it was sent."""

    class Handler(BaseHTTPRequestHandler):
        requests: list[ExportTraceServiceRequest] = []  # noqa: RUF012 - one a test

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", Handler.requests
    server.shutdown()
    thread.join()
    server.server_close()


def test_traces_go_to_the_collector_that_the_environment_names(tmp_path: Path, collector, monkeypatch):
    address, requests = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "cdp of the tests")
    parent = "0af7651916cd43dd8448eb211c80319c"
    with serving(file_url(tmp_path / "graph.db"), tmp_path) as server:
        headers = {"traceparent": f"00-{parent}-b7ad6b7169203331-01"}
        httpx.get(f"{server.url}/v1/profiles/email:ann@shop.org", headers=headers)
        server.stop()
    resources = [resource for request in requests for resource in request.resource_spans]
    spans = [span for resource in resources for scope in resource.scope_spans for span in scope.spans]
    mine = next(span for span in spans if span.trace_id.hex() == parent)
    attributes = {one.key: one.value for one in mine.attributes}
    assert mine.name == "GET /v1/profiles/{name:path}"
    assert attributes["http.response.status_code"].int_value == 404
    assert "cdp of the tests" in str(resources[0].resource)
    assert "ann@shop.org" not in str(requests)


def test_workers_end_when_what_started_them_is_killed(tmp_path: Path):
    with serving(file_url(tmp_path / "graph.db"), tmp_path, workers=2) as server:
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{server.url}/healthz")
            except httpx.TransportError:
                break
            assert time.monotonic() < until
            time.sleep(0.2)


def test_the_demo_is_loaded_and_served_without_a_key(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    log = tmp_path / "demo.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--demo", "--port", str(port)],
            env=os.environ | {"TMPDIR": str(tmp_path)}, cwd=tmp_path, stdout=told, stderr=told,
        )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while True:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/v1/profiles/crm_id:C-0832581")
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until
                time.sleep(0.2)
        assert answer.status_code == 200
        assert answer.json()["identifiers"][0]["identifier"] == "crm_id:C-0832581"
        assert f"Ask at http://127.0.0.1:{port}/graphql" in log.read_text()
    finally:
        process.terminate()
        assert process.wait(60) == 0
    assert not (tmp_path / "graph_cdp.db").exists()
