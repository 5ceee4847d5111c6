import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import shipped
from core.company import (
    CENSUS_RACES,
    RACE_MAPPINGS,
    Census,
    assign_faces,
    draw,
    load_census,
    match,
    outcomes,
    read_adult,
    resampled_outcomes,
)
from core.demographics import RACES, SEXES, AgeBins, Demographics, cell_count, cells
from core.scenario import RACE_MAPPING_NAMES
from core.shipped import DamagedModelError

WHITE, BLACK, ASIAN, INDIAN = range(4)
MALE, FEMALE = 0, 1
W40 = AgeBins(40)


def adult_row(age, sex, race, weight):
    """A made-up row of the 15 columns of adult.data, in its spelling."""
    return f"{age}, ?, {weight}, ?, 0, ?, ?, ?, {race}, {sex}, 0, 0, 0, ?, ?"


@pytest.fixture(scope="module")
def adult(tmp_path_factory):
    def read(text):
        path = tmp_path_factory.mktemp("census") / "adult.data"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_adult(path)

    return read


def census_of(**people):
    """Census with one weight per (age, sex, census race)."""
    weights = np.zeros((80, 2, 5))
    for (age, sex, race), weight in people["people"].items():
        weights[age - 1, sex, race] = weight
    return Census(weights)


def population_of(shares):
    """Shares by (age, sex, race)."""
    population = np.zeros((80, 2, 4))
    for (age, sex, race), share in shares.items():
        population[age - 1, sex, race] = share
    return population


def random_population(rng, share_of_kinds=0.2):
    population = rng.exponential(size=(80, 2, 4)) * (rng.uniform(size=(80, 2, 4)) < share_of_kinds)
    return population / population.sum()


def everybody(rng, n=3000):
    """Faces of all sexes and races, of most ages."""
    return Demographics(rng.integers(1, 81, n), rng.integers(0, 2, n), rng.integers(0, 4, n))


# The three faces: two of age 10, one of age 50, all White men. Cells of width 40: 0, 0 and (1 * 2 + 0) * 4 + 0 = 8.
THREE = Demographics([10, 10, 50], [MALE] * 3, [WHITE] * 3)


def test_race_mappings_are_those_a_scenario_can_choose():
    assert tuple(RACE_MAPPINGS) == RACE_MAPPING_NAMES
    for mapping in RACE_MAPPINGS.values():
        assert set(mapping) == set(CENSUS_RACES)
        assert set(mapping.values()) <= {*RACES, None}


def test_population_shares_worked_by_hand():
    census = census_of(people={(30, 0, 0): 60, (30, 1, 1): 20, (40, 0, 2): 20, (50, 0, 3): 25, (60, 1, 4): 1000})
    standard = census.population()
    assert standard[29, MALE, WHITE] == pytest.approx(0.6)
    assert standard[29, FEMALE, BLACK] == pytest.approx(0.2)
    assert standard[39, MALE, ASIAN] == pytest.approx(0.2)
    assert standard.sum() == pytest.approx(1)
    assert standard[:, :, INDIAN].sum() == 0
    # With 25 Amer-Indian-Eskimo as Indian the total is 125; Other stays out.
    other = census.population("native-as-indian")
    assert other[49, MALE, INDIAN] == pytest.approx(0.2)
    assert other[29, MALE, WHITE] == pytest.approx(0.48)


def test_an_unknown_race_mapping_is_named():
    with pytest.raises(ValueError, match=r"^race mapping must be one of standard, native-as-indian, got 'none'$"):
        census_of(people={(30, 0, 0): 1}).population("none")


def test_a_census_of_people_left_out_only_is_refused():
    census = census_of(people={(30, 0, 4): 10})
    with pytest.raises(ValueError, match="people"):
        census.population()


def test_a_census_survives_csv(rng, tmp_path):
    census = Census(rng.integers(0, 3, (80, 2, 5)) * rng.integers(1, 10**7, (80, 2, 5)).astype(float))
    shipped.write(shipped.CENSUS, census.to_csv(), tmp_path)
    assert (load_census(tmp_path).weights == census.weights).all()


def test_csv_rows_worked_by_hand():
    census = census_of(people={(80, 1, 3): 12345, (1, 0, 2): 7})
    assert census.to_csv() == b"age,sex,race,weight\n1,Male,Asian-Pac-Islander,7\n80,Female,Amer-Indian-Eskimo,12345\n"


def test_small_weights_survive_csv(tmp_path):
    census = census_of(people={(30, 0, 0): 0.25, (31, 0, 0): 0.75})
    shipped.write(shipped.CENSUS, census.to_csv(), tmp_path)
    np.testing.assert_allclose(load_census(tmp_path).population(), census.population())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"sex,age,race,weight\nMale,30,White,1\n",
        b"age,sex,race,weight\n30,Male\n",
        b"age,sex,race,weight\n\n",
        b"age,sex,race,weight\n30,Male,Green,1\n",
        b"age,sex,race,weight\n30,M\xc3\xa4le,White,1\n",
    ],
)
def test_a_damaged_census_is_refused_as_a_damaged_file(tmp_path, content):
    shipped.write(shipped.CENSUS, content, tmp_path)
    with pytest.raises(DamagedModelError):
        load_census(tmp_path)


def test_adult_rows_add_their_weights(adult):
    census = adult(
        "\n".join(
            [
                adult_row(30, "Male", "White", 100),
                adult_row(30, "Male", "White", 50),
                adult_row(80, "Female", "Other", 7),
                adult_row(81, "Male", "White", 1000),
                adult_row(90, "Female", "Black", 1000),
                "",
                adult_row(17, "Female", "Amer-Indian-Eskimo", 1),
                "",
                "",
            ]
        )
    )
    # Ages over 80 are left out.
    assert census.weights[29, 0, 0] == 150
    assert census.weights[79, 1, 4] == 7
    assert census.weights[16, 1, 3] == 1
    assert census.weights.sum() == 158


@pytest.mark.parametrize(
    ("age", "sex", "race", "weight"),
    [
        ("old", "Male", "White", 1),
        ("", "Male", "White", 1),
        (0, "Male", "White", 1),
        (-1, "Male", "White", 1),
        (30.5, "Male", "White", 1),
        (30, "male", "White", 1),
        (30, "Male", "Asian", 1),
        (30, "Male", "White", -1),
        (30, "Male", "White", "nan"),
        (30, "Male", "White", "inf"),
        (30, "Male", "White", ""),
    ],
)
def test_a_bad_row_is_named_by_its_number(adult, age, sex, race, weight):
    good = adult_row(30, "Male", "White", 1)
    with pytest.raises(ValueError, match=r"^row 2 of adult.data must hold an age, one of Male, Female, one of White, "):
        adult(f"{good}\n{adult_row(age, sex, race, weight)}\n{good}\n")


@pytest.mark.parametrize("row", ["30, Male, White", adult_row(30, "Male", "White", 1) + ", more"])
def test_a_row_of_another_length_is_named_by_its_number(adult, row):
    with pytest.raises(ValueError, match=rf"^row 1 of adult.data must have 15 columns, got {row.count(',') + 1}$"):
        adult(row)


@pytest.mark.parametrize("text", ["", "\n\n", adult_row(81, "Male", "White", 1), adult_row(30, "Male", "White", 0)])
def test_a_census_of_nobody_is_refused(adult, text):
    with pytest.raises(ValueError, match=r"^adult.data must hold people of age 1 to 80, got none$"):
        adult(text)


def test_a_census_that_cannot_be_read_is_a_sentence(adult, tmp_path):
    for path in (tmp_path / "none.data", tmp_path):
        with pytest.raises(ValueError, match=r"^cannot read the census file "):
            read_adult(path)
    with pytest.raises(ValueError, match=r"^cannot read the census file adult.data$"):
        adult(b"\xff\xfe3")


rows = st.builds(
    adult_row,
    st.integers(-5, 120) | st.text(max_size=3),
    st.sampled_from([*SEXES, "male"]),
    st.sampled_from([*CENSUS_RACES, "Asian"]),
    st.integers(-1, 10**6) | st.floats(),
)


@given(st.text() | st.lists(rows).map("\n".join))
@example('"')
@example("\0")
@example("x" * 200_000)
def test_any_text_is_a_census_or_a_sentence(adult, text):
    sentence = ""
    try:
        census = adult(text)
    except ValueError as error:
        sentence = str(error)
    assert "adult.data" in sentence or ((census.weights >= 0).all() and census.weights.any())


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 1), st.integers(0, 4), st.integers(1, 10**6)), min_size=1))
def test_every_well_formed_row_up_to_80_is_counted(adult, people):
    text = "\n".join(adult_row(age, SEXES[sex], CENSUS_RACES[race], weight) for age, sex, race, weight in people)
    total = sum(weight for age, _, _, weight in people if age <= 80)
    if total:
        assert adult(text).weights.sum() == total
    else:
        with pytest.raises(ValueError, match="got none"):
            adult(text)


def test_csv_can_be_read_by_others(rng):
    table = list(csv.DictReader(io.StringIO(Census(rng.integers(0, 2, (80, 2, 5)).astype(float)).to_csv().decode())))
    assert {row["sex"] for row in table} == set(SEXES)
    assert {row["race"] for row in table} == set(CENSUS_RACES)
    assert {row["weight"] for row in table} == {"1"}


@pytest.mark.parametrize("size", [2, 3, 1000, 1_000_000])
def test_a_company_has_the_size_asked_for(rng, size):
    assert len(draw(random_population(rng), size, rng=rng)) == size


@pytest.mark.parametrize("seed", range(3))
def test_a_company_follows_the_population(seed):
    rng = np.random.default_rng(seed)
    population = random_population(rng)
    size = 1_000_000
    found = draw(population, size, rng=rng).counts()
    kinds = population > 0
    assert found[~kinds].sum() == 0
    # Pearson's statistic has mean k - 1 and standard deviation about sqrt(2 (k - 1)).
    k = kinds.sum()
    statistic = ((found[kinds] - size * population[kinds]) ** 2 / (size * population[kinds])).sum()
    assert abs(statistic - (k - 1)) < 4 * np.sqrt(2 * (k - 1))


def test_a_seed_fixes_the_company(rng):
    population = random_population(rng)
    one, again, other = (draw(population, 100, rng=np.random.default_rng(seed)).counts() for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


@pytest.mark.parametrize("off", [-9e-7, 9e-7])
def test_shares_that_sum_to_one_but_for_rounding_are_drawn_from(off):
    # What is missing from 1 must not turn into people of the last kind, and what is too much must not stop the draw.
    population = population_of({(30, MALE, WHITE): 0.5 + off, (40, MALE, WHITE): 0.5})
    for seed in range(20):
        company = draw(population, 1_000_000, rng=np.random.default_rng(seed))
        assert set(company.age) == {30, 40}


@pytest.mark.parametrize(
    "population",
    [
        np.zeros((80, 2, 4)),
        np.full((80, 2, 4), 1.0),
        np.full((80, 2, 5), 1 / 800),
        np.full(640, 1 / 640),
        np.full((80, 2, 4), np.nan),
        population_of({(30, 0, 0): 1.5, (31, 0, 0): -0.5}),
    ],
)
def test_what_is_no_population_is_refused(population):
    words = r"^a population must be shares of shape \(80, 2, 4\) that sum to 1, got shape "
    with pytest.raises(ValueError, match=words):
        draw(population, 10, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=words):
        match(population, THREE)


@pytest.mark.parametrize("size", [1, 1_000_001, 0, -5])
def test_a_company_size_out_of_range_is_named(size):
    with pytest.raises(ValueError, match=rf"^company size must be 2 to 1,000,000, got {size:,}$"):
        draw(population_of({(30, 0, 0): 1}), size, rng=np.random.default_rng(0))


def pairs(matching):
    """Faces and chances of each kind of person, by (age, sex, race)."""
    found = {}
    for kind, face, chance in zip(matching.kind, matching.face, matching.chance, strict=True):
        who = tuple(int(getattr(matching.people, name)[kind]) for name in ("age", "sex", "race"))
        found.setdefault(who, {})[int(face)] = float(chance)
    return found


def test_people_get_faces_of_their_age_or_the_nearest():
    faces = Demographics([40, 20, 30, 20, 25], [MALE] * 4 + [FEMALE], [WHITE] * 4 + [BLACK])
    population = population_of(
        {
            (20, MALE, WHITE): 0.4,  # two faces of that age
            (25, MALE, WHITE): 0.2,  # as far from 20 as from 30: the younger stand in
            (36, MALE, WHITE): 0.1,  # 40 is nearer than 30
            (30, MALE, WHITE): 0.1,
            (1, FEMALE, BLACK): 0.15,
            (25, FEMALE, BLACK): 0.05,
        }
    )
    matching = match(population, faces)
    assert pairs(matching) == {
        (20, MALE, WHITE): {1: 0.5, 3: 0.5},
        (25, MALE, WHITE): {1: 0.5, 3: 0.5},
        (36, MALE, WHITE): {0: 1.0},
        (30, MALE, WHITE): {2: 1.0},
        (1, FEMALE, BLACK): {4: 1.0},
        (25, FEMALE, BLACK): {4: 1.0},
    }
    # 25, 36 and 1 have no face of their age: .2 + .1 + .15.
    assert matching.nearest_age_share == pytest.approx(0.45)
    assert matching.share.sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(3))
def test_every_face_stands_for_the_nearest_age(seed):
    rng = np.random.default_rng(seed)
    faces = everybody(rng, 300)
    matching = match(random_population(rng), faces)
    # Each kind of person has exactly the faces that are nearest, each with the same chance.
    for kind in range(len(matching.people)):
        sex, race, age = (getattr(matching.people, name)[kind] for name in ("sex", "race", "age"))
        alike = np.flatnonzero((faces.sex == sex) & (faces.race == race))
        distance = np.abs(faces.age[alike] - age)
        nearest = alike[distance == distance.min()]
        mine = matching.face[matching.kind == kind]
        younger = nearest[faces.age[nearest] == faces.age[nearest].min()]
        assert sorted(mine) == sorted(younger)
        assert matching.chance[matching.kind == kind] == pytest.approx(np.full(len(mine), 1 / len(mine)))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16])
def test_matching_does_not_depend_on_the_kind_of_integer(rng, dtype):
    faces, population = everybody(rng), random_population(rng)
    narrow = Demographics(*(getattr(faces, name).astype(dtype) for name in ("age", "sex", "race")))
    assert pairs(match(population, narrow)) == pairs(match(population, faces))


def test_people_without_any_face_are_named():
    with pytest.raises(ValueError, match=r"Female and Asian.* at least 1 held-out face.* got 0$"):
        match(population_of({(20, FEMALE, ASIAN): 1}), THREE)
    with pytest.raises(ValueError, match=r"Male and White.* got 0$"):
        match(population_of({(20, MALE, WHITE): 1}), Demographics([], [], []))


def test_outcomes_of_three_faces_worked_by_hand():
    # .6 of the people are 10 years old, .4 are 50. The first face of age 10 is read rightly, the second as cell 8, that
    # of age 50 rightly: half of .6 each to [0, 0] and [0, 8], .4 to [8, 8].
    matching = match(population_of({(10, MALE, WHITE): 0.6, (50, MALE, WHITE): 0.4}), THREE)
    joint = outcomes(matching, [0, 8, 8], W40)
    wanted = np.zeros((16, 16))
    wanted[0, 0], wanted[0, 8], wanted[8, 8] = 0.3, 0.3, 0.4
    np.testing.assert_allclose(joint, wanted, atol=1e-12)


def test_outcomes_of_a_stand_in_are_those_of_the_persons_own_cell():
    # A person of 35 gets a face of 50, which is read as cell 8: wrong, for 35 lies in bin 0.
    faces = Demographics([50], [MALE], [WHITE])
    joint = outcomes(match(population_of({(35, MALE, WHITE): 1}), faces), [8], W40)
    assert joint[0, 8] == 1
    assert joint.sum() == 1


@pytest.mark.parametrize("width", [20, 40])
def test_outcomes_are_the_mean_of_many_companies(rng, width):
    bins = AgeBins(width)
    population, faces = random_population(rng, 0.05), everybody(rng, 400)
    predicted = rng.integers(0, cell_count(bins), len(faces))
    joint = outcomes(match(population, faces), predicted, bins)
    size = 400_000
    people = draw(population, size, rng=rng)
    face, _ = assign_faces(people, faces, rng=rng)
    found = np.zeros_like(joint)
    np.add.at(found, (cells(people, bins), predicted[face]), 1 / size)
    assert joint.sum() == pytest.approx(1)
    assert found[joint == 0].sum() == 0
    assert (np.abs(found - joint) <= 4.5 * np.sqrt(joint * (1 - joint) / size)).all()


def test_assigned_faces_are_of_the_same_sex_race_and_nearest_age(rng):
    faces = Demographics([10, 10, 50, 50], [0, 0, 0, 1], [0, 0, 0, 0])
    people = Demographics([10, 30, 31, 50, 20], [0, 0, 0, 0, 1], [0] * 5)
    for _ in range(20):
        face, nearest_age_share = assign_faces(people, faces, rng=rng)
        assert face[0] in (0, 1)
        assert face[1] in (0, 1)
        assert face[2:].tolist() == [2, 2, 3]
        # 30, 31 and 20 have no face of their age: 3 of 5.
        assert nearest_age_share == pytest.approx(0.6)


def test_assigned_faces_are_drawn_evenly():
    # 1,000 people of age 10, two faces: 500 each, give or take 4 * sqrt(1000 / 4) = 63.
    face, nearest_age_share = assign_faces(
        Demographics([10] * 1000, [0] * 1000, [0] * 1000), THREE, rng=np.random.default_rng(0)
    )
    assert nearest_age_share == 0
    assert abs((face == 0).sum() - 500) < 63
    assert (face < 2).all()


@pytest.mark.parametrize("predicted", [[0, 0, 16], [0, 0, -1], [0.5, 0, 0]])
def test_predicted_cells_that_do_not_exist_are_refused(predicted):
    matching = match(population_of({(10, MALE, WHITE): 1}), THREE)
    with pytest.raises(ValueError, match=r"^predicted cells must be (whole numbers from )?0 to 15, got "):
        outcomes(matching, predicted, W40)
    with pytest.raises(ValueError, match=r"^predicted cells must be (whole numbers from )?0 to 15, got "):
        resampled_outcomes(matching, predicted, W40, repeats=1, rng=np.random.default_rng(0))


def test_resampled_chances_are_chances(rng):
    population, faces = random_population(rng, 0.05), everybody(rng, 400)
    predicted = rng.integers(0, 16, len(faces))
    q, a = resampled_outcomes(match(population, faces), predicted, W40, repeats=50, rng=rng)
    assert q.shape == a.shape == (50, 16)
    np.testing.assert_allclose(q.sum(axis=1), 1, atol=1e-12)
    assert (a >= 0).all()
    assert (a <= q + 1e-15).all()
    assert (q.std(axis=0) > 0).any()


def test_the_mean_of_resampled_chances_is_near_the_outcomes(rng):
    population, faces = random_population(rng, 0.05), everybody(rng, 400)
    predicted = rng.integers(0, 16, len(faces))
    matching = match(population, faces)
    joint = outcomes(matching, predicted, W40)
    repeats = 2000
    q, a = resampled_outcomes(matching, predicted, W40, repeats=repeats, rng=rng)
    for found, wanted in ((q, joint.sum(axis=0)), (a, np.diag(joint))):
        error = found.std(axis=0, ddof=1) / np.sqrt(repeats)
        assert (np.abs(found.mean(axis=0) - wanted) <= 4 * error + 1e-12).all()


def test_the_spread_of_resampled_chances_is_that_of_a_bayesian_bootstrap():
    # One kind of person, 10 faces, 4 of them read rightly. Weights are Dirichlet(1, ..., 1), so the share a is
    # Beta(4, 6): mean .4, variance .4 * .6 / 11.
    faces = Demographics([10] * 10, [0] * 10, [0] * 10)
    predicted = [0] * 4 + [8] * 6
    matching = match(population_of({(10, MALE, WHITE): 1}), faces)
    repeats = 5000
    q, a = resampled_outcomes(matching, predicted, W40, repeats=repeats, rng=np.random.default_rng(1))
    deviation = np.sqrt(0.4 * 0.6 / 11)
    assert abs(a[:, 0].mean() - 0.4) < 4 * deviation / np.sqrt(repeats)
    assert a[:, 0].std() == pytest.approx(deviation, rel=4 / np.sqrt(2 * repeats))
    assert (a[:, 1:] == 0).all()
    np.testing.assert_allclose(q[:, 8], 1 - q[:, 0])


def test_one_face_leaves_nothing_to_resample():
    matching = match(population_of({(50, MALE, WHITE): 1}), THREE)
    q, a = resampled_outcomes(matching, [0, 0, 8], W40, repeats=3, rng=np.random.default_rng(0))
    np.testing.assert_allclose(q, np.tile(np.eye(16)[8], (3, 1)))
    np.testing.assert_allclose(a, q)


@pytest.mark.parametrize("repeats", [0, 10_001])
def test_bootstrap_repeats_out_of_range_are_named(repeats):
    matching = match(population_of({(50, MALE, WHITE): 1}), THREE)
    with pytest.raises(ValueError, match=rf"^bootstrap repeats must be 1 to 10,000, got {repeats:,}$"):
        resampled_outcomes(matching, [0, 0, 8], W40, repeats=repeats, rng=np.random.default_rng(0))
