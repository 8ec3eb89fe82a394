"""Collection of events, compatible with the Segment HTTP API."""
