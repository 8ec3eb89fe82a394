"""JSON Lines: one object a line."""

from collections.abc import Iterator

import orjson

from graph_cdp.files.rows import BATCH_BYTES, Batch, Position, Reject, Row, excerpt, not_utf8
from graph_cdp.files.streams import LONGEST_LINE, ByteStream


def read_jsonl(stream: ByteStream, start: Position, size: int) -> Iterator[Batch]:
    """The objects from `start` on, `size` lines a batch or fewer; empty lines are passed over.

    Where the stream is damaged, they end early.
    """
    rows, rejects = list[Row](), list[Reject]()
    line, offset, batch_start = start.line, start.offset, start.offset
    for lines, long in stream.lines(start.offset):
        at = 0
        while at < len(lines):
            part = lines[at : at + size - len(rows) - len(rejects)]
            if long is None:
                _parse(part, line, rows, rejects)
            else:
                rejects.append(Reject(line + 1, f"longer than {LONGEST_LINE:,} bytes", excerpt(lines[0])))
            at += len(part)
            line += len(part)
            offset += len(part) + (sum(map(len, part)) if long is None else long)
            if len(rows) + len(rejects) == size or offset - batch_start >= BATCH_BYTES:
                yield Batch(rows, rejects, Position(line, offset), stream.done, stream.total)
                rows, rejects, batch_start = [], [], offset
    if rows or rejects:
        yield Batch(rows, rejects, Position(line, offset), stream.done, stream.total)


def _parse(lines: list[bytes], line: int, rows: list[Row], rejects: list[Reject]) -> None:
    loads = orjson.loads
    for raw in lines:
        line += 1
        try:
            values = loads(raw)
        except orjson.JSONDecodeError as fault:
            if raw.strip():
                rejects.append(Reject(line, _why_not(raw, fault), excerpt(raw)))
            continue
        if type(values) is dict:
            rows.append(Row(line, values))
        else:
            rejects.append(Reject(line, "not a JSON object", excerpt(raw)))


def _why_not(raw: bytes, fault: orjson.JSONDecodeError) -> str:
    if 0 in raw:
        return f"NUL at byte {raw.index(0) + 1}"
    return not_utf8(raw) or f"invalid JSON at column {fault.colno}: {fault.msg}"
