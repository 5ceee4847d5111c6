import dataclasses

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from core import shipped
from core.demographics import AgeBins, Demographics
from core.faces import Faces
from core.inference import Forests, forests, train
from core.inference.forests import age_classifier, one_hot, train_race
from core.scenario import CORRECTED, PAPER
from core.shipped import DamagedModelError

COUNT = 8


@pytest.fixture(scope="module")
def trained(faces):
    return {protocol: train(faces, seed=1, protocol=protocol, count=COUNT) for protocol in (CORRECTED, PAPER)}


@pytest.fixture(scope="module")
def unseen():
    return np.random.default_rng(99).normal(0.5, 1.2, (200, 6)).astype(np.float32)


def same(one, two):
    """Whether two forests are equal array by array."""
    parts = ((getattr(one, part).arrays(), getattr(two, part).arrays()) for part in ("sex", "race", "age"))
    return all(np.array_equal(a[name], b[name]) for a, b in parts for name in a)


def test_sex_is_scikit_learns_forest(trained, faces, unseen):
    forest = RandomForestClassifier(COUNT, random_state=1).fit(faces.embeddings, faces.people.sex)
    np.testing.assert_allclose(trained[CORRECTED].beliefs(unseen).sex, forest.predict_proba(unseen), atol=1e-6)


def test_race_is_scikit_learns_forest(trained, faces, unseen):
    forest = RandomForestClassifier(COUNT, random_state=1).fit(faces.embeddings, faces.people.race)
    beliefs = trained[CORRECTED].beliefs(unseen)
    np.testing.assert_allclose(beliefs.race, forest.predict_proba(unseen), atol=1e-6)
    assert beliefs.protocol == CORRECTED


@pytest.mark.parametrize("count", [7, 8, 20, 50])
def test_the_papers_reading_of_race_is_scikit_learns_on_one_hot_labels(faces, unseen, count):
    forest = RandomForestClassifier(count, random_state=1).fit(faces.embeddings, one_hot(faces.people.race))
    answers = forest.predict(unseen)
    # Some rows have no yes: argmax reads them as the first race, White.
    assert (answers.sum(axis=1) == 0).any()
    grown = train_race(faces, seed=1, protocol=PAPER, count=count)
    n = len(unseen)
    someone = {"sex": np.tile([1.0, 0.0], (n, 1)), "age": np.eye(80)[np.zeros(n, dtype=int)]}
    beliefs = forests.Beliefs(race=grown.probabilities(unseen, 4), protocol=PAPER, **someone)
    assert beliefs.predicted_race().tolist() == answers.argmax(axis=1).tolist()


def test_the_protocols_differ_in_race_only(trained, unseen):
    corrected, paper = (trained[protocol].beliefs(unseen) for protocol in (CORRECTED, PAPER))
    assert (corrected.sex == paper.sex).all()
    assert (corrected.age == paper.age).all()
    assert paper.protocol == PAPER
    # Where they read different races, the paper's reading is White.
    differ = corrected.predicted_race() != paper.predicted_race()
    assert differ.any()
    assert (paper.predicted_race()[differ] == 0).all()


def test_gini_splits_nearly_alike_on_single_and_one_hot_labels(trained, unseen):
    # Mean over the questions of 2 p (1 - p) is (2 / 4) (1 - sum p ** 2), half of what single labels are split by: the
    # trees are the same but for ties that rounding breaks, and the protocols differ by how they are read.
    corrected, paper = (trained[protocol].beliefs(unseen) for protocol in (CORRECTED, PAPER))
    assert np.abs(corrected.race - paper.race).mean() < 0.02


def test_age_beliefs_are_the_ages_in_the_leaves(trained, faces, unseen):
    forest = RandomForestRegressor(COUNT, random_state=1, min_samples_leaf=3, max_features="sqrt")
    forest.fit(faces.embeddings, faces.people.age)
    at_home, visiting = forest.apply(faces.embeddings), forest.apply(unseen)
    wanted = np.zeros((len(unseen), 80))
    for face in range(len(unseen)):
        for tree in range(COUNT):
            ages = faces.people.age[at_home[:, tree] == visiting[face, tree]]
            for age in ages:
                wanted[face, age - 1] += 1 / len(ages) / COUNT
    np.testing.assert_allclose(trained[CORRECTED].beliefs(unseen).age, wanted, atol=1e-6)


def test_beliefs_sum_to_one(trained, unseen):
    for protocol in (CORRECTED, PAPER):
        beliefs = trained[protocol].beliefs(unseen)
        for part in (beliefs.sex, beliefs.race, beliefs.age):
            np.testing.assert_allclose(part.sum(axis=1), 1, atol=1e-5)


def test_forests_read_most_training_faces_rightly(trained, faces):
    beliefs = trained[CORRECTED].beliefs(faces.embeddings)
    assert (beliefs.predicted_sex() == faces.people.sex).mean() > 0.9
    assert (beliefs.predicted_race() == faces.people.race).mean() > 0.9
    # By chance .25 of the age bins would be right.
    assert (beliefs.predicted_age_bin(AgeBins(20)) == AgeBins(20).of(faces.people.age)).mean() > 0.6


def test_a_seed_fixes_the_forests(trained, faces):
    assert same(train(faces, seed=1, count=COUNT), trained[CORRECTED])
    assert not same(train(faces, seed=2, count=COUNT), trained[CORRECTED])


def test_progress_names_each_attribute(faces):
    told = []
    train(faces, seed=0, count=1, progress=told.append)
    assert told == ["sex", "race", "age"]


def test_one_hot_rows_have_one_yes():
    assert one_hot(np.array([2, 0, 3])).tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]]


@pytest.mark.parametrize("width", [10, 20])
def test_the_age_classifier_is_scikit_learns_on_age_bins(faces, unseen, width):
    bins = AgeBins(width)
    found = age_classifier(faces, bins, seed=4, count=COUNT)
    wanted = RandomForestClassifier(COUNT, random_state=4).fit(faces.embeddings, (faces.people.age - 1) // width)
    assert found.classes_.tolist() == list(range(bins.count))
    assert (found.predict(unseen) == wanted.predict(unseen)).all()
    # To the last digit: answers are added up in the order of the trees, however many processors there are.
    assert (found.predict_proba(unseen) == wanted.predict_proba(unseen)).all()


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (Demographics([20] * 4, [0] * 4, [0, 1, 2, 3]), "every sex of Male, Female, got only Male"),
        (
            Demographics([20] * 3, [0, 1, 0], [0, 1, 3]),
            "every race of White, Black, Asian, Indian, got only White, Black, Indian",
        ),
        (Demographics([], [], []), "every sex of Male, Female, got only "),
    ],
)
def test_every_sex_and_race_must_be_shown(people, words):
    with pytest.raises(ValueError, match=rf"^training faces must show {words}$"):
        train(Faces(np.zeros((len(people), 2)), people), seed=0, count=1)


@pytest.mark.parametrize("count", [0, 1001])
def test_a_number_of_trees_out_of_range_is_named(faces, count):
    with pytest.raises(ValueError, match=rf"^trees must be 1 to 1,000, got {count:,}$"):
        train(faces, seed=0, count=count)


def test_an_unknown_protocol_is_named(faces):
    with pytest.raises(ValueError, match=r"^protocol must be one of corrected, paper, got 'mine'$"):
        train(faces, seed=0, count=1, protocol="mine")
    with pytest.raises(ValueError, match=r"^protocol must be one of corrected, paper, got 'mine'$"):
        forests.load("mine")


def test_saved_forests_are_loaded(trained, tmp_path):
    forests.save(trained, tmp_path)
    for protocol in (CORRECTED, PAPER):
        back = forests.load(protocol, tmp_path)
        assert back.protocol == protocol
        assert same(back, trained[protocol])


def test_the_same_forests_give_the_same_bytes(trained, tmp_path):
    for folder in ("one", "two"):
        forests.save(trained, tmp_path / folder)
    one, two = ((tmp_path / folder / shipped.FORESTS).read_bytes() for folder in ("one", "two"))
    assert one == two


def arrays_without(arrays, start):
    return {name: array for name, array in arrays.items() if not name.startswith(start)}


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays: arrays_without(arrays, "sex/roots"),
        lambda arrays: arrays_without(arrays, "race_paper/"),
        lambda _: {},
        lambda arrays: arrays | {"age/target": arrays["age/target"] + 10**6},
        lambda arrays: arrays | {"age/values": arrays["age/values"][:-1]},
        lambda arrays: arrays | {"age/leaf_starts": arrays["age/leaf_starts"][:0]},
        lambda arrays: arrays | {"age/roots": np.int64(3)},
        lambda arrays: arrays | {"age/feature": np.float64(3)},
    ],
)
def test_damaged_forests_are_refused(trained, tmp_path, damage):
    forests.save(trained, tmp_path)
    arrays = shipped.read_arrays(shipped.FORESTS, tmp_path)
    shipped.write_arrays(shipped.FORESTS, damage(arrays), tmp_path)
    with pytest.raises(DamagedModelError, match=r"^forests.npz lacks an array or has one of a wrong shape$"):
        forests.load(PAPER, tmp_path)


def test_forests_are_frozen(trained):
    assert isinstance(trained[PAPER], Forests)
    with pytest.raises(dataclasses.FrozenInstanceError):
        trained[PAPER].protocol = CORRECTED
