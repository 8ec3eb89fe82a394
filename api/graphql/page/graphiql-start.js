// Starts GraphiQL on the address of this page, with a tab for each example.
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultTabs: EXAMPLES.map((query) => ({ query })),
  }),
);
