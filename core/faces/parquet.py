"""Parquet tables of embeddings: reading them, and saying in a sentence what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.checks import FloatArray


def read_columns(path: str | Path, *texts: str) -> list[list[Any]]:
    """Read columns of text and, after them, the column `embedding` with lists of floats (null where no face was found).

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, or has one of another kind.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file, names = Path(path).name, [*texts, "embedding"]
    try:
        table = pq.read_table(path, columns=names)
    except (OSError, pa.ArrowException) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else "not a Parquet file with these columns"
        raise ValueError(f"cannot read columns {', '.join(texts)} and embedding from {file}: {reason}") from error
    kinds = [table.schema.field(name).type for name in names]
    row = kinds[-1]
    lists = pa.types.is_list(row) or pa.types.is_large_list(row) or pa.types.is_fixed_size_list(row)
    all_text = all(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in kinds[:-1])
    if not all_text or not (lists and pa.types.is_floating(row.value_type)):
        got = f"{', '.join(map(str, kinds[:-1]))} and {row}"
        raise ValueError(f"{file} must hold {' and '.join(texts)} as text and embedding as lists of floats, got {got}")
    return [table[name].to_pylist() for name in names]


def matrix_of(rows: Sequence[Sequence[float]], *, source: str) -> FloatArray:
    """Stack embeddings of one length as float32, or raise ValueError; whether they are finite is for the caller to check."""
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"embeddings in {source} must have one length, got lengths {sorted(lengths)}")
    with np.errstate(over="ignore"):
        return np.array(rows, dtype=np.float32)
