// Starts GraphiQL on the address of this page, with a tab for each example.
const fetcher = GraphiQL.createFetcher({ url: window.location.pathname });
const defaultTabs = EXAMPLES.map(({ query, variables }) => ({
  query,
  variables: variables && JSON.stringify(variables, null, 2),
}));
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultTabs, shouldPersistHeaders: false }),
);
