"""A report with all that belongs to it, as one zip."""

from __future__ import annotations

import io
import json
import zipfile

import pandas as pd

from core.report import html, scenario_file, script
from core.report.contents import Report

REPORT, SCENARIO, FIGURES, README = "report.html", "scenario.json", "figures.json", "README.txt"
_MADE = (2020, 1, 1, 0, 0, 0)
"""Date of every file in the zip: the same report gives the same bytes."""

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_zip(report: Report) -> bytes:
    """Pack the report, the data of every chart and table as CSV, the scenario file, the figures and the script."""
    files = {
        REPORT: html.to_html(report),
        SCENARIO: scenario_file.write(report.scenario),
        FIGURES: json.dumps(report.figures(), indent=1, allow_nan=False) + "\n",
        script.NAME: script.text(),
        README: _readme(report),
    } | {f"data/{name}.csv": to_csv(table) for name, table in report.data().items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV; no text in it can start a formula of a spreadsheet."""
    safe = table.map(_text).rename(columns=_text)
    return safe.to_csv(index=False)


def _text(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) else value


def _readme(report: Report) -> str:
    form = "This is the full form. It shows groups of few people."
    if report.publishable:
        form = f"Groups of fewer than {report.smallest} people are left out: this form may be published."
    return (
        f"{report.headline.replace('*', '')}\n{report.uncertainty}\n\n{form}\n\n"
        f"{REPORT:<16}the report: open it in a browser, or print it\n"
        f"{'data/':<16}the data of every chart and table\n"
        f"{SCENARIO:<16}the choices that fix every figure\n"
        f"{FIGURES:<16}every figure of the report\n"
        f"{script.NAME:<16}computes them again. In the folder of the project, version {report.provenance.version}:\n\n"
        f"    .venv/bin/python FOLDER/{script.NAME} FOLDER/{SCENARIO} FOLDER/{FIGURES}\n"
    )
