"""Commands of `graph-cdp` that need the API. They are found by the entry-point group `graph_cdp.commands`."""
