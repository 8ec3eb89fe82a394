"""Reading event and record files: rows, what their columns mean, and what could not be read.

`graph_cdp.files.columns` reads whole files in columns; loading what it needs takes longer than many a file.
"""

from graph_cdp.files.guess import ColumnGuess, Guess, guess_mapping
from graph_cdp.files.mapping import RECORD_ID, Column, Mapping, is_event
from graph_cdp.files.mapping_file import as_toml, check_columns, load_mapping
from graph_cdp.files.reading import Sample, fingerprint, open_rows, sample
from graph_cdp.files.rejects import RejectsFile
from graph_cdp.files.rows import BATCH_BYTES, Batch, Kind, Position, Reject, Row, RowFile

__all__ = [
    "BATCH_BYTES",
    "RECORD_ID",
    "Batch",
    "Column",
    "ColumnGuess",
    "Guess",
    "Kind",
    "Mapping",
    "Position",
    "Reject",
    "RejectsFile",
    "Row",
    "RowFile",
    "Sample",
    "as_toml",
    "check_columns",
    "fingerprint",
    "guess_mapping",
    "is_event",
    "load_mapping",
    "open_rows",
    "sample",
]
