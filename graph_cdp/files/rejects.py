"""The file that rejects are written to."""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import orjson

from graph_cdp.errors import InputError
from graph_cdp.files.rows import Reject


class RejectsFile:
    """JSON Lines `{"file", "line", "reason", "text"}`; a context manager. The file is made with the first reject.

    What is there already stays, and a reject that is there is not written again, so a load that is repeated or
    continued adds only what is new. `count` is how many rejects were given, whether new or not. When `write`
    returns, its rejects outlive the end of the process.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._known = set[bytes]()
        self._file: BinaryIO | None = None

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            # What `write` could not write and told of is held still, and closing would try it once more.
            with suppress(OSError):
                self._file.close()

    def write(self, file: Path, rejects: Iterable[Reject]) -> None:
        """Add the rejects of a file. Raises InputError where they cannot be written."""
        try:
            for reject in rejects:
                self.count += 1
                self._write(orjson.dumps({"file": str(file), **reject._asdict()}) + b"\n")
            if self._file is not None:
                self._file.flush()
        except OSError as fault:
            raise InputError(f"{self.path}: rejects cannot be written there: {fault.strerror}.") from fault

    def _write(self, line: bytes) -> None:
        if self._file is None:
            # A device or a pipe holds nothing that was written before.
            is_file = self.path.is_file() or not self.path.exists()
            self._file = self.path.open("ab+" if is_file else "wb")
            if is_file:
                self._take_in(self._file)
        if (name := _name(line)) not in self._known:
            self._known.add(name)
            self._file.write(line)

    def _take_in(self, file: BinaryIO) -> None:
        """Take in what is there; a last line that an interrupted write left unfinished is cut off."""
        file.seek(0)
        whole = 0
        for line in file:
            if line.endswith(b"\n"):
                whole += len(line)
                self._known.add(_name(line))
        file.truncate(whole)


def _name(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()
