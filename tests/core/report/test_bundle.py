import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest

from core import report
from core.__main__ import main
from core.report import bundle, html, reproduce, scenario_file, script
from core.scenario import Scenario
from tests.core.report.conftest import MADE

ROOT = Path(__file__).parents[3]


def unpacked(content, folder):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
        return archive.namelist()


@pytest.fixture(scope="module")
def packed(full):
    return bundle.to_zip(full)


def test_the_zip_holds_the_report_its_data_and_what_computes_it_again(packed, full, results, tmp_path):
    names = unpacked(packed, tmp_path)
    assert {"report.html", "scenario.json", "figures.json", "reproduce.py", "README.txt", "impact-assessment.docx"} <= set(
        names
    )
    assert (tmp_path / "report.html").read_text("utf-8") == html.to_html(full)
    assert scenario_file.read((tmp_path / "scenario.json").read_text("utf-8")).scenario == results.scenario
    assert {name for name in names if name.startswith("data/")} == {f"data/{name}.csv" for name in full.data()}
    for name, table in full.data().items():
        header, *rows = csv.reader(io.StringIO((tmp_path / "data" / f"{name}.csv").read_text("utf-8")))
        assert header == [str(column) for column in table.columns]
        assert len(rows) == len(table)
        assert not any(cell[:1] in ("=", "+", "@", "\t", "\r") for row in rows for cell in row)
    assert docx.Document(str(tmp_path / "impact-assessment.docx")).paragraphs
    listed = (tmp_path / "README.txt").read_text("utf-8")
    assert all(name.split("/")[0] in listed for name in names if name != "README.txt")


def test_the_same_report_gives_the_same_zip(packed, full):
    assert bundle.to_zip(full) == packed


def test_the_zip_for_publication_holds_no_own_staff(evidence, staff, tmp_path):
    results = report.gather(Scenario(company_size=staff.size, repeats=3), evidence, staff=staff)
    names = unpacked(bundle.to_zip(report.contents(results, made=MADE, smallest=10)), tmp_path)
    assert not {"scenario.json", "reproduce.py", "impact-assessment.docx"} & set(names)
    assert "data/staff.csv" in unpacked(bundle.to_zip(report.contents(results, made=MADE)), tmp_path)


def reproduced(folder, figures="figures.json"):
    command = [sys.executable, str(folder / "reproduce.py"), str(folder / "scenario.json"), str(folder / figures)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("form", ["full", "publishable"])
def test_the_script_computes_every_figure_of_the_report_again(request, tmp_path, form):
    made = request.getfixturevalue(form)
    unpacked(bundle.to_zip(made), tmp_path)
    again = reproduced(tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    count = reproduce.count(made.figures())
    assert count > 1_000
    assert f"All {count:,} figures of the report are equal." in again.stdout


def test_the_script_computes_figures_about_own_staff_again(evidence, staff, tmp_path):
    results = report.gather(Scenario(company_size=staff.size, repeats=3), evidence, staff=staff)
    unpacked(bundle.to_zip(report.contents(results, made=MADE)), tmp_path)
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    figures["data"]["share-named"]["share"][0] += 0.001
    (tmp_path / "altered.json").write_text(json.dumps(figures))
    again = reproduced(tmp_path, "altered.json")
    assert again.returncode == 1
    (line,) = [line for line in again.stdout.splitlines() if "in the report" in line]
    assert line.startswith("data / share-named / share, row 1: ")


def test_differences_name_what_differs():
    there = {"a": [1.0, None, "x"], "b": {"c": True}}
    assert reproduce.differences(there, {"a": [1.0 + 1e-12, None, "x"], "b": {"c": True}}) == []
    assert reproduce.differences(there, {"a": [1.1, None, "x"], "b": {"c": 1}}) == [
        "a, row 1: 1.0 in the report, 1.1 computed again",
        "b / c: True in the report, 1 computed again",
    ]
    assert reproduce.differences({"a": [1]}, {"a": [1, 2], "d": 0}) == [
        "a: [1] in the report, [1, 2] computed again",
        "d: None in the report, 0 computed again",
    ]
    assert reproduce.count(there) == 1


def test_the_script_says_how_it_is_used(capsys):
    assert reproduce.main([]) == 2
    assert "Usage" in capsys.readouterr().err
    compile(script.text(), script.NAME, "exec")
    assert "import core" not in script.text()
    assert "from core" not in script.text()


@pytest.mark.parametrize("ending", ["html", "json", "docx", "txt", "zip"])
def test_the_command_writes_each_kind_of_file(tmp_path, capsys, full, results, ending):
    (tmp_path / "scenario.json").write_text(scenario_file.write(results.scenario))
    out = tmp_path / f"report.{ending}"
    assert main(["report", str(tmp_path / "scenario.json"), "--out", str(out)]) == 0
    printed, err = capsys.readouterr()
    assert err == ""
    assert printed.endswith(f"{full.headline.replace('*', '')}\n")
    content = out.read_bytes()
    if ending == "json":
        assert json.loads(content) == json.loads(bundle.figures(full))
    elif ending == "txt":
        assert content.decode() == full.assessment.to_text()
    elif ending == "docx":
        assert content == report.to_docx(full.assessment)
    elif ending == "html":
        assert full.headline.split("*")[1] in content.decode()
    else:
        assert zipfile.is_zipfile(out)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["absent.json", "--out", "r.html"], "cannot read the scenario file absent.json: No such file or directory."),
        (["good.json", "--out", "r.pdf"], "--out must end in .html, .zip, .json, .docx, .txt, got r.pdf."),
        (["good.json", "--out", "r.docx", "--publishable"], "has no form for publication: leave out --publishable."),
        (["good.json", "--out", "r.html", "--publishable", "--smallest-group", "1"], "must be 2 to 1,000, got 1."),
        (["bad.json", "--out", "r.html"], "company size must be 2 to 1,000,000, got 0."),
        (["bytes.json", "--out", "r.html"], "bytes.json must be a scenario file, text in UTF-8, got other bytes."),
        (["good.json", "--out", "absent/r.json"], "cannot write absent/r.json: No such file or directory."),
    ],
)
def test_the_command_refuses_with_a_sentence(tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text('{"repeats": 1}')
    (tmp_path / "bad.json").write_text('{"company_size": 0}')
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00\x80")
    assert main(["report", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
