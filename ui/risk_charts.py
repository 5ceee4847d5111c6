"""The two charts of the risk that home and the risk page share."""

from __future__ import annotations

from core import charts
from core.study import Study
from ui import figure, results, sentences


def class_sizes(study: Study) -> None:
    """Draw Fig. 3 of the paper, live."""
    figure.show(
        charts.class_sizes(study, results.paper_sizes(study.scenario)),
        finding=sentences.alone_or_few(study),
        measure="Share of people whose age group, sex and race are read rightly, by how many others are read the same. Exact"
        + ("; other sizes: companies with your mix." if study.own_staff else "."),
        key="class_sizes",
    )


def curve(study: Study) -> None:
    """Draw the risk over company sizes."""
    figure.show(
        charts.risk_curve(results.curve(study.scenario), study),
        finding=sentences.against_guess(study),
        measure=f"Expected share of people named, by company size{', for companies with your mix' if study.own_staff else ''}. "
        "Line: exact. Band: 95% of companies drawn at random; below its start, companies in which nobody is named are no rarity.",
        key="risk_curve",
    )
