"""The chapter of a report on protections: what they leave of the risk, and what they cost."""

from __future__ import annotations

import pandas as pd

from core.charts import percent
from core.protection import METHODS
from core.report.parts import Chapter, DataTable, shares
from core.study import Frontier, Point
from core.study.frontier import LARGEST_ERROR_RATE


def chapter(frontiers: tuple[Frontier, ...]) -> Chapter:
    """Set the protections side by side, as they were recorded."""
    return Chapter(
        "protections",
        "Protections compared",
        (
            "What is done to embeddings before they are stored, what an attacker who is trained again still achieves, and what "
            "it costs in recognising people. Shown are no protection, and those that no other one beats in both. These "
            "figures are recorded for the company that each table names, which need not be the one of this report.",
        ),
        tuple(_frontier(each) for each in frontiers),
    )


def _frontier(frontier: Frontier) -> DataTable:
    best, kept = frontier.best(), frontier.on_frontier()
    points = (frontier.points[0], *(point for point in kept if point is not frontier.points[0]))
    named = f"{_protection(best)} names fewest, {percent(best.expected_reidentified)}," if best else "None is usable"
    rows = [
        (
            _protection(point),
            point.expected_reidentified,
            point.low,
            point.high,
            point.equal_error_rate,
            point.rank_one,
        )
        for point in points
    ]
    columns = ["protection", "share named", "from", "to", "equal error rate", "rank-1"]
    return DataTable(
        f"protections-{frontier.faces}",
        f"On {frontier.faces} faces: {named} with an equal error rate of at most {percent(LARGEST_ERROR_RATE)}",
        f"Measured on {frontier.tested + frontier.pool:,} {frontier.faces} faces that the protection was not fitted to, and on "
        f"{frontier.pairs} pairs of pictures; a company of {frontier.company_size:,}, age groups of {frontier.age_bin_width} "
        f"years, seed {frontier.seed}. Share named: exact, by the attacker who names most; 95% interval of the estimate.",
        pd.DataFrame(rows, columns=columns),
        shares("share named", "from", "to", "equal error rate", "rank-1"),
    )


def _protection(point: Point) -> str:
    method = METHODS[point.method]
    return (
        method.title
        if point.strength is None or method.strength is None
        else f"{method.title}, {point.strength:g} {method.strength.words}"
    )
