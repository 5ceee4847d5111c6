"""The paper's attacker: three random forests of 100 trees (Section IV)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import shipped
from core.checks import FloatArray, IntArray, one_of, whole_number
from core.demographics import AGES, RACES, SEXES, YOUNGEST, AgeBins
from core.faces import Faces
from core.inference import trees
from core.inference.beliefs import Beliefs
from core.inference.trees import Trees
from core.scenario import CORRECTED, PAPER, PROTOCOLS

TREES = 100

AGE_LEAF_FACES = 3
"""Fewest faces in a leaf of the age forest. Larger leaves know ages less sharply, smaller ones less surely."""


@dataclass(frozen=True)
class Forests:
    """Trained forests for sex, race and age.

    `race` was learnt on one-hot labels if `protocol` is `"paper"`, on single labels otherwise.
    """

    sex: Trees
    race: Trees
    age: Trees
    protocol: str

    def beliefs(self, embeddings: FloatArray) -> Beliefs:
        """Read sex, race and age off embeddings of shape (n, d)."""
        return Beliefs(
            sex=self.sex.probabilities(embeddings, len(SEXES)),
            race=self.race.probabilities(embeddings, len(RACES)),
            age=self.age.probabilities(embeddings, AGES),
            protocol=self.protocol,
        )


def train(
    faces: Faces,
    *,
    seed: int,
    protocol: str = CORRECTED,
    count: int = TREES,
    progress: Callable[[str], None] = lambda _: None,
) -> Forests:
    """Train the three forests.

    Parameters
    ----------
    faces : Faces
        Training faces: every sex and race must occur.
    seed : int
    protocol : str
        `"corrected"` or `"paper"`.
    count : int
        Trees per forest, 1 to 1,000.
    progress : callable
        Told the name of each attribute before its forest is trained.

    Raises
    ------
    ValueError
        If a sex or race is missing from the training faces.
    """
    check_training_faces(faces)
    progress("sex")
    sex = train_sex(faces, seed=seed, count=count)
    progress("race")
    race = train_race(faces, seed=seed, protocol=protocol, count=count)
    progress("age")
    return Forests(sex, race, _age_forest(faces, _options(count, seed))[0], protocol)


def check_training_faces(faces: Faces) -> None:
    """Raise ValueError if a sex or race is missing from the training faces."""
    for name, values, labels in (("sex", faces.people.sex, SEXES), ("race", faces.people.race, RACES)):
        if len(np.unique(values)) != len(labels):
            found = [labels[value] for value in np.unique(values)]
            raise ValueError(f"training faces must show every {name} of {', '.join(labels)}, got only {', '.join(found)}")


@dataclass(frozen=True)
class OutOfBag:
    """What forests say of their own training faces, each face read only by the trees that were grown without it.

    Parameters
    ----------
    sex : (n, 2) floats
    race : (n, 4) floats
    age : (n,) floats
        Expected age, years.
    """

    sex: FloatArray
    race: FloatArray
    age: FloatArray


def train_with_out_of_bag(
    faces: Faces, *, seed: int, progress: Callable[[str], None] = lambda _: None
) -> tuple[Forests, OutOfBag]:
    """Train the same forests as `train`, and keep what they say of faces that they did not see.

    Corrected protocol; Breiman (2001), Random forests, section 3.1, doi 10.1023/A:1010933404324.
    """
    check_training_faces(faces)
    options = _options(TREES, seed) | {"oob_score": True}
    progress("sex")
    sex = _fit_classifier(faces.embeddings, faces.people.sex, options)
    progress("race")
    race = _fit_classifier(faces.embeddings, faces.people.race, options)
    progress("age")
    age, fitted_age = _age_forest(faces, options)
    out_of_bag = OutOfBag(sex.oob_decision_function_, race.oob_decision_function_, fitted_age.oob_prediction_)
    return Forests(_as_trees(sex), _as_trees(race), age, CORRECTED), out_of_bag


def train_sex(faces: Faces, *, seed: int, count: int = TREES) -> Trees:
    """Train the sex forest alone."""
    return _as_trees(_fit_classifier(faces.embeddings, faces.people.sex, _options(count, seed)))


def train_race(faces: Faces, *, seed: int, protocol: str, count: int = TREES) -> Trees:
    """Train the race forest alone: the only one in which the protocols differ."""
    one_of("protocol", protocol, PROTOCOLS)
    labels = one_hot(faces.people.race) if protocol == PAPER else faces.people.race
    return _as_trees(_fit_classifier(faces.embeddings, labels, _options(count, seed)))


def one_hot(race: IntArray) -> IntArray:
    """Race labels as the paper's one-hot rows, shape (n, 4)."""
    return np.eye(len(RACES), dtype=np.int64)[race]


def age_classifier(faces: Faces, bins: AgeBins, *, seed: int, count: int = TREES) -> Any:
    """Fit scikit-learn's classifier for one bin width, as the paper does.

    The study uses one regression forest for all widths; this one is for the comparison.
    """
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(**_options(count, seed)).fit(faces.embeddings, bins.of(faces.people.age))
    # In parallel it adds up its trees' answers in the order in which they come in, which changes the last digits.
    return forest.set_params(n_jobs=1)


def _options(count: int, seed: int) -> dict[str, Any]:
    return {"n_estimators": whole_number("trees", count, 1, 1_000), "random_state": seed, "n_jobs": -1}


def _fit_classifier(embeddings: FloatArray, labels: IntArray, options: dict[str, Any]) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**options).fit(embeddings, labels)


def _as_trees(forest: Any) -> Trees:
    if forest.n_outputs_ > 1:
        # One yes-or-no question an outcome: value is (nodes, outcomes, 2); keep the chance of yes.
        says = [estimator.tree_.value[:, :, 1] for estimator in forest.estimators_]
    else:
        says = [estimator.tree_.value[:, 0, :] for estimator in forest.estimators_]
    return trees.from_sklearn(forest.estimators_, says)


def _age_forest(faces: Faces, options: dict[str, Any]) -> tuple[Trees, Any]:
    """Regression forest whose leaves keep the ages of all training faces that reach them, and scikit-learn's own.

    The mean over trees of the leaves' age shares estimates P(age | embedding): Meinshausen (2006),
    Quantile regression forests, Journal of Machine Learning Research 7.
    """
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(**options, min_samples_leaf=AGE_LEAF_FACES, max_features="sqrt")
    forest.fit(faces.embeddings, faces.people.age)
    reached = forest.apply(faces.embeddings)
    says = []
    for column, estimator in zip(reached.T, forest.estimators_, strict=True):
        counts = np.zeros((estimator.tree_.node_count, AGES), dtype=np.float32)
        np.add.at(counts, (column, faces.people.age - YOUNGEST), 1)
        says.append(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    return trees.from_sklearn(forest.estimators_, says), forest


def save(forests: dict[str, Forests], folder: Path) -> None:
    """Write `forests.npz`: sex and age once, race for each protocol."""
    parts = {"sex": forests[CORRECTED].sex, "age": forests[CORRECTED].age}
    parts |= {f"race_{protocol}": forests[protocol].race for protocol in PROTOCOLS}
    arrays = {f"{part}/{name}": array for part, grown in parts.items() for name, array in grown.arrays().items()}
    shipped.write_arrays(shipped.FORESTS, arrays, folder)


def load(protocol: str = CORRECTED, folder: Path = shipped.FOLDER) -> Forests:
    """Read the forests that ship in `models/`, or another folder. Raises DamagedModelError."""
    one_of("protocol", protocol, PROTOCOLS)
    arrays = shipped.read_arrays(shipped.FORESTS, folder)

    def part(prefix: str) -> Trees:
        return Trees.from_arrays({name.split("/")[1]: array for name, array in arrays.items() if name.startswith(f"{prefix}/")})

    try:
        return Forests(part("sex"), part(f"race_{protocol}"), part("age"), protocol)
    except (KeyError, ValueError) as error:
        raise shipped.DamagedModelError(f"{shipped.FORESTS} lacks an array or has one of a wrong shape") from error
