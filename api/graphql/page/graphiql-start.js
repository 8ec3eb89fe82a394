// Starts GraphiQL on the address of this page, with a tab for each example.
const { origin, pathname } = window.location;
const subscriptionUrl = `${origin.replace(/^http/, "ws")}${pathname}`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: pathname, subscriptionUrl }),
    defaultTabs: EXAMPLES.map((query) => ({ query })),
  }),
);
