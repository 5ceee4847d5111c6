"""Zips that strangers made: nothing is unpacked before its size is known, and never more than was allowed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from core.uploads.limits import UploadError, file_name

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
    RuntimeError,
    KeyError,
    struct.error,
)
_MOST_MEMBERS = 3_000
_MEGABYTE = 1_000_000


@contextmanager
def opened(content: bytes, name: str, *, inflated: int) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose members unpack to at most `inflated` bytes together.

    Python reads no more of a member than its declared size, so that the declared sizes bound what is unpacked; methods
    of compression other than deflate, for which it does not hold, are refused.

    Raises
    ------
    UploadError
        If it is damaged, has too many members, or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED as error:
        raise UploadError(f"{file_name(name)} is damaged: it is no readable zip") from error
    with archive:
        members = archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise UploadError(f"{file_name(name)} must hold at most {_MOST_MEMBERS:,} parts, got {len(members):,}")
        if any(member.flag_bits & 1 for member in members):
            raise UploadError(f"{file_name(name)} is protected by a password: save it without one")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise UploadError(f"{file_name(name)} is compressed in an unusual way: save it again without it")
        total = sum(member.file_size for member in members)
        if total > inflated:
            raise UploadError(
                f"{file_name(name)} must unpack to at most {inflated / _MEGABYTE:,.0f} MB, got {total / _MEGABYTE:,.0f} MB"
            )
        yield archive
