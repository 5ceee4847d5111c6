"""The draft for an impact assessment: every figure in it is the study's, and every step can be suggested."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core import report, study
from core.charts import percent
from core.report import LIKELIHOOD, SEVERITY, Table
from core.report.scales import Scale
from core.risk import BY_CELL, GROUPINGS, Exposure
from core.scenario import Scenario
from core.shipped import PROTECTIONS_REAL
from core.study import Evidence, Frontier, Study

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
# Of the method, its editions and articles, headings, the interval's width, and what is fixed: thresholds, 30 faces, 3% error.
FIXED = {"2016", "679", "9", "35", "2018", "1994", "95%", "30", "3%", "1%", "10%", "50%", "0.1"}
HEADINGS = {"1", "2", "3", "3.1", "3.2", "4", "5", "6"}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return study.load_evidence()


@pytest.fixture(scope="module")
def real() -> Frontier:
    return study.load_frontier(PROTECTIONS_REAL)


def studied(scenario, evidence):
    prepared = study.attack(scenario, evidence)
    return study.run(scenario, prepared=prepared), study.exposure(scenario, prepared)


def tables_of(draft):
    return [block for section in draft.sections for block in section.blocks if isinstance(block, Table)]


def section_of(draft, title):
    return next(section for section in draft.sections if section.title == title)


def shares_of(frontier):
    """Every share that a draft may take from a frontier."""
    for each in frontier.points:
        yield from (each.expected_reidentified, each.low, each.high, each.rank_one)
        yield from (each.equal_error_rate, each.equal_error_low, each.equal_error_high)


def figures_of(result, groups, frontier, linked=None):
    """Every number that a draft of these may print, as it is printed."""
    named = result.exact.expected_reidentified if linked is None else linked.success[1].mean
    of_study = [named, 1 - named, result.exact.correct, result.random_guess, result.readings.journalist]
    if linked is None:
        of_study += [result.estimate.low, result.estimate.high, result.simulated.low, result.simulated.high]
    else:
        of_study += [getattr(linked.success[1], name) for name in ("mean_low", "mean_high", "low", "high")]
    shares = [*of_study, *shares_of(frontier)]
    words = []
    for group in groups.values():
        shares += [*group.risk, *group.low, *group.high]
        words += [f"{ratio:.1f}" for ratio in group.ratio] + [f"{people:,.1f}" for people in group.people]
        words += [number for label in group.labels for number in re.findall(r"\d+", label)]
        words.append(str(len(group.labels)))
    scenario, size = result.scenario, result.scenario.company_size
    count = named * size
    words += [
        f"{size:,}",
        f"{count:,.0f}",
        f"{count:,.1f}",
        str(scenario.pictures),
        str(scenario.age_bin_width),
        str(scenario.seed),
    ]
    words += [f"{scenario.repeats if linked is None else linked.companies:,}", f"{result.readings.list_size // size}"]
    words += [f"{frontier.company_size:,}", str(frontier.age_bin_width), str(len(frontier.points) - 1), "5"]
    words += [f"{each.strength:g}" for each in frontier.points if each.strength is not None]
    return {percent(float(share)) for share in shares} | set(words) | FIXED | HEADINGS


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(),
        Scenario(company_size=2, seed=3),
        Scenario(company_size=1_000_000, age_bin_width=5),
        Scenario(company_size=40, youngest=25, oldest=60, attacker="svm", pictures=5),
    ],
    ids=["default", "two people", "a million", "own making"],
)
@pytest.mark.parametrize("shipped", ["protections.json", PROTECTIONS_REAL])
def test_every_number_in_the_text_is_one_of_the_results(evidence, scenario, shipped):
    result, groups = studied(scenario, evidence)
    frontier = study.load_frontier(shipped)
    text = report.draft(result, groups, frontier).to_text()
    printed = {number.rstrip(",") for number in NUMBER.findall(text)}
    assert printed - figures_of(result, groups, frontier) == set()
    low, high = (percent(each) for each in (result.estimate.low, result.estimate.high))
    assert f"{percent(result.exact.expected_reidentified)}) could be named from leaked face embeddings" in text
    assert f"is {low} to {high}. Of 50 companies drawn at random" in text


def test_a_simulated_linkage_speaks_of_its_own_figures(evidence, real):
    scenario = Scenario(company_size=50, linkage="assignment", age_knowledge="within 3", attacker="mlp", repeats=20)
    prepared = study.attack(scenario, evidence)
    linked = study.link(scenario, evidence, prepared=prepared)
    result, groups = study.run(scenario, prepared=prepared), study.exposure(scenario, prepared, linked)
    text = report.draft(result, groups, real, linked=linked).to_text()
    allowed = figures_of(result, groups, real, linked) | {"3"}
    assert {number.rstrip(",") for number in NUMBER.findall(text)} - allowed == set()
    named = linked.success[1]
    assert f"({percent(named.mean)}) could be named" in text
    assert f"its 95% interval is {percent(named.mean_low)} to {percent(named.mean_high)}" in text
    assert "neural network" in text
    assert "ages known within 3 years" in text
    with pytest.raises(ValueError, match="must be simulated first, got no simulation"):
        report.draft(result, groups, real)


def test_the_tables_hold_the_study(evidence, real):
    result, groups = studied(Scenario(company_size=300), evidence)
    draft = report.draft(result, groups, real)
    titles = [table.title.split(",")[0] for table in tables_of(draft)[1:]]
    assert titles == ["By sex", "By race", "By age", "By age"]
    by_race = tables_of(draft)[2]
    assert [row[0] for row in by_race.rows] == list(groups["race"].most_exposed().labels)
    assert by_race.rows[0][1].startswith(percent(float(groups["race"].risk.max())))
    protections = tables_of(draft)[0]
    assert len(protections.rows) == 1 + len([each for each in real.on_frontier() if each.method != "none"])
    none = real.points[0]
    assert protections.rows[0] == (
        "No protection",
        f"{percent(none.expected_reidentified)} ({percent(none.low)} to {percent(none.high)})",
        f"{percent(none.equal_error_rate)} ({percent(none.equal_error_low)} to {percent(none.equal_error_high)})",
        percent(none.rank_one),
    )


# By hand: company of 100, so a guess is right with 0.01.
@pytest.mark.parametrize(
    ("scale", "chance", "step"),
    [
        (SEVERITY, 0, "Negligible"),
        (SEVERITY, 0.01, "Negligible"),
        (SEVERITY, 0.0101, "Limited"),
        (SEVERITY, 0.0999, "Limited"),
        (SEVERITY, 0.1, "Significant"),
        (SEVERITY, 0.4999, "Significant"),
        (SEVERITY, 0.5, "Maximum"),
        (SEVERITY, 1, "Maximum"),
        (LIKELIHOOD, 0.01, "Negligible"),
        (LIKELIHOOD, 0.0101, "Significant"),
        (LIKELIHOOD, 0.0999, "Significant"),
        (LIKELIHOOD, 0.1, "Maximum"),
    ],
)
def test_steps_begin_where_they_say(scale: Scale, chance: float, step: str):
    assert scale.step(chance, 0.01) == step
    assert f"{step} " in scale.rule()


def test_in_a_large_company_a_small_share_is_a_limited_likelihood():
    assert LIKELIHOOD.step(0.0099, 0.0001) == "Limited"
    assert LIKELIHOOD.step(0.0001, 0.0001) == "Negligible"


@pytest.mark.parametrize("chance", [-0.1, 1.1, float("nan")])
def test_what_is_no_chance_is_refused(chance):
    with pytest.raises(ValueError, match="chance to be named must be"):
        SEVERITY.step(chance, 0.1)


def test_an_interval_over_a_threshold_is_told():
    suggestion = SEVERITY.suggest(0.52, 0.45, 0.6, guess=0.01)
    assert (suggestion.step, suggestion.lowest, suggestion.highest) == ("Maximum", "Significant", "Maximum")
    assert suggestion.doubt == "The 95% interval of the figure reaches from Significant to Maximum: weigh both."
    assert "same step" in SEVERITY.suggest(0.7, 0.6, 0.8, guess=0.01).doubt


# Every step of both scales, from scenarios that a visitor can choose, each as (size, width).
@pytest.mark.parametrize(
    ("size", "width", "severity", "likelihood"),
    [
        (10, 20, "Maximum", "Maximum"),
        (100, 20, "Maximum", "Significant"),
        (10_000, 20, "Significant", "Limited"),
        (1_000_000, 20, "Limited", "Limited"),
        (100, 1, "Maximum", "Negligible"),
    ],
)
def test_steps_are_reached_by_companies(evidence, real, size, width, severity, likelihood):
    result, groups = studied(Scenario(company_size=size, age_bin_width=width), evidence)
    draft = report.draft(result, groups, real)
    assert (draft.severity.step, draft.likelihood.step) == (severity, likelihood)
    text = draft.to_text()
    assert SEVERITY.meanings[severity] in text
    assert LIKELIHOOD.meanings[likelihood] in text
    assert text.count("[ ] Negligible  [ ] Limited  [ ] Significant  [ ] Maximum") == 2


# The average is 0.8 * 0.0002 + 0.05 * 0.9998 = 0.05015 for risks of 0.8 and 0.05: the first bears 16.0 times as much.
def exposed(risk, uncertain, labels=("21-40, Female, Asian", "41-60, Male, White")) -> Exposure:
    chance = np.array(risk, dtype=np.float64)
    return Exposure(
        labels=labels,
        risk=chance,
        low=chance / 2,
        high=np.minimum(1.5 * chance, 1),
        guess=np.full(len(chance), 0.01),
        people=np.array([0.02, 99.98]),
        faces=np.array([20, 200]),
        uncertain=np.array(uncertain),
        average=float(chance @ [0.0002, 0.9998]),
    )


@pytest.fixture(scope="module")
def hundred(evidence) -> Study:
    return study.run(Scenario(), evidence)


def test_nobody_can_be_named(hundred, real):
    nobody = replace(
        hundred,
        exact=replace(hundred.exact, expected_reidentified=0.0),
        estimate=study.Interval(0.0, 0.0),
    )
    draft = report.draft(nobody, {BY_CELL: exposed([0, 0], [False, False])}, real)
    assert (draft.severity.step, draft.likelihood.step) == ("Negligible", "Negligible")
    text = draft.to_text()
    assert "nobody could be named from leaked face embeddings by this attack" in text
    assert "Nobody is named, in any group." in text
    assert "nan" not in text
    assert "wrong for about 100.0% of them" in text


def test_a_figure_that_rests_on_few_does_not_set_the_severity(hundred, real):
    draft = report.draft(hundred, {BY_CELL: exposed([0.8, 0.05], [True, False])}, real)
    assert draft.severity.step == "Limited"
    text = draft.to_text()
    assert "White men aged 41-60 bear most: a chance of 5.0% (2.5% to 7.5%)" in text
    assert "For Asian women aged 21-40 the figure is higher, 80.0% (40.0% to 100.0%), yet rests on fewer than 30 faces" in text
    assert ("21-40, Female, Asian", "80.0% (40.0% to 100.0%)", "16.0", "fewer than 0.1", "few") in tables_of(draft)[-1].rows


def test_where_all_rests_on_few_the_draft_says_so(hundred, real):
    draft = report.draft(hundred, {BY_CELL: exposed([0.8, 0.05], [True, True])}, real)
    assert draft.severity.step == "Maximum"
    text = draft.to_text()
    assert "That rests on few, as all figures by age, sex and race do." in text
    assert "Of the classes by age, sex and race, all of which rest on few, the most exposed" in text


def test_groups_by_one_attribute_are_enough(evidence, real):
    result, groups = studied(Scenario(), evidence)
    text = report.draft(result, {"sex": groups["sex"]}, real).to_text()
    assert "Women bear most" in text
    with pytest.raises(ValueError, match="groups must hold at least one of sex, race"):
        report.draft(result, {}, real)
    assert list(groups) == list(GROUPINGS)


def test_few_companies_are_listed_one_by_one(evidence, real):
    result, groups = studied(Scenario(repeats=3), evidence)
    single = ", ".join(percent(share) for share in result.simulated.expected_reidentified)
    assert f"Single companies drawn at random had {single}." in report.draft(result, groups, real).to_text()


def test_one_protection_none_and_none_that_helps(evidence, real):
    result, groups = studied(Scenario(), evidence)
    none = real.points[0]
    leace = next(each for each in real.points if each.method == "leace")
    alone = report.draft(result, groups, replace(real, points=(none,))).to_text()
    assert "No protection of embeddings was measured." in alone
    assert "the suggestion for the company" not in alone
    one = report.draft(result, groups, replace(real, points=(none, leace))).to_text()
    assert "1 setting of them was measured on photos of real people" in one
    assert f"names fewest: {percent(leace.expected_reidentified)} (" in one
    costly = replace(leace, equal_error_rate=0.4)
    useless = report.draft(result, groups, replace(real, points=(none, costly))).to_text()
    assert "None of them names fewer people with an equal error rate of at most 3%." in useless
    assert "the suggestion for the company" not in useless


def test_the_best_protection_changes_the_likelihood_where_it_does(evidence, real):
    result, groups = studied(Scenario(), evidence)
    best = replace(real.best(), expected_reidentified=0.005, low=0.004, high=0.006)
    text = report.draft(result, groups, replace(real, points=(real.points[0], best))).to_text()
    assert "protections were measured for goes from Significant to Negligible." in text


def test_other_people_and_faces_are_named_where_they_come_from(hundred, real):
    groups = {BY_CELL: exposed([0.5, 0.05], [False, False])}
    text = report.draft(hundred, groups, real, basis=("The people are your own staff.",)).to_text()
    assert "- The people are your own staff." in text
    assert "census" not in text
    section = section_of(report.draft(hundred, groups, real), "4 What the figures rest on")
    assert any("census" in sentence for sentence in section.blocks[0].sentences)
