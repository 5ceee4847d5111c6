"""How fast photos become embeddings, beside face_recognition in a plain loop over the same photos. Prints ratios.

It needs photos, which the repository does not hold: `PHOTOS=FOLDER make benchmark`.
"""

from __future__ import annotations

import os
import statistics
import time
import warnings
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.faces.photos import embed, embedding, extract, find_faces
from core.faces.photos.picture import decode

MOST_PHOTOS = 200
ROUNDS = 3

pytestmark = [
    pytest.mark.skipif("PHOTOS" not in os.environ, reason="needs photos: PHOTOS=FOLDER make benchmark"),
    pytest.mark.benchmark(group="200 photos to embeddings"),
]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of the first 200 photos."""
    load_everything()
    files = [path for path in sorted(Path(os.environ["PHOTOS"]).rglob("*")) if path.is_file()][:MOST_PHOTOS]
    place = tmp_path_factory.mktemp("photos") / "list.txt"
    place.write_text("\n".join(map(str, files)))
    return place


def load_everything() -> Any:
    """Return face_recognition, and load the models of both sides, as they are in a long run."""
    embedding.load()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its models warn of pkg_resources
        import face_recognition
    return face_recognition


def plain_loop(listed: Path) -> int:
    """Call face_recognition for one photo after the other."""
    api = load_everything()
    return sum(len(api.face_encodings(api.load_image_file(name))) for name in listed.read_text().splitlines())


def bench_plain_loop(benchmark: Any, listed: Path) -> None:
    assert benchmark.pedantic(plain_loop, args=(listed,), rounds=ROUNDS, iterations=1) > 0


@pytest.mark.parametrize("jobs", [1, 2])
def bench_extract(benchmark: Any, listed: Path, tmp_path: Path, jobs: int) -> None:
    runs = count()

    def run() -> int:
        return extract(listed, tmp_path / str(next(runs)), jobs=jobs).faces_found

    benchmark.pedantic(run, rounds=ROUNDS, iterations=1)


@pytest.mark.parametrize("together", [1, embedding.BATCH])
@pytest.mark.benchmark(group="embedding the faces of 50 photos, found before")
def bench_network(benchmark: Any, listed: Path, together: int) -> None:
    photos = [decode(Path(name).read_bytes()) for name in listed.read_text().splitlines()[:50]]
    faces = [face for photo in photos for face in find_faces(photo)]

    def run() -> None:
        for start in range(0, len(faces), together):
            embed(faces[start : start + together])

    benchmark.pedantic(run, rounds=ROUNDS, iterations=1)


def bench_overhead_of_one_process(benchmark: Any, listed: Path, tmp_path: Path, capsys: Any) -> None:
    """Take both in turns, so that a busy machine slows both alike."""
    runs, ratios = count(), []

    def in_turns() -> None:
        start = time.perf_counter()
        plain_loop(listed)
        middle = time.perf_counter()
        extract(listed, tmp_path / str(next(runs)))
        ratios.append((time.perf_counter() - middle) / (middle - start))

    benchmark.pedantic(in_turns, rounds=ROUNDS, iterations=1)
    with capsys.disabled():
        print(f"\none process takes {statistics.median(ratios):.3f} times as long as the plain loop", np.round(ratios, 3))  # noqa: T201
