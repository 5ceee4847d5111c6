"""The files in `models/`: where they are, and that they are what was released."""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
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
ATTACKERS_HELD_OUT = "attackers_held_out.npz"
COMPARISON = "comparison.json"
COMPARISON_REAL = "comparison_real.json"
PROTECTIONS = "protections.json"
PROTECTIONS_REAL = "protections_real.json"
FILES = (
    GENERATOR,
    FORESTS,
    HELD_OUT,
    CENSUS,
    EVALUATION,
    REPLICATION,
    ATTACKERS_HELD_OUT,
    COMPARISON,
    COMPARISON_REAL,
    PROTECTIONS,
    PROTECTIONS_REAL,
)

_MADE_BY = {
    GENERATOR: "fit-generator",
    EVALUATION: "fit-generator --evaluate",
    FORESTS: "train",
    HELD_OUT: "train",
    CENSUS: "census",
    REPLICATION: "replicate --out",
    ATTACKERS_HELD_OUT: "train-attackers",
    COMPARISON: "compare --out",
    COMPARISON_REAL: "compare --faces --out",
    PROTECTIONS: "protect --out",
    PROTECTIONS_REAL: "protect --faces --pairs --out",
}
"""Command that makes each file."""

_LISTED = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>.+)")

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
    advice = f"restore models/ from the release, or make it again with 'python -m core {_MADE_BY[name]}'"
    content = _content(folder, name, advice)
    listed = _listed(_content(folder, CHECKSUMS, advice)).get(name, "(none listed)")
    found = hashlib.sha256(content).hexdigest()
    if listed != found:
        raise DamagedModelError(f"{name} must have the SHA-256 {listed}, got {found}: {advice}")
    return content


def digests(folder: Path = FOLDER) -> dict[str, str]:
    """SHA-256 of every model file, after each matched `SHA256SUMS`. Raises DamagedModelError."""
    return {name: hashlib.sha256(read(name, folder)).hexdigest() for name in FILES}


def _content(folder: Path, name: str, advice: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        where = "models/" if folder == FOLDER else folder
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or error
        raise DamagedModelError(f"cannot read {name} in {where}, {reason}: {advice}") from error


def _listed(content: bytes) -> dict[str, str]:
    """SHA-256 of each file that a list as `sha256sum` writes it names; lines of another form list nothing."""
    lines = (_LISTED.fullmatch(line) for line in content.decode("utf-8", errors="replace").splitlines())
    return {line["name"]: line["digest"] for line in lines if line}


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
    """Write a model file and its line in `SHA256SUMS`; the checksums of other files stay as they are.

    Each of the two is replaced whole: what fails or is interrupted half-way leaves no half-written file, and
    a file without its new checksum is refused by `read`.

    Raises
    ------
    ValueError
        If the folder cannot be written to.
    """
    one_of("model file", name, FILES)
    sums = folder / CHECKSUMS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        listed = _listed(sums.read_bytes()) if sums.exists() else {}
        listed[name] = hashlib.sha256(content).hexdigest()
        _replace(folder / name, content)
        _replace(sums, "".join(f"{digest}  {each}\n" for each, digest in sorted(listed.items())).encode())
    except OSError as error:
        no_folder = isinstance(error, (FileExistsError, NotADirectoryError))
        reason = "it is not a folder" if no_folder else error.strerror or error
        raise ValueError(f"cannot write {name} to {folder}: {reason}") from error


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside `path` and put it in its place."""
    # Not from tempfile: those are for their owner only, and what ships is read by others.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
