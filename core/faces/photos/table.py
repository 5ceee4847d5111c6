"""The table of embeddings: its columns, shards that are written whole or not at all, and what they add up to."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.checks import FloatArray
from core.faces.photos.labels import Labels

METADATA = b"faceprint_risk"
SCHEMA = pa.schema(
    {
        "file": pa.string(),
        "age": pa.int16(),
        "sex": pa.string(),
        "race": pa.string(),
        "faces_found": pa.int32(),
        "embedding": pa.list_(pa.float32(), 128),
        "left_out": pa.string(),
    }
)
NO_FACE = "no face found"
_SETTINGS = ("detector", "upsample", "jitters", "prefer", "labels", "photos")


@dataclass
class Row:
    """One photo. `faces_found` is None where the photo could not be read, and `left_out` says why there is no embedding."""

    file: str
    labels: Labels
    faces_found: int | None = None
    embedding: FloatArray | None = None
    left_out: str | None = None


@dataclass
class Summary:
    """What a table holds: `left_out` counts photos by reason; with those embedded they add up to `photos`."""

    photos: int = 0
    embedded: int = 0
    faces_found: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    read_now: int = 0

    @property
    def readable(self) -> int:
        """Photos that could be opened, with or without a face."""
        return self.embedded + self.left_out[NO_FACE]

    def add(self, table: pa.Table) -> None:
        """Count the rows of a table."""
        reasons = Counter(table["left_out"].to_pylist())
        self.photos += len(table)
        self.embedded += reasons.pop(None, 0)
        self.left_out.update(reasons)
        self.faces_found += sum(found or 0 for found in table["faces_found"].to_pylist())

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name, the most frequent reason first."""
        return asdict(self) | {"left_out": dict(self.left_out.most_common())}


def table_of(rows: list[Row], metadata: dict[str, Any]) -> pa.Table:
    """Return rows as a table with the metadata in its schema."""
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in ("file", "faces_found", "left_out")}
    columns |= {name: [getattr(row.labels, name) for row in rows] for name in ("age", "sex", "race")}
    columns["embedding"] = [None if row.embedding is None else row.embedding.astype("float32") for row in rows]
    arrays = [pa.array(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names]
    return pa.Table.from_arrays(arrays, schema=_schema(metadata))


def write(tables: Iterable[pa.Table], path: Path, metadata: dict[str, Any]) -> None:
    """Write tables as one Parquet file. Until it is whole and on the disk, nothing stands under its name."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("wb") as file:
            with pq.ParquetWriter(file, _schema(metadata), compression="zstd") as writer:
                for table in tables:
                    writer.write_table(table.cast(_schema(metadata)))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def shards_in(folder: Path) -> list[Path]:
    """Return the shards of a folder in the order in which they were planned."""
    return sorted(folder.glob("part-[0-9]*.parquet"))


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a table that `write` wrote. Raises ValueError."""
    try:
        return pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"cannot read {path.name}: delete it, and its photos are read again") from error


def metadata_of(path: Path) -> dict[str, Any]:
    """Return the metadata that `write` put into a file. Raises ValueError if it is no such file."""
    try:
        found = pq.read_schema(path)
        metadata = json.loads((found.metadata or {})[METADATA])
        if found.names != SCHEMA.names or not isinstance(metadata, dict):
            raise KeyError
    except (OSError, pa.ArrowException, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name} holds no embeddings that extract wrote: choose another --out, or delete it") from error
    return metadata


def check_same_run(found: dict[str, Any], wanted: dict[str, Any], where: Path) -> None:
    """Raise ValueError where a table was made from other photos, or with other options."""
    for name in _SETTINGS:
        if found.get(name) != wanted[name]:
            what = "holds other photos" if name == "photos" else f"was made with {name} {found.get(name)}, not {wanted[name]}"
            raise ValueError(f"{where} {what}: choose another --out, or delete it")


def _schema(metadata: dict[str, Any]) -> pa.Schema:
    return SCHEMA.with_metadata({METADATA: json.dumps(metadata).encode()})
