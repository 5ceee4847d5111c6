"""Charts of the risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.charts.style import (
    ACCENT,
    ACCENT_RGB,
    CLEAR,
    FADING,
    FAINT,
    GREY,
    INK,
    Chart,
    draw,
    label_above,
    percent,
    upright_line,
)
from core.risk import CLASS_SIZES, EquivalenceRisk, Exposure, RiskCurve
from core.study import PAPER_SIZES, Study, WidthStudy

CLASS_SIZE_STRENGTHS = (1.0, 0.72, 0.5, 0.32, 0.18)
"""Opacity of the accent per class size, strongest for people alone in their class."""

_CLASS_WORDS = ("alone", "among 2 to 5", "among 6 to 10", "among 11 to 20", "among 21 or more")
_SMALLEST_LABELLED_SHARE = 0.06
_CURVE_FLOOR = 1e-6
_LABEL_RIGHT_BELOW = 8
_MOST_GROUPS, _MOST_EXPOSED = 16, 10
_LOWEST_PERCENT = 1e-9
_SMALLEST_ROUNDED_COUNT = 9.5
_COUNTS = "; about %{customdata[3]:,.1f} such people in the company,<br>%{customdata[4]:,} held-out faces behind it"
_MOST_ROWS = len(PAPER_SIZES) + 1
_POWERS_OF_TEN = {"tickvals": [10**power for power in range(1, 7)], "ticktext": ["10", "100", "1,000", "10k", "100k", "1M"]}


def class_sizes(study: Study, others: dict[int, EquivalenceRisk]) -> Chart:
    """Fig. 3 of the paper: share of people by class size, the chosen company beside the paper's sizes."""
    chosen = study.scenario.company_size
    rows = dict(sorted(({chosen: study.exact} | {size: risk for size, risk in others.items() if size != chosen}).items()))
    names = []
    for size, risk in rows.items():
        name = f"{size:,} people<br>{percent(risk.expected_reidentified)} named"
        names.append(f"<b>{name}</b>" if size == chosen else name)
    bars = []
    for size_class, strength, words in zip(CLASS_SIZES, CLASS_SIZE_STRENGTHS, _CLASS_WORDS, strict=True):
        shares = [risk.class_size_shares[size_class] for risk in rows.values()]
        hover = f"%{{y}}<br>%{{x:.1%}} are read rightly, {words}<extra></extra>"
        bars.append(_bar(names, shares, words, f"rgba({ACCENT_RGB}, {strength})", hover))
    wrong = [1 - risk.correct for risk in rows.values()]
    hover = "%{y}<br>%{x:.1%} are read wrongly and cannot be named<extra></extra>"
    bars.append(_bar(names, wrong, "read wrongly", CLEAR, hover))
    figure = draw(
        bars,
        x={
            "title": "Share of the company's people",
            "range": [0, 1],
            "tickvals": np.linspace(0, 1, 6),
            "tickformat": ".0%",
            "showgrid": False,
        },
        y={"autorange": "reversed"},
        height=110 + 62 * _MOST_ROWS,
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        bargap=0.35,
        legend={"orientation": "h", "traceorder": "normal", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
    )
    alone, few = (study.exact.class_size_shares[size] for size in ("1", "2-5"))
    return Chart(
        figure,
        class_size_table(rows),
        f"Stacked bars. In a company of {chosen:,}, {alone:.1%} of people are read rightly and alone in their class, "
        f"{few:.1%} in a class of 2 to 5, and {1 - study.exact.correct:.1%} are read wrongly.",
    )


def _bar(names: list[str], shares: list[float], words: str, colour: str, hover: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "y": names,
        "x": shares,
        "orientation": "h",
        "name": words,
        "marker": {"color": colour, "line": {"width": 1, "color": FAINT}},
        "text": [f"{share:.0%}" if share >= _SMALLEST_LABELLED_SHARE else "" for share in shares],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": "white" if colour.endswith(" 1.0)") else INK, "size": 13},
        "hovertemplate": hover,
    }


def class_size_table(rows: dict[int, EquivalenceRisk]) -> pd.DataFrame:
    """Shares by company size, one row a company size."""
    return pd.DataFrame(
        [
            {"company size": size}
            | {f"share in classes of {name}": share for name, share in risk.class_size_shares.items()}
            | {"share read wrongly": 1 - risk.correct, "expected share named": risk.expected_reidentified}
            for size, risk in rows.items()
        ]
    )


def risk_curve(curve: RiskCurve, study: Study) -> Chart:
    """E over company sizes from 2 to 1,000,000, with the spread between companies and two reference lines."""
    sizes = curve.company_sizes
    # In the smallest companies it is no rare chance that nobody is named: a logarithmic axis has no place for 0.
    banded = np.flatnonzero(curve.low <= 0).max(initial=-1) + 1
    band_sizes = sizes[banded:]
    band = {
        "type": "scatter",
        "x": np.concatenate([band_sizes, band_sizes[::-1]]),
        "y": np.concatenate([curve.high[banded:], curve.low[banded:][::-1]]),
        "fill": "toself",
        "mode": "lines",
        "line": {"width": 0},
        "fillcolor": f"rgba({ACCENT_RGB}, 0.18)",
        "hoverinfo": "skip",
        "name": "95% of companies",
    }
    lines = [
        {
            "type": "scatter",
            "x": sizes,
            "y": values,
            "mode": "lines",
            "line": line,
            "name": name,
            "hovertemplate": f"{name}: in a company of %{{x:,}},<br>%{{y:.3p}} of people are named<extra></extra>",
        }
        for name, values, line in (
            ("Perfect inference", curve.perfect, {"color": GREY, "width": 1.5, "dash": "dash"}),
            ("Random guess", curve.random_guess, {"color": GREY, "width": 1.5, "dash": "dot"}),
            ("This attacker", curve.expected, {"color": ACCENT, "width": 3}),
        )
    ]
    chosen, named = study.scenario.company_size, study.exact.expected_reidentified
    here = {
        "type": "scatter",
        "x": [chosen],
        "y": [named],
        "mode": "markers+text",
        "marker": {"color": ACCENT, "size": 12},
        "text": [f"<b>{percent(named)}</b>"],
        "textposition": "bottom left" if chosen >= _LABEL_RIGHT_BELOW else "bottom right",
        "textfont": {"color": ACCENT, "size": 16},
        "hovertemplate": "Your company of %{x:,}:<br>%{y:.3p} of people are named<extra></extra>",
        "name": "your company",
        "cliponaxis": False,
    }
    shares = [10.0**power for power in range(-6, 1)]
    figure = draw(
        [band, *lines, here],
        x=_POWERS_OF_TEN
        | {"title": "People in the company (logarithmic)", "type": "log", "tickangle": 0, "range": [np.log10(1.8), 6.05]},
        y={
            "title": "Expected share of people named (logarithmic)",
            "type": "log",
            "tickvals": shares,
            "ticktext": [f"{100 * share:g}%" for share in shares],
            "range": [np.log10(_CURVE_FLOOR), 0.05],
        },
        height=420,
        showlegend=False,
        annotations=[
            _line_label(sizes, curve.perfect, "perfect inference", 12),
            _line_label(sizes, curve.random_guess, "random guess", -12),
        ],
    )
    above = curve.expected > curve.random_guess
    beside_guess = "stays above" if above.all() else "is in part below"
    table = pd.DataFrame(
        {
            "company size": sizes,
            "expected share named (exact)": curve.expected,
            "2.5th percentile of companies": curve.low,
            "97.5th percentile of companies": curve.high,
            "random guess": curve.random_guess,
            "perfect inference": curve.perfect,
        }
    )
    return Chart(
        figure,
        table,
        f"Line chart on logarithmic axes. The expected share of people named falls from {percent(curve.expected[0])} in a "
        f"company of {sizes[0]:,} to {percent(curve.expected[-1])} in one of {sizes[-1]:,}; it {beside_guess} a random guess.",
    )


def _line_label(sizes: Sequence[int] | np.ndarray, values: np.ndarray, name: str, shift: int) -> dict[str, Any]:
    middle = len(sizes) // 2
    return {
        "x": np.log10(sizes[middle]), "y": np.log10(values[middle]), "text": name, "showarrow": False, "yshift": shift,
        "xanchor": "left" if shift > 0 else "right", "font": {"color": GREY},
    }  # fmt: skip


def size_width_map(sizes: Sequence[int] | np.ndarray, widths: WidthStudy, study: Study) -> Chart:
    """E over company size and age-bin width, the chosen scenario marked."""
    shares = widths.expected(np.asarray(sizes))
    chosen_size, chosen_width = study.scenario.company_size, study.scenario.age_bin_width
    shown = 100 * shares.T
    cells = {
        "type": "heatmap",
        "x": np.log10(sizes),
        "y": widths.widths,
        "z": np.log10(np.maximum(shown, _LOWEST_PERCENT)),
        "customdata": np.stack([np.broadcast_to(sizes, shown.shape), shown], axis=-1),
        "colorscale": FADING,
        "colorbar": {
            "title": {"text": "Share named"},
            "tickvals": [-2, -1, 0, 1],
            "ticktext": ["0.01%", "0.1%", "1%", "10%"],
            "thickness": 12,
        },
        "hovertemplate": "Company of %{customdata[0]:,}, age bins of %{y} years:"
        "<br>%{customdata[1]:.3r}% of people are named<extra></extra>",
    }
    rings = [
        {
            "type": "scatter",
            "x": [np.log10(chosen_size)],
            "y": [chosen_width],
            "mode": "markers",
            "marker": {"symbol": "circle-open", "size": size, "color": colour, "line": {"width": 2.5}},
            "hoverinfo": "skip",
        }
        for colour, size in (("white", 18), (INK, 14))  # one stands out on strong colours, one on pale ones
    ]
    figure = draw(
        [cells, *rings],
        x=_POWERS_OF_TEN | {"title": "People in the company (logarithmic)", "tickvals": list(range(1, 7)), "showgrid": False},
        y={"title": "Years in an age bin", "showgrid": False},
        height=420,
        showlegend=False,
    )
    table = pd.DataFrame(shares, columns=[f"age bins of {width} years" for width in widths.widths])
    table.insert(0, "company size", np.asarray(sizes))
    best = widths.best(chosen_size)
    return Chart(
        figure,
        table,
        f"Heat map of the expected share of people named over company size and age-bin width. In a company of {chosen_size:,} "
        f"bins of {best} years serve the attacker best.",
    )


def exposure(groups: Exposure, *, grouping: str, with_counts: bool = True) -> Chart:
    """Chance to be named in each group, with its 95 % interval, beside the average person's.

    Of many groups the most exposed are drawn; the table holds all. Groups that rest on few faces are hatched.
    Without counts neither figure nor table tells how many people or faces a group has.
    """
    drawn = groups.most_exposed(_MOST_EXPOSED) if len(groups.labels) > _MOST_GROUPS else groups
    order = np.arange(len(drawn.labels))[::-1] if grouping == "age" and drawn is groups else np.argsort(drawn.risk)
    labels = [drawn.labels[index] + (" (uncertain)" if drawn.uncertain[index] else "") for index in order]
    risk, ratio = drawn.risk[order], drawn.ratio[order]
    bars = {
        "type": "bar",
        "y": labels,
        "x": risk,
        "orientation": "h",
        "marker": {
            "color": f"rgba({ACCENT_RGB}, 0.55)",
            "line": {"width": 0},
            "pattern": {"shape": ["/" if uncertain else "" for uncertain in drawn.uncertain[order]]},
        },
        "error_x": {
            "array": (drawn.high - drawn.risk)[order],
            "arrayminus": (drawn.risk - drawn.low)[order],
            "color": GREY,
            "thickness": 1.5,
            "width": 4,
        },
        "text": [
            _beside_average(value, times) + (f", {_people(count)}" if with_counts else "")
            for value, times, count in zip(risk, ratio, drawn.people[order], strict=True)
        ],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "insidetextfont": {"color": INK},
        "constraintext": "none",
        "customdata": np.stack(
            [ratio, drawn.low[order], drawn.high[order], *([drawn.people[order], drawn.faces[order]] if with_counts else [])],
            axis=-1,
        ),
        "hovertemplate": "%{y}: %{x:.2%} chance to be named (%{customdata[1]:.2%} to %{customdata[2]:.2%}),<br>"
        "%{customdata[0]:.1f} times the average" + (_COUNTS if with_counts else "") + "<extra></extra>",
    }
    figure = draw(
        [bars],
        x={
            "title": "Chance to be named (dashed: average)",
            "tickformat": ".2~%",
            "range": [0, max(float(drawn.high.max()) * 1.08, 1e-9)],
        },
        y={"type": "category"},
        height=90 + max(120, 34 * len(labels)),
        shapes=[upright_line(groups.average, {"color": GREY, "width": 1.5, "dash": "dash"}, layer="below")],
    )
    table = pd.DataFrame(
        {
            grouping: groups.labels,
            "chance to be named": groups.risk,
            "95% interval from": groups.low,
            "95% interval to": groups.high,
            "times the average": groups.ratio,
            "best guess without a face": groups.guess,
            "advantage over that guess": groups.advantage,
            "people in the company": groups.people,
            "held-out faces": groups.faces,
            "uncertain": groups.uncertain,
        }
    )
    if not with_counts:
        table = table.drop(columns=["people in the company", "held-out faces"])
    worst = int(groups.risk.argmax())
    return Chart(
        figure,
        table,
        f"Bars of the chance to be named by {grouping}. {groups.labels[worst]} people bear the most: "
        f"{_beside_average(groups.risk[worst], groups.ratio[worst])}.",
    )


def _people(count: float) -> str:
    return f"{count:,.0f} people" if count >= _SMALLEST_ROUNDED_COUNT else f"{count:.1f} people"


def _beside_average(risk: float, ratio: float) -> str:
    return f"{percent(risk)}, {ratio:.1f} times average" if np.isfinite(ratio) else percent(risk)


def exact_against_simulated(study: Study) -> Chart:
    """The simulated companies' shares, and the exact expectation among them."""
    values, exact = study.simulated.expected_reidentified, study.exact.expected_reidentified
    one, all_of_them = ("leak", "leaks of these people") if study.own_staff else ("company", "companies")
    histogram = {
        "type": "histogram",
        "x": values,
        "nbinsx": 30,
        "histnorm": "probability",
        "marker": {"color": f"rgba({ACCENT_RGB}, 0.4)", "line": {"width": 1, "color": FAINT}},
        "hovertemplate": f"In %{{y:.0%}} of the simulated {all_of_them} %{{x}} are named<extra></extra>",
    }
    figure = draw(
        [histogram],
        x={"title": f"Share of people named in one {one}", "tickformat": ".2~%", "rangemode": "tozero"},
        y={"title": f"Share of {one}s" if study.own_staff else "Share of companies", "tickformat": ".0%"},
        height=300,
        shapes=[upright_line(exact, {"color": ACCENT, "width": 3})],
        annotations=[label_above(exact, f"<b>exact {percent(exact)}</b>", ACCENT)],
    )
    mean = study.simulated.mean.expected_reidentified
    return Chart(
        figure,
        pd.DataFrame({one: np.arange(1, len(values) + 1), "share named": values}),
        f"Histogram of {len(values):,} simulated {all_of_them}: their mean is {percent(mean)}, "
        f"the exact expectation {percent(exact)}.",
    )
