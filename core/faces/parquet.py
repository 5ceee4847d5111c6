"""Parquet tables of embeddings: reading them, and saying in a sentence what is wrong with one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.checks import FloatArray


def read_columns(path: str | Path, *texts: str) -> list[list[Any]]:
    """Read columns of text and, after them, the column `embedding` with lists of floats (null where no face was found).

    Text may be dictionary-encoded, as pandas writes its categories.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, or has one of another kind.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [*texts, "embedding"]
    file = Path(path).name or str(path)
    cannot = f"cannot read columns {', '.join(texts)} and embedding from {file}"
    if Path(path).is_dir():
        raise ValueError(f"{cannot}: it is a folder")
    try:
        found = pq.read_schema(path).names
    except FileNotFoundError as error:
        raise ValueError(f"{cannot}: no such file") from error
    except (OSError, pa.ArrowException) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is no Parquet file"
        raise ValueError(f"{cannot}: {reason}") from error
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"{cannot}: it lacks the column{'s' * (len(missing) > 1)} {' and '.join(missing)}")
    for name in names:
        if found.count(name) > 1:
            raise ValueError(f"{cannot}: it has the column {name} {found.count(name)} times")
    try:
        table = pq.read_table(path, columns=names)
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{cannot}: it is damaged") from error
    *kinds, row = (table.schema.field(name).type for name in names)
    lists = pa.types.is_list(row) or pa.types.is_large_list(row) or pa.types.is_fixed_size_list(row)
    plain = [kind.value_type if pa.types.is_dictionary(kind) else kind for kind in kinds]
    all_text = all(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in plain)
    if not all_text or not (lists and pa.types.is_floating(row.value_type)):
        got = f"{', '.join(map(str, kinds))} and {row}"
        raise ValueError(f"{file} must hold {' and '.join(texts)} as text and embedding as lists of floats, got {got}")
    return [table[name].to_pylist() for name in names]


def matrix_of(rows: Sequence[Sequence[float]], *, source: str) -> FloatArray:
    """Stack embeddings of one length as float32, or raise ValueError; whether they are finite is for the caller to check."""
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"embeddings in {source} must have one length, got lengths {sorted(lengths)}")
    with np.errstate(over="ignore"):
        return np.array(rows, dtype=np.float32)
