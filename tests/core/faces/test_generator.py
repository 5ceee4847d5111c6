from dataclasses import replace

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
        "mislabelled_share": (1,),
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
        ("within_triangle", np.zeros(5, dtype=np.float16)),
        ("within_triangle", np.float16(1)),
        ("within_triangle", np.full(6, np.nan, dtype=np.float16)),
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
    with pytest.raises(ValueError, match=r"^generator within must be finite with shape \(3, 3\), got \(2, 2\)$"):
        replace(known, within=np.eye(2))


WITHIN = np.array([[0.1, 0, 0], [0.05, 0.08, 0], [-0.02, 0.03, 0.06]])
BETWEEN = np.array([[0.2, 0, 0], [0.1, 0.15, 0], [0, -0.1, 0.1]])


def generator_of_pictures(within=WITHIN, between=BETWEEN):
    """A generator whose faces have the covariance of both scatters together."""
    known = small_generator()
    whole = np.linalg.cholesky(within @ within.T + between @ between.T)
    return FaceGenerator(known.means, np.broadcast_to(whole, known.factors.shape), known.levelled_counts, within)


def of_one_kind(n, age=35):
    return Demographics(np.full(n, age), np.ones(n, dtype=int), np.full(n, 3))


def test_pictures_of_one_person_differ_by_the_within_person_scatter():
    n = 40_000
    fitted = generator_of_pictures()
    pictures = fitted.pictures(of_one_kind(n), 2, rng=np.random.default_rng(0)).astype(np.float64)
    first, second = pictures[:, 0], pictures[:, 1]
    mean = fitted.means[7, 2]
    within, between = WITHIN @ WITHIN.T, BETWEEN @ BETWEEN.T
    # Gamma(8) has the mean square 1 + 1/8: entries spread a little more than a Gaussian's, sqrt(2 s_ii s_jj / n).
    for found, wanted in (
        (np.cov((first - second).T), 2 * within),  # the centre drops out
        ((first - mean).T @ (second - mean) / n, between),  # the noise does
        (np.cov(first.T), within + between),  # a picture by itself is a face like those of `sample`
    ):
        scale = np.sqrt(np.outer(np.diag(within + between), np.diag(within + between)))
        assert (np.abs(found - wanted) < 4 * np.sqrt(2 * (1 + 1 / 8) / n) * scale).all()
    assert (np.abs(first.mean(axis=0) - mean) < 4 * np.sqrt(np.diag(within + between) / n)).all()
    assert np.abs(within).min() > 4 * np.sqrt(2 * (1 + 1 / 8) / n) * scale.max() / 10  # agreement is no accident


def test_the_within_person_scatter_is_scaled_picture_by_picture():
    # With nothing between people, a picture less its mean is sqrt(g) z, z Gaussian in 3 dimensions and g of mean 1 and
    # mean square 1 + 1/8: E|x|^4 / (E|x|^2)^2 = (1 + 1/8) (3 + 2) / 3 = 1.875, where one scale for all gives 1.667.
    fitted = generator_of_pictures(within=0.1 * np.eye(3), between=np.zeros((3, 3)))
    pictures = fitted.pictures(of_one_kind(50_000), 2, rng=np.random.default_rng(1)) - fitted.means[7, 2]
    square = (pictures.astype(np.float64) ** 2).sum(axis=-1)
    assert (square**2).mean() / square.mean() ** 2 == pytest.approx(1.875, abs=0.03)
    # Two pictures of one person have scales of their own.
    assert np.corrcoef(square.T)[0, 1] == pytest.approx(0, abs=4 / np.sqrt(50_000))


def test_more_scatter_within_a_person_than_between_people_leaves_none_between():
    # Faces vary by .04 in each direction, pictures of one person by .01, .01 and .09: .03, .03 and nothing remains.
    known = generator_of_pictures()
    fitted = replace(known, factors=np.broadcast_to(0.2 * np.eye(3), known.factors.shape), within=np.diag([0.1, 0.1, 0.3]))
    n = 40_000
    pictures = fitted.pictures(of_one_kind(n), 2, rng=np.random.default_rng(2)) - fitted.means[7, 2]
    found = pictures[:, 0].T @ pictures[:, 1] / n
    assert (np.abs(found - np.diag([0.03, 0.03, 0])) < 4 * np.sqrt(2 / n) * 0.09).all()


def test_pictures_show_each_person_asked_for():
    fitted = generator_of_pictures(within=1e-3 * np.eye(3), between=1e-3 * np.eye(3))
    people = by_race_and_sex(np.array([5, 80]))
    pictures = fitted.pictures(people, 3, rng=np.random.default_rng(0))
    assert pictures.shape == (16, 3, D)
    assert pictures.dtype == np.float32
    assert (pictures * 2**16 == np.round(pictures * 2**16)).all()
    # Constant below 10 and above 65 years.
    wanted = [fitted.means[group, knot] for group in range(8) for knot in (0, 4)]
    assert np.abs(pictures - np.array(wanted)[:, None]).max() < 0.02
    assert fitted.pictures(people, 1, rng=np.random.default_rng(0)).shape == (16, 1, D)
    assert fitted.pictures(of_one_kind(0), 2, rng=np.random.default_rng(0)).shape == (0, 2, D)


def test_a_seed_fixes_the_pictures():
    people = by_race_and_sex(np.arange(1, 81))
    one, again, other = (generator_of_pictures().pictures(people, 2, rng=np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert (one == again).all()
    assert (one != other).any(axis=-1).all()


def test_faces_are_the_same_with_and_without_a_within_person_scatter():
    fitted, people = generator_of_pictures(), by_race_and_sex(np.arange(1, 81))
    fitted.pictures(people, 2, rng=np.random.default_rng(0))
    samples = [g.sample(people, rng=np.random.default_rng(0)).embeddings for g in (fitted, replace(fitted, within=None))]
    assert (samples[0] == samples[1]).all()


def test_pictures_need_a_within_person_scatter_and_a_number():
    with pytest.raises(ValueError, match=r"^pictures of one person need a generator with a within-person scatter, got one"):
        small_generator().pictures(of_one_kind(1), 2, rng=np.random.default_rng(0))
    for count in (0, 1001):
        with pytest.raises(ValueError, match=rf"^pictures of each person must be 1 to 1,000, got {count:,}$"):
            generator_of_pictures().pictures(of_one_kind(1), count, rng=np.random.default_rng(0))


def test_the_within_person_scatter_is_saved_and_loaded_to_half_precision(tmp_path):
    fitted = generator_of_pictures()
    fitted.save(tmp_path / "one")
    once = generator.load(tmp_path / "one")
    np.testing.assert_allclose(once.within, WITHIN, rtol=2**-11, atol=2**-25)
    assert (np.triu(once.within, k=1) == 0).all()
    once.save(tmp_path / "two")
    assert (tmp_path / "one" / shipped.GENERATOR).read_bytes() == (tmp_path / "two" / shipped.GENERATOR).read_bytes()
    replace(fitted, within=None).save(tmp_path / "one")
    assert generator.load(tmp_path / "one").within is None
    assert "within_triangle" not in shipped.read_arrays(shipped.GENERATOR, tmp_path / "one")


def test_the_within_person_scatter_of_pairs_is_that_worked_out_by_hand():
    # Two pictures at 1 above and 1 below their mean have the variance (1 + 1) / (2 - 1) = 2.
    at = np.repeat(10.0 * np.arange(20), 2) + np.tile([-1, 1], 20)
    assert generator.fit_within(at[:, None], np.repeat(np.arange(20), 2)) == pytest.approx(np.sqrt(2))


def test_people_with_several_pictures_count_by_pictures_and_others_not_at_all():
    # 10 people with pictures at -1, 0, 1: variance 2 / (3 - 1) = 1, 30 pictures. 10 with -1, 1: variance 2, 20 pictures.
    # Together (30 * 1 + 20 * 2) / 50 = 1.4. One picture says nothing of how pictures of a person differ.
    at = np.concatenate([np.tile([-1.0, 0, 1], 10), np.tile([-1.0, 1], 10), [1000, 2000]])
    person = [*np.repeat(list("abcdefghij"), 3), *np.repeat(list("klmnopqrst"), 2), "u", "v"]
    order = np.random.default_rng(0).permutation(len(at))
    fitted = generator.fit_within(at[order, None], np.array(person)[order])
    assert fitted == pytest.approx(np.sqrt(1.4))


def test_the_within_person_scatter_is_found_again_from_pictures():
    n, each = 4000, 3
    pictures = generator_of_pictures().pictures(of_one_kind(n), each, rng=np.random.default_rng(3))
    factor = generator.fit_within(pictures.reshape(-1, D), np.repeat(np.arange(n), each))
    assert (np.triu(factor, k=1) == 0).all()
    wanted = WITHIN @ WITHIN.T
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    # n (each - 1) pictures' worth of freedom, and the Gamma's 1 + 1/8.
    assert (np.abs(factor @ factor.T - wanted) < 4 * np.sqrt(2 * (1 + 1 / 8) / (n * (each - 1))) * scale).all()


def test_what_gives_no_within_person_scatter_is_a_sentence():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"needs at least 20 people with two pictures or more, got 19$"):
        generator.fit_within(rng.standard_normal((48, D)), [*np.repeat(np.arange(19), 2), *range(20, 30)])
    with pytest.raises(ValueError, match=r"^pictures of one person must differ from one another"):
        generator.fit_within(np.repeat(rng.integers(0, 9, (20, D)), 2, axis=0), np.repeat(np.arange(20), 2))
    with pytest.raises(ValueError, match=r"^persons must be one for each of the 3 pictures, got shape \(2,\)$"):
        generator.fit_within(np.eye(3), [1, 1])
    with pytest.raises(ValueError, match=r"^embeddings must be finite"):
        generator.fit_within([[np.nan]], [1])


def test_mislabelled_faces_come_from_any_group_with_the_same_chance():
    # Group g lies at 10 g in every coordinate, with hardly any scatter: each face shows where it was drawn from.
    means = np.broadcast_to(10.0 * np.arange(8)[:, None, None], (8, 5, 4)).copy()
    factors = np.broadcast_to(1e-3 * np.eye(4), (8, 4, 4, 4)).copy()
    people = Demographics.from_counts(np.full((80, 2, 4), 100))
    fitted = generator.FaceGenerator(means, factors, people.counts(), mislabelled_share=0.2)
    faces = fitted.sample(people, rng=np.random.default_rng(11))
    drawn_from = np.rint(faces.embeddings[:, 0] / 10).astype(int)
    # 64,000 people; 0.2 of them at random, of whom 7 in 8 leave their group: 0.175, with a standard error of 0.0015.
    assert (drawn_from != people.group).mean() == pytest.approx(0.175, abs=0.006)
    left = np.bincount(drawn_from[drawn_from != people.group], minlength=8)
    assert left / left.sum() == pytest.approx(np.full(8, 1 / 8), abs=0.013)


@pytest.mark.parametrize("share", [-0.1, 0.6, float("nan")])
def test_a_mislabelled_share_out_of_range_is_named(share):
    with pytest.raises(ValueError, match=r"^mislabelled share must be 0 to 0\.5, got "):
        generator.FaceGenerator(np.zeros((8, 5, 2)), np.zeros((8, 4, 2, 2)), np.zeros((80, 2, 4), int), mislabelled_share=share)


def test_the_mislabelled_share_is_stored(tmp_path):
    people = by_race_and_sex(np.arange(1, 61))
    faces = Faces(np.random.default_rng(12).standard_normal((len(people), 6)), people)
    generator.fit(faces, levelled_counts=people.counts()).save(tmp_path)
    assert generator.load(tmp_path).mislabelled_share == generator.MISLABELLED_SHARE
