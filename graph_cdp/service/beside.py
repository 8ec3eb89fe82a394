"""A process beside this one, that reads while this one stores: what it is fed with, and what it gives, are pickles."""

import subprocess
import sys

PIPE_BYTES = 1 << 20
"""What a pipe to it or from it holds."""


def started_beside(module: str) -> "subprocess.Popen[bytes]":
    """Start a process that runs `feed` of a module; it ends when its pipes do.

    It is not one of multiprocessing's: these import again what the main module imports, which takes longer than
    reading a batch. It has a process group of its own: an interrupt at the terminal is for this process, which ends it.
    """
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-c", f"from {module} import feed; feed()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=PIPE_BYTES,
        process_group=0,
    )
