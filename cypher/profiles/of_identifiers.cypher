// profiles/of_identifiers: the profiles that identifiers belong to, with all that is shown of them
// $keys: list of keys, each once; $traits, $refusals: false where these are not wanted; $events: how many of the newest
//   events of each profile
// returns one record:
//   asked: list of identifiers, as in identifiers/by_key; one a known key
//   profiles: list of [anchor, members_sum, identifiers in its cluster, members, traits, events, refusals]; members as in
//     identifiers/by_key, traits as [key, name, at (ms), event, source, value (JSON)], events newest first by (at, id) as
//     [id, at (ms), received_at (ms), type, name, source, channel, body, owner], refusals by (low, high, kind) as
//     [low, high, kind, reason, namespace]
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
OPTIONAL MATCH (i)-[:MEMBER_OF]->(p:Profile)
OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c:Profile)
WITH collect([
  id(i), key, i.first_seen.epochMillis, i.last_seen.epochMillis, i.count, i.set_aside,
  id(p), p.anchor, coalesce(p.contested, false), id(c), c.anchor
]) AS asked, collect(DISTINCT {profile: p, main: coalesce(c, p)}) AS found
CALL (found) {
  UNWIND found AS one
  WITH one.profile AS p, one.main AS c WHERE p IS NOT NULL
  CALL (p, c) {
    MATCH (p)<-[:MEMBER_OF]-(m:Identifier)
    RETURN collect(m) AS ms, collect([
      id(m), m.key, m.first_seen.epochMillis, m.last_seen.epochMillis, m.count, m.set_aside,
      id(p), p.anchor, coalesce(p.contested, false), CASE WHEN c <> p THEN id(c) END, CASE WHEN c <> p THEN c.anchor END
    ]) AS members
  }
  CALL (ms) {
    WITH ms WHERE $traits
    UNWIND ms AS m
    MATCH (m)-[:HAS_TRAIT]->(t:Trait)
    RETURN collect([m.key, t.name, t.at.epochMillis, t.event, t.source, t.value]) AS traits
  }
  CALL (ms) {
    WITH ms WHERE $events > 0
    UNWIND ms AS m
    MATCH (m)<-[:NAMES {owns: true}]-(e:Event)
    WITH m, e ORDER BY e.at DESC, e.id DESC LIMIT $events
    RETURN collect([
      e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, m.key
    ]) AS events
  }
  CALL (ms) {
    WITH ms WHERE $refusals
    UNWIND ms AS m
    MATCH (m)-[r:REFUSED]-(:Identifier)
    WITH DISTINCT r
    WITH r, startNode(r) AS low, endNode(r) AS high
    ORDER BY low.key, high.key, r.kind
    RETURN collect([low.key, high.key, r.kind, r.reason, r.namespace]) AS refusals
  }
  RETURN collect([
    p.anchor, p.members_sum, COUNT { (c)<-[:IN_CLUSTER*0..1]-(:Profile)<-[:MEMBER_OF]-(:Identifier) }, members, traits,
    events, refusals
  ]) AS profiles
}
RETURN asked, profiles;
