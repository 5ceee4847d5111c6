"""Fixtures that several test files share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings

from core.demographics import RACES, SEXES, Demographics
from core.faces import Faces

settings.register_profile("fixed", derandomize=True, deadline=None, database=None, max_examples=100)
settings.load_profile("fixed")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2024)


@pytest.fixture(scope="session")
def faces() -> Faces:
    """320 made-up faces of 6 numbers: 40 of each race and sex, ages 1 to 79, told apart with some error."""
    rng = np.random.default_rng(7)
    group = np.repeat(np.arange(len(RACES) * len(SEXES)), 40)
    sex, race, age = group % 2, group // 2, np.tile(np.arange(1, 81, 2), 8)
    embeddings = 0.6 * rng.standard_normal((len(group), 6))
    embeddings[:, 0] += sex
    embeddings[np.arange(len(group)), 1 + race] += 1
    embeddings[:, 5] += age / 20
    return Faces(embeddings.astype(np.float32), Demographics(age, sex, race))
