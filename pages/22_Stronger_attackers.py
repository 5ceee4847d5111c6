"""Stronger attackers: how many more people a better attack names than the paper's."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts, study
from core.charts import ATTACKER_WORDS, LINKAGE_WORDS, findings
from core.comparison import NO_FACE
from core.linkage import ASSIGNMENT, CELLS, LARGEST, POSTERIOR, Spread
from core.replication import PAPER_BINS
from core.risk import FEWEST_FACES, GROUPINGS
from core.scenario import ATTACKERS, BY_BIN, EXACT, LINKAGES, PICTURES, Scenario
from core.study.inference import ATTRIBUTES
from ui import controls, figure, own_data, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/22_Stronger_attackers.py", "Stronger attackers")

PAPER: dict[str, Any] = {
    "attacker": ATTACKERS[0],
    "linkage": CELLS,
    "age_knowledge": BY_BIN,
    "pictures": 1,
    "age_bin_width": PAPER_BINS.width,
}
STRONG: dict[str, Any] = {"attacker": "mlp", "linkage": ASSIGNMENT, "age_knowledge": EXACT}
WORDS = {"sex": "Sex", "age": "Age", "race": "Race"}
GROUP_WORDS = {name: name.capitalize() for name in GROUPINGS}
FEWEST_FOR_INTERVALS = 5
SIMULATED = {False: "simulated companies", True: "simulated leaks of your company"}
SOURCES = {"generated": "Generated faces", "real": "Real faces"}


def take_strong() -> None:
    """Choose the strong attack."""
    taken = strong(visitor.scenario())
    visitor.choose(**{name: getattr(taken, name) for name in STRONG})


def strong(scenario: Scenario) -> Scenario:
    """Return the scenario under a strong attack that can be simulated at its size."""
    linkage = ASSIGNMENT if scenario.company_size <= LARGEST[ASSIGNMENT] else POSTERIOR
    return scenario.replace(**STRONG | {"linkage": linkage})


def understatement(attack: study.LinkageStudy, paper: study.LinkageStudy, *, chosen: bool) -> None:
    """State how far the paper's attack understates the risk."""
    scenario, more = attack.scenario, study.gain(attack, paper)
    named, of_paper, size = attack.success[1].mean, paper.success[1].mean, attack.scenario.company_size
    ratio = f", {named / of_paper:.1f} times as many" if more.mean > 0 and of_paper > 0 else ""
    interval = ""
    if attack.companies >= FEWEST_FOR_INTERVALS:
        interval = f", paired 95% interval {charts.points(more.mean_low)} to {charts.points(more.mean_high)}"
    sentences.headline(
        f"{'This' if chosen else 'A stronger'} attack could name *{charts.people(named, size)}* of {size:,}. "
        f"The paper's{'' if chosen else ', chosen above,'} names {charts.people(of_paper, size)}.",
        f"That is {charts.percent(named)} against {charts.percent(of_paper)}{ratio}: mean of "
        f"{findings.simulated(attack.companies, attack.own_staff)}, the same for both. They differ by {charts.points(more.mean)}{interval}. "
        f"{'This' if chosen else 'The stronger'} attack: {sentences.attack(scenario)}. The paper's: {sentences.attack(paper.scenario)}, "
        f"age bins of {charts.counted(paper.scenario.age_bin_width, 'year')}.",
    )


def baselines(chosen: study.LinkageStudy) -> None:
    """Set the attack beside what it must beat, and beside what no reading of age, sex and race can beat."""
    parts = (
        ("Random name", charts.percent(chosen.random_guess), "Exact."),
        (
            "Best cell guessed without a face",
            charts.percent(chosen.census_guess),
            f"From {'your company alone' if chosen.own_staff else 'the census alone'}. Exact.",
        ),
        ("This attack", *_with_interval(chosen.success[1], chosen)),
        ("Perfect inference", *_with_interval(chosen.perfect_inference, chosen)),
        ("Advantage over the guess", *_with_interval(chosen.advantage, chosen)),
        (
            "Names in doubt",
            f"{chosen.anonymity.mean:,.1f}",
            f"Anonymity set, people; 95% interval {chosen.anonymity.mean_low:,.1f} to {chosen.anonymity.mean_high:,.1f}.",
        ),
    )
    figure.readings(parts)


def _with_interval(value: Spread, of: study.LinkageStudy) -> tuple[str, str]:
    if of.companies < FEWEST_FOR_INTERVALS:
        return charts.percent(value.mean), f"Too few companies for an interval: {of.companies}."
    return charts.percent(value.mean), f"95% interval {charts.percent(value.mean_low)} to {charts.percent(value.mean_high)}."


def by_attacker_and_linkage(scenario: Scenario, *, own: bool) -> None:
    """Draw every attacker under every linkage, one after the other: the first time takes some seconds."""
    linkages = [name for name in LINKAGES if scenario.company_size <= LARGEST[name]]
    pairs = [(attacker, name) for attacker in ATTACKERS for name in linkages]
    place, shares = st.empty(), {}
    for done, (attacker, name) in enumerate(pairs):
        with place:
            st.progress(done / len(pairs), text=f"Simulating {ATTACKER_WORDS[attacker].lower()}, {LINKAGE_WORDS[name].lower()}")
        shares[attacker, name] = results.share_named(scenario.replace(attacker=attacker, linkage=name))
    place.empty()
    best = max(shares, key=lambda pair: shares[pair].mean)
    figure.show(
        charts.share_named(shares, random_guess=1 / scenario.company_size),
        finding=f"{ATTACKER_WORDS[best[0]]} with the {LINKAGE_WORDS[best[1]].lower()} names most: {charts.percent(shares[best].mean)}",
        measure=f"Expected share of people named at the first guess. Bars: mean of {SIMULATED[own]}. Whiskers: its 95% interval. "
        "The same cell compares age bins; the others use what the public list tells of ages.",
        key="share_named",
    )


def by_pictures(scenario: Scenario, *, own: bool) -> None:
    """Draw the risk over the number of pictures."""
    place, shares = st.empty(), {}
    for done, count in enumerate(PICTURES):
        with place:
            st.progress(done / len(PICTURES), text=f"Simulating {count} pictures of each person")
        shares[count] = results.share_named(scenario.replace(pictures=count))
    place.empty()
    figure.show(
        charts.pictures(shares, chosen=scenario.pictures),
        finding=f"With {PICTURES[-1]} pictures of each person {charts.percent(shares[PICTURES[-1]].mean)} are named, with one "
        f"{charts.percent(shares[1].mean)}",
        measure=f"Share named where the attacker averages the embeddings of one person's pictures. Mean of {SIMULATED[own]}, 95% "
        "interval.",
        key="pictures",
    )


def beliefs(chosen: str) -> None:
    """Draw how well each attacker reads faces, and how well it knows how well."""
    st.header("How well each attacker reads faces")
    left, right = st.columns(2)
    with left:
        attribute = controls.view_choice("Attribute", "attribute", ATTRIBUTES, WORDS)
    with right:
        source = controls.view_choice("Tested on", "tested", visitor.TESTED_ON, SOURCES)
    recorded = results.recorded_comparison(source)
    attackers = {name: values for name, values in recorded["attackers"].items() if name != NO_FACE}
    error = attackers[chosen][attribute]["calibration_error"]
    figure.show(
        charts.reliability({name: values[attribute]["reliability"] for name, values in attackers.items()}, chosen=chosen),
        finding=f"How sure the attacker is and how often it is right differ by {charts.points(error)} on average",
        measure=f"{ATTACKER_WORDS[chosen]} in colour, the others grey. {recorded['tested']:,} {SOURCES[source].lower()}, 15 bins of belief.",
        key="reliability",
    )
    st.table(charts.attacker_table(recorded, attribute))
    st.caption(
        f"{SOURCES[source]}, corrected protocol, seed {recorded['seed']}; age in bins of 20 years. In brackets: 95% intervals, bootstrap "
        "over faces. Recorded by `python -m core compare`; training times are those of the machine that recorded them."
    )


@st.fragment
def attack_now() -> None:
    """Draw controls, and what depends on them."""
    controls.company_size()
    left, middle, right = st.columns(3)
    with left:
        controls.attacker()
    with middle:
        controls.linkage()
    with right:
        controls.age_knowledge()
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        controls.pictures()
    with middle:
        controls.age_bin_width()
    with right:
        st.button("Take the strong attack", on_click=take_strong, help=sentences.attack(Scenario(**STRONG)).capitalize())
    shell.share()
    scenario = visitor.scenario()
    largest = LARGEST[scenario.linkage]
    if scenario.company_size > largest:
        st.info(
            f"Companies are simulated person by person here: with {LINKAGE_WORDS[scenario.linkage].lower()} up to {largest:,} people, "
            f"with {LINKAGE_WORDS[POSTERIOR].lower()} up to {LARGEST[POSTERIOR]:,}. Choose a smaller company or another way to find names, "
            "or see the page Re-identification risk, which is exact at any size."
        )
        return
    with st.spinner("Simulating companies"):
        chosen, paper = results.link(scenario), results.link(scenario.replace(**PAPER))
    is_papers = scenario == scenario.replace(**PAPER)
    stronger = results.link(strong(scenario)) if is_papers else chosen
    understatement(stronger, paper, chosen=not is_papers)
    controls.summary(by_cells=False)
    baselines(chosen)
    figure.show(
        charts.success(stronger, paper),
        finding=f"With 5 names to try the attacker finds {charts.percent(stronger.success[5].mean)} of people",
        measure=f"{sentences.attack(stronger.scenario).capitalize()}. Share of people whose name is among the first guesses; ties count as broken at random. Mean of {SIMULATED[chosen.own_staff]}, "
        "95% interval.",
        key="success",
    )
    grouping = controls.view_choice("Who bears the risk, by", "bears", tuple(GROUPINGS), GROUP_WORDS)
    groups = results.exposure_when_linked(scenario, grouping)
    how = "Exact" if scenario.linkage == CELLS else f"Mean of {findings.simulated(chosen.companies, chosen.own_staff)}"
    figure.show(
        charts.exposure(groups, grouping=grouping),
        finding=sentences.who_bears_most(groups, grouping),
        measure=f"Chance of one person to be named under this attack, by {grouping}. {how}; whiskers: 95% intervals. Hatched groups rest "
        f"on fewer than {FEWEST_FACES} faces, or people simulated.",
        key="exposure",
    )
    # The two that take longest come last, in the places above that they have.
    if own_data.attacker() is not None:
        st.caption(
            "Your own attacker reads one picture of each person. The shipped ones, which are compared here without it, read other faces."
        )
        return
    pictures_place, attackers_place = st.container(), st.container()
    beliefs(scenario.attacker)
    with pictures_place:
        by_pictures(scenario, own=chosen.own_staff)
    with attackers_place:
        by_attacker_and_linkage(scenario, own=chosen.own_staff)


attack_now()

with st.expander("How this is computed"):
    st.latex(
        r"P(\text{name } j \mid \text{face } i) \propto \frac{b_i(\text{age}_j)\, b_i(\text{sex}_j)\, b_i(\text{race}_j)}{\pi(\text{age}_j, \text{sex}_j, \text{race}_j)}"
    )
    st.markdown(
        "*b* are the attacker's calibrated beliefs, and *π* the mix of people that it takes for granted from its training. *Same cell* "
        "is the paper's look-up: it compares the likeliest age bin, sex and race with the list. *Likeliest name* takes the name with the "
        "highest probability. *Best one-to-one match* gives each face another name so that all together are likeliest. The best match "
        "need not name the most people. Sources: Saerens, Latinne and Decaestecker (2002) for the mix; Guo et al. (2017) for calibration; "
        "the page *Method* has the rest. Generated people of nobody, like those of your scenario."
    )
