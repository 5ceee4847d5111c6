"""What a study rests on: the census, and what an attacker believes of held-out faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core import company, shipped
from core.checks import FloatArray, IntArray
from core.company import Census
from core.faces import generator
from core.inference import held_out
from core.inference.held_out import HeldOut
from core.scenario import Scenario


@dataclass(frozen=True)
class Evidence:
    """What a study rests on.

    Parameters
    ----------
    census : Census
    held_out : dict of HeldOut
        Beliefs about held-out faces, by protocol.
    levelled_counts : (80, 2, 4) ints
        Make-up of the levelled faces: the mix on which attackers are judged, as in the paper.
    """

    census: Census
    held_out: dict[str, HeldOut]
    levelled_counts: IntArray

    def population(self, scenario: Scenario) -> FloatArray:
        """Share of the scenario's population by age, sex and race, shape (80, 2, 4)."""
        return company.reshape(
            self.census.population(scenario.race_mapping),
            youngest=scenario.youngest,
            oldest=scenario.oldest,
            female_share=None if scenario.female_percent is None else scenario.female_percent / 100,
            race_shares=None if scenario.race_percents is None else [percent / 100 for percent in scenario.race_percents],
        )


def load_evidence(folder: Path = shipped.FOLDER) -> Evidence:
    """Read what ships in `models/`, or another folder. Raises DamagedModelError."""
    return Evidence(
        company.load_census(folder),
        held_out.load_all(folder),
        generator.load(folder).levelled_counts,
    )
