from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import comparison, replication, shipped, study, training, uploads
from core.__main__ import main
from core.faces import generator, own, own_sample
from core.scenario import Scenario
from core.study import own_faces


def test_risk_prints_the_study_as_json(capsys):
    code = main(["risk", "--company-size", "100", "--age-bin-width", "20", "--repeats", "50", "--seed", "0", "--json"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    printed = json.loads(out)
    assert printed == study.in_full(Scenario(), study.load_evidence())
    assert study.run(Scenario()).to_dict().items() <= printed.items()


def test_risk_on_own_embeddings_is_that_of_the_study(tmp_path, capsys):
    path = tmp_path / "own.parquet"
    path.write_bytes(own_sample.sample_file(generator.load()))
    assert main(["risk", "--own", str(path), "--attacker", "lda", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "2,400 faces of 1,200 people, labelled with age, sex, race" in err
    scenario, evidence = Scenario(attacker="lda"), study.load_evidence()
    faces = own.read(path.read_bytes(), path.name, own.guess(uploads.describe(path.read_bytes(), path.name)))
    attacker = own_faces.train(faces, scenario, population=evidence.population(scenario))
    assert json.loads(out) == study.in_full(scenario, evidence.with_attacker(attacker))


def test_risk_prints_a_table_with_the_same_figures(capsys):
    assert main(["risk", "--company-size", "50"]) == 0
    table = capsys.readouterr().out
    result = study.run(Scenario(company_size=50))
    for share in (result.exact.expected_reidentified, result.random_guess, result.exact.class_size_shares["2-5"]):
        assert f"{share:.2%}" in table


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["risk", "--own", "none.csv"], "cannot read none.csv: No such file or directory."),
        (["risk", "--own", "a.csv", "--faces", "b.parquet"], "faces must come from one file: give --faces or --own, got both."),
        (["risk", "--company-size", "1"], "company size must be 2 to 1,000,000, got 1."),
        (["risk", "--age-bin-width", "41"], "age-bin width must be 1 to 40, got 41."),
        (["risk", "--repeats", "0"], "repeats must be 1 to 10,000, got 0."),
        (["risk", "--seed", "-1"], "seed must be 0 to 4,294,967,295, got -1."),
        (["risk", "--company-size", "many"], "Invalid value for '--company-size': 'many' is not a valid integer."),
        (["risk", "--pictures", "4"], "pictures must be one of 1, 2, 3, 5, 10, 20, got 4."),
        (
            ["risk", "--age-knowledge", "all"],
            "age knowledge must be one of bin, exact, or within 1 to within 20 (years), got 'all'.",
        ),
        (["risk", "--linkage", "guess"], "Invalid value for '--linkage': 'guess' is not one of"),
        (
            ["risk", "--linkage", "assignment", "--company-size", "1001"],
            "company size for the linkage by assignment must be 2 to 1,000, got 1,001.",
        ),
        (["risk", "--faces", "absent.parquet"], "absent.parquet"),
        (["risk", "--census", "absent.data"], "cannot read the census file absent.data."),
        (["replicate", "--faces", "absent.parquet"], "absent.parquet"),
        (["fit-generator", "--faces", "a", "--within", "absent.parquet", "--out", "b"], "absent.parquet: no such file."),
        (["replicate", "--census", "absent.data"], "cannot read the census file absent.data."),
        (["compare", "--faces", "absent.parquet"], "absent.parquet: no such file."),
        (["compare", "--seed", "-1"], "seed must be 0 to 4,294,967,295, got -1."),
        (["protect", "--protection", "magic"], "protection must be one of none, noise"),
        (
            ["protect", "--protection", "leace", "--strength", "41"],
            "strength (years of an age bin that is hidden) must be 1 to 40, got 41.",
        ),
        (["protect", "--strength", "1"], "--strength must be given 0 times, once for each --protection, or never, got 1."),
        (["protect", "--faces", "absent.parquet"], "absent.parquet: no such file."),
        (["protect", "--pairs", "absent.parquet"], "absent.parquet: no such file."),
        (["train-attackers", "--out", "a", "--generator", "absent"], "cannot read face_generator.npz in absent"),
        (["fly"], "No such command 'fly'."),
    ],
)
def test_bad_input_gives_one_sentence_and_exit_code_2(capsys, arguments, sentence):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


LINKED = ["risk", "--linkage", "assignment", "--age-knowledge", "within 3", "--company-size", "40", "--seed", "2"]


def test_risk_prints_the_linkage_as_json_and_as_a_table(capsys):
    assert main([*LINKED, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    scenario = Scenario(linkage="assignment", age_knowledge="within 3", company_size=40, seed=2)
    assert printed == study.in_full(scenario, study.load_evidence())
    assert main(LINKED) == 0
    table = capsys.readouterr().out
    assert "Linkage by assignment, attacker forest, 1 picture a person, ages in the list: within 3, 50 companies" in table
    spread = printed["linkage"]["success"]["1"]
    for share in (spread["mean"], spread["low"], spread["mean_high"], printed["linkage"]["perfect_inference"]["mean"]):
        assert f"{share:.2%}" in table
    for row in printed["most_exposed"]:
        marked = re.escape(row["group"]) + r" .*\d \*$" if row["uncertain"] else re.escape(row["group"]) + r" .*\d$"
        assert re.search(marked, table, re.MULTILINE)


def test_a_company_too_large_to_simulate_has_its_exact_risk(capsys):
    assert main(["risk", "--company-size", "1000000", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["linkage"] is None
    assert len(printed["most_exposed"]) == 10
    assert main(["risk", "--company-size", "1000000"]) == 0
    assert "simulated for companies of at most 10,000 people" in capsys.readouterr().out


def write_faces(faces, path):
    people, columns = faces.people, {"embedding": list(faces.embeddings.astype(float))}
    columns["file"] = [f"{people.age[i]}_{people.sex[i]}_{people.race[i]}_{i}.jpg" for i in range(len(people))]
    pq.write_table(pa.table(columns), path)


def test_risk_trains_on_labelled_faces(tmp_path, capsys, faces):
    write_faces(faces, tmp_path / "faces.parquet")
    command = ["risk", "--faces", str(tmp_path / "faces.parquet"), "--company-size", "20", "--linkage", "posterior", "--json"]
    assert main(command) == 0
    printed = json.loads(capsys.readouterr().out)
    # 320 faces of six numbers tell something of the people.
    assert printed["linkage"]["success"]["1"]["mean_low"] > 1 / 20
    assert all(row["uncertain"] for row in printed["most_exposed"])
    assert printed["nearest_age_share"] > 0
    assert main([*command, "--attacker", "lda"]) == 0
    stronger = json.loads(capsys.readouterr().out)
    assert stronger["scenario"]["attacker"] == "lda"
    assert stronger["linkage"]["success"]["1"]["mean_low"] > 1 / 20
    assert main([*command, "--pictures", "2"]) == 2
    assert "labelled faces show one picture of each person: pictures must be 1, got 2." in capsys.readouterr().err


def test_command_line_runs_as_a_module():
    command = [sys.executable, "-m", "core", "risk", "--company-size", "0"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "company size must be 2 to 1,000,000, got 0.\n"


def test_census_command_repeats_the_shipped_table_for_like_rows(tmp_path, capsys):
    row = "{age}, Private, {weight}, HS-grad, 9, Divorced, Sales, Not-in-family, White, {sex}, 0, 0, 40, United-States, <=50K\n"
    adult = tmp_path / "adult.data"
    adult.write_text(
        row.format(age=30, weight=7, sex="Male")
        + row.format(age=30, weight=5, sex="Male")
        + row.format(age=81, weight=9, sex="Male")
    )
    assert main(["census", "--adult", str(adult), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / shipped.CENSUS).read_text() == "age,sex,race,weight\n30,Male,White,12\n"
    assert shipped.CENSUS in capsys.readouterr().out


def test_generator_command_records_its_evaluation(tmp_path, capsys, monkeypatch, faces, rng):
    write_faces(faces, tmp_path / "faces.parquet")
    pictures = np.repeat(rng.standard_normal((25, 6)), 2, axis=0) + 0.1 * rng.standard_normal((50, 6))
    columns = {
        "file": [f"{number}.jpg" for number in range(50)],
        "person": [f"Person {number // 2}" for number in range(50)],
        "embedding": list(pictures),
    }
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    monkeypatch.setattr(training, "_EVALUATION_ROUNDS", 1)
    command = ["fit-generator", "--faces", str(tmp_path / "faces.parquet"), "--within", str(tmp_path / "people.parquet")]
    assert main([*command, "--out", str(tmp_path / "out"), "--seed", "3", "--evaluate", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    recorded = shipped.read_json(shipped.EVALUATION, tmp_path / "out")
    assert recorded.pop("seed") == 3
    assert recorded.items() <= printed.items()
    assert (recorded["people_with_several_pictures"], recorded["pictures"]) == (25, 50)
    # Noise of 0.1 in 6 directions puts two pictures about 0.1 sqrt(2 * 6) = 0.35 apart, people about sqrt(12) = 3.5.
    assert recorded["same_person_real"]["p50"] == pytest.approx(0.35, abs=0.1)
    assert recorded["same_person_generated"]["p50"] == pytest.approx(0.35, abs=0.1)
    assert recorded["equal_error_rate_real"] == 0
    assert generator.load(tmp_path / "out").within.shape == (6, 6)


def test_replicate_command_records_what_it_prints(tmp_path, capsys, monkeypatch):
    result = {"faces": "generated", "seed": 5, "risk": {"10": 0.25}}
    monkeypatch.setattr(replication, "on_generated_faces", lambda *_, **__: result)
    assert main(["replicate", "--seed", "5", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == result
    assert shipped.read_json(shipped.REPLICATION, tmp_path) == result


@pytest.mark.parametrize("kind", ["real", "generated"])
def test_compare_command_records_what_it_prints(tmp_path, capsys, monkeypatch, faces, kind):
    people, columns = faces.people, {"embedding": list(faces.embeddings.astype(float))}
    columns["file"] = [f"{people.age[i]}_{people.sex[i]}_{people.race[i]}_{i}.jpg" for i in range(len(people))]
    pq.write_table(pa.table(columns), tmp_path / "faces.parquet")
    monkeypatch.setattr(comparison, "ATTACKERS", ("lda",))
    given = ["--faces", str(tmp_path / "faces.parquet")] if kind == "real" else []
    assert main(["compare", *given, "--out", str(tmp_path), "--seed", "2", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    recorded = shipped.read_json(shipped.COMPARISON_REAL if kind == "real" else shipped.COMPARISON, tmp_path)
    assert recorded == printed
    assert (printed["faces"], printed["seed"], list(printed["attackers"])) == (kind, 2, ["none", "lda"])


def test_protect_command_records_what_it_prints(tmp_path, capsys, monkeypatch):
    made = partial(study.generated_material, known=300, tested=100, per_kind=1)
    monkeypatch.setattr(study, "material_on_a_page", made)
    command = ["protect", "--quick", "--protection", "projection", "--strength", "8", "--attacker", "logistic", "--seed", "2"]
    assert main([*command, "--company-size", "30", "--out", str(tmp_path), "--json"]) == 0
    out, err = capsys.readouterr()
    printed = json.loads(out)
    assert shipped.read_json(shipped.PROTECTIONS, tmp_path) == printed
    assert (printed["seed"], printed["company_size"], printed["faces"]) == (2, 30, "generated")
    assert [(each["method"], each["strength"], each["dimension"]) for each in printed["points"]] == [
        ("none", None, 128),
        ("projection", 8.0, 8),
    ]
    assert "projection 8, 2 of 2: training logistic on protected embeddings ..." in err


@pytest.fixture(scope="module")
def replicated():
    from core import company

    steps: list[str] = []
    result = replication.on_generated_faces(generator.load(), company.load_census(), seed=0, progress=steps.append)
    assert len(steps) == replication.STEPS_ON_GENERATED_FACES
    return result


@pytest.mark.parametrize("table", ["sex", "age", "race_one_hot"])
def test_generated_faces_give_the_papers_tables_within_3_points(replicated, table):
    ours, paper = replicated[table]["ours"], replicated[table]["paper"]
    for metric in set(paper) - {"confusion"}:
        assert ours[metric] == pytest.approx(paper[metric], abs=0.03), metric
    for row, reported in zip(ours["confusion"], paper["confusion"], strict=True):
        assert row == pytest.approx(reported, abs=0.03)


@pytest.mark.parametrize("size", ["10", "50", "100"])
def test_generated_faces_give_the_papers_risk_within_3_points(replicated, size):
    ours = replicated["risk"][size]["ours"]
    assert ours["exact"] == pytest.approx(replicated["risk"][size]["paper"]["expected_reidentified"], abs=0.03)
    assert ours["low"] < ours["mean"] < ours["high"]


def test_single_labels_read_race_better_than_one_hot_labels(replicated):
    assert replicated["race_single_label"]["ours"]["accuracy"] > replicated["race_one_hot"]["ours"]["accuracy"] + 0.05


def test_the_papers_tables_are_shares_that_add_up():
    figures = replication.paper_figures()
    for table in ("sex", "age", "race"):
        total = sum(map(sum, figures[table]["confusion_truth_by_predicted"]))
        assert total == pytest.approx(100, abs=0.1)
    # Table III's diagonal is 86.81 %: more than the reported accuracy, because rows without a yes are read as White.
    assert sum(figures["race"]["confusion_truth_by_predicted"][k][k] for k in range(4)) == pytest.approx(86.81)
