"""Own staff from totals alone, completed from the census."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.checks import real_number, whole_number
from core.company import reshape
from core.demographics import OLDEST, SEXES
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY
from core.staff.completion import NOT_STATED, complete, everywhere
from core.staff.staff import YOUNGEST_STAFF, Staff


def from_totals(
    people: int,
    *,
    population: ArrayLike,
    female_share: float | None = None,
    youngest: int = YOUNGEST_STAFF,
    oldest: int = OLDEST,
) -> Staff:
    """Complete a company of which only totals are known.

    Parameters
    ----------
    people : int
        N, 2 to 1,000,000.
    population : (80, 2, 4) floats
        The census, as shares.
    female_share : float, optional
        Share of women, 0 to 1, rounded to whole people; as in the census if not given.
    youngest, oldest : int
        14 to 80 years.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    size = whole_number("number of people", people, SMALLEST_COMPANY, LARGEST_COMPANY)
    youngest = whole_number("youngest age", youngest, YOUNGEST_STAFF, OLDEST)
    oldest = whole_number("oldest age", oldest, youngest, OLDEST)
    like = reshape(everywhere(population), youngest=youngest, oldest=oldest)
    by_sex, words = {NOT_STATED: size}, "women as in the census"
    if female_share is not None:
        women = int(np.floor(size * real_number("share of women", female_share, 0, 1) + 0.5))
        by_sex = {SEXES.index("Male"): size - women, SEXES.index("Female"): women}
        words = f"{women:,} of them women"
    count = len(by_sex)
    counts = complete(
        [youngest] * count,
        [oldest] * count,
        list(by_sex),
        [NOT_STATED] * count,
        list(by_sex.values()),
        population=like,
    )
    note = (
        f"Only totals are stated, {size:,} people aged {youngest} to {oldest}, {words}: all else is completed in proportion "
        "to the census."
    )
    return Staff(counts, completed=size, notes=(note,))
