"""Charts of embeddings and the distances between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.charts.style import ACCENT, ACCENT_RGB, GREY, Chart, lay_out, percent
from core.checks import FloatArray
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
    lay_out(figure, x_title="", height=360)
    figure.update_layout(showlegend=False, bargap=0.15, margin={"t": 36})
    figure.update_xaxes(title=f"Position among the {len(first)} numbers", row=2, col=1)
    figure.update_yaxes(title="Value", matches="y")
    table = pd.DataFrame({"position": position, names[0]: first, names[1]: second})
    return Chart(
        figure,
        table,
        f"Two rows of {len(first)} bars, the numbers of two embeddings. No single number tells anything by itself.",
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
    figure = go.Figure()
    for (name, values), colour in zip(shares.items(), (f"rgba({ACCENT_RGB}, 0.7)", _GREY_FILL), strict=True):
        hover = f"%{{y:.1%}} of the pairs of {name} are about %{{x:.2f}} apart<extra></extra>"
        figure.add_bar(x=middle, y=values, name=name, marker={"color": colour, "line": {"width": 0}}, hovertemplate=hover)
        peak = int(values.argmax())
        figure.add_annotation(
            x=middle[peak], y=values[peak], text=f"<b>{name}</b>", showarrow=False, yshift=12,
            font={"color": ACCENT if name == "same person" else GREY},
        )  # fmt: skip
    figure.add_vline(
        x=threshold,
        line={"color": GREY, "width": 2, "dash": "dash"},
        annotation={"text": f"threshold {threshold:.2f}", "yanchor": "bottom", "font": {"color": GREY}},
        annotation_position="top",
    )
    lay_out(figure, x_title=f"{metric.capitalize()} distance of two embeddings", y_title="Share of the pairs", height=380)
    figure.update_layout(barmode="overlay", bargap=0, showlegend=False, margin={"t": 40})
    figure.update_yaxes(tickformat=".0%")
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
    figure = go.Figure()
    lines = (
        ("two people match", rates.false_match, GREY),
        ("one person does not", rates.false_non_match, ACCENT),
    )
    for name, values, colour in lines:
        hover = f"Threshold %{{x:.2f}}: %{{y:.2%}} of the pairs, {name}<extra></extra>"
        figure.add_scatter(
            x=rates.threshold, y=values, mode="lines", name=name, line={"color": colour, "width": 3}, hovertemplate=hover
        )
        middle = int(np.abs(values - 0.5).argmin())
        figure.add_annotation(
            x=rates.threshold[middle], y=0.5, text=f"<b>{name}</b>", showarrow=False, font={"color": colour},
            xanchor="left" if colour == GREY else "right", xshift=10 if colour == GREY else -10,
        )  # fmt: skip
    figure.add_vline(x=threshold, line={"color": GREY, "width": 2, "dash": "dash"})
    lay_out(figure, x_title=f"Threshold on the {metric.capitalize()} distance", y_title="Share of the pairs", height=340)
    figure.update_layout(showlegend=False)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
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
