"""A set of faces, and its split into training and held-out faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, matrix, real_number, row_numbers, whole_number
from core.demographics import Demographics

NEAR_IDENTICAL = 0.05
"""Two photos whose embeddings are closer than this are taken for the same photo."""

_BLOCK_ROWS = 2048
_MOST_ROWS = 2**31 - 1


@dataclass(frozen=True)
class Faces:
    """Embeddings with the demographics of the people they show.

    Parameters
    ----------
    embeddings : (n, d) float32
        One row a face; d is 128 for dlib.
    people : Demographics
        Age, sex and race of the n people.

    Raises
    ------
    ValueError
        If an embedding is not finite or the lengths differ.
    """

    embeddings: FloatArray
    people: Demographics

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):
            values = matrix("embeddings", self.embeddings).astype(np.float32, copy=False)
        matrix("embeddings", values)  # what is finite in float64 may not be in float32
        object.__setattr__(self, "embeddings", values)
        if len(values) != len(self.people):
            raise ValueError(f"embeddings and demographics must have one length, got {len(values)} and {len(self.people)}")

    def __len__(self) -> int:
        return len(self.embeddings)

    def take(self, rows: ArrayLike) -> Faces:
        """Return the chosen faces (indices or a mask)."""
        rows = row_numbers(rows)
        return Faces(self.embeddings[rows], self.people.take(rows))


def squared_distances(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared Euclidean distance of each row of `a` (n, d) to each row of `b` (m, d), shape (n, m)."""
    products = a @ b.T
    return np.maximum((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * products, 0)


def near_identical_groups(embeddings: FloatArray, *, distance: float = NEAR_IDENTICAL) -> IntArray:
    """Number faces so that those linked by distances below `distance` share a number.

    UTKFace holds the same photo more than once. Such twins must not stand on both sides of a split.

    Parameters
    ----------
    embeddings : (n, d) floats
    distance : float
        Euclidean distance below which two photos are taken for one.

    Returns
    -------
    (n,) ints
        Group of each face.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    limit = real_number("distance", distance, 0, 10) ** 2
    if not len(embeddings):
        return np.empty(0, dtype=np.int64)
    first, second = [], []
    for start in range(0, len(embeddings), _BLOCK_ROWS):
        rows, columns = np.nonzero(squared_distances(embeddings[start : start + _BLOCK_ROWS], embeddings) < limit)
        first.append(rows + start)
        second.append(columns)
    i, j = np.concatenate(first), np.concatenate(second)
    links = coo_matrix((np.ones(len(i), dtype=bool), (i, j)), shape=(len(embeddings),) * 2)
    return np.asarray(connected_components(links, directed=False)[1])


def split(
    count: int, *, rng: np.random.Generator, held_out_share: float = 0.2, groups: IntArray | None = None
) -> tuple[IntArray, IntArray]:
    """Split `count` rows at random into training and held-out rows.

    Parameters
    ----------
    count : int
        Number of rows, 0 or more.
    rng : numpy.random.Generator
    held_out_share : float
        Share of the rows that is held out.
    groups : (count,) ints, optional
        Rows of one group stay on one side. The share is then met as nearly as whole groups allow.

    Returns
    -------
    training, held_out : sorted int arrays
    """
    count = whole_number("rows to split", count, 0, _MOST_ROWS)
    held_out_count = round(count * real_number("held-out share", held_out_share, 0, 1))
    if groups is None:
        order = rng.permutation(count)
        return np.sort(order[held_out_count:]), np.sort(order[:held_out_count])
    if len(groups) != count:
        raise ValueError(f"groups must have one value for each of the {count:,} rows, got {len(groups):,}")
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    chosen = np.zeros(len(sizes), dtype=bool)
    for number in rng.permutation(len(sizes)):
        if sizes[number] <= held_out_count:
            chosen[number] = True
            held_out_count -= int(sizes[number])
    held_out = chosen[group]
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
