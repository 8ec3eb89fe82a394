// What the page shows first: queries that the demo data answers.
const EXAMPLES = [
  {
    query: `# A profile by any of its identifiers: what it is known by, its traits, and its newest events.
query Profile($identifier: IdentifierInput!) {
  profile(identifier: $identifier) {
    id
    firstSeen
    lastSeen
    identifiers { namespace value count lastSeen }
    traits { name value source }
    journey(first: 10) {
      edges { node { at type name source } }
    }
  }
}
`,
    variables: { identifier: { namespace: "email", value: "ann@example.org" } },
  },
  {
    query: `# Profiles, page by page, with the ids that lead to them.
query Profiles($after: String) {
  profiles(first: 20, after: $after) {
    edges { node { id known lastSeen identifiers { key } } }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    query: `# Why two identifiers belong to one profile, or to two.
query Explain($from: IdentifierInput!, $to: IdentifierInput!) {
  explain(from: $from, to: $to) {
    __typename
  }
}
`,
    variables: {
      from: { namespace: "email", value: "ann@example.org" },
      to: { namespace: "device", value: "phone-1" },
    },
  },
];
