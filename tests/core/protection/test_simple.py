import numpy as np
import pytest

from core.faces import Faces
from core.protection.elimination import VariableElimination
from core.protection.simple import (
    BioHash,
    GaussianMechanism,
    GaussianNoise,
    NoProtection,
    Quantisation,
    RandomProjection,
    gaussian_deviation,
    privacy_loss,
)
from core.protection.transforms import InSequence, Quantised, orthonormal


def protected(protection, faces, *, seed=0, draw=0, person=None):
    fitted = protection.fit(faces, seed=seed)
    return fitted.transform(faces.embeddings, rng=np.random.default_rng(draw), person=person)


def test_no_protection_is_none(faces):
    np.testing.assert_array_equal(protected(NoProtection(), faces), faces.embeddings)


def test_noise_has_its_deviation_and_comes_anew(faces):
    added = protected(GaussianNoise(0.05), faces) - faces.embeddings
    # 320 x 6 numbers: the standard error of a deviation is 0.05 / sqrt(2 x 1920).
    assert added.std() == pytest.approx(0.05, abs=4 * 0.05 / np.sqrt(2 * added.size))
    assert abs(added.mean()) < 4 * 0.05 / np.sqrt(added.size)
    assert (added != protected(GaussianNoise(0.05), faces, draw=1) - faces.embeddings).all()


def test_deviation_meets_delta_and_no_less_noise_does():
    for epsilon in (0.1, 1, 10, 1000):
        deviation = gaussian_deviation(epsilon, 1e-5, sensitivity=1)
        assert privacy_loss(epsilon, deviation) <= 1e-5 * (1 + 1e-9)
        assert privacy_loss(epsilon, 0.999 * deviation) > 1e-5


def test_deviation_beats_the_older_formula_where_that_holds():
    # Dwork and Roth (2014), theorem A.1: sqrt(2 ln(1.25 / 0.00001)) = 4.8448 at epsilon 1. The other is a fifth less.
    older = np.sqrt(2 * np.log(1.25 / 1e-5))
    assert older == pytest.approx(4.8448, abs=1e-4)
    assert 0.7 * older < gaussian_deviation(1, 1e-5, sensitivity=1) < 0.85 * older
    assert gaussian_deviation(1, 1e-5, sensitivity=2) == pytest.approx(2 * gaussian_deviation(1, 1e-5, sensitivity=1))


def test_loss_of_a_hand_worked_case():
    # Deviation 1, epsilon 0: Phi(1/2) - Phi(-1/2), the total variation of two normals one deviation apart.
    assert privacy_loss(0, 1) == pytest.approx(0.38292, abs=1e-5)


def test_the_mechanism_cuts_long_embeddings(faces):
    fitted = GaussianMechanism(1).fit(faces, seed=0)
    without_noise = type(fitted)(0.0, fitted.centre, fitted.radius)
    left = without_noise.transform(faces.embeddings, rng=np.random.default_rng(0))
    length = np.linalg.norm(left - fitted.centre, axis=1)
    before = np.linalg.norm(faces.embeddings - fitted.centre, axis=1)
    assert length.max() == pytest.approx(fitted.radius)
    assert (length > fitted.radius * (1 - 1e-9)).mean() == pytest.approx(0.1, abs=0.01)
    np.testing.assert_allclose(length[before < fitted.radius], before[before < fitted.radius])
    assert fitted.deviation == pytest.approx(gaussian_deviation(1, 1e-5, sensitivity=2 * fitted.radius))


def test_quantisation_by_hand():
    # Two bits over 0 to 4: steps of 1 with middles .5, 1.5, 2.5, 3.5; what is beyond counts as the end steps.
    quantised = Quantised(np.zeros(1), np.ones(1), 4)
    values = np.array([[-3.0], [0], [0.99], [1], [2.2], [3.9], [4], [9]])
    left = quantised.transform(values, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(left[:, 0], [0.5, 0.5, 0.5, 1.5, 2.5, 3.5, 3.5, 3.5])


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_quantisation_leaves_that_many_values(faces, bits):
    left = protected(Quantisation(bits), faces)
    assert max(len(np.unique(column)) for column in left.T) <= 2**bits
    low, high = np.percentile(faces.embeddings, [0.5, 99.5], axis=0)
    inside = (faces.embeddings > low) & (faces.embeddings < high)
    assert (abs(left - faces.embeddings) <= (high - low) / 2**bits / 2 + 1e-6)[inside].all()


def test_a_full_projection_keeps_distances(faces):
    left = protected(RandomProjection(1000), faces)
    assert left.shape == faces.embeddings.shape
    wanted = np.linalg.norm(faces.embeddings[0] - faces.embeddings[1:].astype(float), axis=1)
    np.testing.assert_allclose(np.linalg.norm(left[0] - left[1:], axis=1), wanted, rtol=1e-6)
    assert abs(left - faces.embeddings).max() > 0.1


def test_a_projection_shortens_distances_by_the_share_of_directions(rng):
    # A third of the directions keeps a third of the squared length in the mean.
    keys = orthonormal(rng, 6, 2, count=4_000)
    kept = ((np.array([1.0, 2, 3, 4, 5, 6]) @ keys) ** 2).sum(axis=1) / 91
    assert kept.mean() == pytest.approx(1 / 3, abs=4 * kept.std() / np.sqrt(4_000))
    np.testing.assert_allclose(keys.swapaxes(1, 2) @ keys, np.tile(np.eye(2), (4_000, 1, 1)), atol=1e-12)


def test_another_company_has_another_key(faces):
    one, again, other = (protected(RandomProjection(4), faces, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert abs(one - other).max() > 0.1


def test_a_stolen_key_is_one_key_for_all(faces):
    left = protected(BioHash(5, stolen_key=True), faces)
    assert set(np.unique(left)) == {0, 1}
    projection = RandomProjection(5).fit(faces, seed=0)
    np.testing.assert_array_equal(left, projection.transform(faces.embeddings, rng=np.random.default_rng(9)) > 0)


def test_safe_keys_are_one_for_each_person(faces):
    twice = Faces(np.repeat(faces.embeddings[:300], 2, axis=0), faces.people.take(np.repeat(np.arange(300), 2)))
    person = np.repeat(np.arange(300), 2)
    left = protected(BioHash(6, stolen_key=False), twice, person=person)
    np.testing.assert_array_equal(left[::2], left[1::2])
    # Without the person's number each row has a key of its own: bits of one face agree by chance.
    alone = protected(BioHash(6, stolen_key=False), twice)
    assert (alone[::2] == alone[1::2]).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(1_800))


def test_keys_do_not_depend_on_the_order_of_the_rows(faces):
    person = np.arange(len(faces)) % 70
    fitted = BioHash(6, stolen_key=False).fit(faces, seed=0)
    straight = fitted.transform(faces.embeddings, rng=np.random.default_rng(1), person=person)
    turned = fitted.transform(faces.embeddings[::-1], rng=np.random.default_rng(1), person=person[::-1])
    np.testing.assert_array_equal(turned[::-1], straight)


def test_elimination_leaves_out_what_attributes_are_read_by(faces, rng):
    # Six numbers that tell attributes, and six that tell nothing.
    wide = Faces(np.hstack([faces.embeddings, rng.standard_normal(faces.embeddings.shape)]), faces.people)
    matrix = VariableElimination(6).fit(wide, seed=0).matrix
    np.testing.assert_array_equal(np.flatnonzero(matrix.any(axis=1)), np.arange(6, 12))
    assert VariableElimination(1000).fit(wide, seed=0).matrix.shape == (12, 1)
    assert VariableElimination(0).fit(wide, seed=0).matrix.shape == (12, 12)


def test_a_sequence_is_one_after_the_other(faces):
    sequence = protected(InSequence((Quantisation(2), RandomProjection(3))), faces, seed=4)
    quantised = Faces(protected(Quantisation(2), faces, seed=4), faces.people)
    np.testing.assert_allclose(sequence, protected(RandomProjection(3), quantised, seed=5), atol=1e-6)


@pytest.mark.parametrize(
    ("protection", "sentence"),
    [
        (GaussianNoise(-1), "standard deviation of the noise must be 0 to 10, got -1"),
        (GaussianMechanism(0), "epsilon must be 0.01 to 100000, got 0"),
        (Quantisation(9), "bits a number must be 1 to 8, got 9"),
        (RandomProjection(0), "dimensions must be 1 to 100,000, got 0"),
        (BioHash(0, stolen_key=True), "bits must be 1 to 100,000, got 0"),
        (VariableElimination(-1), "variables left out must be 0 to 100,000, got -1"),
    ],
)
def test_strengths_out_of_range_are_refused(faces, protection, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        protection.fit(faces, seed=0)


def test_delta_is_a_chance():
    with pytest.raises(ValueError, match="delta must be above 0 and below 1, got 1"):
        gaussian_deviation(1, 1, sensitivity=1)
