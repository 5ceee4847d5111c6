import re

import numpy as np
import pytest

from core.demographics import (
    RACES,
    SEXES,
    AgeBins,
    Demographics,
    cell_count,
    cell_labels,
    cells,
    cells_of,
    from_cells,
)

WIDTHS = range(1, 41)


def test_labels_of_bins_read_as_ranges_of_ages():
    assert AgeBins(20).labels == ("1-20", "21-40", "41-60", "61-80")
    # 80 = 2 * 30 + 20: the last bin is narrower.
    assert AgeBins(30).labels == ("1-30", "31-60", "61-80")
    # 80 = 2 * 39 + 2
    assert AgeBins(39).labels == ("1-39", "40-78", "79-80")
    # 80 = 6 * 13 + 2
    assert AgeBins(13).labels[-2:] == ("66-78", "79-80")
    assert AgeBins(1).labels == tuple(str(age) for age in range(1, 81))


@pytest.mark.parametrize("width", WIDTHS)
def test_bins_cover_every_age_once_and_in_order(width):
    bins = AgeBins(width)
    covered = [age for first, last in zip(bins.first_ages, bins.last_ages, strict=True) for age in range(first, last + 1)]
    assert covered == list(range(1, 81))
    assert bins.count == len(bins.labels) == len(bins.first_ages) == len(bins.last_ages)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_age_lies_between_the_ends_of_its_bin(width):
    bins, ages = AgeBins(width), np.arange(1, 81)
    of = bins.of(ages)
    assert (bins.first_ages[of] <= ages).all()
    assert (ages <= bins.last_ages[of]).all()


def test_bins_of_ages_worked_by_hand():
    assert AgeBins(20).of([1, 20, 21, 40, 41, 80]).tolist() == [0, 0, 1, 1, 2, 3]
    assert AgeBins(1).of([1, 80]).tolist() == [0, 79]
    assert AgeBins(20).of(np.array([80], dtype=np.int8)).tolist() == [3]


@pytest.mark.parametrize("age", [0, 81, -3])
def test_ages_outside_1_to_80_have_no_bin(age):
    with pytest.raises(ValueError, match=rf"^ages must be 1 to 80, got {age} to {age}$"):
        AgeBins(20).of([age])


@pytest.mark.parametrize("width", [0, 41, -1])
def test_a_width_out_of_range_is_named(width):
    with pytest.raises(ValueError, match=rf"^age-bin width must be 1 to 40, got {width}$"):
        AgeBins(width)


@pytest.mark.parametrize("width", [2.5, "20", True, None])
def test_a_width_that_is_no_whole_number_is_named(width):
    with pytest.raises(ValueError, match=r"^age-bin width must be a whole number from 1 to 40, got "):
        AgeBins(width)


def test_bins_of_one_width_are_equal():
    assert AgeBins(np.int64(20)) == AgeBins(20)
    assert type(AgeBins(np.int64(20)).width) is int
    assert len({AgeBins(20), AgeBins(20), AgeBins(5)}) == 2


def test_demographics_have_one_length():
    with pytest.raises(ValueError, match=r"^age, sex and race must have one length, got 2, 1 and 1$"):
        Demographics([1, 2], [0], [0])


@pytest.mark.parametrize(("age", "sex", "race"), [(0, 0, 0), (81, 0, 0), (1, 2, 0), (1, -1, 0), (1, 0, 4), (1, 0, -1)])
def test_demographics_out_of_range_are_refused(age, sex, race):
    with pytest.raises(ValueError, match=r"^(age|sex|race) must be \d to \d+, got "):
        Demographics([age], [sex], [race])


def test_nobody_has_demographics():
    nobody = Demographics([], [], [])
    assert len(nobody) == 0
    assert nobody.counts().sum() == 0


def test_groups_count_sexes_within_races():
    people = Demographics([30] * 4, [0, 1, 0, 1], [0, 0, 2, 3])
    assert people.group.tolist() == [0, 1, 4, 7]


def test_rows_are_taken_by_index_or_mask():
    people = Demographics([10, 20, 30], [0, 1, 0], [0, 1, 2])
    assert people.take([2, 0, 2]).age.tolist() == [30, 10, 30]
    masked = people.take(np.array([False, True, True]))
    assert (masked.age.tolist(), masked.sex.tolist(), masked.race.tolist()) == ([20, 30], [1, 0], [1, 2])


def test_no_rows_can_be_taken():
    assert len(Demographics([10, 20], [0, 1], [0, 1]).take([])) == 0


def test_counts_worked_by_hand():
    counts = Demographics([80, 80, 1], [1, 1, 0], [3, 3, 2]).counts()
    assert counts.shape == (80, 2, 4)
    assert counts[79, 1, 3] == 2
    assert counts[0, 0, 2] == 1
    assert counts.sum() == 3


def test_counts_and_people_are_inverse(rng):
    counts = rng.integers(0, 3, size=(80, 2, 4))
    people = Demographics.from_counts(counts)
    assert len(people) == counts.sum()
    assert (people.counts() == counts).all()


@pytest.mark.parametrize("shape", [(80, 2), (80, 4, 2), (2, 4, 80), (640,), ()])
def test_counts_have_a_number_for_each_age_sex_and_race(shape):
    words = rf"^people of each kind must have shape \(80, 2, 4\), got {re.escape(str(shape))}$"
    with pytest.raises(ValueError, match=words):
        Demographics.from_counts(np.ones(shape, dtype=int))


@pytest.mark.parametrize(("value", "words"), [(-1, "must be 0 to"), (0.5, "must be whole numbers"), (np.nan, "must be whole")])
def test_counts_that_count_nobody_are_refused(value, words):
    counts = np.ones((80, 2, 4))
    counts[3, 1, 2] = value
    with pytest.raises(ValueError, match=f"^people of each kind {words}"):
        Demographics.from_counts(counts)


@pytest.mark.parametrize("counts", [np.ones((80, 2, 4), dtype=bool), np.full((80, 2, 4), "1"), [[1], [1, 2]]])
def test_what_are_no_counts_is_refused(counts):
    with pytest.raises(ValueError, match=r"^people of each kind must be whole numbers from 0 to 2,147,483,647, got "):
        Demographics.from_counts(counts)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32])
def test_counts_do_not_depend_on_the_kind_of_integer(rng, dtype):
    age, sex, race = rng.integers(1, 81, 500), rng.integers(0, 2, 500), rng.integers(0, 4, 500)
    wide = Demographics(age, sex, race)
    narrow = Demographics(age.astype(dtype), sex.astype(dtype), race.astype(dtype))
    assert (narrow.counts() == wide.counts()).all()
    for width in (1, 20):
        assert (cells(narrow, AgeBins(width)) == cells(wide, AgeBins(width))).all()


def test_cells_worked_by_hand():
    # (bin * 2 + sex) * 4 + race: age 25 lies in bin 1 of width 20, Female is 1, Asian is 2: (1 * 2 + 1) * 4 + 2 = 14.
    assert cells(Demographics([25, 1, 80], [1, 0, 1], [2, 0, 3]), AgeBins(20)).tolist() == [14, 0, 31]
    assert cell_labels(AgeBins(20))[14] == "21-40, Female, Asian"


def test_cells_of_small_integers_do_not_overflow():
    # (79 * 2 + 1) * 4 + 3 = 639 is more than a byte holds.
    one = np.ones(1, dtype=np.uint8)
    assert cells_of(79 * one, one, 3 * one).tolist() == [639]


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        (0, -1, "age bins must be 0 to 79, got -1 to 1"),
        (0, 80, "age bins must be 0 to 79, got 1 to 80"),
        (1, -1, "sex must be 0 to 1, got -1 to 1"),
        (1, 2, "sex must be 0 to 1, got 1 to 2"),
        (2, -1, "race must be 0 to 3, got -1 to 1"),
        (2, 4, "race must be 0 to 3, got 1 to 4"),
        (0, 0.5, "age bins must be whole numbers from 0 to 79, got values of type float64"),
    ],
)
def test_values_that_have_no_cell_are_refused(part, value, words):
    parts = [[1, 1], [1, 1], [1, 1]]
    parts[part] = [1, value]
    with pytest.raises(ValueError, match=f"^{words}$"):
        cells_of(*parts)


def test_values_of_a_cell_have_one_length():
    with pytest.raises(ValueError, match=r"^age bins, sex and race must have one length, got 2, 1 and 2$"):
        cells_of([0, 1], [0], [0, 1])


@pytest.mark.parametrize("width", WIDTHS)
def test_cells_and_their_values_are_inverse(width):
    bins = AgeBins(width)
    every = np.arange(cell_count(bins))
    age_bin, sex, race = from_cells(every, bins)
    assert (cells_of(age_bin, sex, race) == every).all()
    names = [f"{bins.labels[a]}, {SEXES[s]}, {RACES[r]}" for a, s, r in zip(age_bin, sex, race, strict=True)]
    assert names == cell_labels(bins)


def test_there_are_640_cells_at_width_1():
    assert cell_count(AgeBins(1)) == 640
    assert cell_count(AgeBins(20)) == 32
    assert cell_count(AgeBins(30)) == 24


@pytest.mark.parametrize("cell", [-1, 32])
def test_cells_that_do_not_exist_are_refused(cell):
    with pytest.raises(ValueError, match=rf"^cells must be 0 to 31, got {cell} to {cell}$"):
        from_cells([cell], AgeBins(20))
