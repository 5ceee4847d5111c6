"""How fast companies are linked to names, with two cores. `make benchmark` prints ratios between linkages."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from core import linkage, study
from core.demographics import AgeBins
from core.linkage import Companies, LinkageRisk
from core.scenario import CORRECTED, LINKAGES, Scenario

BINS = AgeBins(20)
LONGEST = {(1_000, 1): 2.0, (100, 50): 1.5}
"""Seconds that an assignment may take, by people of a company and companies."""


@pytest.fixture(scope="module")
def evidence() -> study.Evidence:
    return study.load_evidence()


def companies_of(evidence: study.Evidence, size: int, repeats: int) -> Companies:
    population = evidence.census.population()
    listing = linkage.listing("exact", population, BINS)
    faces = evidence.held_out[CORRECTED].people
    return linkage.draw(population, size, repeats, listing=listing, faces=faces, rng=np.random.default_rng(0))


def link(evidence: study.Evidence, name: str, size: int, repeats: int) -> LinkageRisk:
    """Draw companies, learn the believed mix, and link: all that a new company size asks for."""
    held = evidence.held_out[CORRECTED]
    companies = companies_of(evidence, size, repeats)
    mix = linkage.believed_mix(held.people, held.beliefs, evidence.levelled_counts)
    return linkage.simulate(name, companies, held.beliefs, mix=mix, bins=BINS, rng=np.random.default_rng(0))


@pytest.mark.benchmark(group="50 companies of 100 people, linked")
@pytest.mark.parametrize("name", LINKAGES)
def bench_many_companies(benchmark: Any, evidence: study.Evidence, name: str) -> None:
    benchmark.pedantic(link, args=(evidence, name, 100, 50), rounds=5, iterations=1)


@pytest.mark.benchmark(group="a company of 1,000 people, linked")
@pytest.mark.parametrize("name", LINKAGES)
def bench_large_company(benchmark: Any, evidence: study.Evidence, name: str) -> None:
    benchmark.pedantic(link, args=(evidence, name, 1_000, 1), rounds=5, iterations=1)


@pytest.mark.benchmark(group="an assignment, with its baselines")
@pytest.mark.parametrize(("size", "repeats"), LONGEST)
def bench_study(benchmark: Any, evidence: study.Evidence, size: int, repeats: int) -> None:
    scenario = Scenario(company_size=size, repeats=repeats, linkage="assignment", age_knowledge="exact")
    prepared = study.attack(scenario, evidence)
    benchmark.pedantic(study.link, args=(scenario, evidence), kwargs={"prepared": prepared}, rounds=5, iterations=1)
    start = time.perf_counter()
    study.link(scenario, evidence, prepared=prepared)
    assert time.perf_counter() - start < LONGEST[size, repeats]
