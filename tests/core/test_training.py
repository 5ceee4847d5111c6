from __future__ import annotations

import numpy as np
import pytest

from core import shipped, training
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
    size = {name: (shipped.FOLDER / name).stat().st_size for name in shipped.FILES}
    assert size[shipped.GENERATOR] <= 1_500_000
    assert sum(size.values()) <= 12_000_000
