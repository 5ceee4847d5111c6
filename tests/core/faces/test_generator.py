import numpy as np
import pytest

from core import shipped
from core.demographics import Demographics
from core.faces import Faces, generator
from core.faces.generator import AGE_GROUPS_START, KNOTS, FaceGenerator
from core.shipped import DamagedModelError

D = 3
PER_GROUP = 4000
SPREAD = 0.1


def by_race_and_sex(ages):
    """The same ages in each of the eight race-sex groups."""
    group = np.repeat(np.arange(8), len(ages))
    return Demographics(np.tile(ages, 8), group % 2, group // 2)


def counts_of_one():
    return np.ones((80, 2, 4), dtype=np.int64)


def small_generator(dimension=D, seed=0):
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((8, 5, dimension)).astype(np.float32)
    factors = np.tril(0.1 * rng.standard_normal((8, 4, dimension, dimension))).astype(np.float32)
    return FaceGenerator(means, factors, rng.integers(0, 5, (80, 2, 4)))


@pytest.fixture(scope="module")
def world():
    """Faces drawn from a known law: true means at the knots, and a true covariance per age group."""
    rng = np.random.default_rng(11)
    people = by_race_and_sex(rng.integers(1, 81, PER_GROUP))
    means = rng.standard_normal((8, len(KNOTS), D))
    mixing = SPREAD * (np.eye(D) + 0.5 * rng.standard_normal((8, 4, D, D)))
    age_group = np.digitize(people.age, AGE_GROUPS_START)
    centre = np.stack([[np.interp(people.age, KNOTS, means[g, :, j]) for j in range(D)] for g in range(8)])
    centre = centre[people.group, :, np.arange(len(people))]
    noise = np.einsum("nij,nj->ni", mixing[people.group, age_group], rng.standard_normal((len(people), D)))
    faces = Faces(centre + noise, people)
    covariances = mixing @ mixing.swapaxes(-1, -2)
    return faces, means, covariances, generator.fit(faces, levelled_counts=counts_of_one())


def test_the_means_at_the_knots_are_found_again(world):
    _, means, covariances, fitted = world
    # A knot's hat covers at least 15 of 80 years with weights squared summing to a third of that: 4000 * 15 / 80 / 3
    # = 250 faces, so the error is about spread / sqrt(250); the pull of 3 faces towards the group's mean adds about
    # 1 % of a distance of 2.
    spread = np.sqrt(np.trace(covariances, axis1=-2, axis2=-1).max())
    assert np.abs(fitted.means - means).max() < 4 * spread / np.sqrt(250) + 0.02
    # The means differ by far more than that, so agreement is no accident.
    assert np.abs(np.diff(means, axis=1)).max() > 1


def test_the_covariances_are_found_again(world):
    faces, _, covariances, fitted = world
    age_group = np.digitize(faces.people.age, AGE_GROUPS_START)
    for group in range(8):
        sizes = np.bincount(age_group[faces.people.group == group], minlength=4)
        whole = np.average(covariances[group], axis=0, weights=sizes)
        for age, n in enumerate(sizes):
            # Own weight n / (n + 50): half the say at 50 faces.
            wanted = n / (n + 50) * covariances[group, age] + 50 / (n + 50) * whole
            found = fitted.factors[group, age] @ fitted.factors[group, age].T
            # An entry's sampling error is at most sqrt(2 s_ii s_jj / n).
            scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
            assert (np.abs(found - wanted) < 4 * np.sqrt(2 / n) * scale + 0.02 * scale).all()


def test_factors_are_lower_triangular(world):
    fitted = world[3]
    assert (np.triu(fitted.factors, k=1) == 0).all()
    assert (np.diagonal(fitted.factors, axis1=-2, axis2=-1) > 0).all()


def test_means_move_in_a_straight_line_between_knots_and_stay_beyond():
    known = small_generator()
    still = FaceGenerator(known.means, np.zeros_like(known.factors), known.levelled_counts)
    people = Demographics([1, 10, 15, 20, 30, 50, 65, 80], [1] * 8, [2] * 8)
    faces = still.sample(people, rng=np.random.default_rng(0)).embeddings
    at = still.means[2 * 2 + 1]
    # 15 lies halfway from 10 to 20; 30 two thirds of the way from 20 to 35.
    wanted = [at[0], at[0], (at[0] + at[1]) / 2, at[1], at[1] / 3 + 2 * at[2] / 3, at[3], at[4], at[4]]
    # Embeddings are rounded to steps of 2 ** -16.
    np.testing.assert_allclose(faces, wanted, atol=2**-17 + 1e-6)
    assert (faces * 2**16 == np.round(faces * 2**16)).all()


def test_samples_have_the_fitted_mean_and_covariance():
    fitted = small_generator()
    n = 40_000
    for age, age_group in ((20, 0), (21, 1), (50, 2), (61, 3)):
        people = Demographics(np.full(n, age), np.ones(n, dtype=int), np.full(n, 3))
        x = fitted.sample(people, rng=np.random.default_rng(age)).embeddings.astype(np.float64)
        factor = fitted.factors[7, age_group].astype(np.float64)
        covariance = factor @ factor.T
        mean = [np.interp(age, KNOTS, fitted.means[7, :, j]) for j in range(D)]
        assert (np.abs(x.mean(axis=0) - mean) < 4 * np.sqrt(np.diag(covariance) / n)).all()
        scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
        assert (np.abs(np.cov(x.T) - covariance) < 4 * np.sqrt(2 / n) * scale).all()


def test_a_seed_fixes_the_sample():
    fitted, people = small_generator(), by_race_and_sex(np.arange(1, 81))
    one, again, other = (fitted.sample(people, rng=np.random.default_rng(seed)).embeddings for seed in (4, 4, 5))
    assert (one == again).all()
    assert (one != other).any(axis=1).all()


def test_a_sample_shows_the_people_asked_for():
    fitted, people = small_generator(), by_race_and_sex(np.array([5, 80]))
    faces = fitted.sample(people, rng=np.random.default_rng(0))
    assert faces.people == people
    assert faces.embeddings.shape == (16, D)
    assert faces.embeddings.dtype == np.float32


def test_nobody_can_be_sampled():
    assert len(small_generator().sample(Demographics([], [], []), rng=np.random.default_rng(0))) == 0


def test_levelled_people_are_those_counted():
    fitted = small_generator()
    assert (fitted.levelled_people().counts() == fitted.levelled_counts).all()


def test_what_was_saved_is_loaded_to_half_precision(tmp_path):
    fitted = small_generator()
    fitted.save(tmp_path / "one")
    back = generator.load(tmp_path / "one")
    # Half precision keeps 11 binary digits, hence an error of at most 2 ** -11 of the value; below 2 ** -14 its steps
    # are 2 ** -24.
    np.testing.assert_allclose(back.means, fitted.means, rtol=2**-11, atol=2**-25)
    np.testing.assert_allclose(back.factors, fitted.factors, rtol=2**-11, atol=2**-25)
    assert (back.levelled_counts == fitted.levelled_counts).all()
    assert back.dimension == D


def test_a_loaded_generator_is_saved_and_loaded_unchanged(tmp_path):
    small_generator().save(tmp_path / "one")
    once = generator.load(tmp_path / "one")
    once.save(tmp_path / "two")
    twice = generator.load(tmp_path / "two")
    assert (twice.means == once.means).all()
    assert (twice.factors == once.factors).all()
    people = by_race_and_sex(np.arange(1, 81))
    samples = [g.sample(people, rng=np.random.default_rng(0)).embeddings for g in (once, twice)]
    assert (samples[0] == samples[1]).all()


def test_saving_twice_gives_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        small_generator().save(tmp_path / folder)
    one, two = ((tmp_path / folder / shipped.GENERATOR).read_bytes() for folder in ("one", "two"))
    assert one == two


def test_large_counts_survive_saving(tmp_path):
    counts = counts_of_one()
    counts[30, 0, 0] = 70_000
    known = small_generator()
    FaceGenerator(known.means, known.factors, counts).save(tmp_path)
    assert generator.load(tmp_path).levelled_counts[30, 0, 0] == 70_000


def test_fitting_twice_gives_the_same_generator(world):
    faces, _, _, fitted = world
    again = generator.fit(faces, levelled_counts=counts_of_one())
    assert (again.means == fitted.means).all()
    assert (again.factors == fitted.factors).all()


def test_no_training_face_is_stored(tmp_path):
    rng = np.random.default_rng(8)
    people = by_race_and_sex(rng.integers(1, 81, 30))
    faces = Faces(rng.standard_normal((len(people), 32)), people)
    generator.fit(faces, levelled_counts=people.counts()).save(tmp_path)
    arrays = shipped.read_arrays(shipped.GENERATOR, tmp_path)
    # Parameters only, and as many whatever the number of faces: 8 x 5 means, 8 x 4 triangles of 32 * 33 / 2 numbers.
    assert {name: array.shape for name, array in arrays.items()} == {
        "means": (8, 5, 32),
        "lower_triangles": (8, 4, 528),
        "levelled_counts": (80, 2, 4),
    }
    # Faces lie about sqrt(32 + 32) = 8 from one another. Neither a mean nor 32 numbers in a row of a triangle are
    # nearer to a face than 2.
    rows = np.lib.stride_tricks.sliding_window_view(arrays["lower_triangles"].reshape(-1), 32)
    for stored in (arrays["means"].reshape(-1, 32), rows):
        nearest = min(np.linalg.norm(stored - face, axis=1).min() for face in faces.embeddings)
        assert nearest > 2


def test_too_few_faces_of_a_group_are_named():
    people = by_race_and_sex(np.arange(1, 21))
    rng = np.random.default_rng(0)
    faces = Faces(rng.standard_normal((len(people), D)), people)
    generator.fit(faces, levelled_counts=people.counts())  # 20 of each are just enough
    rows = np.delete(np.arange(len(people)), 65)  # row 65 is one of group 3, Black female
    with pytest.raises(ValueError, match=r"^each race and sex needs at least 20 faces, got 19 for Black female$"):
        generator.fit(faces.take(rows), levelled_counts=people.counts())


def test_age_groups_with_few_faces_take_the_covariance_of_the_whole_group():
    rng = np.random.default_rng(1)
    # 60 faces of age 30, 9 of age 70 (too few for a say of their own), none below 21 or from 41 to 60.
    people = by_race_and_sex(np.repeat([30, 70], [60, 9]))
    fitted = generator.fit(Faces(rng.standard_normal((len(people), D)), people), levelled_counts=people.counts())
    for group in range(8):
        assert (fitted.factors[group, 0] == fitted.factors[group, 3]).all()
        assert (fitted.factors[group, 0] == fitted.factors[group, 2]).all()
        assert (fitted.factors[group, 0] != fitted.factors[group, 1]).any()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("means", np.zeros((8, 4, D), dtype=np.float32)),
        ("means", np.zeros((8, 5, D + 1), dtype=np.float32)),
        ("means", np.full((8, 5, D), np.nan, dtype=np.float32)),
        ("means", np.float32(1)),
        ("lower_triangles", np.zeros((8, 4, 5), dtype=np.float32)),
        ("lower_triangles", np.zeros((8, 3, 6), dtype=np.float32)),
        ("lower_triangles", np.zeros(6, dtype=np.float32)),
        ("levelled_counts", np.zeros(3, dtype=np.uint16)),
        ("levelled_counts", np.full((80, 2, 4), -1)),
        ("levelled_counts", None),
        ("means", None),
    ],
)
def test_a_damaged_generator_is_refused(tmp_path, name, array):
    small_generator().save(tmp_path)
    arrays = shipped.read_arrays(shipped.GENERATOR, tmp_path)
    arrays = {key: value for key, value in {**arrays, name: array}.items() if value is not None}
    shipped.write_arrays(shipped.GENERATOR, arrays, tmp_path)
    with pytest.raises(DamagedModelError):
        generator.load(tmp_path)


def test_a_generator_of_wrong_shapes_is_refused():
    known = small_generator()
    with pytest.raises(ValueError, match=r"^generator factors must be finite with shape \(8, 4, 3, 3\), got \(8, 4, 2, 2\)$"):
        FaceGenerator(known.means, known.factors[:, :, :2, :2], known.levelled_counts)
