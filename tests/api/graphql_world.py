"""A small shop's store behind the GraphQL schema, without HTTP: two families, a kiosk, a placeholder, a decision."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import apsw
import pytest
from graphql import ExecutionResult, OperationDefinitionNode, parse, validate
from neo4j import AsyncSession, AsyncTransaction

from api.access.principal import Principal
from api.graphql.context import Context, in_context
from api.graphql.execution import Operation
from api.graphql.schema import schema
from api.services import Services, running
from graph_cdp import match
from graph_cdp.cli.opening import Session
from graph_cdp.config import Settings, StoreUrl
from graph_cdp.domain.access import Scope
from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.review import Evidence, Finding, Reason
from graph_cdp.domain.times import parse_time
from graph_cdp.policies import Rules, default_policy
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.resolve import ProfileIds
from graph_cdp.review import item_of
from graph_cdp.service.decide import decide
from graph_cdp.service.ingest import ingest
from graph_cdp.service.matching import adopt_model
from graph_cdp.service.review.find import put_findings
from graph_cdp.store.statements import statement
from tests.match_records import made
from tests.stores import ID_KEY, opened

Plain = dict[str, Any]
RULES = Rules.of(default_policy())
NOW = parse_time("2026-03-01T12:00:00Z")
CORE = schema._schema
ANN = '(identifier: {namespace: "user_id", value: "ann"})'

_HEADER = re.compile(r"\s*// ([a-z_]+/[a-z_]+): ")


def track(day: str, name: str, event_id: str, **said: Any) -> Plain:
    return {"type": "track", "event": name, "timestamp": f"2026-{day}", "messageId": event_id, "source": "web", **said}


def _events() -> list[Plain]:
    ann, bob = {"userId": "ann", "anonymousId": "sofa"}, {"userId": "bob", "anonymousId": "sofa"}
    browser = {"channel": "browser"}
    told = {"email": "Ann@Shop.org", "first_name": "Ann", "plan": "gold", "visits": 3, "interests": ["tea", "ink"]}
    return [
        {"type": "identify", "timestamp": "2026-01-01T09:00:00Z", "messageId": "e1", "traits": told, **ann},
        track("01-01T09:05:00Z", "Product Viewed", "e2", properties={"sku": "T-1"}, context=browser, **ann),
        track("01-01T09:10:00Z", "Order Completed", "e3", context={"traits": {"plan": "gold"}}, **ann),
        {"type": "page", "name": "Home", "timestamp": "2026-01-01T11:00:00Z", "messageId": "e4", **ann},
        # Bob sits down at Ann's sofa: one browser, two accounts.
        {"type": "identify", "timestamp": "2026-01-02T09:00:00Z", "messageId": "e5", "traits": {"plan": "free"}, **bob},
        track("01-02T09:01:00Z", "Product Viewed", "e6", **bob),
        track("01-03T09:00:00Z", "Signed In", "e7", userId="ann", context={"device": {"id": "phone-1"}}),
        {"type": "identify", "timestamp": "2026-01-04T09:00:00Z", "messageId": "e8", "userId": "ann2",
         "traits": {"email": "ann@shop.org", "phone": "+1 415 555 2671"}},
        track("01-05T09:00:00Z", "Mail Sent", "e9", userId="bob", traits={"email": "noreply@example.com"}),
        *(track(f"01-06T09:{n:02}:00Z", "Paid", f"k{n}", userId=f"guest{n}", anonymousId="kiosk") for n in range(10)),
    ]  # fmt: skip


EVENTS = _events()
DECISION = Decision.of(
    "user_id:ann", "user_id:bob", "different", parse_time("2026-02-01T00:00:00Z"), "eve", "asked them"
)

DUPLICATE = Finding(
    "duplicate",
    "made",
    ("user_id:ann", "user_id:ann2"),
    0.75,
    (Reason("{0} told of {1}, and {2} too.", ("user_id:ann", "email:ann@shop.org", "user_id:ann2")),),
    (Evidence("events that named both", 2, ("email:ann@shop.org", "user_id:ann")),),
)
FRAUD = Finding(
    "fraud", "made", ("anonymous_id:kiosk",), 0.5, (Reason("Ten guests came to {0}.", ("anonymous_id:kiosk",)),)
)
DUPLICATE_ID, FRAUD_ID = (item_of(finding, ProfileIds(ID_KEY)).id for finding in (DUPLICATE, FRAUD))


@dataclass(frozen=True, slots=True)
class World:
    """The services over a loaded store. `statements` are the names of those that ran since it was cleared."""

    services: Services
    statements: list[str] = field(default_factory=list)

    async def ask(
        self, query: str, scopes: Sequence[Scope] = ("read", "read:pii"), *, may_fail: bool = False, **variables: Any
    ) -> ExecutionResult:
        """Run a query in both ways that there are, which must agree, or a mutation once."""
        document = parse(query)
        assert not validate(CORE, document), validate(CORE, document)
        node = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        reads = node.operation.value == "query"

        async def plainly(context: Context) -> Any:
            return await schema.execute(query, variables, context)

        async def compiled(context: Context) -> Any:
            operation = Operation(schema, document, node)
            return await operation.run(operation.coerced(variables), context)

        result = await in_context(self.services, principal(*scopes), plainly, one_view=reads)
        assert may_fail or not result.errors, result.errors
        if reads:
            self.statements.clear()
            again = await in_context(self.services, principal(*scopes), compiled, one_view=True)
            assert again.data == result.data
        return result

    async def data(self, query: str, **variables: Any) -> Plain:
        return (await self.ask(query, **variables)).data

    async def codes(self, query: str, scopes: Sequence[Scope] = ("read",), **variables: Any) -> list[str]:
        """The codes of the errors that a query leads to."""
        result = await self.ask(query, scopes, may_fail=True, **variables)
        return [error.extensions["code"] for error in result.errors or ()]


def principal(*scopes: Scope) -> Principal:
    return Principal("key_of_tests", "key", frozenset(scopes), "tests")


@asynccontextmanager
async def world_of(url: StoreUrl) -> AsyncIterator[World]:
    """A world on an empty store."""
    statements = list[str]()
    with _counted(statements):
        store = await opened(url)
    settings = Settings(store=url, id_key=ID_KEY, audit_wait=True, _env_file=None)
    async with running(Session(store, RULES, settings), lambda: NOW) as services:
        with _counted(statements):
            await load(store)
            statements.clear()
            yield World(services, statements)
    await store.close()


async def load(store) -> None:
    read = [RULES.reader.read(raw, source="web", now=NOW) for raw in EVENTS]
    events = [event for event in read if isinstance(event, Event)]
    assert len(events) == len(EVENTS), read
    await store.write(lambda tx: ingest(tx, events, RULES))
    await store.write(lambda tx: decide(tx, [DECISION], RULES.policy))
    await store.write(lambda tx: put_findings(tx, [DUPLICATE, FRAUD], ["made"]))


async def view_of(world: World, key: str = "user_id:ann") -> ProfileView:
    """The profile that holds an identifier, as the store gives it."""
    store = world.services.store
    view = await store.read(lambda tx: profile_of(tx, key, store, RULES.policy, 100))
    assert isinstance(view, ProfileView)
    return view


async def id_of(world: World, key: str = "user_id:ann") -> str:
    return (await view_of(world, key)).id


@contextmanager
def _counted(statements: list[str]) -> Iterator[None]:
    """Note the named statements that connections made meanwhile run, and those that are sent to Neo4j meanwhile."""

    def note(text: str) -> None:
        if header := _HEADER.match(text):
            statements.append(header[1])

    name_by_sql = _names_by_sql()

    def trace(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, lambda event: note_sql(event["sql"]))

    def note_sql(text: str) -> None:
        if text in name_by_sql:
            statements.append(name_by_sql[text])

    def noted(run: Any) -> Any:
        def run_and_note(self: Any, text: str, *args: Any, **parameters: Any) -> Any:
            note(text)
            return run(self, text, *args, **parameters)

        return run_and_note

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apsw, "connection_hooks", [trace])
        for kind in (AsyncSession, AsyncTransaction):
            patch.setattr(kind, "run", noted(kind.run))
        yield


@cache
def _names_by_sql() -> dict[str, str]:
    folder = Path(__file__).parents[2] / "cypher"
    names = (path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.sql"))
    return {statement(name, "sql"): name for name in names}


async def matched_by_a_model(world: World) -> None:
    """Bring a model into force that compares the accounts of the world, both of whom then have a first name."""
    store, (table, _) = world.services.store, made(300, 4)
    model = match.model_to_json(match.train(table, match.recognise(table)))
    policy = await store.write(lambda tx: adopt_model(tx, model, RULES.policy, NOW, ["user_id"]))
    named = {"userId": "ann2", "type": "identify", "messageId": "n1", "timestamp": "2026-01-09T00:00:00Z"}
    event = RULES.reader.read({**named, "traits": {"first_name": "Anna"}}, source="tests", now=NOW)
    assert isinstance(event, Event)
    await store.write(lambda tx: ingest(tx, [event], RULES._replace(policy=policy)))
