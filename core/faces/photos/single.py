"""One photo, its faces and their embeddings: for a visitor who tries the attack."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.checks import FloatArray
from core.faces.photos.embedding import Face, embed, find_faces
from core.faces.photos.picture import decode

LONGEST_SIDE = 1_600
"""Pixels: enough for any face one would try, and little memory for large photos."""

_CHOSEN, _OTHER = "#CC5A16", "#8A8580"


@dataclass(frozen=True)
class ReadPhoto:
    """A photo with its faces from left to right, and their embeddings of shape (n, 128)."""

    picture: NDArray[np.uint8]
    faces: tuple[Face, ...]
    embeddings: FloatArray

    def framed(self, chosen: int) -> bytes:
        """Return the photo as JPEG, each face framed and the chosen one in the accent colour."""
        image = Image.fromarray(self.picture)
        draw = ImageDraw.Draw(image)
        width = max(2, max(image.size) // 150)
        for number, face in enumerate(self.faces):
            frame = (face.left, face.top, face.right, face.bottom)
            draw.rectangle(frame, outline=_CHOSEN if number == chosen else _OTHER, width=width)
        content = io.BytesIO()
        image.save(content, "JPEG", quality=85)
        return content.getvalue()


def read_photo(content: bytes) -> ReadPhoto:
    """Find and embed every face in one photo, made smaller where it is large.

    Raises
    ------
    UnreadablePhotoError
        If it is no picture, damaged or too large.
    MissingPackageError
        If face_recognition cannot be used.
    """
    picture = decode(content, longest_side=LONGEST_SIDE)
    faces = tuple(sorted(find_faces(picture), key=lambda face: face.left))
    return ReadPhoto(picture, faces, embed(faces))
