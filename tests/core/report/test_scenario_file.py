import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import __version__, shipped
from core.report import scenario_file
from core.report.scenario_file import ScenarioFile, digest, read, write
from core.scenario import Scenario

CHOSEN = Scenario(
    company_size=250, age_bin_width=10, race_percents=(40, 30, 20, 10), linkage="posterior", age_knowledge="within 3"
)
WRITTEN = write(CHOSEN)


def changed(**entries):
    return json.dumps(json.loads(WRITTEN) | entries)


def without(*names):
    return json.dumps({name: value for name, value in json.loads(WRITTEN).items() if name not in names})


def test_what_is_written_is_read_back():
    assert read(WRITTEN) == ScenarioFile(CHOSEN, product_version=__version__, models=shipped.digests())
    assert read(WRITTEN).differences() == []


def test_own_staff_and_the_kind_of_an_own_attacker_are_read_back(staff):
    scenario = Scenario(company_size=staff.size)
    found = read(write(scenario, staff=staff, own_attacker="Measured"))
    assert found.staff.counts.tolist() == staff.counts.tolist()
    assert (found.staff.completed, found.staff.notes) == (staff.completed, staff.notes)
    assert found.own_attacker == "Measured"
    assert "does not hold" in found.differences()[0]


def test_a_bare_scenario_is_read():
    assert read(CHOSEN.to_json()) == ScenarioFile(CHOSEN)
    assert read("{}") == ScenarioFile(Scenario())


def test_the_digest_is_that_of_sorted_json():
    # echo -n '{"scenario":{...names in order...}}' | sha256sum
    values = json.dumps({"scenario": dict(sorted(Scenario().to_dict().items()))}, separators=(",", ":"))
    import hashlib

    assert digest(Scenario()) == hashlib.sha256(values.encode()).hexdigest()
    assert digest(Scenario(seed=1)) != digest(Scenario())


def test_another_version_and_other_models_are_told():
    found = read(changed(product_version="9.9", models={"forests.npz": "0" * 64}))
    assert found.differences() == [
        f"The file was written by version 9.9; this is version {__version__}.",
        "The file was written with other models: forests.npz. Figures can differ.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "a scenario file must be one JSON object"),
        ("[1]", "a scenario file must be one JSON object, got a list"),
        ("[" * 100_000, "a scenario file must be one JSON object of plain choices"),
        ('{"seed": ' + "9" * 5_000 + "}", "a scenario file must be one JSON object of plain choices"),
        ("x" * 1_000_001, "at most 1,000,000 characters, got 1,000,001 characters"),
        ('{"company_size": 1}', "company size must be 2 to 1,000,000, got 1"),
        ('{"colour": 1}', "a scenario has the choices"),
        (changed(format="report"), "format of a scenario file must be 'faceprint-risk scenario', got 'report'"),
        (changed(format_version=2), "format version of a scenario file must be 1, got 2: it was written by another version"),
        (changed(format_version=True), "format version of a scenario file must be 1, got True"),
        (changed(colour=1), "got also one named 'colour'"),
        (without("scenario"), "got none named 'scenario'"),
        (changed(scenario=[1]), "scenario must be one JSON object, got a list"),
        (changed(scenario=CHOSEN.replace(seed=1).to_dict()), "they were changed after it was written; delete the entry sha256"),
        (changed(models=[1]), "models must be one JSON object, got a list"),
        (changed(models={"a": 1}), "models of a scenario file must be text, got 1"),
        (changed(product_version=1), "product_version of a scenario file must be text, got 1"),
        (changed(staff=[1]), "staff must be one JSON object, got a list"),
        (changed(staff={"people": [[30, "Male", "White", 3]]}), "company size must be that of the own staff, 3, got 250"),
        (changed(staff={"people": [[30, "Male", "Green", 3]]}), "entry 1 of own staff must be"),
    ],
)
def test_bad_files_give_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=r"must|has the") as error:
        read(text)
    assert sentence in str(error.value)
    assert len(str(error.value)) < 500


def test_a_file_without_its_digest_may_be_changed():
    text = without("sha256")
    assert read(text.replace('"company_size": 250', '"company_size": 300')).scenario == CHOSEN.replace(company_size=300)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
ENTRIES = st.sampled_from(
    ["format", "format_version", "product_version", "scenario", "staff", "own_attacker", "sha256", "models"]
)


@given(st.text(max_size=200) | VALUES.map(json.dumps))
def test_any_text_is_a_scenario_or_a_sentence(text):
    check(text)


@given(st.dictionaries(ENTRIES, VALUES, max_size=3), st.sets(ENTRIES, max_size=2))
def test_any_change_of_a_file_is_read_or_refused_with_a_sentence(entries, left_out):
    values = {name: value for name, value in (json.loads(WRITTEN) | entries).items() if name not in left_out}
    check(json.dumps(values))


@given(st.sampled_from(list(Scenario().to_dict())), VALUES)
def test_any_choice_is_read_or_refused_with_a_sentence(name, value):
    check(json.dumps(json.loads(without("sha256")) | {"scenario": CHOSEN.to_dict() | {name: value}}))


def check(text):
    sentence = ""
    try:
        found = read(text)
    except ValueError as error:
        sentence = str(error)
    else:
        assert isinstance(found, ScenarioFile)
        assert read(scenario_file.write(found.scenario, staff=found.staff)).scenario == found.scenario
        return
    assert 0 < len(sentence) < 2_000
