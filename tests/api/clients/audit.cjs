// Prints how the server at the given address fares in each audit of GraphQL over HTTP, as JSON.
const { auditServer } = require("graphql-http");

auditServer({ url: process.argv[2] }).then((results) =>
  console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })))),
);
