import numpy as np
import pytest

from core import shipped
from core.demographics import Demographics
from core.inference import held_out_attackers
from core.inference.age_errors import AgeErrors
from core.inference.held_out import HeldOut
from core.inference.held_out_attackers import HeldOutByAttacker
from core.scenario import ATTACKERS, PICTURES
from core.shipped import DamagedModelError

SHAPE = (len(ATTACKERS), len(PICTURES), 5)


@pytest.fixture
def held(rng):
    people = Demographics([3, 20, 41, 62, 80], [0, 1, 0, 1, 0], [0, 1, 2, 3, 0])
    return HeldOutByAttacker(
        people=people,
        female=rng.random(SHAPE),
        race=rng.dirichlet(np.ones(4), SHAPE),
        expected_age=rng.uniform(1, 80, SHAPE),
        age_errors=rng.dirichlet(np.ones(80), (len(ATTACKERS), 159)),
    )


def test_what_is_saved_is_loaded(held, tmp_path):
    held_out_attackers.save(held, tmp_path)
    back = held_out_attackers.load(tmp_path)
    assert list(back) == [(attacker, pictures) for attacker in ATTACKERS for pictures in PICTURES]
    assert len(back) == len(list(back))
    for key in back:
        assert back[key].people.age.tolist() == held.people.age.tolist()
        for part in ("sex", "race", "age"):
            # Stored to 11 bits; the expected age moves along the table by as much.
            wanted = getattr(held[key].beliefs, part)
            np.testing.assert_allclose(getattr(back[key].beliefs, part), wanted, atol=0.01)


def test_beliefs_are_put_together(held):
    whole = held["svm", 3]
    assert isinstance(whole, HeldOut)
    attacker, pictures = ATTACKERS.index("svm"), PICTURES.index(3)
    np.testing.assert_allclose(whole.beliefs.sex[:, 1], held.female[attacker, pictures], rtol=1e-6)
    wanted = AgeErrors(held.age_errors[attacker]).beliefs(held.expected_age[attacker, pictures])
    np.testing.assert_allclose(whole.beliefs.age, wanted, rtol=1e-4)


@pytest.mark.parametrize("key", [("svm", 4), ("oracle", 1), "svm", ("svm",), 3, ("svm", 1, 1)])
def test_what_does_not_ship_is_not_in_it(held, key):
    assert key not in held
    with pytest.raises(KeyError):
        held[key]


def test_the_same_beliefs_give_the_same_bytes(held, tmp_path):
    for folder in ("one", "two"):
        held_out_attackers.save(held, tmp_path / folder)
    one, two = ((tmp_path / folder / shipped.ATTACKERS_HELD_OUT).read_bytes() for folder in ("one", "two"))
    assert one == two


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: {},
        lambda arrays: {name: array for name, array in arrays.items() if name != "race"},
        lambda arrays: arrays | {"female": arrays["female"][:-1]},
        lambda arrays: arrays | {"female": arrays["female"] + 1},
        lambda arrays: arrays | {"female": arrays["female"] * np.float16(np.nan)},
        lambda arrays: arrays | {"race": arrays["race"] / 2},
        lambda arrays: arrays | {"age_errors": arrays["age_errors"][:, :5]},
        lambda arrays: arrays | {"age_errors": arrays["age_errors"][:2]},
        lambda arrays: arrays | {"age_errors": np.float16(1)},
        lambda arrays: arrays | {"people_age": arrays["people_age"] + 80},
        lambda arrays: arrays | {"people_sex": arrays["people_sex"][:2]},
    ],
)
def test_damaged_beliefs_are_refused(held, tmp_path, damage):
    held_out_attackers.save(held, tmp_path)
    arrays = shipped.read_arrays(shipped.ATTACKERS_HELD_OUT, tmp_path)
    shipped.write_arrays(shipped.ATTACKERS_HELD_OUT, damage(arrays), tmp_path)
    with pytest.raises(DamagedModelError, match=r"^attackers_held_out.npz lacks an array or has one of a wrong shape$"):
        held_out_attackers.load(tmp_path)


def test_what_ships_is_of_every_kind_of_person():
    held = held_out_attackers.load()
    assert set(held.people.counts().ravel().tolist()) == {held_out_attackers.PEOPLE_PER_KIND}


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_more_pictures_of_a_person_tell_more(attacker):
    held = held_out_attackers.load()
    one, five, twenty = (held[attacker, pictures] for pictures in (1, 5, 20))

    def right(known):
        people, beliefs = known.people, known.beliefs
        return (beliefs.predicted_sex() == people.sex).mean() + (beliefs.predicted_race() == people.race).mean()

    # 5,120 people: a standard error is about .004 of each share, less of the difference on the same people.
    assert right(one) + 0.01 < right(five) < right(twenty) + 0.005
