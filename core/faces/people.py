"""Several pictures of one person each: what tells how far apart two pictures of one face lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.checks import FloatArray, IntArray, matrix
from core.faces import parquet


@dataclass(frozen=True)
class Pictures:
    """Embeddings with a number for the person that each shows; names are not kept.

    `left_out` counts rows by reason; with the embeddings they add up to `rows`.
    """

    embeddings: FloatArray
    person: IntArray
    rows: int
    left_out: dict[str, int]

    def __len__(self) -> int:
        return len(self.embeddings)

    @property
    def people_with_several(self) -> int:
        """People with two pictures or more."""
        return int((np.bincount(self.person) > 1).sum())


def read_parquet(path: str | Path) -> Pictures:
    """Read a table with columns `file`, `person` and `embedding` (null where no face was found).

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, or holds no usable picture.
    """
    return from_rows(*parquet.read_columns(path, "file", "person"), source=Path(path).name)


def from_rows(
    files: Sequence[str | None],
    persons: Sequence[str | None],
    embeddings: Sequence[Sequence[float] | None],
    *,
    source: str = "the table",
) -> Pictures:
    """Keep the rows that show a named person, and count the others by reason."""
    names: list[str] = []
    kept: list[Sequence[float]] = []
    left_out: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for file, person, embedding in zip(files, persons, embeddings, strict=True):
        if person is None or not person.strip():
            left_out["no person named"] += 1
        elif embedding is None:
            left_out["no face found"] += 1
        elif file is not None and (person, file) in seen:
            # A picture compared with itself would count as two pictures at distance 0.
            left_out["file listed before"] += 1
        else:
            seen |= {(person, file)} if file is not None else set()
            names.append(person)
            kept.append(embedding)
    if not kept:
        raise ValueError(f"{source} must hold at least 1 usable picture, got 0 of {len(files):,} rows: {dict(left_out)}")
    values = matrix(f"embeddings in {source}", parquet.matrix_of(kept, source=source))
    return Pictures(values, np.unique(names, return_inverse=True)[1], len(files), dict(left_out))
