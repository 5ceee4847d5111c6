from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


class Page:
    """A page under Streamlit's own test driver, and what it shows."""

    def __init__(self, driver: AppTest) -> None:
        self.driver = driver

    def text(self) -> str:
        """All words on the page that are no control."""
        written = [block.proto.body for block in self.driver.get("html")]
        return " ".join(written + [block.value for kind in ("markdown", "caption") for block in self.driver.get(kind)])

    def charts(self) -> dict[str, dict]:
        """Figures by key, without the `Chart` that the test driver cannot see. Raises where plotly would refuse one."""
        found = {}
        for chart in self.driver.get("plotly_chart"):
            figure = _decoded(json.loads(chart.proto.spec))
            go.Figure(figure)
            found[chart.proto.id.rsplit("-", 1)[-1]] = figure
        return found

    def problems(self) -> list[str]:
        """Exceptions on the page."""
        return [exception.message for exception in self.driver.exception]

    def problems_of_link(self) -> list[str]:
        """Sentences about values of the URL that could not be used."""
        return [warning.value for warning in self.driver.warning if warning.value.startswith("The link")]

    def url(self) -> dict[str, str]:
        """Parameters of the page's address."""
        return {name: self.driver.query_params[name] for name in self.driver.query_params}


def _decoded(value: Any) -> Any:
    """Turn the arrays that plotly writes as base64 back into arrays."""
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "bdata" in value:
        array = np.frombuffer(b64decode(value["bdata"]), dtype=value["dtype"])
        return array.reshape([int(length) for length in str(value.get("shape", len(array))).split(",")])
    return {name: _decoded(each) for name, each in value.items()}


@pytest.fixture
def opened() -> Callable[..., Page]:
    def open_page(path: str, **url: str) -> Page:
        driver = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if path != "app.py":
            driver.switch_page(path)
        for name, value in url.items():
            driver.query_params[name] = value
        return Page(driver.run())

    return open_page
