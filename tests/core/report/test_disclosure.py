import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import charts
from core.report import Chapter, DataTable, Exhibit, without_small_groups
from core.report.disclosure import checked_threshold, to_three_digits
from core.risk import Exposure


def exposure(people):
    count = len(people)
    risk = np.linspace(0.1, 0.5, count)
    return Exposure(
        labels=tuple(f"group {number}" for number in range(count)),
        risk=risk,
        low=risk - 0.01234,
        high=risk + 0.01234,
        guess=np.full(count, 0.01),
        people=np.array(people, dtype=float),
        faces=np.full(count, 100),
        uncertain=np.zeros(count, dtype=bool),
        average=0.25,
    )


def shown(people, smallest=10):
    left = without_small_groups(exposure(people), smallest)
    return None if left is None else left.people.tolist()


def test_groups_of_enough_people_stay():
    assert shown([50, 30, 10]) == [50, 30, 10]


def test_several_small_groups_go_alone_where_together_they_are_many():
    # 9 + 4 + 7 = 20 people: their sum, which a total would give away, is no small group.
    assert shown([50, 9, 30, 4, 7]) == [50, 30]


def test_one_small_group_takes_the_smallest_other_one_with_it():
    # Otherwise 96 - 50 - 30 - 12 = 4.
    assert shown([50, 30, 12, 4]) == [50, 30]


def test_small_groups_that_are_few_together_take_another_one_with_them():
    # 3 + 4 = 7 are fewer than 10.
    assert shown([50, 30, 3, 4]) == [50]


def test_nothing_is_left_where_the_last_group_would_give_the_others_away():
    assert shown([4]) is None
    assert shown([12, 3]) is None
    assert shown([3, 4, 5]) is None


def test_the_threshold_is_a_choice():
    assert shown([50, 30, 9], smallest=9) == [50, 30, 9]
    assert shown([50, 31, 30], smallest=31) == [50]
    with pytest.raises(ValueError, match="fewest people of a group that is shown must be 2 to 1,000, got 1"):
        checked_threshold(1)


def test_what_is_shown_is_unchanged():
    groups = exposure([50, 9, 30, 4, 7])
    left = without_small_groups(groups)
    assert left.labels == ("group 0", "group 2")
    assert left.risk.tolist() == groups.risk[[0, 2]].tolist()
    assert left.average == groups.average


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=12), st.integers(2, 40))
def test_no_small_group_is_shown_or_left_alone(people, smallest):
    left = shown(people, smallest) or []
    hidden = sorted(people)[: len(people) - len(left)]
    assert sorted(left) == sorted(people)[len(hidden) :]
    assert all(count >= smallest for count in left)
    if hidden and left:
        assert len(hidden) >= 2
        assert sum(hidden) >= smallest - 1e-9


@given(st.lists(st.integers(1, 60), min_size=2, max_size=8))
def test_no_hidden_group_can_be_worked_out_from_the_total(people):
    """Who knows the rule, the total and which groups are shown, but no number of people, cannot tell a hidden one's."""
    smallest = 10
    left = shown(people, smallest) or []
    hidden = len(people) - len(left)
    if hidden == 0 or not left:
        return
    # The shown ones have any number from 10 up; so the hidden ones together have any number from 10 to the rest.
    assert sum(people) - smallest * len(left) >= smallest
    assert hidden >= 2


def test_every_figure_has_three_digits():
    figure = charts.exposure(exposure([20, 30, 40]), grouping="race", with_counts=False)
    table = pd.DataFrame({"name": ["a"], "share": [0.0123456], "people": [1234], "nothing": [None]})
    chapter = Chapter("x", "X", (), (Exhibit("x", "f", "m", figure), DataTable("t", "T", "m", table)))
    drawn, listed = to_three_digits(chapter).shown
    assert listed.data.to_dict("records") == [{"name": "a", "share": 0.0123, "people": 1234, "nothing": None}]
    assert drawn.chart.table["95% interval from"].tolist() == [0.0877, 0.288, 0.488]
    bars = drawn.chart.figure.data[0]
    assert list(bars.error_x.array) == [0.0123] * 3
    assert [len(row) for row in bars.customdata] == [3, 3, 3]
    assert drawn.chart.description == figure.description


def test_charts_without_counts_tell_no_number_of_people():
    chart = charts.exposure(exposure([20, 30, 40]), grouping="race", with_counts=False)
    assert not {"people in the company", "held-out faces"} & set(chart.table.columns)
    assert "people" not in chart.figure.data[0].hovertemplate
    assert not any("people" in text for text in chart.figure.data[0].text)
    with_them = charts.exposure(exposure([20, 30, 40]), grouping="race")
    assert {"people in the company", "held-out faces"} <= set(with_them.table.columns)
    assert "20 people" in with_them.figure.data[0].text[0]
