"""One protection beside none: its name, what attackers still read, verification, and all figures in a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.charts.linkage import ATTACKER_WORDS
from core.charts.style import ACCENT, FAINT, GREY, Chart, draw, percent
from core.protection import METHODS
from core.study import Point
from core.verification import Curve

_SMALLEST_RATE = 5e-4
"""Error rates below it are drawn there: a logarithmic axis has no 0."""

_ACCEPT_TICKS = (0.001, 0.01, 0.1, 1)
_ATTRIBUTE_WORDS = {"sex": "Sex", "race": "Race", "age": "Age bin"}


def protection_name(method: str, strength: float | None) -> str:
    """Name a protection of a strength: "LEACE at 20"."""
    title = METHODS[method].title
    return title if strength is None else f"{title} at {strength:,g}"


def in_a_sentence(method: str, strength: float | None) -> str:
    """Name a protection inside a sentence: "no protection", but "LEACE at 20"."""
    name = protection_name(method, strength)
    is_name = name[1].isupper() or name.startswith(("BioHash", "Gaussian"))
    return name if is_name else f"{name[0].lower()}{name[1:]}"


def error_rate(point: Point) -> float:
    """Equal error rate as it is drawn."""
    return max(point.equal_error_rate, _SMALLEST_RATE)


def still_read(before: Point, after: Point, majority: dict[str, float]) -> Chart:
    """Accuracy of each attribute without protection and with it, beside its majority guess."""
    names = list(majority)
    words = [_ATTRIBUTE_WORDS[name] for name in names]
    groups = (("without protection", before, GREY, "top center"), ("with it", after, ACCENT, "bottom right"))
    traces: list[dict[str, Any]] = []
    for name, word in zip(names, words, strict=True):
        traces.append(
            {
                "type": "scatter",
                "x": [before.accuracy[name], after.accuracy[name]],
                "y": [word, word],
                "mode": "lines",
                "line": {"color": FAINT, "width": 6},
                "hoverinfo": "skip",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "x": list(majority.values()),
            "y": words,
            "mode": "markers",
            "marker": {"symbol": "line-ns-open", "size": 26, "color": GREY, "line": {"width": 2}},
            "hovertemplate": "%{y}: guessing the most frequent class<br>is right for %{x:.1%} of faces<extra></extra>",
        }
    )
    for label, point, colour, place in groups:
        values = [point.accuracy[name] for name in names]
        best = [ATTACKER_WORDS[point.best_attacker[name]].lower() for name in names]
        traces.append(
            {
                "type": "scatter",
                "x": values,
                "y": words,
                "mode": "markers+text",
                "marker": {"size": 13, "color": colour},
                "text": [percent(value) for value in values],
                "textposition": place,
                "textfont": {"color": colour, "size": 13},
                "customdata": best,
                "hovertemplate": f"%{{y}}, {label}:<br>%{{customdata}} are right for %{{x:.1%}} of faces<extra></extra>",
            }
        )
    figure = draw(
        traces,
        x={"title": "Share of faces read rightly", "tickformat": ".0%", "range": [0, 1.05]},
        y={"type": "category", "autorange": "reversed", "showgrid": False},
        height=320,
        showlegend=False,
    )
    table = pd.DataFrame(
        [
            {
                "attribute": name,
                "majority guess": majority[name],
                "without protection": before.accuracy[name],
                "by": ATTACKER_WORDS[before.best_attacker[name]],
                "with it": after.accuracy[name],
                "then by": ATTACKER_WORDS[after.best_attacker[name]],
            }
            for name in names
        ]
    )
    changes = "; ".join(
        f"{name} {percent(before.accuracy[name])} without and {percent(after.accuracy[name])} with it, guess {percent(guess)}"
        for name, guess in majority.items()
    )
    return Chart(figure, table, f"Share of faces read rightly by the best attacker trained again: {changes}.")


def verified(before: tuple[Point, Curve | None], after: tuple[Point, Curve | None]) -> Chart:
    """ROC curve of verification without protection and with it; three points of it where no curve was recorded."""
    traces: list[dict[str, Any]] = []
    rows, lowest = [], 1.0
    for label, (point, curve), colour in (("Without protection", before, GREY), ("With it", after, ACCENT)):
        accepted, right = _roc(point, curve)
        lowest = min(lowest, *right)
        traces.append(
            {
                "type": "scatter",
                "x": accepted,
                "y": right,
                "name": label,
                "mode": "lines+markers" if curve is None else "lines",
                "line": {"color": colour, "width": 3, **({"dash": "dot"} if curve is None else {})},
                "hovertemplate": f"{label}: where %{{x:.2%}} of pairs of two people pass,<br>"
                "%{y:.1%} of pairs of one person pass<extra></extra>",
            }
        )
        rows.append(pd.DataFrame({"protection": label.lower(), "false accept rate": accepted, "true accept rate": right}))
    figure = draw(
        traces,
        x={
            "title": "False accept rate (logarithmic)",
            "type": "log",
            "range": [-3.3, 0.02],
            "tickvals": list(_ACCEPT_TICKS),
            "ticktext": [f"{rate:.1%}" if rate < 0.01 else f"{rate:.0%}" for rate in _ACCEPT_TICKS],
        },
        y={"title": "True accept rate", "tickformat": ".0%", "range": [max(lowest - 0.05, 0), 1.02]},
        height=320,
        showlegend=False,
    )
    first, second = (", ".join(percent(share) for share in each.true_accept.values()) for each in (before[0], after[0]))
    return Chart(
        figure,
        pd.concat(rows),
        f"ROC curves of verification. True accepts at false accept rates of 1% and 0.1%: {first} without protection, {second} "
        "with it.",
    )


def _roc(point: Point, curve: Curve | None) -> tuple[list[float], list[float]]:
    if curve is None:
        known = {float(rate): share for rate, share in point.true_accept.items()}
        known[error_rate(point)] = 1 - point.equal_error_rate
        rates = sorted(known)
        return rates, [known[rate] for rate in rates]
    drawn = curve.false_match > 0
    return curve.false_match[drawn].tolist(), (1 - curve.false_non_match[drawn]).tolist()


def protection_table(
    before: Point, after: Point, majority: dict[str, float], *, company_size: int, gallery: int
) -> pd.DataFrame:
    """Set a company's figures without a protection and with it side by side: a row each."""
    read = {
        f"{_ATTRIBUTE_WORDS[name]} read rightly; majority guess {percent(guess)}": [
            _by(point, name) for point in (before, after)
        ]
        for name, guess in majority.items()
    }
    rows = {
        f"Named of {company_size:,} people": [_named(point) for point in (before, after)],
        "Named by an attacker that never saw it": ["", "other numbers" if after.unaware is None else percent(after.unaware)],
        **read,
        "Equal error rate": [_error(point) for point in (before, after)],
        **{
            f"True accepts at {float(rate):.1%} false accepts": [percent(point.true_accept[rate]) for point in (before, after)]
            for rate in before.true_accept
        },
        f"Found first among {gallery:,} people": [percent(point.rank_one) for point in (before, after)],
        "Numbers or bits of an embedding": [f"{point.dimension}" for point in (before, after)],
        "Embeddings protected per second": ["", f"{after.per_second:,.0f}"],
    }
    if after.method == before.method:
        rows = {name: cells[:1] for name, cells in rows.items() if cells[0]}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["Without protection"])
    columns = ["Without protection", protection_name(after.method, after.strength)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _named(point: Point) -> str:
    interval = f"{percent(point.low)} to {percent(point.high)}"
    return f"{percent(point.expected_reidentified)} ({interval}), {ATTACKER_WORDS[point.attacker].lower()}"


def _by(point: Point, attribute: str) -> str:
    return f"{percent(point.accuracy[attribute])}, {ATTACKER_WORDS[point.best_attacker[attribute]].lower()}"


def _error(point: Point) -> str:
    return f"{percent(point.equal_error_rate)} ({percent(point.equal_error_low)} to {percent(point.equal_error_high)})"
