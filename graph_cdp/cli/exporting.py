"""From a store's rows to a file, with a progress bar."""

import sys
from pathlib import Path

from graph_cdp.cli.opening import Session
from graph_cdp.cli.progress import bar
from graph_cdp.errors import InputError
from graph_cdp.query.export import What, rows_of
from graph_cdp.query.export_files import Kind, output, sink
from graph_cdp.store.port import Reading


async def write_out(session: Session, what: What, kind: Kind, path: Path | None) -> None:
    """Write one consistent view. Raises InputError where the output cannot be written, or is a terminal."""
    if kind == "parquet" and path is None and sys.stdout.isatty():
        raise InputError("Parquet is nothing to look at: name a file with --output FILE.")

    async def work(tx: Reading) -> None:
        total = getattr(await tx.sizes(), what)
        written = 0
        with output(path, sys.stdout.buffer) as file, bar(f"export {what}", "rows") as tell:
            rows = sink(what, kind, file)
            async for page in rows_of(what, tx, session.store.ids, session.rules, columns=kind != "jsonl"):
                rows.write(page)
                written += len(page)
                tell(written, total, written)
            rows.close()

    await session.store.read(work)
