"""A sample file of own embeddings: generated faces of nobody, two pictures of each person."""

from __future__ import annotations

import io

import numpy as np

from core.demographics import OLDEST, RACES, SEXES, Demographics
from core.faces.generator import FaceGenerator

PEOPLE = 1_200
_PICTURES = 2
_YOUNGEST = 18


def sample_file(fitted: FaceGenerator, *, seed: int = 0) -> bytes:
    """Parquet with the columns `person`, `age`, `sex`, `race` and `embedding` of 1,200 people of nobody, two pictures each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng([seed, 61])
    group = np.arange(PEOPLE) % (len(SEXES) * len(RACES))
    people = Demographics(rng.integers(_YOUNGEST, OLDEST + 1, PEOPLE), group % len(SEXES), group // len(SEXES))
    pictures = fitted.pictures(people, _PICTURES, rng=rng).astype(np.float32)
    each = np.repeat(np.arange(PEOPLE), _PICTURES)
    table = pa.table(
        {
            "person": [f"Nobody {number + 1}" for number in each],
            "age": people.age[each],
            "sex": [SEXES[value] for value in people.sex[each]],
            "race": [RACES[value] for value in people.race[each]],
            "embedding": pa.FixedSizeListArray.from_arrays(pa.array(pictures.ravel()), pictures.shape[-1]),
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()
