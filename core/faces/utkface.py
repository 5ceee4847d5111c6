"""UTKFace: labels in file names, the filter, and levelling to the paper's training set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.checks import IntArray, whole_number
from core.demographics import OLDEST, RACES, SEXES, YOUNGEST, AgeBins, Demographics
from core.faces import parquet
from core.faces.faceset import Faces

PER_GROUP = 1524
"""Photos per race-sex group in the paper (Section IV-B)."""

LEVELLING_BINS = AgeBins(20)

_NAME = re.compile(r"(?P<age>\d{1,3})_(?P<sex>[01])_(?P<race>[0-4])_\d+(?:\.jpg|\.chip\.jpg|\.jpg\.chip\.jpg)", re.ASCII)


@dataclass(frozen=True)
class Labels:
    """What a UTKFace file name says. `race` 4 is "other", which the study leaves out."""

    age: int
    sex: int
    race: int


@dataclass(frozen=True)
class Reading:
    """Faces that the study can use, and what was left out on the way.

    `left_out` counts rows by reason; with the faces they add up to `rows`.
    """

    faces: Faces
    rows: int
    left_out: dict[str, int]


def labels_of(name: str | None) -> Labels | None:
    """Read `[age]_[gender]_[race]_[date&time].jpg`, with or without `.chip.jpg`; None for a malformed name."""
    match = _NAME.fullmatch(name.replace("\\", "/").rsplit("/", 1)[-1]) if name is not None else None
    return Labels(*(int(match[key]) for key in ("age", "sex", "race"))) if match else None


def reason_to_leave_out(labels: Labels | None) -> str | None:
    """Why the study cannot use a photo with these labels, or None if it can."""
    if labels is None:
        return "malformed name"
    if not YOUNGEST <= labels.age <= OLDEST:
        return f"age outside {YOUNGEST} to {OLDEST}"
    return "race is none of the four" if labels.race >= len(RACES) else None


def read_parquet(path: str | Path) -> Reading:
    """Read a table with columns `file` and `embedding` (null where no face was found).

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, or holds no usable face.
    """
    return from_rows(*parquet.read_columns(path, "file"), source=Path(path).name)


def from_rows(
    names: Sequence[str | None], embeddings: Sequence[Sequence[float] | None], *, source: str = "the table"
) -> Reading:
    """Keep the rows whose name and embedding the study can use, and count the others by reason."""
    labels: list[Labels] = []
    kept: list[Sequence[float]] = []
    left_out: Counter[str] = Counter()
    for name, embedding in zip(names, embeddings, strict=True):
        label = labels_of(name)
        reason = reason_to_leave_out(label) or ("no face found" if embedding is None else None)
        if reason is None and embedding is not None and label is not None:
            labels.append(label)
            kept.append(embedding)
        else:
            left_out[str(reason)] += 1
    if not kept:
        raise ValueError(f"{source} must hold at least 1 usable face, got 0 of {len(names):,} rows: {dict(left_out)}")
    columns = (np.array([getattr(label, name) for label in labels]) for name in ("age", "sex", "race"))
    faces = Faces(parquet.matrix_of(kept, source=source), Demographics(*columns))
    return Reading(faces, len(names), dict(left_out))


def level(people: Demographics, *, rng: np.random.Generator, per_group: int = PER_GROUP) -> IntArray:
    """Choose the same number of people from each race-sex group, the largest age groups cut first.

    Cutting the largest 20-year age groups of a race-sex group down to a common cap, rather than at
    random, gives the age mix that the paper reports.

    Parameters
    ----------
    people : Demographics
    rng : numpy.random.Generator
    per_group : int
        Wanted number per race-sex group; lowered to the size of the smallest group.

    Returns
    -------
    sorted int array
        Chosen rows.

    Raises
    ------
    ValueError
        If a race-sex group is empty.
    """
    wanted = whole_number("faces per race-sex group", per_group, 1, 1_000_000)
    age_group = LEVELLING_BINS.of(people.age)
    counts = np.zeros((len(RACES) * len(SEXES), LEVELLING_BINS.count), dtype=np.int64)
    np.add.at(counts, (people.group, age_group), 1)
    if not counts.sum(axis=1).all():
        empty = int(np.flatnonzero(counts.sum(axis=1) == 0)[0])
        name = f"{RACES[empty // len(SEXES)]} {SEXES[empty % len(SEXES)].lower()}"
        raise ValueError(f"levelling needs at least 1 face in each race-sex group, got 0 for {name}")
    wanted = min(wanted, int(counts.sum(axis=1).min()))
    chosen = []
    for group, sizes in enumerate(counts):
        for age, number in enumerate(_capped(sizes, wanted)):
            rows = np.flatnonzero((people.group == group) & (age_group == age))
            chosen.append(rng.permutation(rows)[:number])
    return np.sort(np.concatenate(chosen))


def _capped(sizes: IntArray, total: int) -> IntArray:
    """Lower the largest of `sizes` to a common cap so that they add up to `total`."""
    caps = np.arange(sizes.max() + 1)
    cap = int(caps[np.minimum(sizes[:, None], caps).sum(axis=0) <= total].max())
    kept = np.minimum(sizes, cap)
    above = np.flatnonzero(sizes > cap)[: total - int(kept.sum())]
    kept[above] += 1
    return kept
