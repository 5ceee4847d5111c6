"""Elimination of the variables that forests read attributes by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import whole_number
from core.faces import Faces
from core.protection.erasure import AGE_BINS
from core.protection.transforms import Affine

TREES = 25
STEPS = 4
"""Times that forests are trained: each time a share of the variables goes."""

_SMALLEST_LEAF = 5


@dataclass(frozen=True)
class VariableElimination:
    """Incremental variable elimination: Terhörst et al. (2019), doi 10.1109/ICB45273.2019.8987331.

    Forests of sex, race and age bin are trained, and the variables with the largest mean importance are left out; then again.
    Variables are the numbers of the embedding.

    Parameters
    ----------
    eliminated : int
        Variables that are left out, 0 or more; at least one stays.
    """

    eliminated: int

    def fit(self, faces: Faces, *, seed: int) -> Affine:
        """Train forests and leave variables out, step after step."""
        from sklearn.ensemble import RandomForestClassifier

        d = faces.embeddings.shape[1]
        wanted = min(whole_number("variables left out", self.eliminated, 0, 100_000), d - 1)
        labels = (faces.people.sex, faces.people.race, AGE_BINS.of(faces.people.age))
        kept = np.arange(d)
        for left in np.linspace(d, d - wanted, STEPS + 1).round().astype(int)[1:]:
            if left == len(kept):
                continue
            importance = np.zeros(len(kept))
            for values in labels:
                forest = RandomForestClassifier(TREES, min_samples_leaf=_SMALLEST_LEAF, random_state=seed)
                importance += forest.fit(faces.embeddings[:, kept], values).feature_importances_
            kept = np.sort(kept[np.argsort(importance, kind="stable")[:left]])
        return Affine(np.zeros(d), np.eye(d)[:, kept], np.zeros(len(kept)))
