from dataclasses import replace

import numpy as np
import pytest

from core import charts, shipped, study
from core.protection import METHODS
from core.verification import Curve
from tests.core.test_protections import frontier_of, point

NONE = point("none", 0.08, 0.01)
LEACE = point("leace", 0.03, 0.02, 20)
NOISE = point("noise", 0.06, 0.05, 0.05)
KEYS = point("biohash", 0.001, 0, 64)
FOUND = frontier_of(NONE, NOISE, LEACE, KEYS)
CURVE = Curve(np.array([0.0, 0.5, 1]), np.array([0, 0.1, 1]), np.array([1, 0.2, 0]))


def test_every_protection_is_a_dot_and_the_frontier_a_line():
    line, dots = charts.protections(FOUND).figure.data
    assert list(line.x) == [0.01, 0.02]
    assert list(line.y) == [0.08, 0.03]
    # An error rate of 0 stands at the edge of the logarithmic axis.
    assert list(dots.x) == [0.01, 0.05, 0.02, 0.0005]
    assert list(dots.y) == [0.08, 0.06, 0.03, 0.001]
    assert [symbol == "circle-open" for symbol in dots.marker.symbol] == [False, False, False, True]
    assert len(set(dots.marker.color)) == 2
    assert dots.customdata[2].startswith("LEACE at 20 (years of an age bin that is hidden):<br>3.0% of 100 people are named")


def test_the_chosen_one_stands_out_with_its_intervals():
    chart = charts.protections(FOUND, chosen=LEACE)
    ring = chart.figure.data[2]
    assert (ring.x[0], ring.y[0]) == (0.02, 0.03)
    assert (ring.error_x.array[0], ring.error_x.arrayminus[0]) == pytest.approx((0.02, 0.01))
    assert (ring.error_y.array[0], ring.error_y.arrayminus[0]) == pytest.approx((0.01, 0.01))
    assert "<b>LEACE at 20</b>" in [label.text for label in chart.figure.layout.annotations]
    assert "Chosen: LEACE at 20, 3.0% at 2.0%." in chart.description
    assert len(chart.table) == 4


def test_a_chosen_one_that_was_not_tried_joins_the_others():
    chart = charts.protections(FOUND, chosen=point("leace", 0.035, 0.018, 30))
    assert len(chart.table) == len(chart.figure.data[1].x) == 5
    assert chart.table["no other beats it"].tolist() == ["yes", "no", "yes", "no", "no"]


@pytest.mark.parametrize("name", [shipped.PROTECTIONS, shipped.PROTECTIONS_REAL])
def test_labels_of_the_shipped_frontiers_cover_neither_each_other_nor_a_dot(name):
    found = study.load_frontier(name)
    for chosen in found.points:
        figure = charts.protections(found, chosen=chosen).figure
        low, high = figure.layout.xaxis.range
        labels = [label for label in figure.layout.annotations if label.xshift is not None]
        assert sum(label.text.startswith("<b>") for label in labels) == 1
        assert len(labels) >= 6
        boxes = []
        for label in labels:
            if label.text.startswith("<b>"):
                continue
            width = 6.6 * len(label.text)
            x = (label.x - low) / (high - low) * 290 + label.xshift
            y = label.y / figure.layout.yaxis.range[1] * 400 + label.yshift
            left = x - {"left": 0, "center": width / 2, "right": width}[label.xanchor]
            boxes.append((left, y - 8.5, left + width, y + 8.5))
        for number, one in enumerate(boxes):
            assert 0 <= one[0] < one[2] <= 290
            for other in boxes[:number]:
                assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_what_is_read_stands_beside_the_majority_guess():
    after = replace(
        LEACE, accuracy={"sex": 0.6, "race": 0.5, "age": 0.48}, best_attacker=dict.fromkeys(("sex", "race", "age"), "mlp")
    )
    chart = charts.still_read(NONE, after, FOUND.majority)
    guess, without, with_it = chart.figure.data[-3:]
    assert list(guess.x) == [0.5, 0.25, 0.46]
    assert list(without.x) == [0.9, 0.9, 0.7]
    assert list(with_it.x) == [0.6, 0.5, 0.48]
    assert list(with_it.customdata) == ["neural network"] * 3
    assert "race 90.0% without and 50.0% with it, guess 25.0%" in chart.description


def test_verification_is_a_curve_where_there_is_one_and_else_three_points():
    before, after = charts.verified((NONE, CURVE), (LEACE, None)).figure.data
    # Where no pair of two people passes a logarithmic axis has no place.
    assert list(before.x) == [0.1, 1]
    assert list(before.y) == [0.8, 1]
    assert list(after.x) == [0.001, 0.01, 0.02]
    assert list(after.y) == [0.8, 0.95, 0.98]
    assert (before.mode, after.mode) == ("lines", "lines+markers")


def test_the_table_sets_both_sides_beside_each_other():
    table = charts.protection_table(NONE, replace(LEACE, unaware=0.004), FOUND.majority, company_size=100, gallery=100)
    assert table.columns.tolist() == ["Without protection", "LEACE at 20"]
    assert table.loc["Named of 100 people"].tolist() == [
        "8.0% (7.0% to 9.0%), support vectors",
        "3.0% (2.0% to 4.0%), support vectors",
    ]
    assert table.loc["Named by an attacker that never saw it"].tolist() == ["", "0.40%"]
    assert table.loc["Age bin read rightly; majority guess 46.0%"].tolist() == ["70.0%, neural network"] * 2
    assert table.loc["Equal error rate"].tolist() == ["1.0% (0.50% to 2.0%)", "2.0% (1.0% to 4.0%)"]
    assert table.loc["True accepts at 0.1% false accepts"].tolist() == ["80.0%", "80.0%"]
    # No protection has no speed of its own, nor anything to stand beside.
    alone = charts.protection_table(NONE, NONE, FOUND.majority, company_size=100, gallery=100)
    assert alone.columns.tolist() == ["Without protection"]
    assert "Embeddings protected per second" not in alone.index


@pytest.mark.parametrize(
    ("method", "strength", "alone", "within"),
    [
        ("leace", 20, "LEACE at 20", "LEACE at 20"),
        ("noise", 0.05, "Gaussian noise at 0.05", "Gaussian noise at 0.05"),
        ("mechanism", 1000, "Differential privacy at 1,000", "differential privacy at 1,000"),
        ("biohash", 64, "BioHash, keys safe at 64", "BioHash, keys safe at 64"),
        ("none", None, "No protection", "no protection"),
    ],
)
def test_names_of_protections(method, strength, alone, within):
    assert charts.protection_name(method, strength) == alone
    assert charts.in_a_sentence(method, strength) == within


def test_every_protection_has_a_label():
    from core.charts import tradeoff

    assert set(tradeoff._SHORT) == set(METHODS)
