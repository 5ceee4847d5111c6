"""How fast a report is made, with two cores: the results of its scenario are there, as on a page."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from core import report, study
from core.report import Results, bundle, html
from core.scenario import Scenario

LONGEST = 5.0
"""Seconds that a report may take."""

LARGEST = 6_000_000
"""Bytes that its HTML file may have."""


@pytest.fixture(scope="module")
def results() -> Results:
    scenario = Scenario(company_size=1_000, linkage="posterior", age_knowledge="exact", attacker="mlp")
    return report.gather(scenario, study.load_evidence())


def make(results: Results) -> str:
    """Put a report together and write it as HTML."""
    return html.to_html(report.contents(results, made=date(2026, 1, 1)))


@pytest.mark.benchmark(group="a report of a computed scenario")
def bench_html(benchmark: Any, results: Results) -> None:
    text = benchmark.pedantic(make, args=(results,), rounds=3, iterations=1)
    assert len(text.encode()) < LARGEST
    start = time.perf_counter()
    make(results)
    assert time.perf_counter() - start < LONGEST


@pytest.mark.benchmark(group="a report of a computed scenario")
def bench_zip(benchmark: Any, results: Results) -> None:
    made = report.contents(results, made=date(2026, 1, 1))
    benchmark.pedantic(bundle.to_zip, args=(made,), rounds=3, iterations=1)
