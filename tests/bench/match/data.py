"""The records of the bench, the same for both sides: columns of text, and the truth beside them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph_cdp.files.columns import read_columns
from tests.bench.match.synthetic import records

RECORDS = Path(__file__).parents[2] / "data" / "records"
FILES = {
    "fake_1000": ("fake_1000.csv", "unique_id", "cluster"),
    "febrl3": ("febrl3.csv", "rec_id", None),
    "historical_50k": ("historical_figures_with_errors_50k.parquet", "unique_id", "cluster"),
}
SYNTHETIC = 1_000_000


class Data(NamedTuple):
    """Records without their truth; `id` is the column that names them, `person` a number for each."""

    table: pa.Table
    id: str
    person: NDArray[np.int64]


def load(name: str, scale: float = 1.0) -> Data:
    """The records of one data set; of the made-up ones as many as `scale` says."""
    if name == "synthetic":
        table = records(max(1_000, int(SYNTHETIC * scale)), seed=1)
        person = table["person"].to_numpy()
        return Data(table.drop_columns("person"), "record_id", person)
    file, id_, truth = FILES[name]
    table = pa.table(dict(read_columns(RECORDS / file).columns))
    table = pa.table({column: _missing(table[column]) for column in table.column_names})
    # febrl3 says in the id itself which record a copy was made of.
    person = table[truth] if truth else pc.replace_substring_regex(table[id_], r"^(rec-\d+)-.*$", r"\1")
    return Data(table.drop_columns(truth) if truth else table, id_, _numbers(person))


def _missing(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)


def _numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return column.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
