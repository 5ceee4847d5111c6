"""From beliefs to names in a public list: by cells, by posterior, by assignment."""

from core.linkage.baselines import census_guess, perfect_inference
from core.linkage.companies import Companies, draw
from core.linkage.found import RANKS
from core.linkage.intervals import Spread, resampled, spread
from core.linkage.listing import Listing, listing
from core.linkage.scores import believed_mix
from core.linkage.simulation import ASSIGNMENT, CELLS, LARGEST, POSTERIOR, LinkageRisk, companies_of, simulate

__all__ = [
    "ASSIGNMENT",
    "CELLS",
    "LARGEST",
    "POSTERIOR",
    "RANKS",
    "Companies",
    "LinkageRisk",
    "Listing",
    "Spread",
    "believed_mix",
    "census_guess",
    "companies_of",
    "draw",
    "listing",
    "perfect_inference",
    "resampled",
    "simulate",
    "spread",
]
