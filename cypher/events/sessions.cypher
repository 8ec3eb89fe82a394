// events/sessions: the newest sessions of each of several profiles, those that began before a moment only
// $profiles: list of lists of keys; $limit: for each; $silence (ms): how long nothing happens between two sessions;
//   $before (ms): the moment; $from_at, $to_at (ms): from when on and before when events count; $types, $channels:
//   lists, null where not asked ('' is no channel)
// returns rows: list of [profile (number), sessions], sessions newest first as [start (ms), end (ms), events, source and
//   channel of the first event, first_event, last_event (names, or types where there is no name)]
UNWIND range(0, size($profiles) - 1) AS number
CALL (number) {
  UNWIND $profiles[number] AS key
  MATCH (i:Identifier {key: key})
  MATCH (i)<-[:NAMES {owns: true}]-(e:Event)
  WITH e, e.at.epochMillis AS at
  WHERE at >= $from_at AND at < $to_at AND at < $before
    AND ($types IS NULL OR e.type IN $types)
    AND ($channels IS NULL OR coalesce(e.channel, '') IN $channels)
  WITH e, at ORDER BY e.at, e.id
  WITH collect(at) AS times, collect(e) AS events
  WITH times, events, [
    place IN range(0, size(times) - 1)
    WHERE place = 0 OR times[place] - times[place - 1] >= $silence
  ] AS begins
  WITH times, events, begins[-$limit..] AS begins
  RETURN [
    place IN reverse(range(0, size(begins) - 1)) |
    [begins[place], coalesce(begins[place + 1], size(times)) - 1]
  ] AS spans, times, events
}
RETURN collect([number, [
  span IN spans |
  [
    times[span[0]], times[span[1]], span[1] - span[0] + 1, events[span[0]].source, events[span[0]].channel,
    coalesce(events[span[0]].name, events[span[0]].type), coalesce(events[span[1]].name, events[span[1]].type)
  ]
]]) AS rows;
