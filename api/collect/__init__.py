"""Collection of events, compatible with the Segment HTTP API."""

from api.collect.routes import OPEN, is_for, routes

__all__ = ["OPEN", "is_for", "routes"]
