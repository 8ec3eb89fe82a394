"""Who runs a command, for the audit log."""

import getpass
import os


def whoami(given: str | None) -> str:
    """The name that was given, else the login name, else the number of the account: containers may have no name."""
    if given and given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
