"""All protections in one chart: the risk that is left against the verification that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from core.charts.linkage import ATTACKER_WORDS
from core.charts.protection import error_rate, in_a_sentence, protection_name
from core.charts.style import ACCENT, GREY, Chart, draw, label_above, percent, upright_line
from core.protection import METHODS
from core.study import LARGEST_ERROR_RATE, Frontier, Point

Box = tuple[float, float, float, float]
"""Left, bottom, right and top of a label, in pixels."""

_RATE_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_WIDTH, _HEIGHT, _LETTER, _LINE = 290, 400, 6.6, 17
"""Pixels that labels are placed for: of the plotting area on a phone, and of a letter. More room does no harm."""

_LOWEST = 1e-5
"""A bound of 0 of an interval, on a logarithmic axis."""

_SHORT = {
    "none": "no protection",
    "noise": "noise",
    "mechanism": "differential privacy",
    "directions": "directions",
    "leace": "LEACE",
    "null-space": "null space",
    "elimination": "elimination",
    "projection": "projection",
    "biohash": "BioHash, keys safe",
    "biohash-stolen": "BioHash, keys stolen",
    "quantisation": "few bits",
    "leace-equal": "LEACE, equal",
    "leace-equal-projection": "LEACE, equal, projection",
}
"""Labels of dots; the sentence that hovers has the title."""


def protections(frontier: Frontier, *, chosen: Point | None = None) -> Chart:
    """Risk left against the equal error rate: every protection tried, those that no other beats joined by a line.

    Parameters
    ----------
    frontier : Frontier
    chosen : Point, optional
        The one that stands out; measured on the same faces and people.
    """
    best = frontier.on_frontier()
    shown = list(frontier.points)
    if chosen is not None and frontier.point(chosen.method, chosen.strength) is None:
        shown.append(chosen)
    highest = 1.12 * max(each.high for each in shown)
    rates = [error_rate(each) for each in shown]
    low, high = np.log10(min(rates)) - 0.15, np.log10(max(rates)) + 0.12
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": [error_rate(each) for each in best],
            "y": [each.expected_reidentified for each in best],
            "mode": "lines",
            "line": {"color": ACCENT, "width": 2, "shape": "hv"},
            "hoverinfo": "skip",
        },
        _dots(shown, frontier, best),
    ]
    if chosen is not None:
        traces.append(_ring(chosen, frontier))
    figure = draw(
        traces,
        x={
            "title": "Equal error rate of verification (logarithmic)",
            "type": "log",
            "range": [low, high],
            "tickvals": list(_RATE_TICKS),
            "ticktext": [f"{100 * rate:g}%" for rate in _RATE_TICKS],
            "tickangle": 0,
        },
        y={"title": "Share of people named", "tickformat": ".0%", "range": [0, highest]},
        height=480,
        showlegend=False,
        shapes=[
            upright_line(LARGEST_ERROR_RATE, {"color": GREY, "width": 1, "dash": "dot"}, layer="below"),
            {
                "type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": frontier.random_guess, "y1": frontier.random_guess,
                "line": {"color": GREY, "width": 1, "dash": "dot"}, "layer": "below",
            },
        ],
        annotations=[
            label_above(np.log10(LARGEST_ERROR_RATE), f"usable up to {LARGEST_ERROR_RATE:.0%}", GREY),
            *_labels(shown, best, chosen, (low, high), highest),
        ],
    )  # fmt: skip
    return Chart(figure, _table(shown, best), _in_words(frontier, best, chosen))


def _sentence(point: Point, frontier: Frontier) -> str:
    strength = METHODS[point.method].strength
    words = f" ({strength.words})" if strength else ""
    return (
        f"{protection_name(point.method, point.strength)}{words}:<br>{percent(point.expected_reidentified)} of "
        f"{frontier.company_size:,} people are named, by {ATTACKER_WORDS[point.attacker].lower()};<br>"
        f"verification errs for {percent(point.equal_error_rate)} of pairs"
    )


def _dots(shown: Sequence[Point], frontier: Frontier, best: Sequence[Point]) -> dict[str, Any]:
    secret = [METHODS[each.method].needs_secret for each in shown]
    return {
        "type": "scatter",
        "x": [error_rate(each) for each in shown],
        "y": [each.expected_reidentified for each in shown],
        "mode": "markers",
        "marker": {
            "size": 9,
            "color": [ACCENT if each in best else GREY for each in shown],
            "symbol": ["circle-open" if each else "circle" for each in secret],
        },
        "customdata": [_sentence(each, frontier) for each in shown],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _ring(chosen: Point, frontier: Frontier) -> dict[str, Any]:
    x, y = error_rate(chosen), chosen.expected_reidentified
    intervals = {"color": ACCENT, "thickness": 1.5, "width": 4}
    return {
        "type": "scatter",
        "x": [x],
        "y": [y],
        "mode": "markers",
        "marker": {"size": 18, "symbol": "circle-open", "color": ACCENT, "line": {"width": 3}},
        "error_x": intervals | {"array": [chosen.equal_error_high - x], "arrayminus": [max(x - chosen.equal_error_low, 0)]},
        "error_y": intervals | {"array": [chosen.high - y], "arrayminus": [y - chosen.low]},
        "customdata": [_sentence(chosen, frontier)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _labels(
    shown: Sequence[Point],
    best: Sequence[Point],
    chosen: Point | None,
    x_range: tuple[float, float],
    highest: float,
) -> list[dict[str, Any]]:
    """Name each protection once, the most telling first, where there is room."""
    marked = (chosen, shown[0])
    first = [each for each in marked if each is not None]
    order = [*first, *reversed(best), *sorted(shown, key=lambda each: each.expected_reidentified)]
    dots = [_place(each, x_range, highest) for each in shown]
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in dots]
    corners = [_place(each, x_range, highest) for each in best]
    if chosen is not None:
        x, y = _place(chosen, x_range, highest)
        ends = (_across(max(rate, _LOWEST), x_range) for rate in (chosen.equal_error_low, chosen.equal_error_high))
        taken += [(x - 10, y - 10, x + 10, y + 10), (next(ends), y - 2, next(ends), y + 2)]
    for (left, up), (right, down) in pairwise(corners):
        taken += [(left, up - 1, right, up + 1), (right - 1, down, right + 1, up)]
    named: set[str] = set()
    labels = []
    for point in order:
        if point.method in named:
            continue
        stands_out = point is chosen
        text = _SHORT[point.method]
        if stands_out and point.strength is not None:
            text = f"{text} at {point.strength:,g}"
        x, y = _place(point, x_range, highest)
        width = len(text) * _LETTER * (1.25 if stands_out else 1)
        place = _free(x, y, width, taken)
        if place is None and not stands_out:
            continue
        anchor, shift, box = place or ("center", (0, -22), (x - width / 2, y - 31, x + width / 2, y - 13))
        taken.append(box)
        named.add(point.method)
        colour = ACCENT if stands_out or point in best else GREY
        labels.append(
            {
                "x": np.log10(error_rate(point)), "y": point.expected_reidentified, "showarrow": False, "xanchor": anchor,
                "xshift": shift[0], "yshift": shift[1], "text": f"<b>{text}</b>" if stands_out else text,
                "font": {"color": colour, "size": 14 if stands_out else 12},
            }
        )  # fmt: skip
    return labels


def _place(point: Point, x_range: tuple[float, float], highest: float) -> tuple[float, float]:
    return _across(error_rate(point), x_range), point.expected_reidentified / highest * _HEIGHT


def _across(rate: float, x_range: tuple[float, float]) -> float:
    return float((np.log10(rate) - x_range[0]) / (x_range[1] - x_range[0]) * _WIDTH)


def _free(x: float, y: float, width: float, taken: Sequence[Box]) -> tuple[str, tuple[int, int], Box] | None:
    """Find a place for a label beside a dot that covers no other: to its right or left, above or below."""
    half = _LINE / 2
    starts = {"left": x, "center": x - width / 2, "right": x - width}
    for anchor, aside, up in (
        ("left", 14, 0), ("right", -14, 0), ("center", 0, 20), ("center", 0, -20), ("left", 2, 20), ("right", -2, 20),
        ("left", 2, -20), ("right", -2, -20),
    ):  # fmt: skip
        left = starts[anchor] + aside
        box = left, y + up - half, left + width, y + up + half
        inside = box[0] >= 0 and box[2] <= _WIDTH and box[1] >= 0 and box[3] <= _HEIGHT
        if inside and not any(_overlap(box, other) for other in taken):
            return anchor, (aside, up), box
    return None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _table(shown: Sequence[Point], best: Sequence[Point]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "protection": METHODS[each.method].title,
                "strength": "" if each.strength is None else f"{each.strength:g}",
                "share named": each.expected_reidentified,
                "95% interval from": each.low,
                "95% interval to": each.high,
                "by": ATTACKER_WORDS[each.attacker],
                "equal error rate": each.equal_error_rate,
                "its 95% interval from": each.equal_error_low,
                "its 95% interval to": each.equal_error_high,
                "found first": each.rank_one,
                **{f"{name} read rightly": share for name, share in each.accuracy.items()},
                "no other beats it": "yes" if each in best else "no",
            }
            for each in shown
        ]
    )


def _in_words(frontier: Frontier, best: Sequence[Point], chosen: Point | None) -> str:
    line = "; ".join(
        f"{in_a_sentence(each.method, each.strength)} {percent(each.expected_reidentified)} at {percent(each.equal_error_rate)}"
        for each in best
    )
    here = ""
    if chosen is not None:
        here = (
            f" Chosen: {in_a_sentence(chosen.method, chosen.strength)}, {percent(chosen.expected_reidentified)} at "
            f"{percent(chosen.equal_error_rate)}."
        )
    return (
        f"{len(frontier.points)} protections by the share of people named and the equal error rate of verification. Those that "
        f"no other beats: {line}.{here}"
    )
