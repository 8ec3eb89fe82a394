"""The command line. Each command parses, calls a use case or a question, shows the answer and gives an exit code."""

from graph_cdp.cli.app import main

__all__ = ["main"]
