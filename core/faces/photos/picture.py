"""One picture from bytes that anybody may have written: pixels, or a sentence on why there are none."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MOST_BYTES = 100_000_000
MOST_PIXELS = 50_000_000
"""More than cameras take. dlib needs about 30 bytes a pixel, so this many need 1.5 GB."""

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "HEIF")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


class UnreadablePhotoError(ValueError):
    """A photo cannot be read; the message says why, and goes into the photo's row."""


def decode(content: bytes, *, longest_side: int | None = None) -> NDArray[np.uint8]:
    """Return the pixels of a JPEG, PNG, WebP or (with pillow-heif) HEIC picture, upright as its EXIF orientation says.

    HEIC files say it a second time, outside EXIF, and only that counts, as their standard (ISO/IEC 23008-12) wants.

    Parameters
    ----------
    content : bytes
        The file. Only its content tells its format, not its name.
    longest_side : int, optional
        Larger pictures are made smaller to this many pixels.

    Returns
    -------
    (height, width, 3) uint8
        Red, green, blue.

    Raises
    ------
    UnreadablePhotoError
        If it is no picture, damaged, truncated or too large.
    """
    if not content:
        raise UnreadablePhotoError("empty file")
    if len(content) > MOST_BYTES:
        raise UnreadablePhotoError(f"file larger than {MOST_BYTES // 1_000_000} MB")
    _know_heic()
    try:
        with Image.open(io.BytesIO(content), formats=_known_formats()) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise UnreadablePhotoError(f"more than {MOST_PIXELS // 1_000_000} million pixels")
            # face_recognition turns this on for everybody; half a picture must not pass for a whole one.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            if longest_side:
                picture.draft("RGB", (longest_side, longest_side))
            return _pixels(picture, longest_side)
    except UnreadablePhotoError:
        raise
    except UnidentifiedImageError:
        raise UnreadablePhotoError(_reason_why_not(content)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadablePhotoError(f"more than {MOST_PIXELS // 1_000_000} million pixels") from None
    except MemoryError:
        raise UnreadablePhotoError("too large for this machine's memory") from None
    except Exception as error:  # decoders raise errors of every kind on damaged files
        truncated = "truncated" in str(error).lower()
        raise UnreadablePhotoError("truncated picture" if truncated else "damaged picture") from None


def _pixels(picture: Image.Image, longest_side: int | None) -> NDArray[np.uint8]:
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode == "P":
        upright = upright.convert("RGBA")  # a palette with transparency has no way to RGB without a warning
    upright = upright.convert("RGB")
    if longest_side:
        upright.thumbnail((longest_side, longest_side))
    return np.array(upright)


def _reason_why_not(content: bytes) -> str:
    """Why no decoder took a file."""
    if content[4:8] != b"ftyp" or content[8:12] not in _HEIC_BRANDS:
        return "no JPEG, PNG, WebP or HEIC picture"
    return "damaged picture" if "HEIF" in Image.OPEN else "HEIC needs the package pillow-heif"


def _know_heic() -> None:
    if "HEIF" not in Image.OPEN:
        with suppress(ImportError):
            import pillow_heif

            pillow_heif.register_heif_opener()


def _known_formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)
