import subprocess
import sys

import numpy as np
import pytest
from sklearn.svm import SVC

from core.demographics import AgeBins, Demographics
from core.faces import Faces
from core.inference import attackers, forests
from core.inference.calibration import judge, log_loss
from core.scenario import ATTACKERS


def made_up(seed, each=100):
    """Faces of 6 numbers that tell sex, race and age with some error."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(8), each)
    sex, race, age = group % 2, group // 2, rng.integers(1, 81, 8 * each)
    embeddings = 0.6 * rng.standard_normal((len(group), 6))
    embeddings[:, 0] += sex
    embeddings[np.arange(len(group)), 1 + race] += 1
    embeddings[:, 5] += age / 20
    return Faces(embeddings.astype(np.float32), Demographics(age, sex, race))


@pytest.fixture(scope="module")
def training_faces():
    return made_up(1)


@pytest.fixture(scope="module")
def unseen():
    return made_up(2, each=250)


@pytest.fixture(scope="module")
def trained(training_faces):
    return {name: attackers.train(name, training_faces, seed=3) for name in ATTACKERS}


@pytest.mark.parametrize("name", ATTACKERS)
def test_beliefs_sum_to_one(trained, unseen, name):
    beliefs = trained[name].beliefs(unseen.embeddings)
    for part, width in ((beliefs.sex, 2), (beliefs.race, 4), (beliefs.age, 80)):
        assert part.shape == (len(unseen), width)
        np.testing.assert_allclose(part.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", ATTACKERS)
def test_every_attacker_beats_the_guess_that_sees_no_face(trained, unseen, name):
    beliefs, people = trained[name].beliefs(unseen.embeddings), unseen.people
    # By chance 1/2, 1/4 and 1/4 would be right. Sexes lie 1 / 0.6 standard errors apart: .80 is the best possible.
    assert (beliefs.predicted_sex() == people.sex).mean() > 0.7
    assert (beliefs.predicted_race() == people.race).mean() > 0.5
    assert (beliefs.predicted_age_bin(AgeBins(20)) == AgeBins(20).of(people.age)).mean() > 0.45
    for truth, believed, guess in (
        (people.sex, beliefs.sex, np.log(2)),
        (people.race, beliefs.race, np.log(4)),
        (people.age - 1, beliefs.age, np.log(80)),
    ):
        assert log_loss(truth, believed) < guess - 0.1


@pytest.mark.parametrize("name", ATTACKERS)
def test_beliefs_can_be_taken_at_their_word(trained, unseen, name):
    beliefs, rng = trained[name].beliefs(unseen.embeddings), np.random.default_rng(0)
    for truth, believed in ((unseen.people.sex, beliefs.sex), (unseen.people.race, beliefs.race)):
        # 2,000 faces in some ten bins show an error of about .02 where there is none.
        assert judge(truth, believed, rng=rng).calibration_error < 0.06


def test_plain_forests_cannot_be_taken_at_their_word(training_faces, trained, unseen):
    # What calibration is for: the same trees, before it.
    plain = forests.train(training_faces, seed=3).beliefs(unseen.embeddings)
    calibrated = trained["forest"].beliefs(unseen.embeddings)
    assert log_loss(unseen.people.race, calibrated.race) < log_loss(unseen.people.race, plain.race)
    assert log_loss(unseen.people.age - 1, calibrated.age) < log_loss(unseen.people.age - 1, plain.age)


@pytest.mark.parametrize("name", ATTACKERS)
def test_a_seed_fixes_an_attacker(training_faces, trained, unseen, name):
    again = attackers.train(name, training_faces, seed=3).beliefs(unseen.embeddings)
    once = trained[name].beliefs(unseen.embeddings)
    for part in ("sex", "race", "age"):
        np.testing.assert_array_equal(getattr(again, part), getattr(once, part))


@pytest.mark.parametrize("name", ["forest", "mlp", "lda"])
def test_another_seed_gives_another_attacker(training_faces, trained, unseen, name):
    other = attackers.train(name, training_faces, seed=4).beliefs(unseen.embeddings)
    assert (other.race != trained[name].beliefs(unseen.embeddings).race).any()


def test_svm_scores_are_scikit_learns(training_faces, trained, unseen):
    x, gamma = training_faces.embeddings.astype(float), 1 / training_faces.embeddings.astype(float).var(axis=0).sum()
    machine = SVC(C=3, gamma=gamma, decision_function_shape="ovo").fit(x, training_faces.people.race)
    wanted = machine.decision_function(unseen.embeddings.astype(float))
    np.testing.assert_allclose(trained["svm"].read(unseen.embeddings).race, wanted)
    assert wanted.shape == (2000, 6)  # pairs of races


def test_unseen_readings_belong_to_their_faces(training_faces, monkeypatch):
    # A "classifier" that gives back the first coordinate: unseen readings must be in the order of the faces.
    monkeypatch.setitem(attackers._CLASS_FITS, "lda", lambda *_: lambda x: x[:, :1])
    _, unseen = attackers._inner_folds("lda", training_faces, 0, lambda _: None)
    np.testing.assert_array_equal(unseen.race[:, 0], training_faces.embeddings[:, 0])


def test_readings_for_calibration_come_from_attackers_that_did_not_see_the_face(training_faces, monkeypatch):
    # A "classifier" that knows by heart whom it was trained on, and says 1 for them.
    def by_heart(x, *_):
        known = {row.tobytes() for row in x}
        return lambda rows: np.array([[float(row.tobytes() in known)] for row in rows])

    monkeypatch.setitem(attackers._CLASS_FITS, "lda", by_heart)
    read, unseen = attackers._inner_folds("lda", training_faces, 0, lambda _: None)
    assert (unseen.sex == 0).all()
    assert (read(training_faces.embeddings).sex == 1).all()


def test_near_identical_photos_are_in_one_part(training_faces, monkeypatch):
    twice = Faces(
        np.repeat(training_faces.embeddings, 2, axis=0),
        Demographics(*(np.repeat(getattr(training_faces.people, name), 2) for name in ("age", "sex", "race"))),
    )
    monkeypatch.setitem(attackers._CLASS_FITS, "lda", lambda x, *_: lambda rows: np.isin(rows[:, :1], x[:, 0]).astype(float))
    _, unseen = attackers._inner_folds("lda", twice, 0, lambda _: None)
    assert (unseen.sex == 0).all()


def test_the_forest_is_the_one_that_ships(training_faces, unseen):
    # Keeping what it says of faces that a tree did not see changes no tree.
    grown, out_of_bag = forests.train_with_out_of_bag(training_faces, seed=3)
    plain = forests.train(training_faces, seed=3)
    for part in ("sex", "race", "age"):
        once, again = (getattr(each.beliefs(unseen.embeddings), part) for each in (plain, grown))
        np.testing.assert_array_equal(once, again)
    right = (out_of_bag.race.argmax(axis=1) == training_faces.people.race).mean()
    held_out = (grown.beliefs(unseen.embeddings).race.argmax(axis=1) == unseen.people.race).mean()
    assert right == pytest.approx(held_out, abs=0.06)
    assert (grown.beliefs(training_faces.embeddings).race.argmax(axis=1) == training_faces.people.race).mean() > 0.99


def test_progress_names_each_attribute(training_faces):
    told = []
    attackers.train("neighbours", training_faces, seed=0, progress=told.append)
    assert told == ["sex", "race", "age"]


def test_an_unknown_attacker_is_named(training_faces):
    with pytest.raises(
        ValueError, match=r"^attacker must be one of forest, lda, logistic, svm, neighbours, mlp, got 'oracle'$"
    ):
        attackers.train("oracle", training_faces, seed=0)


@pytest.mark.parametrize("name", ["forest", "lda"])
def test_every_sex_and_race_must_be_shown(training_faces, name):
    men = training_faces.take(training_faces.people.sex == 0)
    with pytest.raises(ValueError, match=r"^training faces must show every sex of Male, Female, got only Male$"):
        attackers.train(name, men, seed=0)


def test_nothing_heavy_is_imported_before_an_attacker_is_trained():
    code = "import sys, core.study, core.training, core.comparison; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
