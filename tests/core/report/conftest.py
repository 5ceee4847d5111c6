"""Reports that several test files look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pytest

from core import report, study
from core.report import Report, Results, html
from core.scenario import Scenario
from core.staff import Staff
from core.study import Evidence

MADE = date(2026, 11, 23)


@pytest.fixture(scope="package")
def evidence() -> Evidence:
    return study.load_evidence()


@pytest.fixture(scope="package")
def results(evidence) -> Results:
    return report.gather(Scenario(company_size=150, repeats=20), evidence)


@pytest.fixture(scope="package")
def full(results) -> Report:
    return report.contents(results, made=MADE)


@pytest.fixture(scope="package")
def publishable(results) -> Report:
    return report.contents(results, made=MADE, smallest=10)


@pytest.fixture(scope="package")
def linked_results(evidence) -> Results:
    scenario = Scenario(
        company_size=40, repeats=6, attacker="lda", linkage="posterior", age_knowledge="exact", age_bin_width=15
    )
    return report.gather(scenario, evidence)


@pytest.fixture(scope="package")
def staff() -> Staff:
    """61 people: 40 White men of 30, 15 White women of 45, 4 Black women of 52, 2 Asian men of 23."""
    counts = np.zeros((80, 2, 4), dtype=np.int64)
    counts[29, 0, 0], counts[44, 1, 0], counts[51, 1, 1], counts[22, 0, 2] = 40, 15, 4, 2
    return Staff(counts, completed=3, notes=("The age of 3 people was not stated; it was completed from the census.",))


@dataclass
class Read:
    """What an HTML file holds."""

    text: list[str] = field(default_factory=list)
    scripts: list[tuple[dict[str, str | None], str]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads an HTML file, and insists that every element is closed in its order."""

    VOID = ("meta", "br", "link", "img")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.read = Read()

    def handle_starttag(self, tag, attributes):
        self.read.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1][0] == "script":
            self.read.scripts.append((self.open[-1][1], data))
        elif self.open and self.open[-1][0] != "style":
            self.read.text.append(data)
            if self.open[-1][0] in ("td", "th"):
                self.read.cells.append(data)


def parsed(text: str) -> Read:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader.read


@pytest.fixture(scope="package")
def read_full(full) -> Read:
    return parsed(html.to_html(full))
