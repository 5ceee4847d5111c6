"""A visitor's photo. It lives in this visitor's session only: in no cache, in no file, in no log, not in the URL."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import streamlit as st

from core.faces import photos
from core.faces.photos import ReadPhoto
from core.faces.photos.picture import MOST_BYTES

PROMISE = (
    "Your photo stays in this server's memory, for you alone, until you leave this page: it is never written to disk or shared."
)
_MOST_MEGABYTES = MOST_BYTES // 1_000_000
KINDS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]

# The controls' prefix: ui.controls forgets what starts with it when the visitor goes to another page.
_READ, _SAMPLE, _CAMERA = "control_photo_read", "control_photo_sample", "control_photo_camera"
_SAMPLE_FILE = Path(__file__).with_name("astronaut.jpg")


def choose() -> bytes | None:
    """Draw the ways to bring a photo, and return its bytes once there is one."""
    st.caption(PROMISE)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        uploaded = st.file_uploader(
            "Upload a photo", KINDS, key="control_photo_file", on_change=_own_photo, max_upload_size=_MOST_MEGABYTES
        )
    with right:
        st.button("Use a sample", on_click=_use_sample)
        by_camera = st.toggle("Use my camera", key=_CAMERA)
    taken = st.camera_input("Take a photo", key="control_photo_taken", on_change=_own_photo) if by_camera else None
    if st.session_state.get(_SAMPLE):
        st.caption("Sample: Eileen Collins, NASA, public domain.")
        return _SAMPLE_FILE.read_bytes()
    brought = taken or uploaded
    return brought.getvalue() if brought else None


def read(content: bytes) -> ReadPhoto:
    """Return the faces of a photo; the session keeps those of the last one. Raises ValueError with a sentence."""
    digest = sha256(content).digest()
    kept = st.session_state.get(_READ)
    if kept is None or kept[0] != digest:
        kept = digest, photos.read_photo(content)
        st.session_state[_READ] = kept
    return kept[1]


def draw(photo: ReadPhoto, chosen: int) -> None:
    """Draw the photo with its faces framed. It travels inside the page, so that the server keeps no file of it to fetch."""
    picture = b64encode(photo.framed(chosen)).decode()
    st.html(
        f'<img alt="Your photo, with a frame around each face" style="max-width: 100%; max-height: 26rem" src="data:image/jpeg;base64,{picture}">'
    )


def forget() -> None:
    """Drop what was read."""
    st.session_state.pop(_READ, None)


def _own_photo() -> None:
    st.session_state.pop(_SAMPLE, None)


def _use_sample() -> None:
    st.session_state[_SAMPLE] = True
