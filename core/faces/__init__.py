"""Faces: embeddings with the demographics of the people they show."""

from core.faces.faceset import Faces, near_identical_groups, split

__all__ = ["Faces", "near_identical_groups", "split"]
