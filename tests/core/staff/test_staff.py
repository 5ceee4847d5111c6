"""Own staff: lists, totals, and what the census completes, by hand and as invariants."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import company, staff
from core.demographics import RACES, SEXES
from core.scenario import LARGEST_COMPANY
from core.staff import Staff, words
from core.uploads import UploadError

CENSUS = company.load_census().population()
HALVES = np.zeros((80, 2, 4))
HALVES[19:59, :, :2] = 1 / 160  # men and women, White and Black, 20 to 59, all alike


def listed(*rows, columns=("age", "sex", "race", "people"), population=CENSUS):
    table = pd.DataFrame([[str(cell) for cell in row] for row in rows], columns=list(columns), dtype=object)
    table.index = pd.Index(np.arange(2, len(rows) + 2))
    return staff.from_table(table, "staff.csv", population=population)


def kinds(found):
    return {
        (int(age) + 1, SEXES[sex], RACES[race]): int(found.counts[age, sex, race])
        for age, sex, race in np.argwhere(found.counts > 0)
    }


def test_a_list_of_people_is_counted():
    found = listed((34, "f", "white", ""), (34, "Female", " WHITE ", 2), (61, "man", "South Asian", 1))
    assert kinds(found) == {(34, "Female", "White"): 3, (61, "Male", "Indian"): 1}
    assert (found.size, found.completed, found.notes) == (4, 0, ())
    assert found.female_share == 0.75


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("34", (34, 34)),
        ("34.0", (34, 34)),
        ("34 years", (34, 34)),
        ("30-39", (30, 39)),
        ("30–39", (30, 39)),
        ("30 — 39 yrs", (30, 39)),
        ("30 to 39", (30, 39)),
        ("aged 30 and 39", (30, 39)),
        ("under 30", (14, 29)),
        ("<30", (14, 29)),
        ("up to 30", (14, 30)),
        ("30 and under", (14, 30)),
        ("60+", (60, 80)),
        ("65 and over", (65, 80)),
        ("65 or older", (65, 80)),
        ("≥ 65", (65, 80)),
        ("over 60", (61, 80)),
        ("> 60", (61, 80)),
        ("60-99", (60, 80)),
        ("0-17", (14, 17)),
        ("", (14, 80)),
        ("not stated", (14, 80)),
        ("Other / not stated", (14, 80)),
    ],
)
def test_ages_and_groups_are_understood(text, ages):
    assert words.ages(text) == ages


@pytest.mark.parametrize(
    "text", ["13", "81", "7", "-5", "39-30", "0-13", "81-99", "130", "30-200", "thirty", "2019-10-12", "3.5", "over 80"]
)
def test_ages_that_nobody_at_work_has_are_refused(text):
    with pytest.raises(UploadError, match="row 2: age must be whole years from 14 to 80, or a group such as 30 to 39") as error:
        listed((text, "m", "white", 5))
    assert text not in str(error.value).replace("30 to 39, under 30 or 60+", "")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((30, "girlfriend", "white", 1), "staff.csv, row 3: sex must be one of Male, Female, Other / not stated"),
        ((30, "m", "martian", 1), "staff.csv, row 3: race must be one of White, Black, Asian, Indian, Other / not stated"),
        ((30, "m", "white", "-1"), "staff.csv, row 3: people must be a whole number from 0 to 1,000,000"),
        ((30, "m", "white", "2.5"), "staff.csv, row 3: people must be a whole number"),
        ((30, "m", "white", "1e3"), "staff.csv, row 3: people must be a whole number"),
        ((30, "m", "american indian", 1), "staff.csv, row 3: race must be one of"),
    ],
)
def test_an_unknown_word_is_a_sentence_with_its_place_and_without_itself(row, sentence):
    with pytest.raises(UploadError) as error:
        listed((30, "m", "white", 4), row)
    assert str(error.value).startswith(sentence)
    assert "girlfriend" not in str(error.value)
    assert "martian" not in str(error.value)


def test_columns_go_by_many_names_and_others_are_passed_over():
    found = listed(("Ann Smith", "f", 12, "30-34"), columns=("name", "Gender", "Headcount", "Age_group"), population=HALVES)
    assert found.size == 12
    assert found.female_share == 1
    assert found.counts[29:34].sum() == 12
    assert "Ann" not in json.dumps(found.to_dict())


def test_doubled_and_missing_columns_are_sentences():
    with pytest.raises(UploadError, match="must have one column for sex, got two"):
        listed((30, "m", "m"), columns=("age", "sex", "gender"))
    with pytest.raises(UploadError, match="must have at least one of the columns age, sex and race"):
        listed(("Ann", 3), columns=("name", "people"))


@pytest.mark.parametrize(
    ("people", "got"), [(1, "got 1"), (0, "got 0"), (1_000_001, "got 1,000,001"), (999_999_999, "got 999,999,999")]
)
def test_a_company_has_2_to_a_million_people(people, got):
    with pytest.raises(UploadError, match=got):
        listed((30, "m", "white", people))
    assert listed((30, "m", "white", LARGEST_COMPANY)).size == LARGEST_COMPANY
    assert listed((30, "m", "white", "1,000,000")).size == LARGEST_COMPANY


def test_what_is_not_stated_is_completed_in_proportion_by_hand():
    # 7 people of 30 without a sex or race, where four kinds are alike: 1.75 each, so one kind has one person less.
    found = listed((30, "", "other", 7), population=HALVES)
    assert sorted(kinds(found).values()) == [1, 2, 2, 2]
    assert {age for age, _, _ in kinds(found)} == {30}
    assert found.completed == 7
    assert found.notes == (
        "Sex is not stated for 7 people: completed in proportion to the census, given the age and race that are stated.",
        "Race is not stated for 7 people: completed in proportion to the census, given the age and sex that are stated.",
    )


def test_ages_of_a_group_stand_at_even_steps_by_hand():
    # Forty years alike: 4 people stand where an eighth, three, five and seven eighths are reached, the first at the end of the
    # fifth year; 1 stands where the half is.
    found = listed(("20-59", "m", "white", 4), ("20-59", "f", "black", 1), population=HALVES)
    assert kinds(found) == {
        (24, "Male", "White"): 1,
        (34, "Male", "White"): 1,
        (44, "Male", "White"): 1,
        (54, "Male", "White"): 1,
        (39, "Female", "Black"): 1,
    }
    assert found.completed == 0
    assert found.notes == ("5 people stand in age groups: their years are spread within the group as in the census.",)


def test_many_small_groups_together_are_like_the_census():
    # Of one person each, whose likeliest race is always White: what one left over counts for the next.
    found = listed(*[(age, "f", "", 1) for age in range(20, 60)], population=HALVES)
    assert found.counts.sum(axis=(0, 1)).tolist() == [20, 20, 0, 0]
    real = listed(*[(age, sex, "", 1) for age in range(20, 60) for sex in "mf"])
    share = CENSUS[19:59].sum(axis=(0, 1)) / CENSUS[19:59].sum()
    assert np.abs(real.counts.sum(axis=(0, 1)) - 80 * share).max() < 2


def test_people_whom_the_census_does_not_have_can_be_stated():
    found = listed((15, "", "", 8), ("30-39", "", "indian", 10), ("14-16", "m", "white", 3))
    assert found.size == 21
    assert found.counts[:, :, RACES.index("Indian")].sum() == 10
    assert found.counts[14].sum() == 9
    assert found.counts[14, :, 0].sum() >= 6


def test_an_unstated_age_is_one_of_the_census():
    found = listed(("", "f", "white", 1_000))
    assert found.counts[:16].sum() == 0
    share = CENSUS[:, 1, 0] / CENSUS[:, 1, 0].sum()
    assert np.abs(np.cumsum(found.counts[:, 1, 0]) - 1_000 * np.cumsum(share)).max() <= 0.5 + 1e-6


def test_totals_are_completed_from_the_census():
    found = staff.from_totals(137, population=CENSUS, female_share=0.41, youngest=20, oldest=64)
    assert (found.size, found.completed) == (137, 137)
    assert round(found.female_share * 137) == 56  # 56.17
    assert found.counts[:19].sum() == found.counts[64:].sum() == 0
    assert found.notes[0].startswith("Only totals are stated, 137 people aged 20 to 64, 56 of them women: all else")
    share = CENSUS[19:64].sum(axis=(0, 1)) / CENSUS[19:64].sum()
    assert np.abs(found.counts.sum(axis=(0, 1)) - 137 * share).max() < 3


@pytest.mark.parametrize("people", [2, 10, LARGEST_COMPANY])
def test_totals_of_any_size(people):
    found = staff.from_totals(people, population=CENSUS)
    assert found.size == people
    assert found.counts[:16].sum() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people": 1}, "number of people must be 2 to 1,000,000, got 1"),
        ({"female_share": 1.2}, "share of women must be 0 to 1, got 1.2"),
        ({"youngest": 13}, "youngest age must be 14 to 80, got 13"),
        ({"youngest": 50, "oldest": 40}, "oldest age must be 50 to 80, got 40"),
    ],
)
def test_impossible_totals_are_sentences(changes, words):
    with pytest.raises(ValueError, match=words):
        staff.from_totals(**{"people": 100, "population": CENSUS} | changes)


AGE = st.one_of(
    st.integers(14, 80).map(str),
    st.tuples(st.integers(14, 80), st.integers(0, 20)).map(lambda pair: f"{pair[0]}-{pair[0] + pair[1]}"),
    st.sampled_from(["", "under 30", "60+"]),
)
SEX = st.sampled_from(["", "f", "Male", "x"])
RACE = st.sampled_from(["", "White", "black", "asian", "Indian"])
ROWS = st.lists(st.tuples(AGE, SEX, RACE, st.integers(1, 500)), min_size=2, max_size=40)


@given(ROWS, st.randoms(use_true_random=False))
def test_nobody_is_lost_and_what_is_stated_stays(rows, random):
    found = listed(*rows)
    assert found.size == sum(people for *_, people in rows)
    women = sum(people for _, sex, _, people in rows if sex == "f")
    men = sum(people for _, sex, _, people in rows if sex == "Male")
    by_sex = found.counts.sum(axis=(0, 2))
    assert by_sex[0] >= men
    assert by_sex[1] >= women
    for number, race in enumerate(RACES):
        stated = sum(people for _, _, named, people in rows if named.casefold() == race.casefold())
        assert found.counts[:, :, number].sum() >= stated
    for year in range(14, 81):
        assert found.counts[year - 1].sum() >= sum(people for age, _, _, people in rows if age == str(year))
    others = rows.copy()
    random.shuffle(others)
    assert (listed(*others).counts == found.counts).all()
    again = Staff.from_dict(json.loads(json.dumps(found.to_dict())))
    assert (again.counts == found.counts).all()
    assert (again.completed, again.notes) == (found.completed, found.notes)


@given(st.lists(st.lists(st.text(max_size=12), min_size=4, max_size=4), min_size=1, max_size=10))
def test_any_text_is_staff_or_a_sentence(rows):
    try:
        size = listed(*rows).size
    except UploadError:
        size = 2
    assert 2 <= size <= LARGEST_COMPANY


def test_templates_are_lists_that_are_understood():
    for content, name in ((staff.template_csv(), "staff.csv"), (staff.template_xlsx(), "staff.xlsx")):
        found = staff.from_file(content, name, population=CENSUS)
        assert found.size == staff.template().people.sum()
        assert found.completed == 2
    sheet = pd.read_excel(io.BytesIO(staff.template_xlsx()))
    assert sheet.columns.tolist() == list(staff.COLUMNS)


def test_a_file_with_a_name_in_it_keeps_no_name():
    content = "Name;Alter;sex;age;people\nÉva;1;w;30–39;3\nBob;2;m;41;\n".encode("cp1252")
    found = staff.from_file(content, "staff.csv", population=CENSUS)
    assert found.size == 4
    assert found.counts[40].sum() == 1


def test_a_list_holds_at_most_200_000_rows():
    rows = ["age,sex,race"] + [f"{20 + row % 45},{'fm'[row % 2]},{('white', 'black', '')[row % 3]}" for row in range(200_000)]
    found = staff.from_file("\n".join(rows).encode(), "staff.csv", population=CENSUS)
    assert found.size == 200_000
    with pytest.raises(UploadError, match="at most 200,000 rows"):
        staff.from_file("\n".join([*rows, "30,f,white"]).encode(), "staff.csv", population=CENSUS)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "own staff must have the fields"),
        ({"people": [], "size": 3}, "own staff must have the fields"),
        ({"people": {}}, "must be lists"),
        ({"people": [[30, "Male", "White"]]}, "entry 1 of own staff must be"),
        ({"people": [[30, "Male", "White", 2], [30, "male", "White", 2]]}, "entry 2 of own staff must be"),
        ({"people": [[13, "Male", "White", 2]]}, "age in entry 1 of own staff must be 14 to 80, got 13"),
        ({"people": [[30, "Male", "White", 1.5]]}, "number of people in entry 1 of own staff must be a whole number"),
        ({"people": [[30, "Male", "White", 1]]}, "people in the company must be 2 to 1,000,000, got 1"),
        ({"people": [[30, "Male", "White", 2]], "completed": 3}, "people completed from the census must be 0 to 2, got 3"),
        ({"people": [[30, "Male", "White", 2]], "notes": [1]}, "notes on a company must be sentences"),
    ],
)
def test_what_is_no_staff_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        Staff.from_dict(values)


def test_counts_cannot_be_changed_afterwards():
    found = listed((30, "m", "white", 4))
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0, 0, 0] = 1
