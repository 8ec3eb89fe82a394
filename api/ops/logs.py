"""Logs: one JSON object a line, with the id of the request that a line belongs to. No values of identifiers or traits.

Everything logs through Python's `logging`; structlog gives the lines their form.
"""

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

_FIELDS = ("method", "route", "status", "ms", "caller", "pid", "workers", "address")
_FRAMES = 30


def log_config(level: str) -> dict[str, Any]:
    """A configuration for `logging.config.dictConfig`: lines at or above a level, as JSON to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "api.ops.logs.formatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        # The driver tells of each of its retries, and its words may quote values.
        "loggers": {"neo4j": {"level": "CRITICAL"}, "uvicorn.access": {"level": "CRITICAL"}},
    }


def formatter() -> logging.Formatter:
    """What makes a line of a log record."""
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_FIELDS),
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
