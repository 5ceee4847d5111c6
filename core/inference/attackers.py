"""Stronger attackers that read sex, race and age off embeddings, with beliefs that can be taken at their word.

Each attacker first gives scores of sex and race and one expected age. What these are worth is learnt from
training faces that the attacker did not see: scores become probabilities by multinomial logistic regression
(Platt's sigmoid where there are two classes; Platt, 1999, Probabilistic outputs for support vector machines,
in Advances in Large Margin Classifiers), the expected age becomes a probability of each age by `age_errors`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from core.checks import FloatArray, IntArray, one_of
from core.demographics import AGES, YOUNGEST, AgeBins
from core.faces import Faces, near_identical_groups
from core.inference import age_errors, forests
from core.inference.age_errors import AgeErrors
from core.inference.beliefs import Beliefs
from core.scenario import ATTACKERS

INNER_FOLDS = 3
"""Parts of the training faces; each is read by an attacker trained on the others, to learn what scores are worth."""

AGE_GROUPS = AgeBins(3)
"""Age groups that classifiers tell apart; their probabilities give the expected age. 1 and 5 years serve less well."""

CLASS_EPOCHS, AGE_EPOCHS = 15, 25
"""Times that a network sees the training faces."""

FEWEST_STEPS = 400
"""Steps that a network learns in at least: few faces are seen more often."""

_FACES_A_STEP = 200

NEIGHBOURS = 30
AGE_NEIGHBOURS = 15

_SMALLEST_SHARE = 0.01
"""A share of trees or neighbours of 0 counts as this one where its logarithm is taken."""

_SMALLEST_PROBABILITY = 1e-6
"""The same for a network's probabilities, which are no shares of a hundred."""

_CALIBRATION_STRENGTH = 10.0

Reader = Callable[[FloatArray], FloatArray]
"""What turns embeddings (n, d) into scores (n, k), or into expected ages (n,)."""


@dataclass(frozen=True)
class Reading:
    """What an attacker says of faces before it is calibrated.

    Parameters
    ----------
    sex, race : (n, k) floats
        Scores: the higher one is, the likelier its class or pair of classes; on no set scale.
    age : (n,) floats
        Expected age, years.
    """

    sex: FloatArray
    race: FloatArray
    age: FloatArray


@dataclass(frozen=True)
class Attacker:
    """A trained and calibrated attacker.

    Parameters
    ----------
    name : str
        One of `ATTACKERS`.
    read : callable
        Turns embeddings (n, d) into a `Reading`.
    sex, race : fitted scikit-learn models
        From scores to probabilities.
    age_errors : AgeErrors
        From expected age to probabilities.
    """

    name: str
    read: Callable[[FloatArray], Reading]
    sex: Any
    race: Any
    age_errors: AgeErrors

    def beliefs(self, embeddings: FloatArray) -> Beliefs:
        """Read sex, race and age off embeddings of shape (n, d)."""
        return self.calibrated(self.read(embeddings))

    def calibrated(self, reading: Reading) -> Beliefs:
        """Turn what `read` returned into probabilities."""
        return Beliefs(
            sex=self.sex.predict_proba(reading.sex).astype(np.float32),
            race=self.race.predict_proba(reading.race).astype(np.float32),
            age=self.age_errors.beliefs(reading.age).astype(np.float32),
        )


def train(
    name: str,
    faces: Faces,
    *,
    seed: int,
    groups: IntArray | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Attacker:
    """Train an attacker, and calibrate it on training faces that it did not see.

    Parameters
    ----------
    name : str
        One of `ATTACKERS`.
    faces : Faces
        Training faces: every sex and race must occur.
    seed : int
    groups : (n,) ints, optional
        Faces of one group are in one inner fold; near-identical ones without it. It is needed where embeddings
        were protected: then being near means another thing.
    progress : callable
        Told the name of each attribute before it is learnt.

    Raises
    ------
    ValueError
        If a sex or race is missing from the training faces.
    """
    one_of("attacker", name, ATTACKERS)
    forests.check_training_faces(faces)
    people = faces.people
    with one_thread():
        if name == ATTACKERS[0]:
            read, unseen = _forest(faces, seed, progress)
        else:
            read, unseen = _inner_folds(name, faces, seed, progress, groups)
        sex, race = _calibrator(unseen.sex, people.sex), _calibrator(unseen.race, people.race)
    return Attacker(name, read, sex, race, age_errors.fit(unseen.age, people.age))


def one_thread() -> AbstractContextManager[Any]:
    """Let matrix products run in one thread: they are small, and the same faces then give the same last digits."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


def _calibrator(scores: FloatArray, labels: IntArray) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=_CALIBRATION_STRENGTH, max_iter=1_000).fit(scores, labels)


def _forest(faces: Faces, seed: int, progress: Callable[[str], None]) -> tuple[Callable[[FloatArray], Reading], Reading]:
    """Train the paper's forests; faces that a tree was grown without come for free."""
    grown, unseen = forests.train_with_out_of_bag(faces, seed=seed, progress=progress)

    def read(embeddings: FloatArray) -> Reading:
        believed = grown.beliefs(embeddings)
        expected = believed.age @ np.arange(YOUNGEST, YOUNGEST + AGES)
        return Reading(_log_shares(believed.sex), _log_shares(believed.race), expected)

    return read, Reading(_log_shares(unseen.sex), _log_shares(unseen.race), unseen.age)


def _inner_folds(
    name: str, faces: Faces, seed: int, progress: Callable[[str], None], groups: IntArray | None = None
) -> tuple[Callable[[FloatArray], Reading], Reading]:
    """Train on all faces, and read each part of them by an attacker trained on the others.

    Near-identical photos are in one part: seen beside their twin, faces are read too well.
    """
    x = faces.embeddings.astype(np.float64)
    group = near_identical_groups(faces.embeddings) if groups is None else groups
    part = np.random.default_rng([seed, 11]).permutation(group.max() + 1)[group] % INNER_FOLDS
    readers: dict[str, Reader] = {}
    unseen: dict[str, FloatArray] = {}
    for attribute in ("sex", "race", "age"):
        progress(attribute)
        labels = getattr(faces.people, attribute)
        fit = (_AGE_FITS if attribute == "age" else _CLASS_FITS)[name]
        readers[attribute] = fit(x, labels, seed)
        read = [fit(x[part != number], labels[part != number], seed)(x[part == number]) for number in range(INNER_FOLDS)]
        unseen[attribute] = np.concatenate(read)[np.argsort(np.argsort(part, kind="stable"))]

    def read_all(embeddings: FloatArray) -> Reading:
        wide = embeddings.astype(np.float64)
        return Reading(**{attribute: reader(wide) for attribute, reader in readers.items()})

    return read_all, Reading(**unseen)


def _log_shares(shares: FloatArray, smallest: float = _SMALLEST_SHARE) -> FloatArray:
    return np.log(np.maximum(shares, smallest))


def _expected_age(fit: Callable[[FloatArray, IntArray, int], Any], x: FloatArray, ages: IntArray, seed: int) -> Reader:
    """Mean age of the age groups, weighted by the probabilities that a classifier gives them."""
    group = AGE_GROUPS.of(ages)
    model = fit(x, group, seed)
    centres = np.array([ages[group == each].mean() for each in model.classes_])
    return lambda unseen: model.predict_proba(unseen) @ centres


def _lda(x: FloatArray, labels: IntArray, _: int) -> Any:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis().fit(x, labels)


def _logistic(x: FloatArray, labels: IntArray, _: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # The default tolerance takes five times as long and reads nothing better.
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1_000, tol=1e-3)).fit(x, labels)


def _svm(x: FloatArray, labels: IntArray, _: int) -> Reader:
    from sklearn.svm import SVC

    return _columns(SVC(C=3, gamma=_gamma(x), decision_function_shape="ovo").fit(x, labels).decision_function)


def _svm_age(x: FloatArray, ages: IntArray, _: int) -> Reader:
    from sklearn.svm import SVR

    return SVR(C=10, gamma=_gamma(x), epsilon=2).fit(x, ages).predict


def _gamma(x: FloatArray) -> float:
    """One over the total variance: two over the mean squared distance of two faces."""
    return float(1 / x.var(axis=0).sum())


def _neighbours(x: FloatArray, labels: IntArray, _: int) -> Reader:
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(NEIGHBOURS, weights="distance").fit(x, labels)
    return lambda unseen: _log_shares(model.predict_proba(unseen))


def _neighbours_age(x: FloatArray, ages: IntArray, _: int) -> Reader:
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(AGE_NEIGHBOURS, weights="distance").fit(x, ages).predict


def _network(x: FloatArray, labels: IntArray, seed: int, epochs: int = CLASS_EPOCHS) -> Any:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(x)
    scaled, classes = scaler.transform(x), np.unique(labels)
    network = MLPClassifier((64, 64), alpha=1, batch_size=min(_FACES_A_STEP, len(x)), random_state=seed)
    steps_an_epoch = -(-len(x) // _FACES_A_STEP)
    # Pass by pass: asked for a set number of passes at once, scikit-learn warns that it has not converged.
    for _ in range(max(epochs, FEWEST_STEPS // steps_an_epoch)):
        network.partial_fit(scaled, labels, classes=classes)
    return make_pipeline(scaler, network)


def _age_network(x: FloatArray, labels: IntArray, seed: int) -> Any:
    return _network(x, labels, seed, AGE_EPOCHS)


def _network_scores(x: FloatArray, labels: IntArray, seed: int) -> Reader:
    model = _network(x, labels, seed)
    return lambda unseen: _log_shares(model.predict_proba(unseen), _SMALLEST_PROBABILITY)


def _columns(scores: Reader) -> Reader:
    """Scores as columns, also where there is one for two classes."""
    return lambda unseen: scores(unseen).reshape(len(unseen), -1)


Fit = Callable[[FloatArray, IntArray, int], Reader]
"""Trains on embeddings (n, d), labels (n,) and a seed."""

_CLASS_FITS: dict[str, Fit] = {
    "lda": lambda x, labels, seed: _columns(_lda(x, labels, seed).decision_function),
    "logistic": lambda x, labels, seed: _columns(_logistic(x, labels, seed).decision_function),
    "svm": _svm,
    "neighbours": _neighbours,
    "mlp": _network_scores,
}
_AGE_FITS: dict[str, Fit] = {
    "lda": partial(_expected_age, _lda),
    "logistic": partial(_expected_age, _logistic),
    "svm": _svm_age,
    "neighbours": _neighbours_age,
    "mlp": partial(_expected_age, _age_network),
}
