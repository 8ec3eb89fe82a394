"""Collection of events, compatible with the Segment HTTP API."""

from api.collect.routes import routes

__all__ = ["routes"]
