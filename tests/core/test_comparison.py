import numpy as np
import pytest

from core import comparison, shipped, tables, training
from core.faces import generator
from core.faces.utkface import Reading
from core.inference import attackers, held_out, held_out_attackers
from core.inference.calibration import QUALITY_METRICS
from core.scenario import ATTACKERS, PICTURES

CHEAP = ("lda", "neighbours")


@pytest.fixture(scope="module")
def compared(faces):
    return comparison.on_real_faces(Reading(faces, len(faces), {}), seed=1, names=CHEAP)


def test_every_levelled_face_is_tested_once(compared, faces):
    assert (compared["splits"], compared["tested"]) == (5, len(faces))
    assert compared["training"] == pytest.approx(0.8 * len(faces), abs=8)
    for row in compared["attackers"].values():
        assert sum(row["race"]["reliability"]["faces"]) == len(faces)


def test_metrics_lie_in_their_intervals_and_attackers_beat_the_guess(compared):
    assert list(compared["attackers"]) == [comparison.NO_FACE, *CHEAP]
    guess = compared["attackers"][comparison.NO_FACE]
    for name in CHEAP:
        row = compared["attackers"][name]
        for attribute in comparison.ATTRIBUTES:
            for metric in ("accuracy", "macro_f1", "log_loss"):
                low, high = row[attribute]["intervals"][metric]
                assert low <= row[attribute][metric] <= high
            assert row[attribute]["accuracy"] > guess[attribute]["accuracy"]
            # 256 training faces, 3 a year, are too few to tell how far off an exact age is.
            assert attribute == "year" or row[attribute]["log_loss"] < guess[attribute]["log_loss"]


def test_the_guess_that_sees_no_face_is_the_training_mix(compared):
    # Sexes and races are levelled: half the faces and a quarter of them are right, with ln 2 and ln 4 nats.
    guess = compared["attackers"][comparison.NO_FACE]
    assert guess["sex"]["accuracy"] == pytest.approx(0.5, abs=0.02)
    assert guess["sex"]["log_loss"] == pytest.approx(np.log(2), abs=1e-3)
    assert guess["race"]["log_loss"] == pytest.approx(np.log(4), abs=1e-3)
    assert "training_seconds" not in guess


def test_a_seed_fixes_all_but_the_seconds(compared, faces):
    again = comparison.on_real_faces(Reading(faces, len(faces), {}), seed=1, names=CHEAP)
    for row in (*again["attackers"].values(), *compared["attackers"].values()):
        row.pop("training_seconds", None)
    assert again == compared


def test_the_table_holds_every_attacker_and_figure(faces):
    result = comparison.on_real_faces(Reading(faces, len(faces), {}), seed=1, names=CHEAP)
    table = tables.of_comparison(result)
    for row in result["attackers"].values():
        for attribute in comparison.ATTRIBUTES:
            measured = row[attribute]
            assert f"{measured['accuracy']:.2%} (" in table
            assert f"{measured['log_loss']:.3f} (" in table
    assert table.count("\nlda ") == len(comparison.ATTRIBUTES)


def leaves(values):
    if isinstance(values, dict):
        return [leaf for key, value in values.items() for leaf in (key, *leaves(value))]
    if isinstance(values, list):
        assert len(values) <= 15  # a reliability curve
        return [leaf for value in values for leaf in leaves(value)]
    return [values]


@pytest.mark.parametrize(("name", "kind"), [(shipped.COMPARISON, "generated"), (shipped.COMPARISON_REAL, "real")])
def test_shipped_comparisons_are_whole_and_hold_no_value_of_a_person(name, kind):
    result = shipped.read_json(name)
    assert (result["faces"], result["seed"]) == (kind, 0)
    assert list(result["attackers"]) == [comparison.NO_FACE, *ATTACKERS]
    assert all(isinstance(leaf, str | int | float) for leaf in leaves(result))
    for attacker in ATTACKERS:
        for attribute in comparison.ATTRIBUTES:
            assert set(QUALITY_METRICS) < set(result["attackers"][attacker][attribute])


# Generated faces drawn from a group taken at random fool the forest a little more than real ones do.
@pytest.mark.parametrize(("name", "most"), [(shipped.COMPARISON, 0.035), (shipped.COMPARISON_REAL, 0.03)])
@pytest.mark.parametrize("attribute", ["sex", "race"])
def test_shipped_attackers_can_be_taken_at_their_word(name, most, attribute):
    for attacker in ATTACKERS:
        assert shipped.read_json(name)["attackers"][attacker][attribute]["calibration_error"] <= most, attacker


@pytest.fixture(scope="module")
def fitted():
    return generator.load()


def test_the_shipped_comparison_is_of_the_shipped_generator(fitted):
    recorded = shipped.read_json(shipped.COMPARISON)
    again = comparison.on_generated_faces(fitted, seed=0, names=("lda",))
    assert (again["training"], again["tested"]) == (recorded["training"], recorded["tested"])
    for attribute in comparison.ATTRIBUTES:
        for metric in QUALITY_METRICS:
            wanted = recorded["attackers"]["lda"][attribute][metric]
            assert again["attackers"]["lda"][attribute][metric] == pytest.approx(wanted, abs=2e-3), (attribute, metric)


def test_the_shipped_beliefs_of_attackers_are_of_the_shipped_generator(fitted):
    held = held_out_attackers.load()
    training_faces, _ = training.generated_split(fitted, seed=0)
    attacker = attackers.train("lda", training_faces, seed=0)
    pictures = training.pictures_to_read(fitted, held.people, seed=0)
    for count in PICTURES:
        again, known = attacker.beliefs(pictures[count]), held["lda", count].beliefs
        # Stored to 11 bits, ages to a sixteenth of a year; the last digits of a product differ between processors.
        np.testing.assert_allclose(again.sex, known.sex, atol=2e-3)
        np.testing.assert_allclose(again.race, known.race, atol=2e-3)
        np.testing.assert_allclose(again.age, known.age, atol=6e-3)


def test_attackers_are_written_byte_for_byte(fitted, tmp_path, monkeypatch):
    few = fitted.sample(held_out.people_to_generate(1), rng=np.random.default_rng(0))
    monkeypatch.setattr(training, "generated_split", lambda *_, **__: (few, few))
    monkeypatch.setattr(training, "ATTACKERS", ("lda",) * len(ATTACKERS))
    contents = []
    for folder in ("one", "two"):
        training.train_attackers(fitted, tmp_path / folder, seed=5, per_kind=1)
        contents.append((tmp_path / folder / shipped.ATTACKERS_HELD_OUT).read_bytes())
    assert contents[0] == contents[1]
    assert len(held_out_attackers.load(tmp_path / "one").people) == 640
