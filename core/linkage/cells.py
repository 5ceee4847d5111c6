"""The paper's linkage: a face belongs to the names listed in the cell that is read off it."""

from __future__ import annotations

import numpy as np

from core.checks import FloatArray, IntArray
from core.demographics import AgeBins, cell_count, cells
from core.inference.beliefs import Beliefs, predicted_cells
from core.linkage.companies import Companies
from core.linkage.found import RANKS, Found


def by_cells(companies: Companies, beliefs: Beliefs, bins: AgeBins) -> Found:
    """Link each person's face to the names of the cell that is read off it.

    Whoever is read rightly in a class of k is found among the first r guesses with chance min(r / k, 1), and
    hides among k people; whoever is read wrongly is not found. At the first guess this is the paper's
    formula (Section VI), and `core.risk.exact` its expectation.
    """
    count = cell_count(bins)
    predicted = predicted_cells(beliefs, bins)[companies.face]
    true = cells(companies.people, bins).reshape(predicted.shape)
    number = np.arange(companies.repeats)[:, None] * count + predicted
    size: IntArray = np.bincount(number.ravel())[number]
    chance: FloatArray = np.minimum(np.array(RANKS)[:, None, None] / size, 1)
    return Found(np.where(predicted == true, chance, 0), size.astype(np.float64))
