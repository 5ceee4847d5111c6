"""Charts of stronger attackers: names found by attacker, linkage, guess and number of pictures, and trust in beliefs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.charts.style import ACCENT, ACCENT_RGB, FAINT, GREY, INK, Chart, draw, percent, upright_line
from core.linkage import RANKS, Spread
from core.scenario import ATTACKERS, LINKAGES
from core.study import LinkageStudy

ATTACKER_WORDS = dict(
    zip(
        ATTACKERS,
        (
            "Random forest",
            "Linear discriminants",
            "Logistic regression",
            "Support vectors",
            "Nearest neighbours",
            "Neural network",
        ),
        strict=True,
    )
)
LINKAGE_WORDS = dict(zip(LINKAGES, ("Same cell", "Likeliest name", "Best one-to-one match"), strict=True))

_STRENGTHS = dict(zip(LINKAGES, (0.18, 0.5, 1.0), strict=True))
_GUESSES = np.arange(1, max(RANKS) + 1)


def share_named(shares: Mapping[tuple[str, str], Spread], *, random_guess: float) -> Chart:
    """Share of people named by attacker and linkage, with the error of the simulation.

    Parameters
    ----------
    shares : mapping of Spread
        By (attacker, linkage).
    random_guess : float
        1/N.
    """
    attackers = [attacker for attacker in ATTACKERS if any(key[0] == attacker for key in shares)]
    linkages = [linkage for linkage in LINKAGES if any(key[1] == linkage for key in shares)]
    names = [ATTACKER_WORDS[attacker] for attacker in attackers]
    bars = []
    for linkage in linkages:
        values = [shares[attacker, linkage] for attacker in attackers]
        strong = _STRENGTHS[linkage] == 1
        bars.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "x": [value.mean for value in values],
                "name": LINKAGE_WORDS[linkage],
                "marker": {"color": f"rgba({ACCENT_RGB}, {_STRENGTHS[linkage]})", "line": {"width": 1, "color": FAINT}},
                "error_x": {
                    "array": [value.mean_high - value.mean for value in values],
                    "arrayminus": [value.mean - value.mean_low for value in values],
                    "color": GREY,
                    "thickness": 1.5,
                    "width": 3,
                },
                "text": [percent(value.mean) for value in values],
                "textposition": "inside",
                "insidetextanchor": "start",
                "insidetextfont": {"color": "white" if strong else INK, "size": 12},
                "hovertemplate": f"%{{y}}, {LINKAGE_WORDS[linkage].lower()}:<br>%{{x:.2%}} of people are named<extra></extra>",
            }
        )
    highest = max(value.mean_high for value in shares.values())
    figure = draw(
        bars,
        x={
            "title": "Share named (dotted: random name)",
            "tickformat": ".2~%",
            "range": [0, max(1.08 * highest, 1e-9)],
        },
        y={"type": "category", "autorange": "reversed"},
        height=110 + 30 * len(names) * len(linkages),
        barmode="group",
        bargap=0.25,
        legend={"orientation": "h", "traceorder": "normal", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
        shapes=[upright_line(random_guess, {"color": GREY, "width": 1.5, "dash": "dot"}, layer="below")],
    )
    rows = [
        {
            "attacker": ATTACKER_WORDS[attacker],
            "linkage": LINKAGE_WORDS[linkage],
            "share named": value.mean,
            "95% interval from": value.mean_low,
            "95% interval to": value.mean_high,
        }
        for (attacker, linkage), value in shares.items()
    ]
    best = max(shares, key=lambda key: shares[key].mean)
    return Chart(
        figure,
        pd.DataFrame(rows),
        f"Bars of the share of people named. Most are named by {ATTACKER_WORDS[best[0]].lower()} with the linkage "
        f"{LINKAGE_WORDS[best[1]].lower()}: {percent(shares[best].mean)}; a random name is right for {percent(random_guess)}.",
    )


def success(chosen: LinkageStudy, paper: LinkageStudy) -> Chart:
    """Share of people whose name is among the first guesses: the chosen attack, the paper's, and random names."""
    size = chosen.scenario.company_size
    guessed = np.minimum(_GUESSES / size, 1)
    lines: list[dict[str, Any]] = [
        _line(_GUESSES, guessed, "Random names", {"color": GREY, "width": 1.5, "dash": "dot"}),
        _success_line(paper, "The paper's attack", GREY),
        _success_line(chosen, "This attack", ACCENT),
    ]
    figure = draw(
        lines,
        x={"title": "Names that the attacker may try", "tickvals": list(RANKS)},
        y={"title": "Share of people found", "tickformat": ".2~%", "rangemode": "tozero"},
        height=360,
        showlegend=False,
        annotations=[
            _end_label(guessed[-1], "random names", GREY),
            _end_label(paper.success[RANKS[-1]].mean, "paper's attack", GREY),
            _end_label(chosen.success[RANKS[-1]].mean, "<b>this attack</b>", ACCENT),
        ],
    )
    table = pd.DataFrame(
        [
            {
                "guesses": rank,
                "this attack": chosen.success[rank].mean,
                "95% interval from": chosen.success[rank].mean_low,
                "95% interval to": chosen.success[rank].mean_high,
                "the paper's attack": paper.success[rank].mean,
                "random names": min(rank / size, 1),
            }
            for rank in RANKS
        ]
    )
    last = RANKS[-1]
    return Chart(
        figure,
        table,
        f"Lines over the number of names tried. With {last} names this attack finds {percent(chosen.success[last].mean)} "
        f"of people, the paper's {percent(paper.success[last].mean)}, and random names {percent(float(guessed[-1]))}.",
    )


def pictures(shares: Mapping[int, Spread], *, chosen: int) -> Chart:
    """Share of people named against the number of pictures of each person."""
    counts = list(shares)
    values = list(shares.values())
    figure = draw(
        [
            _with_errors(
                {
                    **_line(
                        np.array(counts),
                        np.array([value.mean for value in values]),
                        "This attack",
                        {"color": ACCENT, "width": 3},
                    ),
                    "mode": "lines+markers",
                    "marker": {"color": ACCENT, "size": [14 if count == chosen else 7 for count in counts]},
                    "hovertemplate": "%{x} pictures of each person: %{y:.2%} are named<extra></extra>",
                },
                values,
            )
        ],
        x={
            "title": "Pictures of each person (logarithmic)",
            "type": "log",
            "tickvals": counts,
            "ticktext": [str(count) for count in counts],
        },
        y={"title": "Share of people named", "tickformat": ".2~%", "rangemode": "tozero"},
        height=340,
    )
    table = pd.DataFrame(
        {
            "pictures of each person": counts,
            "share named": [value.mean for value in values],
            "95% interval from": [value.mean_low for value in values],
            "95% interval to": [value.mean_high for value in values],
        }
    )
    return Chart(
        figure,
        table,
        f"Line over the number of pictures. With one picture {percent(values[0].mean)} of people are named, with {counts[-1]} "
        f"{percent(values[-1].mean)}.",
    )


def reliability(curves: Mapping[str, Mapping[str, list[float]]], *, chosen: str) -> Chart:
    """Share read rightly against the belief: the chosen attacker before the others.

    Parameters
    ----------
    curves : mapping
        By attacker, what `core.inference.calibration.ReliabilityCurve` holds, as in `comparison.json`.
    chosen : str
        The attacker that stands out.
    """
    lines: list[dict[str, Any]] = [
        _line(np.array([0, 1]), np.array([0, 1]), "right as often as believed", {"color": GREY, "dash": "dot", "width": 1.5})
    ]
    lines[0]["hoverinfo"] = "skip"
    del lines[0]["hovertemplate"]
    for name in sorted(curves, key=lambda each: each == chosen):
        strong = name == chosen
        lines.append(
            {
                "type": "scatter",
                "x": curves[name]["belief"],
                "y": curves[name]["right"],
                "customdata": curves[name]["faces"],
                "mode": "lines+markers" if strong else "lines",
                "name": ATTACKER_WORDS[name],
                "line": {"color": ACCENT if strong else FAINT, "width": 3 if strong else 1.5},
                "hovertemplate": f"{ATTACKER_WORDS[name]}: where it is %{{x:.0%}} sure,<br>"
                "%{y:.0%} of %{customdata:,} faces are read rightly<extra></extra>",
            }
        )
    lowest = min(min(curve["belief"][0], *curve["right"]) for curve in curves.values())
    figure = draw(
        lines,
        x={"title": "How sure the attacker is", "tickformat": ".0%", "range": [lowest - 0.02, 1.02]},
        y={"title": "Share read rightly", "tickformat": ".0%", "range": [lowest - 0.02, 1.02]},
        height=380,
        showlegend=False,
    )
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "attacker": ATTACKER_WORDS[name],
                    "belief": curve["belief"],
                    "share right": curve["right"],
                    "faces": curve["faces"],
                }
            )
            for name, curve in curves.items()
        ]
    )
    low, high = curves[chosen]["belief"][0], curves[chosen]["right"][0]
    return Chart(
        figure,
        table,
        f"Reliability diagram. Where {ATTACKER_WORDS[chosen].lower()} is least sure, {percent(low)}, it is right for "
        f"{percent(high)} of faces; on the diagonal an attacker is right as often as it believes.",
    )


def attacker_table(recorded: Mapping[str, Any], attribute: str) -> pd.DataFrame:
    """Set the attackers side by side in reading one attribute: a row each, from what `python -m core compare` recorded."""
    rows = {}
    for name, values in recorded["attackers"].items():
        found = values[attribute]
        cells = {words: _figure(found, metric, write) for metric, (words, write) in _METRICS.items()}
        seconds = values.get("training_seconds")
        rows[ATTACKER_WORDS.get(name, "No face seen")] = cells | {"Training": "" if seconds is None else f"{seconds:.1f} s"}
    return pd.DataFrame.from_dict(rows, orient="index")


def _figure(found: Mapping[str, Any], metric: str, write: Callable[[float], str]) -> str:
    low, high = found["intervals"][metric]
    return f"{write(found[metric])} ({write(low)} to {write(high)})"


def _three_decimals(value: float) -> str:
    return f"{value:.3f}"


_METRICS: dict[str, tuple[str, Callable[[float], str]]] = {
    "accuracy": ("Read rightly", percent),
    "macro_f1": ("Macro-F1", percent),
    "log_loss": ("Log loss, nats", _three_decimals),
    "calibration_error": ("Calibration error", _three_decimals),
}


def _line(x: np.ndarray, y: np.ndarray, name: str, line: dict[str, Any]) -> dict[str, Any]:
    hover = f"{name}: within %{{x}} names,<br>%{{y:.1%}} of people are found<extra></extra>"
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "name": name, "line": line, "hovertemplate": hover}


def _success_line(study: LinkageStudy, name: str, colour: str) -> dict[str, Any]:
    values = [study.success[rank] for rank in RANKS]
    line = _line(np.array(RANKS), np.array([value.mean for value in values]), name, {"color": colour, "width": 3})
    return _with_errors(line | {"mode": "lines+markers"}, values)


def _with_errors(line: dict[str, Any], values: list[Spread]) -> dict[str, Any]:
    up, down = [value.mean_high - value.mean for value in values], [value.mean - value.mean_low for value in values]
    return line | {"error_y": {"array": up, "arrayminus": down, "thickness": 1.5, "width": 3}}


def _end_label(y: float, text: str, colour: str) -> dict[str, Any]:
    return {
        "x": _GUESSES[-1], "y": y, "xanchor": "right", "yshift": 16, "text": text, "showarrow": False,
        "font": {"color": colour},
    }  # fmt: skip
