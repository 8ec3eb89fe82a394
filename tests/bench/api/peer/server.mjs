// The peer: @neo4j/graphql over the graph model, served by graphql-yoga or by Apollo Server.
// node server.mjs yoga|apollo PORT, the store in NEO4J_ADDRESS, NEO4J_USER, NEO4J_PASSWORD, NEO4J_DATABASE.
// Prints one line when it listens.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { GraphQLScalarType } from "graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const [by, port] = process.argv.slice(2);
const { NEO4J_ADDRESS, NEO4J_USER, NEO4J_PASSWORD, NEO4J_DATABASE } = process.env;
const driver = neo4j.driver(NEO4J_ADDRESS, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD));
const typeDefs = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
const resolvers = { Moment: new GraphQLScalarType({ name: "Moment", serialize: String }) };
const schema = await new Neo4jGraphQL({ typeDefs, resolvers, driver }).getSchema();
// A database that is named spares the driver the question which one is the default.
const context = async () => ({ sessionConfig: { database: NEO4J_DATABASE } });

if (by === "yoga") {
  const yoga = createYoga({ schema, context, graphiql: false, landingPage: false, logging: false });
  await new Promise((listening) => createServer(yoga).listen(Number(port), "127.0.0.1", listening));
} else {
  const apollo = new ApolloServer({ schema, introspection: false });
  await startStandaloneServer(apollo, { context, listen: { host: "127.0.0.1", port: Number(port) } });
}
console.log("listening");
