"""What the scenario's attacker reads off one face, and who else in the company is read the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray
from core.demographics import AgeBins, cell_labels
from core.inference import Beliefs, Forests, predicted_cells
from core.scenario import Scenario
from core.study.whole import Attack


@dataclass(frozen=True)
class FaceReading:
    """What is read off one face.

    Parameters
    ----------
    beliefs : Beliefs
        Of one face.
    bins : AgeBins
    cell : str
        Cell that the attacker reads, such as "21-40, Female, Asian".
    read_share, true_share : floats
        Chances q and p that a random employee is read as that cell, and truly is in it.
    """

    beliefs: Beliefs
    bins: AgeBins
    cell: str
    read_share: float
    true_share: float

    def probabilities(self) -> dict[str, FloatArray]:
        """Probabilities of each sex, race and age bin."""
        return {"sex": self.beliefs.sex[0], "race": self.beliefs.race[0], "age": self.beliefs.age_bins(self.bins)[0]}


def read_face(embedding: FloatArray, forests: Forests, scenario: Scenario, known: Attack) -> FaceReading:
    """Read sex, race and age off one embedding of shape (d,)."""
    beliefs = forests.beliefs(np.asarray(embedding, dtype=np.float32)[None])
    cell = int(predicted_cells(beliefs, known.bins)[0])
    return FaceReading(
        beliefs=beliefs,
        bins=AgeBins(scenario.age_bin_width),
        cell=cell_labels(known.bins)[cell],
        read_share=float(known.outcomes[:, cell].sum()),
        true_share=float(known.outcomes[cell].sum()),
    )
