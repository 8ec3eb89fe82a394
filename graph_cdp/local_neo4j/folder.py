"""The folder of one server: what is kept beside Neo4j's own data, and the versions it admits."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from graph_cdp.errors import LocalNeo4jError
from graph_cdp.local_neo4j.versions import order_of

_LOG_LINES = 20


@dataclass(frozen=True, slots=True)
class Record:
    """The last start in a folder. `pid` may have ended since, or be another process by now; 0 if it never came up."""

    version: str
    pid: int
    bolt_port: int
    http_port: int


@dataclass(frozen=True, slots=True)
class Folder:
    """The files in the folder of one server; `dir` is absolute."""

    dir: Path

    @property
    def conf(self) -> Path:
        """Where neo4j.conf lies."""
        return self.dir / "conf"

    @property
    def log(self) -> Path:
        """What the last server printed."""
        return self.dir / "logs" / "console.log"

    @property
    def lock(self) -> Path:
        """Held while a server is being started."""
        return self.dir / "start.lock"

    @property
    def _password(self) -> Path:
        return self.dir / "password"

    @property
    def _record(self) -> Path:
        return self.dir / "server.json"

    def make(self) -> None:
        """Make the folder, readable by its owner alone."""
        self.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in (self.conf, self.log.parent):
            part.mkdir(exist_ok=True)

    def record(self) -> Record | None:
        """The last start, None where there was none."""
        try:
            return Record(**json.loads(self._record.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise LocalNeo4jError(f"{self._record} cannot be read: choose another folder, or mend it.") from error

    def write_record(self, record: Record) -> None:
        """Keep what is being started."""
        write_private(self._record, json.dumps(asdict(record)))

    def password(self) -> str | None:
        """The password of `neo4j`, None before it was set."""
        try:
            return self._password.read_text().strip()
        except FileNotFoundError:
            return None

    def write_password(self, password: str) -> None:
        """Keep the password, readable by the owner alone."""
        write_private(self._password, password + "\n")

    def admit(self, version: str) -> None:
        """Raise LocalNeo4jError unless this version can work on what is in the folder; a later one upgrades it."""
        record = self.record()
        if record is not None and order_of(version) < order_of(record.version):
            raise LocalNeo4jError(
                f"{self.dir} holds data of Neo4j {record.version}, which {version} cannot read: "
                f"start it with --version {record.version}, or choose another folder."
            )
        if self.password() is None and (self.dir / "data" / "databases").exists():
            raise LocalNeo4jError(
                f"{self.dir} holds a Neo4j whose password is not known here: choose another folder, "
                f"or write the password of neo4j to {self._password}."
            )

    def log_tail(self) -> str:
        """The last lines that the server printed, without Java's stack frames."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join([line for line in lines if not line.startswith("\tat ")][-_LOG_LINES:])


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read; it appears whole or not at all."""
    partial = path.with_name(f"{path.name}.part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)
