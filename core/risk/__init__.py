"""Re-identification risk from equivalence classes: of one database, of given people, of random companies, and simulated.

The people of a database who are read as the same cell form an equivalence class. Whoever is read
rightly in a class of k is named with chance 1/k. All shares run from 0 to 1.
"""

from core.risk.classes import CLASS_SIZES, EquivalenceRisk, of_database
from core.risk.expectation import advantage, exact, expected_shares, named_by_cell, of_cells, perfect
from core.risk.groups import GroupRisk, by_group
from core.risk.intersections import BY_CELL, FEWEST_FACES, GROUPINGS, Exposure, exposure, faces_behind
from core.risk.outcomes import checked_outcomes, predicted_and_right
from core.risk.prosecutor import LARGEST_LIST, Readings, readings
from core.risk.simulation import HIGH_PERCENTILE, LOW_PERCENTILE, RiskCurve, SimulatedRisk, curve, simulate
from core.risk.these_people import ThesePeople, of_these, perfect_of, resampled_risk, risk_of_kinds, simulate_these

__all__ = [
    "BY_CELL",
    "CLASS_SIZES",
    "FEWEST_FACES",
    "GROUPINGS",
    "HIGH_PERCENTILE",
    "LARGEST_LIST",
    "LOW_PERCENTILE",
    "EquivalenceRisk",
    "Exposure",
    "GroupRisk",
    "Readings",
    "RiskCurve",
    "SimulatedRisk",
    "ThesePeople",
    "advantage",
    "by_group",
    "checked_outcomes",
    "curve",
    "exact",
    "expected_shares",
    "exposure",
    "faces_behind",
    "named_by_cell",
    "of_cells",
    "of_database",
    "of_these",
    "perfect",
    "perfect_of",
    "predicted_and_right",
    "readings",
    "resampled_risk",
    "risk_of_kinds",
    "simulate",
    "simulate_these",
]
