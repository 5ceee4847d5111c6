"""What may be published: no small group of people, and nothing from which one could be worked out.

Groups of fewer people than a threshold are left out. One group that is left out could be worked out from the others and their
total, so the smallest of the others goes with it, as it does where all that is left out is fewer people than the threshold.
No number of people of any group is told, only that each has at least as many as the threshold: there is nothing to subtract.
The risk of a company that is known person by person would give its make-up away to whoever tries all of them, had it sixteen
digits; so figures have three. After Hundepool et al. (2012), Statistical Disclosure Control, doi 10.1002/9781118348239,
chapters 4 and 5.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.charts import Chart
from core.checks import whole_number
from core.report.parts import Chapter, DataTable, Exhibit
from core.risk import Exposure

SMALLEST_GROUP = 10
"""People of a group that may be published."""

LARGEST_THRESHOLD = 1_000
_DIGITS = 3


def checked_threshold(smallest: object) -> int:
    """Return the fewest people of a group that is shown, or raise ValueError."""
    return whole_number("fewest people of a group that is shown", smallest, 2, LARGEST_THRESHOLD)


def without_small_groups(groups: Exposure, smallest: int = SMALLEST_GROUP) -> Exposure | None:
    """Leave out groups of few people, and those from which they could be worked out.

    Parameters
    ----------
    groups : Exposure
    smallest : int
        Fewest people of a group that is shown, 2 to 1,000.

    Returns
    -------
    Exposure or None
        None where no group may be shown.
    """
    checked_threshold(smallest)
    from_few = np.argsort(groups.people, kind="stable")
    people = groups.people[from_few]
    hidden = int((people < smallest).sum())
    while 0 < hidden < len(people) and (hidden == 1 or people[:hidden].sum() < smallest):
        hidden += 1
    shown = np.sort(from_few[hidden:])
    if len(shown) == 0:
        return None
    arrays = ("risk", "low", "high", "guess", "people", "faces", "uncertain")
    taken = {name: getattr(groups, name)[shown] for name in arrays}
    return replace(groups, labels=tuple(groups.labels[row] for row in shown), **taken)


def to_three_digits(chapter: Chapter) -> Chapter:
    """Round every figure of a chapter's charts and tables to three digits."""
    return replace(chapter, shown=tuple(_rounded(each) for each in chapter.shown))


def _rounded(shown: Exhibit | DataTable) -> Exhibit | DataTable:
    if isinstance(shown, DataTable):
        return replace(shown, data=_table(shown.data))
    chart = shown.chart
    figure = go.Figure(_values(chart.figure.to_plotly_json()))
    return replace(shown, chart=Chart(figure, _table(chart.table), chart.description))


def _table(data: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: _values(column.tolist()) for name, column in data.items()}, columns=data.columns)


def _array(packed: dict[str, Any]) -> np.ndarray:
    """Return the numbers that plotly keeps as bytes."""
    flat = np.frombuffer(b64decode(packed["bdata"]), dtype=packed["dtype"])
    return flat.reshape([int(length) for length in str(packed.get("shape", len(flat))).split(",")])


def _values(value: Any) -> Any:
    if isinstance(value, dict) and "bdata" in value:
        return _values(_array(value))
    if isinstance(value, dict):
        return {name: _values(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_values(each) for each in value]
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind not in "fO" else _values(value.tolist())
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return float(f"{value:.{_DIGITS}g}")
    return value
