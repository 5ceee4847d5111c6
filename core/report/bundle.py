"""A report with all that belongs to it, as one zip."""

from __future__ import annotations

import io
import json
import zipfile

from core import uploads
from core.report import html, scenario_file, script
from core.report.contents import Report
from core.report.word import to_docx

REPORT, SCENARIO, FIGURES, README = "report.html", "scenario.json", "figures.json", "README.txt"
WORD, TEXT = "impact-assessment.docx", "impact-assessment.txt"
_MADE = (2020, 1, 1, 0, 0, 0)
"""Date of every file in the zip: the same report gives the same bytes."""


def to_zip(report: Report) -> bytes:
    """Pack the report, the data of every chart and table as CSV, and what computes its figures again.

    The full form has the draft of an impact assessment as well. A form for publication about a company's own staff has
    neither scenario file nor script, because they would hold its people.
    """
    files: dict[str, str | bytes] = {REPORT: html.to_html(report), FIGURES: figures(report), README: _readme(report)}
    if report.assessment is not None:
        files |= {WORD: to_docx(report.assessment), TEXT: report.assessment.to_text()}
    if _can_compute_again(report):
        files |= {SCENARIO: scenario(report), script.NAME: script.text()}
    files |= {f"data/{name}.csv": uploads.to_csv(table) for name, table in report.data().items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def figures(report: Report) -> str:
    """Write every figure of a report as JSON."""
    return json.dumps(report.figures(), indent=1, allow_nan=False) + "\n"


def scenario(report: Report) -> str:
    """Write the scenario file of a report, its own staff included."""
    label = "" if report.own_attacker is None else report.own_attacker.label
    return scenario_file.write(report.scenario, staff=report.staff, own_attacker=label)


def _can_compute_again(report: Report) -> bool:
    return not (report.publishable and report.staff is not None)


def _readme(report: Report) -> str:
    form = "This is the full form. It shows groups of few people."
    if report.publishable:
        form = f"Groups of fewer than {report.smallest} people are left out: this form may be published."
    lines = [
        (REPORT, "the report: open it in a browser, or print it"),
        (FIGURES, "every figure of the report"),
        ("data/", "the data of every chart and table"),
    ]
    if report.assessment is not None:
        lines += [(WORD, "the draft of an impact assessment"), (TEXT, "the same as text")]
    again = ""
    if _can_compute_again(report):
        lines += [(SCENARIO, "the choices that fix every figure"), (script.NAME, "computes them again")]
        again = (
            f"\nIn the folder of the project, version {report.provenance.version}:\n\n"
            f"    .venv/bin/python FOLDER/{script.NAME} FOLDER/{SCENARIO} FOLDER/{FIGURES}\n"
        )
        if report.own_attacker is not None:
            again += "\nYour own attacker is not in it: without its data the figures are those of the shipped one.\n"
    listed = "".join(f"{name:<24}{words}\n" for name, words in lines)
    return f"{report.headline.replace('*', '')}\n{report.uncertainty}\n\n{form}\n\n{listed}{again}"
