"""Who bears the risk, by intersections: worked by hand, and against the exact risk by group."""

from dataclasses import replace

import numpy as np
import pytest

from core import risk
from core.demographics import AgeBins, cell_count, cell_labels
from core.risk import BY_CELL, GROUPINGS

BINS = AgeBins(40)
# Cells of width 40: young White men 0, young White women 4, old White men 8, old Asian women 14.
CELLS = [0, 4, 8, 14]


def in_cells(values):
    found = np.zeros(cell_count(BINS))
    found[CELLS] = values
    return found


PEOPLE = in_cells([4, 2, 3, 1])
NAMED = in_cells([0.4, 0.4, 0.6, 0.8])
FACES = risk.faces_behind(np.array([0, 0, 4, 8, 8, 14]), np.array([1, 2, 3, 1, 4, 5]), BINS)


def exposure(*, drawn=None, resampled_people=None, resampled_named=None, faces=FACES):
    return risk.exposure(
        PEOPLE,
        NAMED,
        resampled_people=np.tile(PEOPLE, (5, 1)) if resampled_people is None else resampled_people,
        resampled_named=np.tile(NAMED, (5, 1)) if resampled_named is None else resampled_named,
        guess=np.full(cell_count(BINS), 0.1),
        faces=faces,
        bins=BINS,
        drawn=drawn,
    )


def test_groups_worked_by_hand():
    found = exposure()
    assert list(found) == list(GROUPINGS)
    assert found["sex"].labels == ("Male", "Female")
    assert found["sex"].risk == pytest.approx([1 / 7, 1.2 / 3])
    assert found["sex"].people == pytest.approx([7, 3])
    assert found["race"].labels == ("White", "Asian")
    assert found["race"].risk == pytest.approx([1.4 / 9, 0.8])
    assert found["age"].labels == ("1-40", "41-80")
    assert found["age"].risk == pytest.approx([0.8 / 6, 1.4 / 4])
    assert found["sex and race"].labels == ("Male, White", "Female, White", "Female, Asian")
    assert found["sex and race"].risk == pytest.approx([1 / 7, 0.2, 0.8])
    assert found["age and sex"].labels == ("1-40, Male", "1-40, Female", "41-80, Male", "41-80, Female")
    assert found["age and race"].labels == ("1-40, White", "41-80, White", "41-80, Asian")
    assert found["age and race"].risk == pytest.approx([0.8 / 6, 0.2, 0.8])
    by_cell = found[BY_CELL]
    assert by_cell.labels == tuple(cell_labels(BINS)[cell] for cell in CELLS)
    assert by_cell.risk == pytest.approx([0.1, 0.2, 0.2, 0.8])


def test_ratio_and_advantage_worked_by_hand():
    # 2.2 of 10 people are named on average.
    found = exposure()[BY_CELL]
    assert found.average == pytest.approx(0.22)
    assert found.ratio == pytest.approx(np.array([0.1, 0.2, 0.2, 0.8]) / 0.22)
    assert found.advantage == pytest.approx([0, 1 / 9, 1 / 9, 7 / 9])
    for group in exposure().values():
        assert np.average(group.ratio, weights=group.people) == pytest.approx(1)


def test_a_face_counts_once_in_a_group():
    # Face 1 stands for men young and old.
    assert FACES["sex"].tolist() == [3, 2]
    assert FACES["age"].tolist() == [3, 3]
    assert exposure()["race"].faces.tolist() == [4, 1]
    assert exposure()[BY_CELL].faces.tolist() == [2, 1, 2, 1]


def test_the_most_exposed_come_first_and_keep_their_ratio():
    found = exposure()[BY_CELL]
    found = replace(found, risk=found.risk.round(9))
    top = found.most_exposed(3)
    # Of the two alike, old White men are more.
    assert top.labels == ("41-80, Female, Asian", "41-80, Male, White", "1-40, Female, White")
    assert top.ratio == pytest.approx(np.array([0.8, 0.2, 0.2]) / 0.22)
    assert top.people.tolist() == [1, 3, 2]
    assert found.most_exposed().labels[3] == "1-40, Male, White"


@pytest.mark.parametrize(("faces", "drawn", "uncertain"), [(29, 30, True), (30, 30, False), (30, 29, True), (30, None, False)])
def test_groups_that_rest_on_few_are_marked_and_shown(faces, drawn, uncertain):
    cell = np.repeat(CELLS, faces)
    behind = risk.faces_behind(cell, np.arange(len(cell)), BINS)
    found = exposure(faces=behind, drawn=None if drawn is None else in_cells([drawn] * 4))[BY_CELL]
    assert len(found.labels) == 4
    assert (found.uncertain == uncertain).all()


def test_intervals_are_percentiles_of_ratios():
    # Young White men are 1, 2, ..., 1001 of whom a tenth is named: the ratio is known, however many they are. Of old White men
    # always 1 in 10 people, with 0 to 1 named.
    people, named = np.tile(PEOPLE, (1001, 1)), np.tile(NAMED, (1001, 1))
    people[:, 0] = np.arange(1, 1002)
    named[:, 0] = people[:, 0] / 10
    people[:, 8], named[:, 8] = 10, np.linspace(0, 1, 1001)
    found = exposure(resampled_people=people, resampled_named=named)[BY_CELL]
    assert found.low[[0, 2]] == pytest.approx([0.1, 0.0025])
    assert found.high[[0, 2]] == pytest.approx([0.1, 0.0975])


def test_the_interval_of_few_people_simulated_is_clopper_and_pearsons():
    # Three people of three named: from .025^(1/3) = .2924 to 1. None of three: from 0 to 1 - .025^(1/3).
    certain = in_cells([0.1, 0.2, 0.2, 1.0])
    found = risk.exposure(
        np.where(PEOPLE > 0, 1, 0),
        np.where(certain == 0.1, 0, certain),
        resampled_people=np.ones((5, cell_count(BINS))),
        resampled_named=np.tile(certain, (5, 1)),
        guess=np.zeros(cell_count(BINS)),
        faces=FACES,
        bins=BINS,
        drawn=in_cells([3, 100, 100, 3]),
    )[BY_CELL]
    assert found.low[[0, 3]] == pytest.approx([0, 0.025 ** (1 / 3)], abs=1e-6)
    assert found.high[[0, 3]] == pytest.approx([1 - 0.025 ** (1 / 3), 1], abs=1e-6)
    assert found.low[1] == found.high[1] == 0.2


def test_a_company_in_which_nobody_is_named_has_no_ratio():
    nobody = np.zeros(cell_count(BINS))
    found = risk.exposure(
        PEOPLE, nobody, resampled_people=PEOPLE[None], resampled_named=nobody[None], guess=nobody, faces=FACES, bins=BINS
    )
    assert np.isnan(found["sex"].ratio).all()


@pytest.mark.parametrize("size", [2, 100, 1_000_000])
def test_exact_groups_are_those_by_group(size):
    rng = np.random.default_rng(4)
    joint = rng.exponential(size=(16, 16)) * (rng.uniform(size=(16, 16)) > 0.5)
    joint /= joint.sum()
    q, a, people = joint.sum(axis=0), np.diag(joint), size * joint.sum(axis=1)
    named = risk.named_by_cell(q, a, size)
    assert named.sum() == pytest.approx(size * risk.exact(joint, size).expected_reidentified)
    found = risk.exposure(
        people, named, resampled_people=people[None], resampled_named=named[None], guess=np.zeros(16), faces=FACES, bins=BINS
    )
    for name, group in risk.by_group(joint, size, bins=BINS).items():
        assert found[name].labels == group.labels
        assert found[name].risk == pytest.approx(group.risk)
        assert found[name].people == pytest.approx(group.people)
        assert found[name].ratio == pytest.approx(group.ratio)
    of_cells = risk.of_cells(joint, size)
    assert found[BY_CELL].risk == pytest.approx(of_cells[people > 0])
