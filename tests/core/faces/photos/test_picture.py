import io
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.faces.photos import picture
from core.faces.photos.picture import UnreadablePhotoError, decode
from tests.core.faces.photos.conftest import encoded

QUARTERS = Image.new("RGB", (40, 20))
QUARTERS.paste((255, 0, 0), (0, 0, 20, 10))
# EXIF orientation, and where the red quarter of the upright 40 x 20 picture stands when stored so.
UPRIGHT = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pixels_are_those_of_the_picture(astronaut, kind):
    content = encoded(astronaut, kind)
    assert np.array_equal(decode(content), np.array(Image.open(io.BytesIO(content)).convert("RGB")))


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_orientation_is_respected(orientation):
    turn = UPRIGHT[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = QUARTERS if turn is None else QUARTERS.transpose(turn)
    assert np.array_equal(decode(encoded(stored, "PNG", exif=exif)), np.array(QUARTERS))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_any_mode_becomes_three_colours(mode):
    stored = Image.new("L", (8, 6)).convert("I;16") if mode == "I;16" else Image.new("RGB", (8, 6)).convert(mode)
    assert decode(encoded(stored)).shape == (6, 8, 3)


def test_a_palette_with_transparency_is_read():
    assert decode(encoded(Image.new("P", (8, 6)), transparency=b"\x00\x10")).shape == (6, 8, 3)


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"hello", "no JPEG, PNG, WebP or HEIC picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "damaged picture"),
        (png_that_claims(60_000, 60_000), "more than 50 million pixels"),
        (png_that_claims(8_000, 8_000), "more than 50 million pixels"),
        (encoded(QUARTERS, "GIF"), "no JPEG, PNG, WebP or HEIC picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no JPEG, PNG, WebP or HEIC picture"),
    ],
)
def test_what_is_no_picture_says_why(content, reason):
    with pytest.raises(UnreadablePhotoError, match=f"^{reason}$"):
        decode(content)


def heic(upright: Image.Image, orientation: int, *, told_twice: bool = True) -> bytes:
    """A HEIC that stores a picture turned, as telephones do: EXIF and the file's own properties both tell the orientation."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    turn = UPRIGHT[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    # pillow-heif writes the properties where it gets EXIF as bytes, and EXIF alone where it gets an object.
    stored = upright if turn is None else upright.transpose(turn)
    return encoded(stored, "HEIF", exif=exif.tobytes() if told_twice else exif, quality=-1, chroma=444)


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_heic_is_turned_upright(orientation):
    content = heic(QUARTERS.resize((80, 40)), orientation)
    assert content[4:8] == b"ftyp"
    assert (b"irot" in content) == (orientation != 1)
    expected = np.array(QUARTERS.resize((80, 40))).astype(int)
    assert np.abs(decode(content) - expected).max() <= 2


def test_heic_with_an_orientation_in_exif_alone_is_read_as_viewers_show_it():
    content = heic(QUARTERS, 3, told_twice=False)
    assert b"irot" not in content
    expected = np.array(QUARTERS.transpose(Image.Transpose.ROTATE_180)).astype(int)
    assert np.abs(decode(content) - expected).max() <= 2


def test_half_a_heic_is_damaged(astronaut):
    content = heic(astronaut, 1)
    for length in (40, len(content) // 2, len(content) - 100):
        with pytest.raises(UnreadablePhotoError, match=r"^(damaged|truncated) picture$"):
            decode(content[:length])


def test_without_pillow_heif_a_heic_says_what_to_install(monkeypatch):
    content = heic(QUARTERS, 1)
    monkeypatch.delitem(Image.OPEN, "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnreadablePhotoError, match=r"^HEIC needs the package pillow-heif$"):
        decode(content)


def test_half_a_picture_is_none(astronaut):
    content = encoded(astronaut, "JPEG")
    with pytest.raises(UnreadablePhotoError, match=r"^truncated picture$"):
        decode(content[: len(content) // 2])


def test_a_file_too_large_is_not_opened(monkeypatch):
    monkeypatch.setattr(picture, "MOST_BYTES", 10)
    with pytest.raises(UnreadablePhotoError, match=r"^file larger than"):
        decode(bytes(11))


def test_a_large_picture_is_made_smaller(astronaut):
    assert max(decode(encoded(astronaut, "JPEG"), longest_side=100).shape) == 100


@settings(max_examples=60)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(1, 4_000),
)
def test_damage_gives_pixels_or_a_reason(kind, changes, length):
    content = bytearray(heic(QUARTERS, 6) if kind == "HEIF" else encoded(QUARTERS, kind))
    for place, value in changes:
        content[place % len(content)] = value
    try:
        pixels = decode(bytes(content[:length]))
    except UnreadablePhotoError:
        return  # any other error fails the test
    assert pixels.ndim == 3
