"""Logs: one JSON object a line, with the id of the request that a line belongs to. No values of identifiers or traits.

Everything logs through Python's `logging`; structlog gives the lines their form.
"""

import logging
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import structlog

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id")
"""The id of the request that is being answered."""

_FRAMES = 30
_REQUESTS = logging.getLogger("api.requests")


def log_config(level: str) -> dict[str, Any]:
    """A configuration for `logging.config.dictConfig`: lines at or above a level, as JSON to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "api.ops.logs.formatter"}, "request": {"()": "api.ops.logs.RequestFormatter"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"},
            "requests": {"class": "logging.StreamHandler", "formatter": "request", "stream": "ext://sys.stderr"},
        },
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        # The driver tells of each of its retries, and its words may quote values.
        "loggers": {
            "neo4j": {"level": "CRITICAL"},
            "uvicorn.access": {"level": "CRITICAL"},
            _REQUESTS.name: {"handlers": ["requests"], "propagate": False},
        },
    }


def tell_request(request_id: str, method: str, route: str, status: int, seconds: float, *, is_routine: bool) -> None:
    """Log that a request was answered, at `info`; what is routine, at `debug`. `route` is never the path."""
    level = logging.DEBUG if is_routine else logging.INFO
    if _REQUESTS.isEnabledFor(level):
        ms = round(1000 * seconds, 2)
        told = {"request_id": request_id, "method": method, "route": route, "status": status, "ms": ms}
        record = logging.LogRecord(_REQUESTS.name, level, "", 0, "request", None, None)
        record.__dict__["told"] = told
        _REQUESTS.handle(record)


class RequestFormatter(logging.Formatter):
    """The form that all lines have, made for those of requests by the shortest way: there are thousands a second."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        head = {"event": record.msg, "at": at, "level": record.levelname.lower(), "logger": record.name}
        return orjson.dumps(head | getattr(record, "told", {})).decode()


def formatter() -> logging.Formatter:
    """What makes a line of a log record."""
    before: list[structlog.typing.Processor] = [
        with_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            without_message,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(_text_of),
        ],
    )


def with_request_id(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id of the request, where there is one."""
    if request_id := REQUEST_ID.get(""):
        line["request_id"] = request_id
    return line


def without_message(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and where it was raised: its message may quote a value."""
    record = line.get("_record")
    given = line.pop("exc_info", None) or (record.exc_info if isinstance(record, logging.LogRecord) else None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        line["error"] = type(error).__name__
        line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        if isinstance(record, logging.LogRecord):
            # The formatter would add the traceback, message and all.
            record.exc_info = record.exc_text = None
    return line


def _text_of(line: object, **_: object) -> str:
    return orjson.dumps(line, default=str).decode()
