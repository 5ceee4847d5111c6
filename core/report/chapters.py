"""The chapters of a report that show results: charts and tables with their words."""

from __future__ import annotations

import pandas as pd

from core import charts, linkage, study
from core.charts import ATTACKER_WORDS, LINKAGE_WORDS, findings, percent
from core.demographics import cell_labels
from core.linkage import CELLS, Spread
from core.report import protections
from core.report.disclosure import to_three_digits, without_small_groups
from core.report.figures import lower, written_beside_bars
from core.report.parts import Chapter, DataTable, Exhibit, shares
from core.report.results import Results
from core.risk import BY_CELL, FEWEST_FACES
from core.study import Workforce

GROUPINGS = ("sex", "race", "age", "sex and race", BY_CELL)
"""Groupings of `core.risk.GROUPINGS` that a report shows."""

_ATTRIBUTES = {"sex": "Sex", "age": "Age group", "race": "Race"}
_KNOWN = "How its reading is known: sex {sex}, race {race}, age {age}."


def of_results(results: Results, *, smallest: int | None = None) -> tuple[Chapter, ...]:
    """Put the results together as chapters.

    Parameters
    ----------
    results : Results
    smallest : int, optional
        Fewest people of a group that is shown: for the form that may be published. Everything is shown without it.
    """
    made = (
        *((_company(results.workforce),) if results.workforce and smallest is None else ()),
        _how_many(results, smallest),
        *((_linked(results),) if results.linked else ()),
        _who_bears_it(results, smallest),
        _how_faces_are_read(results, with_confusion=smallest is None),
        _what_would_change_it(results),
        protections.chapter(results.frontiers),
    )
    return made if smallest is None else tuple(to_three_digits(chapter) for chapter in made)


def _how_many(results: Results, smallest: int | None) -> Chapter:
    result, scenario = results.study, results.scenario
    simulated = result.simulated
    words: tuple[str, ...] = ()
    if scenario.linkage != CELLS:
        name, largest = LINKAGE_WORDS[scenario.linkage].lower(), linkage.LARGEST[scenario.linkage]
        too_large = f", and this report shows no other: the {name} is simulated for at most {largest:,} people"
        words = (f"Names are looked up by cell in this chapter{'' if results.linked else too_large}.",)
    exact, named, mean = "Exact", result.exact.expected_reidentified, simulated.mean.expected_reidentified
    rows = [
        ("This attacker", named, *_estimate(results)),
        (
            "Mean of simulated leaks" if result.own_staff else "Mean of simulated companies",
            mean,
            simulated.low,
            simulated.high,
            f"{findings.simulated(scenario.repeats, result.own_staff)}; 95% of them",
        ),
        ("Random guess", result.random_guess, None, None, exact),
        ("Perfect inference", result.perfect_inference.expected_reidentified, None, None, exact),
        ("Read rightly", result.exact.correct, None, None, exact),
        ("Advantage over a random guess", result.advantage, None, None, exact),
    ]  # fmt: skip
    return Chapter(
        "how-many",
        "How many people could be named",
        words,
        (
            DataTable(
                "share-named",
                "The share of people named, beside what it must be compared with",
                "Shares of the company's people.",
                pd.DataFrame(rows, columns=["figure", "share", "from", "to", "how"]),
                shares("share", "from", "to"),
            ),
            Exhibit(
                "class-sizes",
                findings.alone_or_few(result),
                "Share of people whose age group, sex and race are read rightly, by how many others are read the same. Exact.",
                charts.class_sizes(result, results.paper_sizes),
            ),
            Exhibit(
                "risk-curve",
                findings.against_guess(result),
                "Expected share of people named, by company size. Line: exact. Band: 95% of companies drawn at random"
                f"{' from people like these' if results.staff else ''}; below its start, companies in which nobody is "
                "named are no rarity.",
                charts.risk_curve(results.curve, result),
            ),
            Exhibit(
                "simulated-companies",
                f"{findings.simulated(scenario.repeats, result.own_staff)}: {percent(mean)} on average",
                f"Share of people named in each. The exact expectation is {percent(named)}.",
                charts.exact_against_simulated(result),
            ),
            *_readings(results, smallest),
        ),
    )


def _estimate(results: Results) -> tuple[float | None, float | None, str]:
    """Interval of the estimate and what it is, where anybody can tell."""
    if results.is_of_unknown_sureness:
        return None, None, "Exact; nobody can say how sure"
    return results.study.estimate.low, results.study.estimate.high, "Exact; error of the estimate"


def _company(workforce: Workforce) -> Chapter:
    """Show the company's own staff, as classes."""
    return Chapter(
        "company",
        "The company",
        (),
        (
            Exhibit(
                "staff",
                f"{workforce.size:,} people, {percent(workforce.female_share)} of them women",
                "People by age, sex and race. Counted.",
                charts.pyramid(workforce),
            ),
            Exhibit(
                "true-classes",
                f"{workforce.classes:,} classes; {workforce.people_alone:,} people are alone in theirs",
                f"People in each class of age ({workforce.bins.width} years), sex and race. Counted. Strong: few people.",
                charts.true_classes(workforce),
            ),
        ),
    )


def _readings(results: Results, smallest: int | None) -> tuple[DataTable, ...]:
    """Three readings of the risk; where it may be published, without those of one class of few people."""
    seen, labels = results.study.readings, cell_labels(results.study.bins)
    rows = [
        ("Prosecutor", seen.prosecutor, labels[seen.prosecutor_cell], "One colleague, known to be in the database"),
        (
            "Journalist",
            seen.journalist,
            labels[seen.journalist_cell],
            f"Anyone, from a public list of {seen.list_size:,} people",
        ),
        ("Marketer", seen.marketer, "", "As many people as possible"),
    ]
    if smallest is not None:
        shown = without_small_groups(results.groups[BY_CELL], smallest)
        told = ("", *(shown.labels if shown else ()))
        rows = [row for row in rows if row[2] in told]
    rows = [
        (name, chance, findings.people_of_group(label, BY_CELL) if label else "everybody", who)
        for name, chance, label, who in rows
    ]
    return (
        DataTable(
            "readings",
            "Three attackers, three readings",
            "Chance of the most exposed class to be named, and of everybody, by whom somebody looks for. After El Emam and the "
            "ARX tool. Exact.",
            pd.DataFrame(rows, columns=["reading", "chance to be named", "of whom", "somebody looks for"]),
            shares("chance to be named"),
        ),
    )


def _linked(results: Results) -> Chapter:
    chosen, papers = results.linked, results.papers
    assert chosen is not None
    assert papers is not None
    named, gain = chosen.success[1], study.gain(chosen, papers)
    rows = [
        _row("This attack", named, chosen.companies),
        _row(
            "The same attacker, by cell" if results.own_attacker else "The paper's attack", papers.success[1], papers.companies
        ),
        _row("Named more than by that", gain, chosen.companies),
        _row("Perfect inference", chosen.perfect_inference, chosen.companies),
        _row("Advantage over the guess from the census", chosen.advantage, chosen.companies),
        ("Guess from the census", chosen.census_guess, None, None, "Exact"),
        ("Random name", chosen.random_guess, None, None, "Exact"),
    ]
    most, other = max(chosen.success), "by cell it names" if results.own_attacker else "the paper's"
    return Chapter(
        "linkage",
        "With a stronger way to find names",
        (
            f"The chosen attack: {findings.attack(chosen.scenario, results.reader)}. Its figures rest on "
            f"{findings.simulated(chosen.companies, chosen.own_staff)}, person by person. On average the attacker hesitates "
            f"among {chosen.anonymity.mean:,.1f} names.",
        ),
        (
            DataTable(
                "linkage",
                f"This attack names {percent(named.mean)} of people, {other} {percent(papers.success[1].mean)}",
                "Share of people named at the first guess, in the same companies. Intervals: 95%, of the mean.",
                pd.DataFrame(rows, columns=["figure", "share", "from", "to", "how"]),
                shares("share", "from", "to"),
            ),
            Exhibit(
                "guesses",
                f"With {most} names to try the attacker finds {percent(chosen.success[most].mean)} of people",
                "Share of people whose name is among the first guesses. Mean of the simulation, 95% interval.",
                charts.success(chosen, papers),
            ),
        ),
    )


def _row(name: str, value: Spread, companies: int) -> tuple[str, float, float | None, float | None, str]:
    if companies < findings.FEWEST_FOR_INTERVALS:
        return name, value.mean, None, None, "Simulated, too few for an interval"
    return name, value.mean, value.mean_low, value.mean_high, "Simulated"


def _who_bears_it(results: Results, smallest: int | None) -> Chapter:
    linked = results.linked
    how = f"Mean of {findings.simulated(linked.companies, linked.own_staff)}" if linked else "Exact"
    simulated = ", or people simulated" if linked else ""
    shown = []
    for grouping in GROUPINGS:
        groups = results.groups[grouping]
        told = groups if smallest is None else without_small_groups(groups, smallest)
        if told is None:
            continue
        shown.append(
            Exhibit(
                f"risk-by-{grouping.replace(', ', '-').replace(' ', '-')}",
                findings.who_bears_most(told, grouping),
                f"Chance of one person to be named, by {grouping}. {how}. Dashed: the average. Whiskers: 95% intervals. "
                f"Of many groups the most exposed are drawn; hatched ones rest on fewer than {FEWEST_FACES} faces{simulated}.",
                written_beside_bars(charts.exposure(told, grouping=grouping, with_counts=smallest is None)),
            )
        )
    words: tuple[str, ...] = ()
    if smallest is not None:
        words = (
            f"Groups of fewer than {smallest} people are not shown, nor are those from which such a group could be worked out. "
            "How many people a group has is not told, so nothing can be subtracted from a total.",
        )
    if not shown:
        words += (f"In this company every group has fewer than {smallest} people, or would give one away. None is shown.",)
    return Chapter("who-bears-it", "Who bears the risk", words, tuple(shown))


def _how_faces_are_read(results: Results, *, with_confusion: bool) -> Chapter:
    evaluations = {name: reading.evaluation for name, reading in results.attributes.items()}
    rows = [
        (
            _ATTRIBUTES[name],
            evaluation.accuracy,
            *evaluation.intervals.get("accuracy", (None, None)),
            results.attributes[name].majority,
            evaluation.auc,
            evaluation.faces if evaluation.intervals else None,
        )
        for name, evaluation in evaluations.items()
    ]
    columns = ["attribute", "read rightly", "from", "to", "majority guess", "AUC", "held-out faces"]
    matrices = tuple(
        Exhibit(
            f"confusion-{name}",
            f"{_ATTRIBUTES[name]} is read rightly for {percent(evaluation.accuracy)} of faces",
            "Share of all held-out faces, truth by reading.",
            lower(charts.confusion(evaluation, attribute=name)),
        )
        for name, evaluation in evaluations.items()
    )
    scenario = results.scenario
    pictures = f" from {scenario.pictures} pictures of each person" if scenario.pictures > 1 else ""
    own = results.own_attacker
    reader = f"own attacker, {own.words}" if own else f"{ATTACKER_WORDS[scenario.attacker].lower()}{pictures}"
    return Chapter(
        "how-faces-are-read",
        "How well the attacker reads faces",
        (f"Faces are read by: {reader}.", *((_KNOWN.format(**own.how),) if own else ())),
        (
            DataTable(
                "attributes",
                "Share of faces read rightly, beside a guess that sees no face",
                f"Age in groups of {charts.counted(scenario.age_bin_width, 'year')}. From, to: 95% interval, "
                "bootstrap over faces.",
                pd.DataFrame(rows, columns=columns),
                shares("read rightly", "from", "to", "majority guess", "AUC"),
            ),
            *(matrices if with_confusion else ()),
        ),
    )


def _what_would_change_it(results: Results) -> Chapter:
    best = results.widths.best(results.scenario.company_size)
    return Chapter(
        "size-and-age-groups",
        "What company size and age groups change",
        (),
        (
            Exhibit(
                "size-and-width",
                f"Age groups of {charts.counted(best, 'year')} serve the attacker best here",
                "Expected share of people named, by company size and years in an age group. Exact. The ring is this scenario.",
                charts.size_width_map(study.curve_sizes(), results.widths, results.study),
            ),
        ),
    )
