"""Sentences that several pages say about a result."""

from __future__ import annotations

import html
import re

import streamlit as st

from core.charts import findings
from core.charts.findings import against_guess, alone_or_few, people_of_group, who_bears_most
from core.scenario import Scenario
from core.study import Study
from ui import own_data

__all__ = ["against_guess", "alone_or_few", "attack", "headline", "people_of_group", "plain", "risk", "who_bears_most"]


def headline(sentence: str, uncertainty: str) -> None:
    """Draw a page's first sentence, with its figure between stars, and the line on how sure it is."""
    before, figure, after = sentence.split("*")
    st.html(
        f'<div class="headline">{html.escape(before)}<b>{html.escape(figure)}</b>{html.escape(after)}</div>'
        f'<div class="uncertainty">{html.escape(uncertainty)}</div>'
    )


def risk(study: Study) -> None:
    """State the risk, and both of its uncertainties."""
    headline(*findings.of_risk(study))


def attack(scenario: Scenario) -> str:
    """Describe the attack, which reads faces as the visitor's own attacker where there is one."""
    own = own_data.attacker()
    return findings.attack(scenario, None if own is None else f"your own attacker ({own.label.lower()})")


def plain(text: str) -> str:
    """Write a text that may quote a visitor's file so that no part of it is taken for Markdown."""
    return re.sub(r"([\\`*\[\]$<>~#|])", r"\\\1", text)
