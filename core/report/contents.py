"""All that a report shows, whatever form it is written in."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib import metadata
from typing import Any

import numpy as np
import pandas as pd

from core import __version__, shipped
from core.charts import ATTACKER_WORDS, LINKAGE_WORDS, findings, percent
from core.demographics import RACES
from core.linkage import CELLS
from core.report import chapters, scenario_file, texts
from core.report.assessment import draft
from core.report.disclosure import checked_threshold
from core.report.parts import Chapter, DataTable, Exhibit
from core.report.results import Results
from core.report.sections import Assessment
from core.scenario import BY_BIN, CORRECTED, EXACT, Scenario
from core.staff import Staff
from core.study import OwnAttacker

PRODUCT = "Faceprint Risk"
_LIBRARIES = ("numpy", "scipy", "pandas", "scikit-learn", "plotly")


@dataclass(frozen=True)
class Provenance:
    """What a report was made with.

    Parameters
    ----------
    version : str
        Of the product.
    libraries : dict
        Version of Python and of each library that computes, by name.
    seed : int
    models : dict
        SHA-256 of each model file, by name.
    scenario : str
        SHA-256 of the scenario; see `core.report.scenario_file`.
    """

    version: str
    libraries: dict[str, str]
    seed: int
    models: dict[str, str]
    scenario: str


@dataclass(frozen=True)
class Report:
    """What a report shows.

    Parameters
    ----------
    scenario : Scenario
    staff : Staff or None
    own_attacker : OwnAttacker or None
        See `Results`.
    smallest : int or None
        Fewest people of a group that is shown; None for the full form.
    made : date
    headline, uncertainty : str
        First sentence, its figure between stars, and how sure it is.
    choices : pairs of a name and a value
        The scenario in words.
    chapters : tuple of Chapter
        Charts and tables.
    method, glossary : pairs of a title and a text
    limits : sentences
    assessment : Assessment or None
        The draft of an impact assessment: in the full form only.
    provenance : Provenance
    """

    scenario: Scenario
    staff: Staff | None
    own_attacker: OwnAttacker | None
    smallest: int | None
    made: date
    headline: str
    uncertainty: str
    choices: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    method: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    glossary: tuple[tuple[str, str], ...]
    assessment: Assessment | None
    provenance: Provenance

    @property
    def publishable(self) -> bool:
        """Whether small groups are left out."""
        return self.smallest is not None

    def exhibits(self) -> Iterator[Exhibit]:
        """Every chart, in order."""
        return (each for chapter in self.chapters for each in chapter.shown if isinstance(each, Exhibit))

    def tables(self) -> Iterator[DataTable]:
        """Every table, in order."""
        return (each for chapter in self.chapters for each in chapter.shown if isinstance(each, DataTable))

    def data(self) -> dict[str, pd.DataFrame]:
        """Return the values behind every chart and table, by name."""
        return {each.name: each.chart.table for each in self.exhibits()} | {each.name: each.data for each in self.tables()}

    def figures(self) -> dict[str, Any]:
        """Every figure of the report as plain values: what `python -m core report --out FILE.json` writes."""
        return {
            "headline": self.headline.replace("*", ""),
            "uncertainty": self.uncertainty,
            "scenario": self.scenario.to_dict(),
            "smallest_group": self.smallest,
            "data": {name: _plain(table) for name, table in self.data().items()},
        }


def contents(results: Results, *, made: date, smallest: int | None = None) -> Report:
    """Put a report together.

    Parameters
    ----------
    results : Results
        What `gather` returns.
    made : date
        The day that stands in the report.
    smallest : int, optional
        Fewest people of a group that is shown, 2 to 1,000: the form that may be published. The full form without it.

    Raises
    ------
    ValueError
        If the threshold is out of range.
    DamagedModelError
        If a model file is not the one that was released.
    """
    if smallest is not None:
        smallest = checked_threshold(smallest)
    headline, uncertainty = (
        findings.of_linkage(results.linked, results.reader) if results.linked else findings.of_risk(results.study)
    )
    return Report(
        scenario=results.scenario,
        staff=results.staff,
        own_attacker=results.own_attacker,
        smallest=smallest,
        made=made,
        headline=headline,
        uncertainty=uncertainty,
        choices=_choices(results),
        chapters=chapters.of_results(results, smallest=smallest),
        method=texts.METHOD,
        limits=(*_basis(results, smallest), *texts.LIMITS),
        glossary=texts.GLOSSARY,
        assessment=None if smallest is not None else _assessment(results),
        provenance=Provenance(
            version=__version__,
            libraries={"Python": platform.python_version()} | {name: metadata.version(name) for name in _LIBRARIES},
            seed=results.scenario.seed,
            models=shipped.digests(),
            scenario=scenario_file.digest(results.scenario, None if smallest is not None else results.staff),
        ),
    )


def _assessment(results: Results) -> Assessment:
    """Draft the impact assessment about what the report shows."""
    scenario = results.scenario if results.linked else results.scenario.replace(linkage=CELLS)
    shown = replace(results.study, scenario=scenario)
    return draft(
        shown, results.groups, results.frontiers[0], linked=results.linked, basis=_basis(results, None), reader=results.reader
    )


def _choices(results: Results) -> tuple[tuple[str, str], ...]:
    scenario = results.scenario
    return (
        ("People in the company", f"{scenario.company_size:,}"),
        *((("Who they are", "the company's own staff"),) if results.staff else _population(scenario)),
        ("Years in an age group", f"{scenario.age_bin_width}"),
        *_reader(results),
        ("How names are found", LINKAGE_WORDS[scenario.linkage]),
        ("Ages in the public list", _ages_known(scenario)),
        ("Leaks simulated" if results.staff else "Companies drawn at random", f"{results.study.simulated.repeats:,}"),
        ("Seed", f"{scenario.seed}"),
    )


def _reader(results: Results) -> tuple[tuple[str, str], ...]:
    scenario, own = results.scenario, results.own_attacker
    if own is not None:
        return (("How faces are read", f"own attacker, {own.words}"), ("How that is known", own.label.lower()))
    return (
        ("How faces are read", ATTACKER_WORDS[scenario.attacker]),
        ("Pictures of each person", f"{scenario.pictures}"),
        ("Race labels", "corrected" if scenario.protocol == CORRECTED else "as in the paper"),
    )


def _ages_known(scenario: Scenario) -> str:
    if scenario.linkage == CELLS:
        return "compared by age group"
    known = {BY_BIN: "known to an age group", EXACT: "exact"}
    return known.get(scenario.age_knowledge, f"known {scenario.age_knowledge} years")


def _population(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    races = "as in the census"
    if scenario.race_percents is not None:
        races = ", ".join(f"{share}% {race}" for race, share in zip(RACES, scenario.race_percents, strict=True) if share)
    return (
        ("Ages", f"{scenario.youngest} to {scenario.oldest} years"),
        ("Women", "as in the census" if scenario.female_percent is None else f"{scenario.female_percent}%"),
        ("Races", races),
        ("Races of the census", _RACE_MAPPINGS[scenario.race_mapping]),
    )


def _basis(results: Results, smallest: int | None) -> tuple[str, ...]:
    """Say where the company's people and the faces come from."""
    own = results.own_attacker
    faces = texts.ON_OWN_FACES.format(label=own.label.lower(), words=own.words) if own else texts.ON_GENERATED_FACES
    people: tuple[str, ...] = (texts.ON_THE_CENSUS,)
    if results.staff is not None:
        # A sentence on what was completed may count a person or two.
        people = (texts.ON_OWN_STAFF, *(results.staff.notes if smallest is None else ()))
    stand_in = results.study.nearest_age_share
    nearest = (texts.NEAREST_AGE.format(share=percent(stand_in)),) if stand_in > 0 and smallest is None else ()
    unsure = (texts.UNKNOWN_SURENESS,) if results.is_of_unknown_sureness else ()
    return (faces, *unsure, *people, *nearest)


_RACE_MAPPINGS = {
    "standard": "American Indians and others left out",
    "native-as-indian": "American Indians counted as Indian",
}


def _plain(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(name): [_value(value) for value in column.tolist()] for name, column in table.items()}


def _value(value: Any) -> Any:
    return None if value is None or (isinstance(value, float) and not np.isfinite(value)) else value
