"""The HTTP face of graph_cdp: collection, GraphQL, REST. Nothing below it knows HTTP."""
