"""What a report is put together from: charts, tables and chapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from core.charts import Chart, percent


@dataclass(frozen=True)
class Exhibit:
    """A chart with its words.

    Parameters
    ----------
    name : str
        Of its data's file, such as "risk-curve".
    finding, measure : str
        What it shows, and how that was measured.
    chart : Chart
    """

    name: str
    finding: str
    measure: str
    chart: Chart


@dataclass(frozen=True)
class DataTable:
    """A table with its words.

    Parameters
    ----------
    name : str
        Of its data's file.
    title, measure : str
    data : DataFrame
        Plain values, shares from 0 to 1.
    writers : mapping
        How the values of a column are written, by its name; text stays as it is.
    """

    name: str
    title: str
    measure: str
    data: pd.DataFrame
    writers: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    def rows(self) -> list[list[str]]:
        """Cells as they are shown; a value that is missing is an empty cell."""
        return [
            ["" if pd.isna(value) else self.writers.get(str(name), _plain)(value) for name, value in row.items()]
            for _, row in self.data.astype(object).iterrows()
        ]


@dataclass(frozen=True)
class Chapter:
    """A part of a report under one heading.

    Parameters
    ----------
    name : str
        For links to it.
    title : str
    words : paragraphs
    shown : charts and tables
    """

    name: str
    title: str
    words: tuple[str, ...] = ()
    shown: tuple[Exhibit | DataTable, ...] = ()


def shares(*columns: str) -> dict[str, Callable[[Any], str]]:
    """Write these columns as per cent."""
    return dict.fromkeys(columns, percent)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
