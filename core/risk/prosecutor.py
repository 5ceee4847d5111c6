"""The risk as a prosecutor, a journalist and a marketer see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, whole_number
from core.risk.expectation import chance_of_any, of_cells
from core.risk.outcomes import checked_outcomes, company_size_of

LARGEST_LIST = 1_000_000_000


@dataclass(frozen=True)
class Readings:
    """The risk as different attackers see it, after El Emam (2013), Guide to the De-Identification of
    Personal Health Information, and the ARX tool.

    Parameters
    ----------
    prosecutor : float
        Chance that the most exposed person is named by somebody who knows that the person works there.
    journalist : float
        The same chance if the public list holds `list_size` people and does not tell who works there.
    marketer : float
        Expected share of all people named: E.
    prosecutor_cell, journalist_cell : int
        Cell of the most exposed person.
    list_size : int
    """

    prosecutor: float
    journalist: float
    marketer: float
    prosecutor_cell: int
    journalist_cell: int
    list_size: int


def readings(outcomes: ArrayLike, company_size: int, *, list_size: int, by_cell: FloatArray | None = None) -> Readings:
    """Prosecutor, journalist and marketer risk.

    The journalist looks a person up in a list of M people like the company's, of whom the person is one
    and the others are truly in cell t with chance p_t: (a_t / p_t) (1 - (1 - p_t)^M) / (M p_t).

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; sums to 1.
    company_size : int
        N, 2 to 1,000,000.
    list_size : int
        M, at least N.
    by_cell : (C,) floats, optional
        Chance that a person of each true cell is named, where it is not that of a random company.
    """
    joint = checked_outcomes(outcomes)
    listed = whole_number("list size", list_size, company_size_of(company_size), LARGEST_LIST)
    risk = of_cells(joint, company_size) if by_cell is None else by_cell
    p = joint.sum(axis=1)
    rate = np.divide(np.diag(joint), p, out=np.zeros_like(p), where=p > 0)
    share = np.divide(chance_of_any(p, np.array(float(listed))), listed * p, out=np.zeros_like(p), where=p > 0)
    looked_up = rate * share
    return Readings(
        prosecutor=float(np.nanmax(risk)),
        journalist=float(looked_up.max()),
        marketer=float(p @ np.nan_to_num(risk)),
        prosecutor_cell=int(np.nanargmax(risk)),
        journalist_cell=int(looked_up.argmax()),
        list_size=listed,
    )
