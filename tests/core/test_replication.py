from __future__ import annotations

import numpy as np
import pytest

from core import company, replication
from core.demographics import Demographics
from core.faces import Faces
from core.faces.utkface import Reading


def faces_of(ages: np.ndarray, rng: np.random.Generator) -> Faces:
    """Faces of each race and sex at the given ages, told apart by their first coordinates."""
    people = Demographics(np.tile(ages, 8), np.tile(np.repeat([0, 1], len(ages)), 4), np.repeat(np.arange(4), 2 * len(ages)))
    embeddings = rng.standard_normal((len(people), 8)) * 0.3
    embeddings[:, 0] += 3 * people.sex
    embeddings[:, 1 + people.race] += 0
    embeddings[np.arange(len(people)), 1 + people.race] += 3
    embeddings[:, 5] += people.age / 10
    return Faces(embeddings, people)


@pytest.fixture(scope="module")
def result():
    rng = np.random.default_rng(0)
    faces = faces_of(rng.integers(1, 81, 60), rng)
    # The first 20 faces stand twice: near-identical photos.
    twice = Faces(
        np.concatenate([faces.embeddings, faces.embeddings[:20] + 1e-4]),
        Demographics(
            *(
                np.concatenate([getattr(faces.people, name), getattr(faces.people, name)[:20]])
                for name in ("age", "sex", "race")
            )
        ),
    )
    return replication.on_real_faces(Reading(twice, len(twice) + 3, {"no face found": 3}), company.load_census(), seed=0)


def test_every_levelled_face_is_tested_once(result):
    counts = result["training_set"]
    assert counts["faces"] == 8 * counts["per_race_sex_group"] == 480
    assert counts["splits"] == replication.FOLDS
    assert counts["training"] + counts["test"] == counts["faces"]
    assert sum(counts["age_group_counts"].values()) == counts["faces"]
    assert counts["left_out"] == {"no face found": 3}


def test_tables_are_shares_of_all_faces(result):
    for name in ("sex", "age", "race_one_hot", "race_single_label"):
        confusion = np.array(result[name]["ours"]["confusion"])
        assert confusion.sum() == pytest.approx(1)
    assert np.trace(result["sex"]["ours"]["confusion"]) == pytest.approx(result["sex"]["ours"]["accuracy"])
    # Each race and sex is an eighth of the levelled faces.
    assert np.array(result["race_one_hot"]["ours"]["confusion"]).sum(axis=1) == pytest.approx([0.25] * 4)


def test_near_identical_photos_are_counted_and_kept_together(result):
    photos = result["near_identical_photos"]
    assert photos["share"] == pytest.approx(40 / 500)
    assert set(photos["kept_on_one_side"]) == {"sex", "age", "race_single_label", "risk"}


def test_an_age_bin_without_a_face_is_never_read():
    rng = np.random.default_rng(1)
    faces = faces_of(rng.integers(21, 81, 40), rng)
    found = replication.on_real_faces(Reading(faces, len(faces), {}), company.load_census(), seed=0)
    confusion = np.array(found["age"]["ours"]["confusion"])
    assert not confusion[:, 0].any()
    assert not confusion[0].any()
    assert np.trace(confusion) > 0.8
