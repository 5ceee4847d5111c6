import numpy as np
import pytest

from core.demographics import Demographics
from core.faces import Faces
from core.protection.erasure import Leace
from core.protection.normalisation import EqualCovariances


@pytest.fixture(scope="module")
def spread():
    """4,000 faces of 10 numbers: the first five tell race and sex apart surely, the others spread by race and sex."""
    rng = np.random.default_rng(5)
    group = np.arange(4_000) % 8
    x = 0.05 * rng.standard_normal((4_000, 10))
    x[np.arange(4_000), group // 2] += 1
    x[:, 4] += group % 2
    x[:, 5:] = rng.standard_normal((4_000, 5)) * np.where(np.arange(5) == (group % 5)[:, None], 3, 1)
    return Faces(x, Demographics(rng.integers(1, 81, size=4_000), group % 2, group // 2))


def protected(percent, faces):
    return EqualCovariances(percent).fit(faces, seed=0).transform(faces.embeddings, rng=np.random.default_rng(0))


def largest_difference(x, faces):
    """Largest entry of the difference between a group's covariance and that of all."""
    pooled = np.cov(x.T)
    return max(abs(np.cov(x[faces.people.group == each].T) - pooled).max() for each in range(8))


def test_nought_per_cent_is_leace_but_for_the_means_of_groups(spread):
    leace = Leace().fit(spread, seed=0).transform(spread.embeddings, rng=np.random.default_rng(0))
    moved = protected(0, spread) - leace
    # Groups are told apart surely here, so that the faces of one are all moved alike.
    for group in range(8):
        rows = moved[spread.people.group == group]
        np.testing.assert_allclose(rows, np.tile(rows.mean(axis=0), (500, 1)), atol=1e-3)


def test_covariances_become_alike_step_by_step(spread):
    differences = [largest_difference(protected(percent, spread), spread) for percent in (0, 50, 100)]
    assert differences[0] > 2
    assert differences[1] < 0.7 * differences[0]
    # 100 faces' weight of all faces stays beside the 500 of each group.
    assert differences[2] < 0.2 * differences[0]


def test_a_quadratic_attacker_reads_less(spread):
    from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

    def accuracy(x):
        quadratic = QuadraticDiscriminantAnalysis(reg_param=1e-3).fit(x[:2_000], spread.people.race[:2_000])
        return quadratic.score(x[2_000:], spread.people.race[2_000:])

    assert accuracy(protected(100, spread)) < accuracy(protected(0, spread)) - 0.08


def test_a_seed_fixes_it_and_share_is_checked(spread):
    np.testing.assert_array_equal(protected(60, spread), protected(60, spread))
    with pytest.raises(ValueError, match="per cent of the way to equal covariances must be 0 to 100, got 101"):
        protected(101, spread)
