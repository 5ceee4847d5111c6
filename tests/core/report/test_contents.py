import json
from base64 import b64decode

import numpy as np
import pytest

from core import charts, report, risk, shipped, study
from core.charts import findings, percent
from core.inference.declared import Declared, Statement
from core.report import bundle, html, scenario_file
from core.report.chapters import GROUPINGS
from core.report.results import THE_PAPERS
from core.scenario import Scenario
from core.study import OwnAttacker
from core.study.own_attacker import MEASURED, NOT_READ, from_test
from tests.core.report.conftest import MADE, parsed


def test_its_figures_are_those_of_the_study(full, results, evidence):
    scenario = results.scenario
    exact = study.in_full(scenario, evidence)
    data = full.data()
    shares = dict(zip(data["share-named"]["figure"], data["share-named"]["share"], strict=True))
    named = exact["expected_reidentified"]
    assert shares == {
        "This attacker": named["exact"],
        "Mean of simulated companies": named["mean"],
        "Random guess": exact["random_guess"],
        "Perfect inference": exact["perfect_inference"],
        "Read rightly": exact["correct"],
        "Advantage over a random guess": exact["advantage"],
    }
    first, second = data["share-named"][["from", "to"]].to_numpy()[:2].tolist()
    assert first == [named["estimate_low"], named["estimate_high"]]
    assert second == [named["low"], named["high"]]
    for grouping in GROUPINGS:
        rows = exact["exposure"][grouping]
        table = data[f"risk-by-{grouping.replace(', ', '-').replace(' ', '-')}"]
        assert table[grouping].tolist() == [row["group"] for row in rows]
        assert table["chance to be named"].tolist() == [row["risk"] for row in rows]
        assert table["people in the company"].tolist() == [row["people"] for row in rows]
    readings = dict(zip(data["readings"]["reading"], data["readings"]["chance to be named"], strict=True))
    assert {name.lower(): value for name, value in readings.items()} == exact["readings"]


def test_its_charts_are_those_of_the_pages(full, results):
    shown = {each.name: each for each in full.exhibits()}
    wanted = {
        "class-sizes": charts.class_sizes(results.study, results.paper_sizes),
        "risk-curve": charts.risk_curve(results.curve, results.study),
        "simulated-companies": charts.exact_against_simulated(results.study),
        "size-and-width": charts.size_width_map(study.curve_sizes(), results.widths, results.study),
    }
    for name, chart in wanted.items():
        assert shown[name].chart.figure == chart.figure
        assert shown[name].chart.table.equals(chart.table)
        assert shown[name].chart.description == chart.description
    by_race, drawn = charts.exposure(results.groups["race"], grouping="race"), shown["risk-by-race"].chart
    assert drawn.table.equals(by_race.table)
    before, bars = by_race.figure.data[0], drawn.figure.data[0]
    for name in ("x", "y", "error_x", "customdata", "marker"):
        assert np.all(bars[name] == before[name])
    # What stands on the bars there stands beside them here.
    beside = zip(before.y, before.text, strict=True)
    assert list(drawn.figure.layout.yaxis.ticktext) == [f"<b>{name}</b><br>{text}" for name, text in beside]
    assert {f"confusion-{name}" for name in results.attributes} <= set(shown)
    accuracy = {name: reading.evaluation.accuracy for name, reading in results.attributes.items()}
    assert full.data()["attributes"]["read rightly"].tolist() == list(accuracy.values())


def test_it_states_the_headline_of_the_pages(full, results):
    assert (full.headline, full.uncertainty) == findings.of_risk(results.study)
    assert full.headline.count("*") == 2


def test_protections_are_those_that_ship(full):
    for name, file in (("generated", shipped.PROTECTIONS), ("real", shipped.PROTECTIONS_REAL)):
        frontier = study.load_frontier(file)
        table = next(each for each in full.tables() if each.name == f"protections-{name}")
        kept = [frontier.points[0], *(point for point in frontier.on_frontier() if point is not frontier.points[0])]
        assert table.data["share named"].tolist() == [point.expected_reidentified for point in kept]
        assert table.data["equal error rate"].tolist() == [point.equal_error_rate for point in kept]
        chart = next(each for each in full.exhibits() if each.name == f"trade-off-{name}")
        assert chart.chart.figure == charts.protections(frontier, chosen=frontier.best()).figure
        assert f"a company of {frontier.company_size}" in chart.measure
        assert f"{name} faces" in chart.measure
        assert percent(frontier.best().expected_reidentified) in chart.finding


def test_it_names_what_it_was_made_with(full, results):
    made = full.provenance
    assert made.models == shipped.digests()
    assert set(made.models) == set(shipped.FILES)
    assert made.scenario == scenario_file.digest(results.scenario)
    assert made.seed == results.scenario.seed
    assert made.libraries["numpy"] == np.__version__


def test_a_stronger_linkage_has_a_chapter_and_the_headline(linked_results):
    made = report.contents(linked_results, made=MADE)
    linked, papers = linked_results.linked, linked_results.papers
    assert "linkage" in [chapter.name for chapter in made.chapters]
    assert percent(linked.success[1].mean) in made.uncertainty
    table = made.data()["linkage"].set_index("figure")["share"]
    assert table["This attack"] == linked.success[1].mean
    assert table["The paper's attack"] == papers.success[1].mean
    assert table["Named more than by that"] == study.gain(linked, papers).mean
    assert papers.scenario == linked.scenario.replace(**THE_PAPERS)
    assert made.data()["risk-by-sex"]["chance to be named"].tolist() == linked_results.groups["sex"].risk.tolist()
    assert percent(linked.success[1].mean) in made.assessment.to_text()


def test_a_company_too_large_for_the_linkage_says_so_and_compares_cells(evidence):
    scenario = Scenario(company_size=2_000, linkage="assignment", repeats=2)
    results = report.gather(scenario, evidence)
    made = report.contents(results, made=MADE)
    assert results.linked is None
    words = " ".join(text for chapter in made.chapters for text in chapter.words)
    assert "at most 1,000 people" in words
    assert made.headline == findings.of_risk(results.study)[0]
    assert made.assessment is not None


def small_groups(results, smallest=10):
    """Labels of every group of every grouping with fewer people."""
    return {
        grouping: [label for label, people in zip(groups.labels, groups.people, strict=True) if people < smallest]
        for grouping, groups in results.groups.items()
    }


def strings(value):
    """Every text within plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def test_the_form_for_publication_holds_no_small_group_anywhere(publishable, full, results):
    small = small_groups(results)
    assert small["race"] == ["Asian"]
    assert len(small[risk.BY_CELL]) > 10
    whole = html.to_html(publishable)
    page = parsed(whole)
    embedded = [json.loads(text) for attributes, text in page.scripts if attributes.get("type") == "application/json"]
    told = {*strings(embedded), *page.cells, *strings(publishable.figures())}
    described = " ".join([*page.text, *(attributes.get("aria-label") or "" for _, attributes in page.tags)])
    for grouping, labels in small.items():
        for label in labels:
            assert label not in told, label
            assert not any(text.startswith((f"{label} (", f"<b>{label}")) for text in told), label
            assert findings.people_of_group(label, grouping) not in described, label
            assert f"{label} people" not in described, label
    # The same search finds them all in the full form.
    whole_told = {*strings(full.figures())}
    assert all(label in whole_told for grouping in GROUPINGS for label in small[grouping])


def numbers(value):
    """Every number that is no whole one within a figure's data."""
    if isinstance(value, dict) and "bdata" in value:
        value = np.frombuffer(b64decode(value["bdata"]), dtype=value["dtype"]).tolist()
    if isinstance(value, float):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers(each)


def test_every_figure_in_a_published_chart_has_three_digits(publishable, full):
    def found(made):
        return [number for each in made.exhibits() for number in numbers(json.loads(each.chart.figure.to_json())["data"])]

    assert len(found(publishable)) > 2_000
    assert all(number == float(f"{number:.3g}") for number in found(publishable))
    assert not all(number == float(f"{number:.3g}") for number in found(full))


def test_the_form_for_publication_tells_no_number_of_people_and_three_digits(publishable):
    assert publishable.publishable
    for name, table in publishable.data().items():
        assert not {"people in the company", "held-out faces"} & (set(table.columns) if name.startswith("risk-by") else set())
        for column in table.select_dtypes("float"):
            values = table[column].dropna()
            assert all(value == float(f"{value:.3g}") for value in values), (name, column)
    assert not any(each.name.startswith("confusion") for each in publishable.exhibits())
    assert publishable.assessment is None


def test_readings_of_one_small_class_are_not_published(publishable, full):
    assert full.data()["readings"]["reading"].tolist() == ["Prosecutor", "Journalist", "Marketer"]
    assert publishable.data()["readings"]["reading"].tolist() == ["Marketer"]


def test_a_company_of_small_groups_only_says_that_none_is_shown(evidence):
    results = report.gather(Scenario(company_size=8, repeats=2), evidence)
    made = report.contents(results, made=MADE, smallest=10)
    assert not any(name.startswith("risk-by") for name in made.data())
    assert any("None is shown" in text for chapter in made.chapters for text in chapter.words)
    assert "risk-by" not in html.to_html(made)


def test_own_staff_is_shown_as_classes_and_kept_out_of_what_is_published(evidence, staff):
    scenario = Scenario(company_size=staff.size, repeats=5)
    results = report.gather(scenario, evidence, staff=staff)
    assert results.workforce.counts.tolist() == staff.counts.tolist()
    made = report.contents(results, made=MADE)
    assert made.data()["staff"]["people"].tolist() == [2, 40, 15, 4]
    assert staff.notes[0] in made.limits
    assert made.provenance.scenario == scenario_file.digest(scenario, staff)
    assert not any("drawn at random from a census" in limit for limit in made.limits)
    published = report.contents(results, made=MADE, smallest=10)
    assert not {"staff", "true-classes"} & set(published.data())
    assert staff.notes[0] not in html.to_html(published)
    # A digest of few people would give them away to whoever tries all staffs.
    assert published.provenance.scenario == scenario_file.digest(scenario)


def test_no_small_class_of_an_own_staff_is_published(evidence, staff):
    # 40 White men of 30, 15 White women of 45, 4 Black women of 52, 2 Asian men of 23.
    results = report.gather(Scenario(company_size=staff.size, repeats=5), evidence, staff=staff)
    published = report.contents(results, made=MADE, smallest=10)
    shown = {name: table.iloc[:, 0].tolist() for name, table in published.data().items() if name.startswith("risk-by")}
    assert shown == {
        # 42 men, 19 women.
        "risk-by-sex": ["Male", "Female"],
        # 55 White people; 4 Black and 2 Asian ones are 6 together, which 61 - 55 would tell: White goes with them.
        # 42 people aged 21-40, 19 aged 41-60.
        "risk-by-age": ["21-40", "41-60"],
        # 40 White men, 15 White women, 4 Black women, 2 Asian men: the last two are 6, so White women go with them.
        "risk-by-sex-and-race": ["Male, White"],
        "risk-by-age-sex-and-race": ["21-40, Male, White"],
    }
    page = parsed(html.to_html(published))
    text = " ".join([*page.text, *page.cells])
    assert "Asian" not in text
    assert "Black" not in text
    assert "completed" not in text


def test_own_staff_of_another_size_than_the_scenario_is_refused(evidence, staff):
    with pytest.raises(ValueError, match="company size must be that of the own staff, 61, got 100"):
        report.gather(Scenario(), evidence, staff=staff)


@pytest.fixture(scope="module")
def own_attacker(evidence):
    """The shipped forests, as if somebody had measured them on own faces; race is not read."""
    held = evidence.held_out["corrected"]
    how = {"sex": MEASURED, "race": NOT_READ, "age": MEASURED}
    return OwnAttacker(MEASURED, how, held, held, evidence.levelled_counts, "trained on 4,000 of your faces")


@pytest.mark.parametrize("linkage", ["cells", "posterior"])
def test_an_own_attacker_is_named_and_not_taken_for_a_shipped_one(evidence, own_attacker, linkage):
    results = report.gather(Scenario(company_size=30, repeats=5, linkage=linkage), evidence.with_attacker(own_attacker))
    made = report.contents(results, made=MADE)
    text = " ".join(parsed(html.to_html(made)).text)
    assert "own attacker, trained on 4,000 of your faces" in text
    assert "sex Measured, race Not read, age Measured" in text
    assert "Random forest" not in text
    assert "random forest" not in text
    assert not any("generated faces of nobody" in limit for limit in made.limits)
    assert "own attacker (measured)" in made.assessment.to_text()
    assert "random forest" not in made.assessment.to_text().lower()
    assert scenario_file.read(bundle.scenario(made)).own_attacker == MEASURED


@pytest.mark.parametrize("tested", [None, 400])
def test_a_declared_attacker_is_as_sure_as_its_test(evidence, tested):
    scenario = Scenario(company_size=40, repeats=6)
    stated = {name: Statement(name, accuracy=share) for name, share in (("sex", 0.9), ("race", 0.8), ("age", 0.7))}
    own = from_test(
        Declared(stated, tested=tested),
        population=evidence.population(scenario),
        words="stated by a test",
        rng=np.random.default_rng(0),
    )
    made = report.contents(report.gather(scenario, evidence.with_attacker(own)), made=MADE)
    first = made.data()["share-named"].iloc[0]
    assert (first["how"] == "Exact; nobody can say how sure") == (tested is None)
    assert bool(np.isnan(first["from"])) == (tested is None)
    assert any("Nobody can say how sure" in limit for limit in made.limits) == (tested is None)
    assert "nan" not in " ".join(parsed(html.to_html(made)).cells)
    assert bundle.figures(made)
