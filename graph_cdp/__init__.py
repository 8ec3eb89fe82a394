"""Open identity resolution on a graph: observations in, explained profiles out."""

__version__ = "0.1.0"
