from __future__ import annotations

import numpy as np
import pytest

from core import shipped, training, verification
from core.faces import generator
from core.inference import forests, held_out


def test_shipped_beliefs_are_those_of_the_shipped_forests():
    rows = np.arange(0, 20_480, 640)
    faces = training.generated_held_out(generator.load(), seed=0).take(rows)
    for protocol in ("corrected", "paper"):
        known = held_out.load(protocol)
        assert len(known.people) == 20_480
        again = forests.load(protocol).beliefs(faces.embeddings)
        for name in ("sex", "race", "age"):
            # Stored to 11 bits.
            assert getattr(known.beliefs.take(rows), name) == pytest.approx(getattr(again, name), abs=5e-4)


def test_held_out_faces_are_no_training_faces():
    fitted = generator.load()
    train, test = training.generated_split(fitted, seed=0)
    held = training.generated_held_out(fitted, seed=0)
    seen = {row.tobytes() for row in train.embeddings}
    assert not any(row.tobytes() in seen for faces in (test, held) for row in faces.embeddings)


def test_generated_training_set_is_levelled():
    fitted = generator.load()
    sizes = np.bincount(fitted.levelled_people().group)
    assert len(set(sizes.tolist())) == 1
    train, test = training.generated_split(fitted, seed=0)
    assert len(test) == round(0.2 * sizes.sum())
    assert len(train) + len(test) == sizes.sum()


def test_models_stay_small():
    size = {path.name: path.stat().st_size for path in shipped.FOLDER.iterdir()}
    assert size[shipped.GENERATOR] <= 1_500_000
    assert sum(size.values()) <= 12_000_000


def test_shipped_pictures_of_one_person_are_as_far_apart_as_real_ones():
    recorded = shipped.read_json(shipped.EVALUATION)
    for percent, real in recorded["same_person_real"].items():
        assert recorded["same_person_generated"][percent] == pytest.approx(real, abs=0.04), percent
    assert recorded["equal_error_rate_generated"] == pytest.approx(recorded["equal_error_rate_real"], abs=0.007)


def test_the_shipped_evaluation_is_of_the_shipped_generator():
    recorded = shipped.read_json(shipped.EVALUATION)
    fitted, rng = generator.load(), np.random.default_rng(0)
    people = fitted.levelled_people()
    people = people.take(rng.permutation(len(people))[:4000])
    pairs = verification.pairs_of(fitted.pictures(people, 2, rng=rng), rng=rng, impostors=100_000)
    # Levelled people, not the mix of the record: they are of one race and sex a little more often, hence alike.
    for percent, distance in recorded["same_person_generated"].items():
        assert np.percentile(pairs.genuine, float(percent[1:])) == pytest.approx(distance, abs=0.01)
    assert np.median(pairs.impostor) == pytest.approx(recorded["impostor_generated"]["p50"], abs=0.02)
    assert verification.equal_error_rate(pairs) == pytest.approx(recorded["equal_error_rate_generated"], abs=0.015)


@pytest.mark.parametrize("name", [shipped.EVALUATION, shipped.REPLICATION])
def test_shipped_results_hold_no_value_of_a_person_and_no_path(name):
    def leaves(values):
        if isinstance(values, dict):
            assert len(values) <= 20
            return [leaf for key, value in values.items() for leaf in (key, *leaves(value))]
        if isinstance(values, list):
            assert len(values) <= 4  # a confusion matrix of four races or age bins
            return [leaf for value in values for leaf in leaves(value)]
        return [values]

    results = shipped.read_json(name)
    found = leaves(results)
    assert results["seed"] == 0
    assert all(isinstance(leaf, str | int | float) for leaf in found)
    assert not any("/" in leaf or "\\" in leaf or ".parquet" in leaf for leaf in found if isinstance(leaf, str))


def test_shipped_replication_is_of_real_faces():
    assert shipped.read_json(shipped.REPLICATION)["faces"] == "real"
