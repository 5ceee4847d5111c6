"""Sentences that several pages say about a result."""

from __future__ import annotations

import html

import streamlit as st

from core import charts
from core.risk import GroupRisk
from core.study import Study

_FEWEST_FOR_PERCENTILES = 10
_SEX_WORDS = {"Male": "men", "Female": "women"}


def headline(sentence: str, uncertainty: str) -> None:
    """Draw a page's first sentence, with its figure between stars, and the line on how sure it is."""
    before, figure, after = sentence.split("*")
    st.html(
        f'<div class="headline">{html.escape(before)}<b>{html.escape(figure)}</b>{html.escape(after)}</div>'
        f'<div class="uncertainty">{html.escape(uncertainty)}</div>'
    )


def risk(study: Study) -> None:
    """State the risk, and both of its uncertainties."""
    size, named = study.scenario.company_size, study.exact.expected_reidentified
    headline(
        f"In a company of {size:,} people, *{charts.people(named, size)}* could be named from leaked face embeddings.",
        f"That is {charts.percent(named)} of them, the exact expectation; {charts.percent(study.estimate.low)} to "
        f"{charts.percent(study.estimate.high)}, given how many faces the attacker was tested on. {_spread(study)}",
    )


def _spread(study: Study) -> str:
    spread, repeats = study.simulated, study.scenario.repeats
    if repeats < _FEWEST_FOR_PERCENTILES:
        shares = ", ".join(charts.percent(share) for share in spread.expected_reidentified)
        return f"Chance moves single companies: drawn at random, {repeats} had {shares}."
    return (
        f"Chance moves single companies: of {repeats:,} drawn at random, 95% lie between {charts.percent(spread.low)} and "
        f"{charts.percent(spread.high)}."
    )


def alone_or_few(study: Study) -> str:
    """Say how many people stand in small classes."""
    share = study.exact.class_size_shares["1"] + study.exact.class_size_shares["2-5"]
    return f"{charts.percent(share)} of people are read rightly and share that reading with at most 4 others"


def against_guess(study: Study) -> str:
    """Compare the attacker with a name drawn at random."""
    ratio = study.exact.expected_reidentified / study.random_guess
    if ratio < 1:
        return "Such narrow age bins are read wrongly so often that a name drawn at random does better"
    return f"The larger the company, the safer each person, yet the attacker does {ratio:.1f} times as well as a random guess"


def people_of(attribute: str, label: str) -> str:
    """Name the people of a group: "women", "people aged 21-40", "Asian people"."""
    if attribute == "sex":
        return _SEX_WORDS[label]
    return f"people aged {label}" if attribute == "age" else f"{label} people"


def people_of_cell(label: str) -> str:
    """Name the people of a cell such as "21-40, Female, Asian": "Asian women aged 21-40"."""
    age, sex, race = label.split(", ")
    return f"{race} {_SEX_WORDS[sex]} aged {age}"


def who_bears_most(groups: GroupRisk, attribute: str) -> str:
    """Say which group of one attribute bears the highest risk."""
    people = people_of(attribute, groups.most_exposed)
    return f"{people[0].upper()}{people[1:]} bear most: {groups.highest_ratio:.1f} times the average risk"
