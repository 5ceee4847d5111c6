import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.scenario import (
    ATTACKERS,
    LINKAGES,
    PICTURES,
    PROTOCOLS,
    RACE_MAPPING_NAMES,
    Scenario,
    from_strings,
    to_string,
    years_off,
)

RANGES = {
    "company_size": ("company size", 2, 1_000_000),
    "age_bin_width": ("age-bin width", 1, 40),
    "repeats": ("repeats", 1, 10_000),
    "seed": ("seed", 0, 4_294_967_295),
    "youngest": ("youngest age", 17, 80),
    "oldest": ("oldest age", 17, 80),
}
DEFAULTS = {
    "company_size": 100,
    "age_bin_width": 20,
    "repeats": 50,
    "seed": 0,
    "protocol": "corrected",
    "race_mapping": "standard",
    "youngest": 17,
    "oldest": 80,
    "female_percent": None,
    "race_percents": None,
    "attacker": "forest",
    "linkage": "cells",
    "age_knowledge": "bin",
    "pictures": 1,
}

race_mixes = st.lists(st.integers(0, 100), min_size=3, max_size=3).map(
    lambda cuts: tuple(int(part) for part in np.diff([0, *sorted(cuts), 100]))
)
ages = st.tuples(st.integers(17, 80), st.integers(17, 80)).map(sorted)
scenarios = st.builds(
    lambda between, **choices: Scenario(youngest=between[0], oldest=between[1], **choices),
    between=ages,
    **{name: st.integers(*RANGES[name][1:]) for name in ("company_size", "age_bin_width", "repeats", "seed")},
    protocol=st.sampled_from(PROTOCOLS),
    race_mapping=st.sampled_from(RACE_MAPPING_NAMES),
    female_percent=st.none() | st.integers(0, 100),
    race_percents=st.none() | race_mixes,
    attacker=st.sampled_from(ATTACKERS),
    linkage=st.sampled_from(LINKAGES),
    age_knowledge=st.sampled_from(["bin", "exact"]) | st.integers(1, 20).map(lambda years: f"within {years}"),
    pictures=st.sampled_from(PICTURES),
)


def test_defaults_are_the_papers_company():
    assert Scenario().to_dict() == DEFAULTS


@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_a_range_are_allowed(name):
    _, low, high = RANGES[name]
    for value in (low, high):
        assert getattr(Scenario(**{name: value}), name) == value


@pytest.mark.parametrize("name", RANGES)
def test_beyond_either_end_the_sentence_names_value_and_range(name):
    words, low, high = RANGES[name]
    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match=rf"^{words} must be {low:,} to {high:,}, got {value:,}$"):
            Scenario(**{name: value})


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("value", ["10", 2.5, 10.0, True, None])
def test_a_choice_that_is_no_whole_number_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"^{RANGES[name][0]} must be a whole number from "):
        Scenario(**{name: value})


@pytest.mark.parametrize("name", RANGES)
def test_a_number_of_thousands_of_digits_is_refused_with_the_range(name):
    words, low, high = RANGES[name]
    with pytest.raises(ValueError, match=rf"^{words} must be {low:,} to {high:,}, got a number of more than 60 digits$"):
        Scenario(**{name: 10**5000})


@pytest.mark.parametrize("value", [-1, 101, 50.0, "50", True, 10**5000], ids=["-1", "101", "50.0", "text", "True", "huge"])
def test_a_share_of_women_is_0_to_100_per_cent(value):
    with pytest.raises(ValueError, match=r"^share of women in per cent must be (a whole number from )?0 to 100, got "):
        Scenario(female_percent=value)


def test_ages_go_from_the_youngest_to_the_oldest():
    assert Scenario(youngest=30, oldest=30).oldest == 30
    with pytest.raises(ValueError, match=r"^youngest age must be at most the oldest, 30, got 31$"):
        Scenario(youngest=31, oldest=30)


@pytest.mark.parametrize(
    "mix",
    [(100, 0, 0), (25,) * 5, "25-25-25-25", 100, (25, 25, 25, 24), (101, -1, 0, 0), (25.0,) * 4, (10**5000,) * 4, [10**5000]],
    ids=["three", "five", "text", "number", "99", "negative", "floats", "huge", "one huge"],
)
def test_a_race_mix_is_four_shares_that_add_up(mix):
    with pytest.raises(ValueError, match=r"^race mix (must be 4 whole numbers|in per cent must be) .*, got "):
        Scenario(race_percents=mix)
    assert Scenario(race_percents=[40, 30, 20, 10]).race_percents == (40, 30, 20, 10)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("protocol", "protocol must be one of corrected, paper"),
        ("race_mapping", "race mapping must be one of"),
        ("attacker", "attacker must be one of forest, lda, logistic, svm, neighbours, mlp"),
        ("linkage", "linkage must be one of cells, posterior, assignment"),
        ("age_knowledge", r"age knowledge must be one of bin, exact, or within 1 to within 20 \(years\), got "),
    ],
)
@pytest.mark.parametrize("value", ["", "PAPER", None, 0, ["paper"]])
def test_a_name_that_is_no_choice_is_refused(name, words, value):
    with pytest.raises(ValueError, match=words):
        Scenario(**{name: value})


def test_years_that_a_listed_age_is_off():
    assert [years_off(known) for known in ("bin", "exact", "within 1", "within 20")] == [0, 0, 1, 20]


@pytest.mark.parametrize("value", ["within 0", "within 21", "within 03", "within", "within 3.5", "Within 3", "3", "within ٣"])
def test_a_number_of_years_out_of_range_is_refused(value):
    with pytest.raises(
        ValueError, match=r"^age knowledge must be one of bin, exact, or within 1 to within 20 \(years\), got '"
    ):
        Scenario(age_knowledge=value)


@pytest.mark.parametrize("value", [0, 4, 21, -1, "3", 3.0, True, None, [3], 10**5000], ids=lambda value: str(type(value)))
def test_pictures_are_one_of_a_few_numbers(value):
    with pytest.raises(ValueError, match=r"^pictures must be one of 1, 2, 3, 5, 10, 20, got "):
        Scenario(pictures=value)


def test_pictures_in_a_url_fall_back():
    scenario, problems = from_strings({"pictures": "4", "age_knowledge": "within 30"})
    assert scenario == Scenario()
    assert problems[0].startswith(
        "Age knowledge must be one of bin, exact, or within 1 to within 20 (years), got 'within 30'; bin"
    )
    assert problems[1] == "Pictures must be one of 1, 2, 3, 5, 10, 20, got 4; 1 is used instead."


@given(scenarios)
def test_a_scenario_survives_json(scenario):
    assert Scenario.from_json(scenario.to_json()) == scenario
    assert Scenario.from_dict(scenario.to_dict()) == scenario


@given(scenarios)
def test_a_scenario_survives_strings(scenario):
    strings = {name: to_string(getattr(scenario, name)) for name in DEFAULTS if getattr(scenario, name) is not None}
    assert from_strings(strings) == (scenario, [])


def test_json_has_its_keys_in_a_fixed_order():
    assert list(json.loads(Scenario().to_json())) == list(DEFAULTS)


def test_choices_left_out_of_json_take_their_default():
    assert Scenario.from_json('{"company_size": 7}') == Scenario(company_size=7)
    assert Scenario.from_json("{}") == Scenario()


def test_an_unknown_choice_is_named():
    with pytest.raises(ValueError, match=r"^a scenario has the choices .*, got also colour, taste$"):
        Scenario.from_json('{"taste": 1, "colour": 2, "seed": 3}')


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "3", '"seed"', "{'seed': 1}", '{"seed": NaN}', '{"seed": 1e2}', '{"seed": [[]]}']
)
def test_what_is_no_scenario_is_refused(text):
    with pytest.raises(ValueError, match=r"^(a scenario must be one JSON object|seed must be)"):
        Scenario.from_json(text)


def test_deeply_nested_json_is_refused():
    with pytest.raises(ValueError, match=r"^a scenario must be one JSON object of plain choices, got one nested too deeply$"):
        Scenario.from_json("[" * 200_000)


def test_json_with_a_number_that_python_does_not_read_is_refused():
    words = r"^a scenario must be one JSON object of plain choices, got a number of thousands of digits$"
    with pytest.raises(ValueError, match=words):
        Scenario.from_json('{"seed": ' + "9" * 5000 + "}")


@pytest.mark.parametrize("value", [None, 3, 2.5, b"{}", {}, ["{}"], 10**5000], ids=type)
def test_what_is_no_text_is_no_scenario(value):
    with pytest.raises(ValueError, match=r"^a scenario must be one JSON object as text, got "):
        Scenario.from_json(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.text() | st.dictionaries(st.sampled_from(list(DEFAULTS)) | st.text(), json_values).map(json.dumps))
def test_any_json_is_a_scenario_or_a_value_error(text):
    try:
        scenario = Scenario.from_json(text)
    except ValueError:
        return
    assert {**DEFAULTS, **json.loads(text)} == scenario.to_dict()


def test_replace_checks_again():
    assert Scenario().replace(seed=9) == Scenario(seed=9)
    with pytest.raises(ValueError, match=r"^company size must be 2 to 1,000,000, got 1$"):
        Scenario().replace(company_size=1)


def test_bad_strings_fall_back_to_the_default_with_a_sentence():
    scenario, problems = from_strings({"company_size": "1", "age_bin_width": "wide", "seed": "5", "protocol": "mine"})
    assert scenario == Scenario(seed=5)
    assert problems == [
        "Company size must be 2 to 1,000,000, got 1; 100 is used instead.",
        "Age-bin width must be a whole number from 1 to 40, got 'wide'; 20 is used instead.",
        "Protocol must be one of corrected, paper, got 'mine'; corrected is used instead.",
    ]


def test_ages_the_wrong_way_round_fall_back_together():
    scenario, problems = from_strings({"youngest": "40", "oldest": "30", "seed": "5"})
    assert scenario == Scenario(seed=5)
    assert problems == ["Youngest age must be at most the oldest, 30, got 40; all ages are used instead."]


def test_unknown_strings_are_ignored():
    assert from_strings({"utm_source": "x", "embed": "true"}) == (Scenario(), [])


@pytest.mark.parametrize("text", ["", "-", "--5", "-1", "+5", "1_0", "5.0", " 5", "٣", "²", "0x10", "nan", "9" * 5000])
def test_strings_that_are_no_company_size_fall_back(text):
    scenario, problems = from_strings({"company_size": text})
    assert scenario == Scenario()
    assert len(problems) == 1
    assert problems[0].startswith("Company size must be ")
    assert problems[0].endswith("; 100 is used instead.")


@given(st.dictionaries(st.sampled_from(list(DEFAULTS)), st.text() | st.text("-0123456789")))
@example({"seed": "--5"})
def test_any_strings_give_a_scenario(strings):
    scenario, problems = from_strings(strings)
    kept = [name for name in strings if to_string(getattr(scenario, name)) == strings[name]]
    changed = {name: value for name, value in scenario.to_dict().items() if value != DEFAULTS[name]}
    assert len(problems) <= len(strings) - len(kept)
    assert set(changed) <= set(strings)
