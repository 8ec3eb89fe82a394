"""Whatever is sent, decided, withdrawn and restarted in whatever order, HTTP tells what the oracle says of it."""

from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from zlib import crc32

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from api.app import create_app
from graph_cdp.config import Settings
from graph_cdp.domain.times import iso, parse_time
from tests import oracle
from tests.api.threads import in_thread
from tests.stores import ID_KEY, file_url, truth_of
from tests.strategies import History, Plain, histories, policy_text, raw_event

_IDENTIFIER = "identifiers { key firstSeen lastSeen count shared setAside profileId }"
_PROFILES = f"""query {{ profiles(first: 25) {{ nodes {{ id firstSeen lastSeen clusterSize {_IDENTIFIER}
  traits {{ name value source at event identifier }}
  refusals {{ from to kind reason namespace }}
  links(first: 100) {{ nodes {{ from to kind count firstSeen lastSeen sources }} }}
  journey(first: 100) {{ nodes {{ id at }} }}
}} pageInfo {{ hasNextPage }} }} }}"""
_PROFILE = f"""query ($id: ID, $identifier: IdentifierInput) {{
  profile(id: $id, identifier: $identifier) {{ id {_IDENTIFIER} traits {{ name value }} }} }}"""
_INGEST = """mutation ($events: [JSON!]!) {
  ingest(events: $events) { accepted duplicates ids userErrors { code path } touched changes { kind } } }"""
_PAYLOAD = """{ decision { id from to verdict at by reason stands } supersedes { id } together
  changes { kind } touched userErrors { code } }"""
_DECIDE = f"""mutation ($a: IdentifierInput!, $b: IdentifierInput!, $verdict: Verdict!) {{
  decide(a: $a, b: $b, verdict: $verdict, reason: "asked them") {_PAYLOAD} }}"""
_WITHDRAW = f"mutation ($decision: ID!) {{ withdraw(decision: $decision) {_PAYLOAD} }}"
_NOON = parse_time("2026-06-01T12:00:00Z")
_NUMBERS = st.integers(0, 255)


class Service(RuleBasedStateMachine):
    """A service with a store of its own, and its history so far as the oracle reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.folder = Path(self.opened.enter_context(TemporaryDirectory()))
        self.running = ExitStack()
        self.now = _NOON
        self.pool: list[Plain] = []
        self.history = History({}, [], [])
        self.truth = truth_of(self.history._replace(policy={"namespaces": []}))
        self.changed = False

    @initialize(history=histories(max_events=24, max_decisions=0).filter(lambda history: history.events))
    def starts(self, history: History) -> None:
        self.pool, self.history = history.events, History(history.policy, [], [])
        (self.folder / "policy.toml").write_text(policy_text(history.policy) + self._collect())
        self._start()

    def teardown(self) -> None:
        self.running.close()
        self.opened.close()

    # What happens.

    @rule(number=_NUMBERS)
    def sends_an_event(self, number: int) -> None:
        event = self.pool[number % len(self.pool)]
        message = self._message(event)
        answer = self.client.post(f"/v1/{message.pop('type')}", json=message)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        self._happened(event)

    @rule(numbers=st.lists(_NUMBERS, max_size=8))
    def sends_a_batch(self, numbers: list[int]) -> None:
        events = [self.pool[number % len(self.pool)] for number in numbers]
        answer = self.client.post("/v1/batch", json={"batch": [self._message(one) for one in events]})
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        self._happened(*events)

    @precondition(lambda self: self.history.events)
    @rule(numbers=st.lists(_NUMBERS, max_size=4), place=st.integers(0, 4))
    def sends_a_batch_with_events_that_are_refused(self, numbers: list[int], place: int) -> None:
        other = {**self._message(self.history.events[0]), "properties": {"seen": "otherwise"}}
        events = [self.pool[number % len(self.pool)] for number in numbers]
        messages = [self._message(one) for one in events]
        messages[place:place] = [{"type": "track", "messageId": "nobody's"}, other]
        answer = self.client.post("/v1/batch", json={"batch": messages})
        assert answer.status_code == 400
        first = min(place, len(events))
        assert [one["index"] for one in answer.json()["refused"]] == [first, first + 1]
        assert answer.json()["stored"] == len(events)
        self._happened(*events)

    @rule(numbers=st.lists(_NUMBERS, min_size=1, max_size=4))
    def sends_by_graphql(self, numbers: list[int]) -> None:
        events = [self.pool[number % len(self.pool)] for number in numbers]
        known, before = {one["id"] for one in self.history.events}, self.truth
        sent = self._ask(_INGEST, events=[self._message(one) for one in events])["ingest"]
        self._happened(*events)
        new = {one["id"] for one in events} - known
        assert (sent["accepted"], sent["duplicates"]) == (len(new), len(events) - len(new))
        assert (sent["ids"], sent["userErrors"]) == ([one["id"] for one in events], [])
        assert self._changed(before) <= set(sent["touched"])

    @precondition(lambda self: len(self.truth.identifiers) > 1)
    @rule(one=_NUMBERS, other=_NUMBERS, verdict=st.sampled_from(["SAME", "DIFFERENT", "SAME", "DIFFERENT", "UNSURE"]))
    def decides(self, one: int, other: int, verdict: str) -> None:
        keys = sorted(self.truth.identifiers)
        a = keys.pop(one % len(keys))
        b = keys[other % len(keys)]
        before = self.truth
        self._decided(self._ask(_DECIDE, a=_input(a), b=_input(b), verdict=verdict)["decide"], before)
        made = self.history.decisions[-1]
        assert (made["a"], made["b"], made["verdict"]) == (*oracle.pair_of(a, b), verdict.lower())

    @precondition(lambda self: self.history.decisions)
    @rule(number=_NUMBERS)
    def withdraws(self, number: int) -> None:
        decision = self.history.decisions[number % len(self.history.decisions)]
        in_force = decision in oracle.standing(self.history.decisions).values() and decision["verdict"] != "unsure"
        before = self.truth
        payload = self._ask(_WITHDRAW, decision=oracle.decision_id(decision))["withdraw"]
        if payload["userErrors"]:
            assert [one["code"] for one in payload["userErrors"]] == ["DECISION_SUPERSEDED"]
            assert not in_force
        else:
            self._decided(payload, before)
            assert self.history.decisions[-1]["verdict"] == "unsure"

    @rule(millis=st.sampled_from([1, 60_000, -1, -86_400_000]))
    def sets_the_clock(self, millis: int) -> None:
        self.now += millis

    @precondition(lambda self: self.changed)
    @rule()
    def is_restarted(self) -> None:
        self.changed = False
        self.running.close()
        self._start()

    # What is read.

    @precondition(lambda self: self.history.events)
    @rule(number=_NUMBERS, events=st.integers(0, 4))
    def reads_an_identifier(self, number: int, events: int) -> None:
        keys = sorted(self.truth.identifiers)
        if not keys:
            return
        key = keys[number % len(keys)]
        seen = self.truth.identifiers[key]
        by_graphql = self._ask(_PROFILE, identifier=_input(key))["profile"]
        answer = self.client.get(f"/v1/profiles/{quote(key)}", params={"events": events})
        assert answer.status_code == 200
        again = self.client.get(answer.request.url, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        by_rest = answer.json()
        assert by_rest["id"] == seen.profile
        if seen.profile is None:
            assert by_graphql is None
            assert by_rest["set_aside"] == seen.set_aside
            return
        # An id that any of its identifiers has, or would have, alone leads to it too.
        by_id = self._ask(_PROFILE, id=oracle.profile_id(key, ID_KEY))["profile"]
        assert by_id == by_graphql
        members = self.truth.profiles[seen.profile]
        assert (by_graphql["id"], {one["key"] for one in by_graphql["identifiers"]}) == (seen.profile, members)
        assert {one["identifier"] for one in by_rest["identifiers"]} == members
        traits = self.truth.profile_traits[seen.profile]
        assert _same({one["name"]: one["value"] for one in by_graphql["traits"]}, traits)
        assert _same({name: one["value"] for name, one in by_rest["traits"].items()}, traits)
        assert {(one["a"], one["b"], one["kind"], one["reason"], one["namespace"]) for one in by_rest["refusals"]} == {
            one for one in self.truth.refusals if members & {one.low, one.high}
        }
        assert [one["id"] for one in by_rest["events"]] == self._journeys()[seen.profile][:events]

    @rule(value=st.sampled_from(["d9", "never"]))
    def reads_what_nobody_named(self, value: str) -> None:
        key = f"{self.history.policy['namespaces'][0]['name']}:{value}"
        assert self.client.get(f"/v1/profiles/{key}").status_code == 404
        assert self._ask(_PROFILE, identifier=_input(key)) == {"profile": None}

    @invariant()
    def agrees_with_the_oracle(self) -> None:
        truth = self.truth
        page = self._ask(_PROFILES)["profiles"]
        assert not page["pageInfo"]["hasNextPage"]
        found = {one["id"]: one for one in page["nodes"]}
        assert len(found) == len(page["nodes"])
        assert {id_: {one["key"] for one in of["identifiers"]} for id_, of in found.items()} == truth.profiles
        told = {one["key"]: one for of in found.values() for one in of["identifiers"]}
        for key, seen in truth.identifiers.items():
            if seen.profile is None:
                aside = self.client.get(f"/v1/profiles/{quote(key)}").json()
                assert (aside["id"], aside["set_aside"]) == (None, seen.set_aside)
                assert aside["identifiers"][0]["count"] == seen.count
            else:
                assert told[key] == _shown(key, seen)
        links, refusals, journeys = dict[oracle.Pair, oracle.Link](), set[oracle.Refusal](), self._journeys()
        for id_, of in found.items():
            members = [truth.identifiers[key] for key in truth.profiles[id_]]
            assert of["firstSeen"] == iso(min(one.first_seen for one in members))
            assert of["lastSeen"] == iso(max(one.last_seen for one in members))
            clusters = {one.cluster for one in members}
            assert of["clusterSize"] == sum(one.cluster in clusters for one in truth.identifiers.values())
            assert _same({one["name"]: one["value"] for one in of["traits"]}, truth.profile_traits[id_])
            for one in of["traits"]:
                write = truth.identifiers[one["identifier"]].traits[one["name"]]
                assert (one["at"], one["event"], one["source"]) == (iso(write.at), write.event, write.source)
            assert [one["id"] for one in of["journey"]["nodes"]] == journeys[id_]
            refusals |= {_refusal(one) for one in of["refusals"]}
            links |= {(one["from"], one["to"]): _link(one) for one in of["links"]["nodes"] if one["kind"] == "OBSERVED"}
        assert refusals == truth.refusals
        assert links == {
            pair: link
            for pair, link in truth.links.items()
            if any(truth.identifiers[key].profile is not None for key in pair)
        }

    # How.

    def _start(self) -> None:
        given = Settings(
            store=file_url(self.folder / "graph.db"),
            policy=self.folder / "policy.toml",
            id_key=ID_KEY,
            mode="development",
            graphql_cost=1_000_000,
            rate_limit=1_000_000,
            _env_file=None,
        )
        url = self.running.enter_context(in_thread(create_app(given, lambda: self.now)))
        self.client = self.running.enter_context(httpx.Client(base_url=url, timeout=60))

    def _named(self) -> dict[str, str]:
        """The fields of Segment's messages that the policy collects here, with their namespaces."""
        names = [one["name"] for one in self.history.policy["namespaces"]]
        return {"userId": names[0]} | ({"anonymousId": names[-1]} if len(names) > 1 else {})

    def _collect(self) -> str:
        return "\n[collect]\n" + "".join(f'{field} = "{name}"\n' for field, name in self._named().items())

    def _message(self, event: Plain) -> Plain:
        """The event as Segment's libraries send it, with what they have no field for under `identifiers`."""
        message = raw_event(event)
        for field, namespace in self._named().items():
            named = next((one for one in message["identifiers"] if one["namespace"] == namespace), None)
            if named is not None:
                message["identifiers"].remove(named)
                message[field] = named["value"]
        if not event["traits"]:
            message["type"] = ("track", "page", "screen")[crc32(event["id"].encode()) % 3]
        return message

    def _happened(self, *events: Plain) -> None:
        self.history.events.extend(events)
        self.truth, self.changed = truth_of(self.history), True

    def _ask(self, query: str, **variables: Any) -> Plain:
        answer = self.client.post("/graphql", json={"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def _decided(self, payload: Plain, before: oracle.Expected) -> None:
        """Take a decision into the history, and see that what is told of its effect is right."""
        assert payload["userErrors"] == []
        told = payload["decision"]
        stood = oracle.standing(self.history.decisions)
        made = {
            **{name: told[name] for name in ("by", "reason")},
            "a": told["from"],
            "b": told["to"],
            "verdict": told["verdict"].lower(),
            "at": parse_time(told["at"]),
        }
        self.history.decisions.append(made)
        self.truth, self.changed = truth_of(self.history), True
        pair, truth = (made["a"], made["b"]), self.truth
        assert told["id"] == oracle.decision_id(made)
        assert told["stands"]
        assert oracle.standing(self.history.decisions)[pair] == made
        if made != stood.get(pair):
            assert payload["supersedes"] == ({"id": oracle.decision_id(stood[pair])} if pair in stood else None)
        profiles = {truth.identifiers[key].profile for key in pair}
        assert payload["together"] == (len(profiles) == 1 and None not in profiles)
        assert self._changed(before) <= set(payload["touched"])
        moved = [one["kind"] for one in payload["changes"] if one["kind"] != "REFUSED"]
        assert bool(moved) == (before.profiles != truth.profiles)

    def _changed(self, before: oracle.Expected) -> set[str]:
        """The ids of profiles that are new, gone, or of other identifiers."""
        was, now = before.profiles, self.truth.profiles
        return {id_ for id_ in was.keys() | now.keys() if was.get(id_) != now.get(id_)}

    def _journeys(self) -> dict[str, list[str]]:
        """By profile, the ids of its events, newest first."""
        truth, journeys = self.truth, defaultdict[str, list[tuple[int, str]]](list)
        for event in {one["id"]: one for one in self.history.events}.values():
            owner = truth.owners[event["id"]]
            if owner is not None:
                journeys[truth.identifiers[owner].profile or ""].append((event["at"], event["id"]))
        found = defaultdict[str, list[str]](list)
        return found | {id_: [event for _, event in sorted(of, reverse=True)] for id_, of in journeys.items()}


def _input(key: str) -> Plain:
    namespace, value = key.split(":")
    return {"namespace": namespace, "value": value}


def _same(found: Plain, truth: Plain) -> bool:
    """Whether traits are alike as JSON, where 1, 1.0 and true differ."""
    return oracle.canonical(found) == oracle.canonical(truth)


def _shown(key: str, seen: oracle.Seen) -> Plain:
    """An identifier of a profile as GraphQL gives it."""
    return {
        "key": key,
        "firstSeen": iso(seen.first_seen),
        "lastSeen": iso(seen.last_seen),
        "count": seen.count,
        "shared": False,
        "setAside": None,
        "profileId": seen.profile,
    }


def _refusal(one: Plain) -> oracle.Refusal:
    return oracle.Refusal(one["from"], one["to"], one["kind"].lower(), one["reason"].lower(), one["namespace"])


def _link(one: Plain) -> oracle.Link:
    seen = (parse_time(one[field]) for field in ("firstSeen", "lastSeen"))
    return oracle.Link(one["count"], *seen, tuple(one["sources"]))


TestWhateverHappensHttpTellsWhatTheOracleSays = Service.TestCase
TestWhateverHappensHttpTellsWhatTheOracleSays.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
