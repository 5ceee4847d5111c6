import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.demographics import AgeBins, Demographics
from core.faces import Faces
from core.protection.erasure import Leace, LeadingDirections, NullSpace, concepts, erase

PROTECTIONS = (Leace(), LeadingDirections(7), NullSpace(1))


def protected(protection, faces):
    return protection.fit(faces, seed=0).transform(faces.embeddings, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def wide():
    """400 faces of 20 numbers, in which sex, race and age move the mean, and race the variance."""
    rng = np.random.default_rng(3)
    sex, race, age = rng.integers(2, size=400), rng.integers(4, size=400), rng.integers(1, 81, size=400)
    x = rng.standard_normal((400, 20)) * (1 + 0.3 * race[:, None])
    x[:, 0] += 2 * sex
    x[np.arange(400), 1 + race] += 2
    x[:, 5] += age / 20
    return Faces(x @ rng.standard_normal((20, 20)), Demographics(age, sex, race))


def test_concepts_of_one_person():
    # Female, Black, 45: the third bin of 20 years, and 45/80.
    row = concepts(Demographics([45], [1], [1]))[0]
    np.testing.assert_allclose(row, [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 45 / 80])
    assert concepts(Demographics([45], [1], [1]), age_bins=AgeBins(10)).shape == (1, 2 + 4 + 8 + 1)


def test_leace_leaves_no_covariance_with_any_concept(wide):
    x, z = protected(Leace(), wide), concepts(wide.people)
    covariance = (x - x.mean(axis=0)).T @ (z - z.mean(axis=0)) / len(x)
    before = wide.embeddings.astype(float)
    assert abs((before - before.mean(axis=0)).T @ (z - z.mean(axis=0)) / len(x)).max() > 0.1
    assert abs(covariance).max() < 1e-9


@pytest.mark.parametrize("attribute", ["sex", "race", "age"])
def test_after_leace_logistic_regression_is_at_the_majority(wide, attribute):
    people = wide.people
    labels = {"sex": people.sex, "race": people.race, "age": AgeBins(20).of(people.age)}[attribute]
    x = protected(Leace(), wide)
    majority = np.bincount(labels).max() / len(labels)
    fitted = LogisticRegression(C=1e3, max_iter=5_000).fit(x, labels)
    assert (
        LogisticRegression(C=1e3, max_iter=5_000).fit(wide.embeddings, labels).score(wide.embeddings, labels) > majority + 0.2
    )
    assert fitted.score(x, labels) == pytest.approx(majority, abs=1e-9)
    # Not just the same guess: the loss is that of knowing nothing.
    shares = np.bincount(labels) / len(labels)
    likelihood = np.log(fitted.predict_proba(x)[np.arange(len(x)), labels]).mean()
    assert likelihood == pytest.approx((shares * np.log(shares)).sum(), abs=1e-6)


def test_leace_by_hand():
    # z is the first number, and the second one is twice it plus what z does not tell: with S = Cov(x) the change that
    # hides z and is smallest takes the first number off, and twice that off the second.
    z = np.array([0.0, 0, 1, 1])
    rest = np.array([1.0, -1, 1, -1])
    x = np.stack([z, 2 * z + rest], axis=1)
    left = erase(x, z[:, None]).transform(x, rng=np.random.default_rng(0))
    np.testing.assert_allclose(left, np.stack([np.full(4, 0.5), 1 + rest], axis=1), atol=1e-12)


def test_leace_changes_least(wide):
    # Projecting at right angles on what no group mean differs in hides the same, and moves faces farther.
    x, centre = wide.embeddings.astype(float), wide.embeddings.mean(axis=0, dtype=float)
    z = concepts(wide.people)
    basis = np.linalg.svd((x - centre).T @ (z - z.mean(axis=0)), full_matrices=False)[0][:, :8]
    right_angled = (x - centre) - (x - centre) @ basis @ basis.T
    moved = ((protected(Leace(), wide) - x) ** 2).sum()
    assert moved < ((right_angled + centre - x) ** 2).sum()


def test_leace_moves_numbers_that_never_vary_not_at_all(faces):
    with_constant = Faces(np.hstack([faces.embeddings, np.ones((len(faces), 1), np.float32)]), faces.people)
    left = protected(Leace(), with_constant)
    np.testing.assert_allclose(left[:, -1], 1, atol=1e-9)


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_a_seed_fixes_the_protection_and_faces_are_left_alone(wide, protection):
    before = wide.embeddings.copy()
    np.testing.assert_array_equal(protected(protection, wide), protected(protection, wide))
    np.testing.assert_array_equal(wide.embeddings, before)


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_erasing_twice_changes_nothing_more(wide, protection):
    fitted, rng = protection.fit(wide, seed=0), np.random.default_rng(0)
    once = fitted.transform(wide.embeddings, rng=rng)
    np.testing.assert_allclose(fitted.transform(once, rng=rng), once, atol=1e-8)


def test_leading_directions_make_group_means_equal(wide):
    left = protected(LeadingDirections(7), wide)
    for labels in (wide.people.sex, wide.people.race, AgeBins(20).of(wide.people.age)):
        means = np.array([left[labels == each].mean(axis=0) for each in np.unique(labels)])
        np.testing.assert_allclose(means, np.tile(left.mean(axis=0), (len(means), 1)), atol=1e-5)


def test_one_leading_direction_is_that_of_the_means():
    # Two sexes apart along (3, 4), everything else alike.
    people = Demographics(np.tile([30], 8), np.tile([0, 1], 4), np.tile([0], 8))
    x = np.tile([[0.0, 0], [3, 4]], (4, 1)) + np.repeat([[0.1, 0], [-0.1, 0], [0, 0.1], [0, -0.1]], 2, axis=0)
    matrix = LeadingDirections(1).fit(Faces(x, people), seed=0).matrix
    np.testing.assert_allclose(matrix, np.eye(2) - np.outer([0.6, 0.8], [0.6, 0.8]), atol=1e-6)


def test_each_round_of_null_space_takes_seven_directions(wide):
    for rounds in (1, 2):
        matrix = NullSpace(rounds).fit(wide, seed=0).matrix
        assert np.linalg.matrix_rank(matrix, tol=1e-6) == 20 - 7 * rounds
        np.testing.assert_allclose(matrix @ matrix, matrix, atol=1e-9)
    assert np.linalg.matrix_rank(NullSpace(20).fit(wide, seed=0).matrix, tol=1e-6) == 0


@pytest.mark.parametrize("protection", [LeadingDirections(8), LeadingDirections(0), NullSpace(0), NullSpace(21), Leace(41)])
def test_strengths_out_of_range_are_refused(wide, protection):
    with pytest.raises(ValueError, match=r"must be 1 to (7|20|40), got"):
        protection.fit(wide, seed=0)
