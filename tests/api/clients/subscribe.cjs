"use strict";

// Follows changes with the libraries that pages use, and prints one a line until it is ended. The libraries come again by
// themselves when they are cut off, and send the variables as they are then: so they go on behind the last cursor.

const { WebSocket } = require("ws");
const sockets = require("graphql-ws");
const streams = require("graphql-sse");

const [library, url, after] = process.argv.slice(2);
const query = "subscription($after: String) { identityChanged(after: $after) { cursor kind before after reason } }";
const variables = { after };
const retry = { retryAttempts: Infinity, retryWait: () => new Promise((done) => setTimeout(done, 50)) };

const client =
  library === "graphql-ws"
    ? sockets.createClient({
        url: `${url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        shouldRetry: () => true,
        ...retry,
      })
    : streams.createClient({ url: `${url}/graphql`, ...retry });

client.subscribe(
  { query, variables },
  {
    next(result) {
      if (result.errors) throw new Error(JSON.stringify(result.errors));
      variables.after = result.data.identityChanged.cursor;
      console.log(JSON.stringify(result.data.identityChanged));
    },
    error(error) {
      console.error(error);
      process.exit(1);
    },
    complete() {
      process.exit(2);
    },
  },
);
