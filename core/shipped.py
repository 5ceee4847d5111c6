"""The files in `models/`: where they are, and that they are what was released."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from core.checks import one_of

FOLDER = Path(__file__).resolve().parent.parent / "models"
CHECKSUMS = "SHA256SUMS"

GENERATOR = "face_generator.npz"
FORESTS = "forests.npz"
HELD_OUT = "held_out_beliefs.npz"
CENSUS = "census.csv"
EVALUATION = "generator_evaluation.json"
REPLICATION = "replication.json"
FILES = (GENERATOR, FORESTS, HELD_OUT, CENSUS, EVALUATION, REPLICATION)


_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    BadZipFile,
    zlib.error,
)


class DamagedModelError(ValueError):
    """A model file is missing, damaged, or not the one that was released."""


def read(name: str, folder: Path = FOLDER) -> bytes:
    """Return the bytes of a model file after its SHA-256 matched `SHA256SUMS`.

    Raises
    ------
    DamagedModelError
        If the file or its checksum is missing, or they differ.
    """
    one_of("model file", name, FILES)
    try:
        content = (folder / name).read_bytes()
        lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
        listed = {line.split()[1]: line.split()[0] for line in lines if line}
    except (OSError, ValueError, IndexError) as error:
        raise DamagedModelError(f"cannot read {name} and its checksum: restore models/ from the release") from error
    found = hashlib.sha256(content).hexdigest()
    if listed.get(name) != found:
        raise DamagedModelError(
            f"{name} must have the SHA-256 {listed.get(name, '(none listed)')}, got {found}: "
            "restore models/ from the release, or make it again with 'python -m core train'"
        )
    return content


def read_arrays(name: str, folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the arrays of a shipped NPZ file after its SHA-256 matched. Nothing in it is ever unpickled."""
    return arrays_from(read(name, folder), name)


def arrays_from(content: bytes, name: str) -> dict[str, np.ndarray]:
    """Return the arrays of an NPZ file, or raise DamagedModelError if it is none."""
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("a bare array")
        with archive:
            arrays = {key: archive[key] for key in archive.files}
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise ValueError("a member that is no array")
    except _UNREADABLE as error:
        raise DamagedModelError(f"{name} is not a readable NPZ file of plain arrays") from error
    return arrays


def write_arrays(name: str, arrays: dict[str, np.ndarray], folder: Path) -> None:
    """Write arrays as NPZ: the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write(name, buffer.getvalue(), folder)


def read_json(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return the results in a shipped JSON file after its SHA-256 matched."""
    try:
        values = json.loads(read(name, folder))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DamagedModelError(f"{name} is not a readable JSON file") from error
    if not isinstance(values, dict):
        raise DamagedModelError(f"{name} must hold results by name, got a {type(values).__name__}")
    return values


def write_json(name: str, values: dict[str, Any], folder: Path) -> None:
    """Write results as JSON: the same values give the same bytes."""
    write(name, (json.dumps(values, indent=2, allow_nan=False) + "\n").encode(), folder)


def write(name: str, content: bytes, folder: Path) -> None:
    """Write a model file and bring `SHA256SUMS` up to date."""
    one_of("model file", name, FILES)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    present = [other for other in FILES if (folder / other).exists()]
    lines = [f"{hashlib.sha256((folder / other).read_bytes()).hexdigest()}  {other}\n" for other in sorted(present)]
    (folder / CHECKSUMS).write_text("".join(lines), "utf-8")
