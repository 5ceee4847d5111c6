"""Faces in a picture and their embeddings, by dlib with face_recognition's models, read when first needed."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.checks import FloatArray, one_of, whole_number

DETECTORS = ("hog", "cnn")
PREFERENCES = ("largest", "centre")
MOST_UPSAMPLING, MOST_JITTERS = 4, 1_000
BATCH = 16
"""Faces that go through the network at once: larger batches gain nothing."""

_ONE_AT_A_TIME = threading.Lock()
"""dlib's detector and network keep their workings inside, so two threads must not use them at once."""


class MissingPackageError(ValueError):
    """face_recognition cannot be used here; the message says what to install."""


@dataclass(frozen=True)
class FaceOptions:
    """How faces are found and embedded; the defaults are face_recognition's.

    Parameters
    ----------
    detector : str
        `"hog"`, or `"cnn"`: finds more faces and takes many times as long without a graphics card.
    upsample : int
        Times the picture is doubled before faces are looked for, 0 to 4: finds smaller faces.
    jitters : int
        Distorted copies of a face that its embedding is the mean of, 1 to 1,000; 1 takes the face as it is.
    prefer : str
        `"largest"` face or the one nearest the `"centre"`, where there are several.
    """

    detector: str = "hog"
    upsample: int = 1
    jitters: int = 1
    prefer: str = "largest"

    def __post_init__(self) -> None:
        one_of("detector", self.detector, DETECTORS)
        one_of("preferred face", self.prefer, PREFERENCES)
        whole_number("upsampling", self.upsample, 0, MOST_UPSAMPLING)
        whole_number("jitters", self.jitters, 1, MOST_JITTERS)

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


@dataclass(frozen=True)
class Face:
    """A face in a picture: its frame in pixels, and its picture upright and scaled to 150 x 150, as dlib's network takes it."""

    top: int
    right: int
    bottom: int
    left: int
    chip: NDArray[np.uint8]

    @property
    def area(self) -> int:
        return (self.bottom - self.top) * (self.right - self.left)


@dataclass(frozen=True)
class Models:
    """Those of face_recognition's models that embeddings need, as dlib holds them.

    Importing `face_recognition.api` loads two more, one of them of 100 MB: that takes longer than all these, in each
    process, and the memory of a small host.
    """

    detector: Any
    landmarks: Any
    encoder: Any


@lru_cache(maxsize=1)
def load() -> Models:
    """Return the models, read when first needed. Raises MissingPackageError."""
    files = require()
    import dlib

    return Models(
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(files.pose_predictor_five_point_model_location()),
        dlib.face_recognition_model_v1(files.face_recognition_model_location()),
    )


@lru_cache(maxsize=1)
def _cnn_detector() -> Any:
    files = require()
    import dlib

    return dlib.cnn_face_detection_model_v1(files.cnn_face_detector_model_location())


def require() -> Any:
    """Return `face_recognition_models`, which tells where the models are, without reading them.

    Raises
    ------
    MissingPackageError
        If face_recognition, its models or dlib are missing, or setuptools is one that breaks them.
    """
    try:
        import dlib  # noqa: F401

        if find_spec("face_recognition") is None:
            raise ImportError(name="face_recognition")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of pkg_resources
            import face_recognition_models
    except ImportError as error:
        if error.name == "pkg_resources":
            raise MissingPackageError(_install(f"face_recognition does not work with setuptools {_setuptools()}")) from error
        missing = (error.name or "face_recognition").lstrip("_").split(".")[0].removesuffix("_pybind11")
        raise MissingPackageError(_install(f"{missing} is missing")) from error
    return face_recognition_models


def _install(reason: str) -> str:
    return (
        f"reading photos needs face_recognition, and {reason}: in the project's folder run "
        "'python -m pip install -r requirements.txt', which installs dlib, face_recognition and setuptools 81"
    )


def _setuptools() -> str:
    try:
        return version("setuptools")
    except PackageNotFoundError:
        return "(none)"


def versions() -> dict[str, str]:
    """Versions of what an embedding depends on."""
    names = {"dlib": "dlib", "face_recognition": "face_recognition", "pillow": "pillow"}
    found = {}
    for name, package in names.items():
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(package)
    return found


def find_faces(picture: NDArray[np.uint8], options: FaceOptions = FaceOptions()) -> list[Face]:
    """Find the faces in a picture, in the detector's order.

    Parameters
    ----------
    picture : (height, width, 3) uint8
    options : FaceOptions
    """
    models = load()
    import dlib

    with _ONE_AT_A_TIME:
        if options.detector == "cnn":
            frames = [each.rect for each in _cnn_detector()(picture, options.upsample)]
        else:
            frames = list(models.detector(picture, options.upsample))
        chips = [dlib.get_face_chip(picture, models.landmarks(picture, frame)) for frame in frames]
    return [
        Face(frame.top(), frame.right(), frame.bottom(), frame.left(), chip) for frame, chip in zip(frames, chips, strict=True)
    ]


def embed(faces: Sequence[Face], *, jitters: int = 1) -> FloatArray:
    """Embeddings of faces, shape (n, 128): those of `face_recognition.face_encodings`.

    With more than one jitter the distortions are drawn from dlib's own random numbers, which go on from face to face.
    """
    models = load()
    rows: list[Any] = []
    for start in range(0, len(faces), BATCH):
        chips = [face.chip for face in faces[start : start + BATCH]]
        with _ONE_AT_A_TIME:
            rows += models.encoder.compute_face_descriptor(chips, jitters)
    return np.array(rows, dtype=np.float64).reshape(len(faces), 128)


def preferred(faces: Sequence[Face], picture: NDArray[np.uint8], prefer: str) -> Face:
    """Return the largest face, or the one whose middle is nearest the picture's; the first of several alike."""
    if prefer == "largest":
        return max(faces, key=lambda face: face.area)
    height, width = picture.shape[:2]
    return min(faces, key=lambda face: (face.top + face.bottom - height) ** 2 + (face.left + face.right - width) ** 2)
