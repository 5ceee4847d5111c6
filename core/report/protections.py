"""The chapter of a report on protections: what they leave of the risk, and what they cost."""

from __future__ import annotations

import pandas as pd

from core import charts
from core.charts import in_a_sentence, percent
from core.charts.protection import protection_name
from core.report.parts import Chapter, DataTable, Exhibit, shares
from core.study import LARGEST_ERROR_RATE, Frontier


def chapter(frontiers: tuple[Frontier, ...]) -> Chapter:
    """Set the protections side by side, as they were recorded."""
    return Chapter(
        "protections",
        "Protections compared",
        (
            "What is done to embeddings before they are stored, what an attacker who is trained again still achieves, and what "
            "it costs in recognising people. These figures are recorded for the company that each chart names, which need not "
            "be the one of this report.",
        ),
        tuple(shown for frontier in frontiers for shown in (_trade_off(frontier), _table(frontier))),
    )


def _trade_off(frontier: Frontier) -> Exhibit:
    best = frontier.best()
    named = "No protection is usable"
    if best is not None:
        named = f"{in_a_sentence(best.method, best.strength)} names fewest, {percent(best.expected_reidentified)}"
    faces, usable = frontier.faces, f"an equal error rate of at most {LARGEST_ERROR_RATE:.0%}"
    return Exhibit(
        f"trade-off-{faces}",
        f"On {faces} faces {named}, with {usable}",
        f"Share named, exact, by the attacker who names most. Measured on {frontier.tested + frontier.pool:,} {faces} faces "
        f"that the protection was not fitted to, and on {frontier.pairs} pairs of pictures; a company of "
        f"{frontier.company_size:,}, age groups of {frontier.age_bin_width} years, seed {frontier.seed}. Line: protections "
        "that no other one beats in both. Ring: the one named above, with 95% intervals.",
        charts.protections(frontier, chosen=best),
    )


def _table(frontier: Frontier) -> DataTable:
    kept = frontier.on_frontier()
    points = (frontier.points[0], *(point for point in kept if point is not frontier.points[0]))
    rows = [
        (
            protection_name(point.method, point.strength),
            point.expected_reidentified,
            point.low,
            point.high,
            point.equal_error_rate,
            point.equal_error_low,
            point.equal_error_high,
            point.rank_one,
        )
        for point in points
    ]
    columns = ["protection", "share named", "from", "to", "equal error rate", "its low", "its high", "rank-1"]
    return DataTable(
        f"protections-{frontier.faces}",
        "Those that no other one beats, beside none",
        f"On {frontier.faces} faces. From, to, low, high: 95% intervals. Rank-1: how often a second picture finds its "
        "person. Numbers after at: strengths, which the page Protect explains.",
        pd.DataFrame(rows, columns=columns),
        shares(*columns[1:]),
    )
