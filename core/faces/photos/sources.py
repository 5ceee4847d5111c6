"""Where photos come from: a folder, a zip, or a file that lists them. Nothing but regular files is ever opened."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.faces.photos.picture import MOST_BYTES, UnreadablePhotoError

FOLDER, ZIP, LIST = "folder", "zip", "list"
_LONGEST_LIST = 1_000_000_000
_WITHOUT_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class PhotoSource:
    """A folder, a zip or a list file, by its absolute path.

    Parameters
    ----------
    kind : "folder", "zip" or "list"
    path : str
    """

    kind: str
    path: str

    @property
    def base(self) -> Path:
        """Folder that the photos' names start from."""
        return Path(self.path) if self.kind == FOLDER else Path(self.path).parent

    @contextmanager
    def opened(self) -> Iterator[OpenSource]:
        """Open the source to read photos by name. Raises ValueError where this machine cannot see it."""
        if not Path(self.path).exists():
            raise ValueError(f"this machine cannot see {self.path}: every worker must reach the photos under the same path")
        if self.kind != ZIP:
            yield OpenSource(self)
            return
        try:
            archive = zipfile.ZipFile(self.path)
        except (OSError, *_DAMAGED_ZIP) as error:
            raise ValueError(f"cannot read the zip {Path(self.path).name}: {error}") from error
        with archive:
            yield OpenSource(self, archive)


@dataclass(frozen=True)
class OpenSource:
    """A source whose photos can be read."""

    source: PhotoSource
    archive: zipfile.ZipFile | None = None

    def read(self, name: str) -> bytes:
        """Return the bytes of a photo. Raises UnreadablePhotoError."""
        if self.archive is not None:
            return _read_member(self.archive, name)
        path = self.source.base / name
        if self.source.kind == FOLDER:
            _refuse_link_out(path, self.source.base)
        return _read_file(path)


def find_photos(path: str | Path) -> tuple[PhotoSource, list[str]]:
    """List the files of a folder (with its subfolders), a zip, or a list file, sorted as they are found.

    A list file names one photo a line, absolute or relative to its own folder; lines that start with `#` are left out.
    Every name stands once. Links to folders, and folders that cannot be read, are listed too: reading them says why they
    were left out.

    Raises
    ------
    ValueError
        If `path` cannot be read, or names no file.
    """
    place = Path(path).absolute()
    if place.is_dir():
        source, names = PhotoSource(FOLDER, str(place.resolve())), sorted(_walk(str(place.resolve())))
    elif not place.is_file():
        raise ValueError(f"{path} must be a folder, a zip or a file that lists photos: there is no such file")
    elif zipfile.is_zipfile(place):
        source = PhotoSource(ZIP, str(place.resolve()))
        with source.opened() as members:
            archive = members.archive
            names = sorted({each.filename for each in archive.infolist() if not each.is_dir()}) if archive else []
    else:
        source, names = PhotoSource(LIST, str(place)), _read_list(place)
    if not names:
        raise ValueError(f"{path} must hold at least 1 photo, got none")
    return source, names


def shown_name(name: str) -> str:
    """Write a file's name so that any table holds it: bytes that are no UTF-8 become escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _walk(folder: str) -> Iterator[str]:
    unreadable: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=lambda error: unreadable.append(error.filename)):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in [*files, *links]:
            yield Path(parent, name).relative_to(folder).as_posix()
    for parent in unreadable:
        yield Path(parent).relative_to(folder).as_posix()


def _read_list(place: Path) -> list[str]:
    try:
        with place.open("rb") as file:
            content = file.read(_LONGEST_LIST)
    except OSError as error:
        raise ValueError(f"cannot read {place.name}: {error.strerror}") from error
    if b"\0" in content:
        raise ValueError(f"{place.name} must be a folder, a zip or a file that lists photos, one a line: it is no text")
    lines = (os.fsdecode(line.strip()) for line in content.removeprefix(b"\xef\xbb\xbf").splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def _refuse_link_out(path: Path, base: Path) -> None:
    try:
        inside = path.resolve().is_relative_to(base)
    except (OSError, RuntimeError):  # links that lead in a circle
        raise UnreadablePhotoError("link that leads nowhere") from None
    if not inside:
        raise UnreadablePhotoError("link that leads out of the folder")
    if path.is_symlink() and path.is_dir():
        raise UnreadablePhotoError("link to a folder, not followed")


def _read_file(path: Path) -> bytes:
    try:
        # Opening a pipe would wait for its other end.
        handle = os.open(path, os.O_RDONLY | _WITHOUT_BLOCKING)
    except FileNotFoundError:
        raise UnreadablePhotoError("link that leads nowhere" if path.is_symlink() else "no such file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "no name of a file"
        raise UnreadablePhotoError(f"cannot be opened: {reason}") from None
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        raise UnreadablePhotoError("folder, not a file" if stat.S_ISDIR(kind) else "no regular file")
    with os.fdopen(handle, "rb") as file:
        try:
            return file.read(MOST_BYTES + 1)
        except OSError as error:
            raise UnreadablePhotoError(f"cannot be read: {(error.strerror or 'error').lower()}") from None


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    member = archive.getinfo(name)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadablePhotoError("link inside a zip")
    if member.flag_bits & 1:
        raise UnreadablePhotoError("encrypted in the zip")
    try:
        with archive.open(member) as file:
            return file.read(MOST_BYTES + 1)  # what the zip claims about its size is not relied on
    except (OSError, RuntimeError, *_DAMAGED_ZIP):
        raise UnreadablePhotoError("damaged in the zip") from None
