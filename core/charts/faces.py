"""Charts of embeddings and the distances between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from core.charts.style import ACCENT, ACCENT_RGB, GREY, Chart, draw, label_above, lay_out, percent, upright_line
from core.checks import FloatArray
from core.demographics import RACES, SEXES
from core.study import FaceReading
from core.verification import Pairs, curve, error_rates

_BINS = 60
_GREY_FILL = "rgba(138, 133, 128, 0.45)"


def two_embeddings(first: FloatArray, second: FloatArray, *, names: tuple[str, str]) -> Chart:
    """Draw two embeddings as bars, number by number."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, shared_yaxes=True, vertical_spacing=0.12, subplot_titles=names)
    position = np.arange(1, len(first) + 1)
    for row, (values, colour) in enumerate(((first, ACCENT), (second, GREY)), start=1):
        hover = "Number %{x}: %{y:.3f}<extra></extra>"
        figure.add_bar(
            row=row, col=1, x=position, y=values, marker={"color": colour, "line": {"width": 0}}, hovertemplate=hover
        )
    lay_out(figure, height=360, showlegend=False, bargap=0.15, margin={"l": 8, "r": 24, "t": 36, "b": 8})
    figure.update_xaxes(title=f"Position among the {len(first)} numbers", row=2, col=1)
    figure.update_yaxes(title="Value", matches="y")
    table = pd.DataFrame({"position": position, names[0]: first, names[1]: second})
    return Chart(
        figure,
        table,
        f"Two rows of {len(first)} bars, the numbers of two embeddings. No single number tells anything by itself.",
    )


def one_embedding(values: FloatArray) -> Chart:
    """Draw one embedding as bars, number by number."""
    position = np.arange(1, len(values) + 1)
    hover = "Number %{x}: %{y:.3f}<extra></extra>"
    bars = {
        "type": "bar",
        "x": position,
        "y": values,
        "marker": {"color": ACCENT, "line": {"width": 0}},
        "hovertemplate": hover,
    }
    title = f"Position among the {len(values)} numbers"
    figure = draw([bars], x={"title": title}, y={"title": "Value"}, height=240, bargap=0.15)
    return Chart(
        figure,
        pd.DataFrame({"position": position, "value": values}),
        f"A row of {len(values)} bars, the numbers of one face's embedding. No single number tells anything by itself.",
    )


def face_beliefs(reading: FaceReading) -> Chart:
    """Draw the probabilities of each sex, race and age bin for one face."""
    labels = {"sex": SEXES, "race": RACES, "age": reading.bins.labels}
    shares = reading.probabilities()
    counts = [len(values) for values in shares.values()]
    # One below the other: side by side, labels and bars run into each other on a phone.
    figure = make_subplots(
        rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.1, row_heights=counts, subplot_titles=("Sex", "Race", "Age")
    )
    for row, (name, values) in enumerate(shares.items(), start=1):
        highest = int(values.argmax())
        figure.add_bar(
            row=row,
            col=1,
            y=list(labels[name]),
            x=values,
            orientation="h",
            marker={"color": [ACCENT if k == highest else _GREY_FILL for k in range(len(values))], "line": {"width": 0}},
            hovertemplate="%{y}: probability %{x:.1%}<extra></extra>",
        )
    lay_out(figure, height=180 + min(26 * sum(counts), 720), showlegend=False, margin={"l": 8, "r": 24, "t": 40, "b": 8})
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    figure.update_xaxes(title="Probability", row=3, col=1)
    figure.update_yaxes(type="category", autorange="reversed")
    rows = [(name, label, float(p)) for name, values in shares.items() for label, p in zip(labels[name], values, strict=True)]
    most = ", ".join(f"{labels[name][int(values.argmax())]} {percent(float(values.max()))}" for name, values in shares.items())
    return Chart(
        figure,
        pd.DataFrame(rows, columns=["attribute", "class", "probability"]),
        f"Three groups of bars: the probabilities of each sex, race and age that forests read off one face. Highest: {most}.",
    )


def distances(pairs: Pairs, *, threshold: float, metric: str) -> Chart:
    """Distances of pictures of one person and of two people, and the threshold between them."""
    both = np.concatenate([pairs.genuine, pairs.impostor])
    edges = np.linspace(0, both.max() * 1.02, _BINS + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    shares = {
        "same person": np.histogram(pairs.genuine, edges)[0] / len(pairs.genuine),
        "two people": np.histogram(pairs.impostor, edges)[0] / len(pairs.impostor),
    }
    bars, labels = [], [label_above(threshold, f"threshold {threshold:.2f}", GREY)]
    for (name, values), colour in zip(shares.items(), (f"rgba({ACCENT_RGB}, 0.7)", _GREY_FILL), strict=True):
        bars.append(
            {
                "type": "bar",
                "x": middle,
                "y": values,
                "name": name,
                "marker": {"color": colour, "line": {"width": 0}},
                "hovertemplate": f"%{{y:.1%}} of the pairs of {name} are about %{{x:.2f}} apart<extra></extra>",
            }
        )
        peak = int(values.argmax())
        labels.append(
            {
                "x": middle[peak], "y": values[peak], "text": f"<b>{name}</b>", "showarrow": False, "yshift": 12,
                "font": {"color": ACCENT if name == "same person" else GREY},
            }
        )  # fmt: skip
    figure = draw(
        bars,
        x={"title": f"{metric.capitalize()} distance of two embeddings"},
        y={"title": "Share of the pairs", "tickformat": ".0%"},
        height=380,
        barmode="overlay",
        bargap=0,
        showlegend=False,
        margin={"l": 8, "r": 24, "t": 40, "b": 8},
        shapes=[upright_line(threshold, {"color": GREY, "width": 2, "dash": "dash"})],
        annotations=labels,
    )
    rates = error_rates(pairs, threshold)
    table = pd.DataFrame(
        {"distance from": edges[:-1], "distance to": edges[1:]} | {f"share of pairs, {name}": v for name, v in shares.items()}
    )
    return Chart(
        figure,
        table,
        f"Two histograms of distances. At the threshold {threshold:.2f}, {percent(rates.false_match)} of the pairs of two "
        f"people match, and {percent(rates.false_non_match)} of the pairs of one person do not.",
    )


def error_rates_over_threshold(pairs: Pairs, *, threshold: float, metric: str) -> Chart:
    """False matches and false non-matches as the threshold moves."""
    rates = curve(pairs)
    lines, labels = [], []
    for name, values, colour in (
        ("two people match", rates.false_match, GREY),
        ("one person does not", rates.false_non_match, ACCENT),
    ):
        lines.append(
            {
                "type": "scatter",
                "x": rates.threshold,
                "y": values,
                "mode": "lines",
                "name": name,
                "line": {"color": colour, "width": 3},
                "hovertemplate": f"Threshold %{{x:.2f}}: %{{y:.2%}} of the pairs, {name}<extra></extra>",
            }
        )
        left = colour == ACCENT
        labels.append(
            {
                "x": rates.threshold[0 if left else -1], "y": 1, "text": f"<b>{name}</b>", "showarrow": False,
                "xanchor": "left" if left else "right", "yshift": 30 if left else 12, "font": {"color": colour},
            }
        )  # fmt: skip
    figure = draw(
        lines,
        x={"title": f"Threshold on the {metric.capitalize()} distance"},
        y={"title": "Share of the pairs", "tickformat": ".0%", "range": [0, 1.2], "tickvals": np.linspace(0, 1, 6)},
        height=340,
        showlegend=False,
        shapes=[upright_line(threshold, {"color": GREY, "width": 2, "dash": "dash"})],
        annotations=labels,
    )
    table = pd.DataFrame(
        {
            "threshold": rates.threshold,
            "false match rate": rates.false_match,
            "false non-match rate": rates.false_non_match,
        }
    )
    return Chart(
        figure,
        table,
        "Two curves that cross: with a higher threshold more pairs of two people match, and fewer of one person fail to.",
    )
