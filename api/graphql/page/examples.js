// What the page shows first, a tab each.
const EXAMPLES = [
  `# Profiles, page by page:
# give the endCursor as \`after\` to go on.
query Profiles {
  profiles(first: 20) {
    edges {
      node { id known lastSeen identifiers { key count } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  `# One profile, by any of its identifiers:
# what it is known by, its traits, its newest events.
query Profile {
  profile(identifier: { namespace: "email", value: "ann@shop.org" }) {
    id
    firstSeen
    lastSeen
    identifiers { namespace value count lastSeen }
    traits { name value source identifier }
    journey(first: 10) {
      edges { node { at type name source } }
    }
  }
}
`,
  `# Why two identifiers belong to one profile, or to two.
query Explain {
  explain(
    from: { namespace: "email", value: "ann@shop.org" }
    to: { namespace: "anonymous_id", value: "a1" }
  ) {
    verdict
    path {
      link { from to kind count lastSeen refused }
      examples { at type source }
    }
  }
}
`,
  `# Merges, splits, new names and refusals, as they happen;
# give the last cursor as \`after\` to go on.
subscription Changes {
  identityChanged {
    kind
    before
    after
    reason
    cursor
    profiles { id identifiers { key } }
  }
}
`,
];
