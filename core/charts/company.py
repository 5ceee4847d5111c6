"""Charts of a drawn company."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from core.charts.style import ACCENT_RGB, FADING, INK, Chart, draw, lay_out, percent
from core.demographics import RACES, SEXES, AgeBins, cell_count, from_cells
from core.study import Workforce

_PYRAMID_BINS = AgeBins(5)
_MOST_LABELLED_ROWS = 16
_SEX_OPACITY = (0.45, 0.85)


def pyramid(workforce: Workforce) -> Chart:
    """Age pyramids, men to the left and women to the right, one panel a race that occurs."""
    ages = np.add.reduceat(workforce.counts, _PYRAMID_BINS.first_ages - 1, axis=0)
    present = [race for race in range(len(RACES)) if workforce.counts[:, :, race].any()]
    oldest = int(np.flatnonzero(ages.any(axis=(1, 2))).max()) + 1
    youngest = int(np.flatnonzero(ages.any(axis=(1, 2))).min())
    labels = _PYRAMID_BINS.labels[youngest:oldest]
    figure = make_subplots(
        rows=1,
        cols=len(present),
        shared_yaxes=True,
        horizontal_spacing=0.03,
        subplot_titles=[f"{RACES[race]}, {workforce.counts[:, :, race].sum():,}" for race in present],
    )
    for column, race in enumerate(present, start=1):
        counts = ages[youngest:oldest, :, race]
        reach = max(int(counts.max()), 1)
        for sex, (name, direction) in enumerate(zip(SEXES, (-1, 1), strict=True)):
            figure.add_bar(
                row=1,
                col=column,
                y=labels,
                x=direction * counts[:, sex],
                orientation="h",
                name=name,
                marker={"color": f"rgba({ACCENT_RGB}, {_SEX_OPACITY[sex]})", "line": {"width": 0}},
                customdata=counts[:, sex],
                hovertemplate=f"%{{customdata:,}} people: {RACES[race]}, {name.lower()}, %{{y}} years<extra></extra>",
                showlegend=column == 1,
            )
        figure.update_xaxes(
            row=1,
            col=column,
            range=[-1.1 * reach, 1.1 * reach],
            tickvals=[-reach, 0, reach],
            ticktext=[f"{reach:,}", "0", f"{reach:,}"],
        )
    lay_out(
        figure,
        height=440,
        barmode="overlay",
        bargap=0.12,
        margin={"l": 8, "r": 24, "t": 64, "b": 8},
        legend={"orientation": "h", "y": 1.1, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
    )
    figure.update_xaxes(
        title="People (each panel to its own scale)", row=1, col=1 + len(present) // 2 if len(present) > 2 else 1
    )
    figure.update_yaxes(title="Age in years", type="category", row=1, col=1)
    rows = np.argwhere(workforce.counts > 0)
    table = pd.DataFrame(
        {
            "age": rows[:, 0] + 1,
            "sex": [SEXES[sex] for sex in rows[:, 1]],
            "race": [RACES[race] for race in rows[:, 2]],
            "people": workforce.counts[tuple(rows.T)],
        }
    )
    return Chart(
        figure,
        table,
        f"Age pyramids by race, men left and women right. {percent(workforce.female_share)} of the people are women.",
    )


def true_classes(workforce: Workforce) -> Chart:
    """People in each true cell: the classes that an attacker who reads everything rightly would see."""
    bins = workforce.bins
    age_bin, sex, race = from_cells(np.arange(cell_count(bins)), bins)
    sizes = np.zeros((bins.count * len(SEXES), len(RACES)), dtype=np.int64)
    sizes[sex * bins.count + age_bin, race] = workforce.class_sizes
    names = [f"{label}, {name.lower()}" for name in SEXES for label in bins.labels]
    kept, present = np.flatnonzero(sizes.any(axis=1)), np.flatnonzero(sizes.any(axis=0))
    sizes, names = sizes[np.ix_(kept, present)], [names[row] for row in kept]
    labelled = len(names) <= _MOST_LABELLED_ROWS
    cells = {
        "type": "heatmap",
        "x": [RACES[column] for column in present],
        "y": names,
        "z": np.where(sizes > 0, 1 / np.maximum(sizes, 1), np.nan),
        "zmin": 0,
        "zmax": 1,
        "customdata": sizes,
        "colorscale": FADING,
        "showscale": False,
        "xgap": 2,
        "ygap": 2 if labelled else 0,
        "text": [[f"{size:,}" if size else "" for size in row] for row in sizes] if labelled else None,
        "texttemplate": "%{text}" if labelled else None,
        "textfont": {"color": INK, "size": 15},
        "hovertemplate": "%{customdata:,} people are %{x}, %{y}:<br>"
        "each is named with chance 1 in %{customdata:,}<extra></extra>",
    }
    figure = draw(
        [cells],
        x={"title": "Race", "side": "top", "showgrid": False},
        y={"title": "Age and sex", "autorange": "reversed", "showgrid": False, "type": "category"},
        height=min(110 + 34 * len(names), 640),
    )
    occupied = workforce.class_sizes[workforce.class_sizes > 0]
    cell = np.flatnonzero(workforce.class_sizes)
    table = pd.DataFrame(
        {
            "age": [bins.labels[index] for index in age_bin[cell]],
            "sex": [SEXES[index] for index in sex[cell]],
            "race": [RACES[index] for index in race[cell]],
            "people": occupied,
        }
    )
    return Chart(
        figure,
        table,
        f"Heat map of {workforce.classes:,} classes, the strongest colour for people alone in theirs: "
        f"{workforce.people_alone:,} are.",
    )
