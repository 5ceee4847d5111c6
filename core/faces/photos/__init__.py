"""Photos to embeddings, with face_recognition (dlib): one picture, a folder of a million, or a cluster."""

from core.faces.photos.embedding import (
    DETECTORS,
    PREFERENCES,
    Face,
    FaceOptions,
    MissingPackageError,
    embed,
    find_faces,
)
from core.faces.photos.extraction import extract
from core.faces.photos.picture import UnreadablePhotoError, decode
from core.faces.photos.single import ReadPhoto, read_photo
from core.faces.photos.sources import PhotoSource, find_photos
from core.faces.photos.table import Summary

__all__ = [
    "DETECTORS",
    "PREFERENCES",
    "Face",
    "FaceOptions",
    "MissingPackageError",
    "PhotoSource",
    "ReadPhoto",
    "Summary",
    "UnreadablePhotoError",
    "decode",
    "embed",
    "extract",
    "find_faces",
    "find_photos",
    "read_photo",
]
