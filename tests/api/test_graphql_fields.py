"""Every field of the schema gives an answer, on SQLite and on Neo4j; by graphql-core and by a compiled plan alike."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type

from tests.api.graphql_selection import selection
from tests.api.graphql_world import CORE, DUPLICATE_ID, FRAUD_ID, World, id_of, matched_by_a_model

MUTATIONS = """mutation {
    decide(a: {namespace: "user_id", value: "ann"}, b: {namespace: "user_id", value: "bob"}, verdict: DIFFERENT,
        reason: "seen both") %s
}"""


def reachable(root: Any, above: frozenset[str] = frozenset()) -> set[str]:
    """The names of the object types that answers to operations on a root may hold."""
    if root.name in above or is_leaf_type(root):
        return set()
    below = CORE.get_possible_types(root) if isinstance(root, GraphQLInterfaceType) else ()
    returned = [get_named_type(field.type) for field in root.fields.values()]
    found = {root.name} if isinstance(root, GraphQLObjectType) else set()
    return found.union(*(reachable(one, above | {root.name}) for one in (*below, *returned)))


def told(value: Any) -> Iterator[tuple[str, str]]:
    """Each field of each object in an answer, by the object's type."""
    if isinstance(value, list):
        for one in value:
            yield from told(one)
    elif isinstance(value, dict) and "__typename" in value:
        for name, inner in value.items():
            yield value["__typename"], name
            yield from told(inner)


async def test_every_field_of_the_schema_gives_an_answer(world: World) -> None:
    everything = ("admin",)
    answers = [(await world.ask(selection(CORE.query_type), everything)).data]
    for id_, kind in (("e1", "Event"), (await id_of(world), "Profile")):
        asked = f'{{ node(id: "{id_}") {{ __typename ... on {kind} {selection(CORE.type_map[kind])} }} }}'
        answers.append((await world.ask(asked, everything)).data)
    explanation = selection(CORE.type_map["Explanation"])
    for a, b in (("user_id", "ann"), ("user_id", "bob")), (("user_id", "guest1"), ("anonymous_id", "kiosk")):
        given = [f'{{namespace: "{namespace}", value: "{value}"}}' for namespace, value in (a, b)]
        asked = f"{{ __typename explain(from: {given[0]}, to: {given[1]}) {explanation} }}"
        answers.append((await world.ask(asked, everything)).data)
    decided = selection(CORE.type_map["DecidePayload"])
    ingested = selection(CORE.type_map["IngestPayload"])
    answers.append((await world.ask(MUTATIONS % decided, everything)).data | {"__typename": "Mutation"})
    events = [{"type": "track", "event": "Tea", "userId": "zoe", "anonymousId": "sofa"}, {"type": "track"}]
    events.append({"type": "identify", "userId": "ann", "traits": {"email": "no address"}})
    asked = f"mutation($events: [JSON!]!) {{ __typename ingest(events: $events) {ingested} }}"
    answers.append((await world.ask(asked, everything, events=events)).data)
    (decision,) = [one["id"] for one in answers[-2]["decide"]["profiles"][0]["decisions"] if one["stands"]]
    asked = f'mutation {{ __typename withdraw(decision: "{decision}") {decided} }}'
    answers.append((await world.ask(asked, everything)).data)
    acted, many = (selection(CORE.type_map[name]) for name in ("ReviewPayload", "ReviewManyPayload"))
    item = f'item: "{FRAUD_ID}"'
    said = f'[{{{item}, verdict: SAME, reason: "a"}}, {{{item}, verdict: FRAUD, reason: "b"}}]'
    acts = [f"claim({item})", f'snooze({item}, until: "2026-03-02")', f'note({item}, text: "ask Kim")']
    asks = [*(f"{act} {acted}" for act in acts), f"decideMany(decisions: {said}) {many}", f"undo({item}) {acted}"]
    answers += [(await world.ask(f"mutation {{ __typename {asked} }}", everything)).data for asked in asks]
    await matched_by_a_model(world)
    asked = f'{{ __typename reviewItem(id: "{DUPLICATE_ID}") {selection(CORE.type_map["ReviewItem"])} }}'
    answers.append((await world.ask(asked, everything)).data)
    reached = reachable(CORE.query_type) | reachable(CORE.mutation_type)
    wanted = {(name, field) for name in reached for field in CORE.type_map[name].fields}
    assert len(wanted) > 150
    assert wanted - set(told(answers)) == set()
