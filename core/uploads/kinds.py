"""What kind of file an upload is: by its ending, which its first bytes must not contradict."""

from __future__ import annotations

from pathlib import PurePath

from core.uploads.limits import UploadError, file_name

CSV, XLSX, PARQUET, NPZ = "CSV", "Excel", "Parquet", "NPZ"
ENDINGS = {".csv": CSV, ".tsv": CSV, ".txt": CSV, ".xlsx": XLSX, ".parquet": PARQUET, ".npz": NPZ}

_ZIP = b"PK\x03\x04"
_FIRST_BYTES = {XLSX: _ZIP, NPZ: _ZIP, PARQUET: b"PAR1"}
_OTHERS = {
    _ZIP: "a zip, such as an Excel workbook or NPZ",
    b"PAR1": "Parquet",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of before 2007, or one with a password: save it as .xlsx without one",
    b"\x93NUMPY": "a single NumPy array: save it with its labels as .npz",
    b"\x89HDF": "HDF5",
    b"%PDF": "PDF",
    b"\x1f\x8b": "compressed with gzip: unpack it first",
    b"\x80\x04": "a Python pickle, which is never opened",
    b"\x80\x05": "a Python pickle, which is never opened",
}


def kind_of(content: bytes, name: str, allowed: tuple[str, ...]) -> str:
    """Return the kind of a file, one of `allowed`.

    Raises
    ------
    UploadError
        If its ending is none of theirs, or its first bytes are those of another kind.
    """
    ending = PurePath(file_name(name)).suffix.lower()
    kind = ENDINGS.get(ending)
    found = next((words for start, words in _OTHERS.items() if content.startswith(start)), "none")
    if kind not in allowed or kind is None:
        endings = ", ".join(each for each, of in ENDINGS.items() if of in allowed)
        by_content = f"; by its first bytes it is {found}" if found != "none" else ""
        raise UploadError(f"{file_name(name)} must be one of the kinds {endings}, got {ending or 'no ending'}{by_content}")
    start = _FIRST_BYTES.get(kind)
    if start is not None and not content.startswith(start):
        other = f" is {found}" if found != "none" else " is not"
        raise UploadError(f"{file_name(name)} is named like {kind}, but its content{other}")
    if start is None and found != "none":
        raise UploadError(f"{file_name(name)} is named like {kind}, but its content is {found}")
    return kind
