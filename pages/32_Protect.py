"""Protect: what a protection of embeddings would change, and what it costs."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts, study
from core.charts import ATTACKER_WORDS
from core.protection import Method
from core.scenario import Scenario
from ui import background, controls, figure, own_data, protecting, protection_controls, results, sentences, shell, visitor
from ui.protecting import UNPROTECTED, Choice, Measured

loading.empty()
shell.open_page("pages/32_Protect.py", "Protect")
st.markdown(
    "Embeddings can be changed before they are stored, so that they tell less of age, sex and race and still tell one person from "
    "another. Whether that helps is measured here: attackers know the protection and learn to read through it."
)

SOURCES = {"generated": "Generated faces", "real": "Real faces, recorded"}
*OTHERS, LAST = (ATTACKER_WORDS[name].lower() for name in study.ON_A_PAGE)
ATTACKERS = f"{', '.join(OTHERS)} and {LAST}"
COMMANDS = {
    "generated": "python -m core protect --quick --out models --seed 0",
    "real": "python -m core protect --faces UTKFACE --pairs LFW --attacker logistic --attacker svm --attacker mlp --out models",
}


def measure(scenario: Scenario, choice: Choice) -> None:
    """Start to measure a protection."""
    if not protecting.start(scenario, choice):
        st.toast("Many protections are being measured just now. Please try again in a minute.")


def work(scenario: Scenario, choice: Choice, after: Measured | None) -> None:
    """Offer to measure a protection, or show how far that is."""
    name = protecting.job(scenario, choice)
    if background.is_running(name):
        background.show_progress(name)
        return
    if after is None or after.recorded:
        st.button(
            "Measure this protection" if after is None else "Measure it again now",
            on_click=measure,
            args=(scenario, choice),
            type="primary" if after is None else "secondary",
            help=f"Protects generated faces, trains {ATTACKERS} on them and compares pictures. The page stays usable.",
        )
    background.show_failure(name)


def change(scenario: Scenario, before: Measured, after: Measured) -> None:
    """State what the protection changes for the company, and what to make of it."""
    size, first, then = scenario.company_size, before.point, after.point
    named, unprotected = then.expected_reidentified, first.expected_reidentified
    how = "Recorded" if after.recorded else "Measured just now"
    interval = f"{charts.percent(named)} ({charts.percent(then.low)} to {charts.percent(then.high)})"
    if then.method == first.method:
        sentences.headline(
            f"Without protection *{charts.people(named, size)}* of {size:,} could be named from leaked face embeddings.",
            f"That is {interval}, the exact expectation for the best of {ATTACKERS}. {how} on generated faces.",
        )
    else:
        sentences.headline(
            f"With {charts.in_a_sentence(then.method, then.strength)}, *{charts.people(named, size)}* of {size:,} could be named. "
            f"Without, it would be {charts.people(unprotected, size)}.",
            f"That is {interval} against {charts.percent(unprotected)} ({charts.percent(first.low)} to {charts.percent(first.high)}): "
            f"the exact expectation for the best of {ATTACKERS}, trained again. A random name is right for "
            f"{charts.percent(after.random_guess)}. {how} on generated faces.",
        )
    recorded = results.recorded_protections("generated")
    known = recorded if protecting.is_about(recorded, scenario) else None
    given = study.advise(first, then, known)
    words = charts.advice(given, first, then, company_size=size, known=recorded.known, compared=known is not None)
    st.info(words, icon=":material/lightbulb:")


def warn(method: Method, after: Measured | None, company_size: int) -> None:
    """Say where a protection only looks safe."""
    if method.caution:
        st.warning(method.caution)
    if after is not None and study.looks_safer(after.point) and after.point.unaware is not None:
        st.warning(
            f"It looks safer than it is: an attacker who never saw the protection names {charts.people(after.point.unaware, company_size)}, "
            f"one trained on protected embeddings {charts.people(after.point.expected_reidentified, company_size)}."
        )


def side_by_side(scenario: Scenario, before: Measured, after: Measured) -> None:
    """Draw what attackers read and what verification keeps, without the protection and with it."""
    first, then = before.point, after.point
    if then.method != first.method:
        left, right = st.columns(2)
        with left:
            figure.show(
                charts.still_read(first, then, after.majority),
                finding="What attackers still read, in colour, and what they read without it",
                measure="Best attacker trained again for each attribute. Grey strokes: guessing the most frequent class.",
                key="still_read",
            )
        with right:
            figure.show(
                charts.verified((first, before.curve), (then, after.curve)),
                finding=f"Verification errs for {charts.percent(then.equal_error_rate)} of pairs, without it for {charts.percent(first.equal_error_rate)}",
                measure="Pairs of one person that pass, by pairs of two that do; in colour with the protection. Dotted: recorded points.",
                key="verified",
            )
    st.table(charts.protection_table(first, then, after.majority, company_size=scenario.company_size, gallery=after.gallery))
    st.caption("In brackets: 95% intervals. Embeddings per second: on the machine that measured it, and on no other.")


def all_of_them(scenario: Scenario, choice: Choice, after: Measured | None) -> None:
    """Draw all protections that were recorded, and the chosen one among them."""
    st.header("All protections side by side")
    source = controls.view_choice("Measured on", "tested", visitor.TESTED_ON, SOURCES)
    frontier = results.recorded_protections(source)
    chosen = frontier.point(*choice)
    if chosen is None and source == "generated" and after is not None and protecting.is_about(frontier, scenario):
        chosen = after.point
    best = frontier.best()
    finding = "No protection tried names fewer at a usable error rate"
    if best is not None and best.method != UNPROTECTED[0]:
        finding = (
            f"Of the usable ones, {charts.in_a_sentence(best.method, best.strength)} leaves fewest named: "
            f"{charts.percent(best.expected_reidentified)} at an equal error rate of {charts.percent(best.equal_error_rate)}"
        )
    figure.show(
        charts.protections(frontier, chosen=chosen),
        finding=finding,
        measure=f"Share named of {frontier.company_size:,} people by the best attacker trained again, against errors of verification. Line: "
        "those that no other beats. Hollow: as safe as its keys, left out of the line. Dotted: random name.",
        key="protections",
    )
    missing = "" if chosen is not None else " The chosen strength is not among them."
    another = "" if protecting.is_about(frontier, scenario) else " Your company is another one."
    st.caption(
        f"{SOURCES[source].split(',')[0]}: {frontier.known:,} to learn from, {frontier.tested:,} to measure accuracy, {frontier.pool:,} "
        f"others for the risk; {frontier.company_size:,} people like the census, age bins of {charts.counted(frontier.age_bin_width, 'year')}, "
        f"seed {frontier.seed}. Recorded by `{COMMANDS[source]}`. What holds for generated faces need not hold for real ones.{another}{missing}"
    )


@st.fragment
def protect_now() -> None:
    """Draw controls, and what depends on them."""
    left, right = st.columns(2)
    with left:
        method = protection_controls.protection()
    with right:
        strength = protection_controls.strength(method)
    left, right = st.columns(2)
    with left:
        controls.company_size()
    with right:
        controls.age_bin_width()
    shell.share()
    scenario, choice = visitor.scenario(), (method.name, strength)
    before, after = (protecting.look_up(scenario, each) for each in (UNPROTECTED, choice))
    if before is None or after is None:
        after = None
        unknown = "could be named in" if choice == UNPROTECTED else f"{charts.in_a_sentence(*choice)} changes for"
        sentences.headline(
            f"{'Who' if choice == UNPROTECTED else 'What'} {unknown} *this company* has not been measured yet.",
            "Attackers are trained for it once; then any company size and any age bins are answered at once.",
        )
    else:
        change(scenario, before, after)
    work(scenario, choice, after)
    warn(method, after, scenario.company_size)
    if own_data.staff() is not None:
        st.caption(
            "Protections are compared on random companies of this size with your mix of people, not on exactly your people."
        )
    if own_data.attacker() is not None:
        st.caption(
            "Your attacker is not used here. What protections do to your own faces is measured on the page Your embeddings."
        )
    controls.summary(read_by=f"{ATTACKERS}, trained again")
    if before is not None and after is not None:
        side_by_side(scenario, before, after)
    all_of_them(scenario, choice, after)


protect_now()

with st.expander("How this is computed"):
    st.latex(
        r"\text{LEACE:}\quad x \mapsto x - W^{+} P\, W (x - \mathrm{E}\,x), \qquad W = \Sigma_{xx}^{-1/2}, \quad P \text{ projects on the columns of } W\, \Sigma_{xz}"
    )
    st.markdown(
        "*Privacy.* A protection is fitted to labelled faces; attackers have the same faces, protected, and learn to read them. Each "
        "then reads other faces, and the one who names most people counts: the chain to the share named is that of the page "
        "*Re-identification risk*, exact, by cells. For each attribute the one who reads it best is shown. Beside them stands an "
        "attacker that never saw the protection.\n\n"
        "*Usefulness.* Two pictures of each of 1,000 generated people are protected and compared by their Euclidean distance: the equal "
        "error rate, the pairs of one person that pass where 1% or 0.1% of pairs of two people do, and how often a picture finds its "
        "person first in a company of that size, of 1,000 at most.\n\n"
        "*Limits.* Attackers of today with some thousand faces: without a proof, the risk that is shown is a lower bound. The best of many "
        "protections tried is a little luckier than it is good. Sources: Belrose et al. (2023) for LEACE; the page *Method* has the "
        "others. Generated people of nobody, like those of your scenario."
    )
