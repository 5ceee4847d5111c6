"""Beliefs about faces, and what an attacker reads from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, matrix, one_of, row_numbers
from core.demographics import AGES, NARROWEST_BIN, RACES, SEXES, WIDEST_BIN, AgeBins, cells_of
from core.scenario import CORRECTED, PAPER, PROTOCOLS

_SUM_TOLERANCE = 5e-3


@dataclass(frozen=True)
class Beliefs:
    """Probabilities of each face's sex, race and age.

    Parameters
    ----------
    sex : (n, 2) floats
    race : (n, 4) floats
    age : (n, 80) floats
        Probability of each age from 1 to 80.
    protocol : str
        `"corrected"`, or `"paper"` where race was learnt on one-hot labels.

    Raises
    ------
    ValueError
        If rows are no probabilities or the lengths differ.
    """

    sex: FloatArray
    race: FloatArray
    age: FloatArray
    protocol: str = CORRECTED

    def __post_init__(self) -> None:
        one_of("protocol", self.protocol, PROTOCOLS)
        for name, width in {"sex": len(SEXES), "race": len(RACES), "age": AGES}.items():
            values = matrix(f"beliefs of {name}", getattr(self, name))
            if values.shape != (len(self.sex), width):
                raise ValueError(f"beliefs of {name} must have shape ({len(self.sex)}, {width}), got {values.shape}")
            sums = values.sum(axis=1, dtype=np.float64)
            if values.size and (values.min() < 0 or abs(sums - 1).max() > _SUM_TOLERANCE):
                raise ValueError(
                    f"beliefs of {name} must be 0 or more and sum to 1 a face, got sums {sums.min():g} to {sums.max():g}"
                )

    def __len__(self) -> int:
        return len(self.sex)

    def take(self, rows: ArrayLike) -> Beliefs:
        """Return the beliefs about the chosen faces (indices or a mask)."""
        rows = row_numbers(rows)
        return Beliefs(self.sex[rows], self.race[rows], self.age[rows], self.protocol)

    def age_bins(self, bins: AgeBins) -> FloatArray:
        """Probability of each age bin, shape (n, bins.count)."""
        return np.add.reduceat(self.age, bins.first_ages - 1, axis=1, dtype=np.float32)

    def predicted_sex(self) -> IntArray:
        return self.sex.argmax(axis=1)

    def predicted_age_bin(self, bins: AgeBins) -> IntArray:
        return self.age_bins(bins).argmax(axis=1)

    def predicted_race(self) -> IntArray:
        """Race that the attacker reads, as the protocol has it."""
        return read_race(self.race, self.protocol)


@dataclass(frozen=True)
class Predictions:
    """What an attacker reads from beliefs, for every width of an age bin: a fiftieth of the beliefs' size.

    Parameters
    ----------
    sex : (n,) int8
    race : (n,) int8
    age_bin : (widths, n) int8
        A row for each width, from the narrowest to the widest.
    """

    sex: IntArray
    race: IntArray
    age_bin: IntArray

    @classmethod
    def of(cls, beliefs: Beliefs) -> Predictions:
        """Read what is likeliest."""
        widths = range(NARROWEST_BIN, WIDEST_BIN + 1)
        ages = np.array([beliefs.predicted_age_bin(AgeBins(width)) for width in widths], dtype=np.int8)
        return cls(beliefs.predicted_sex().astype(np.int8), beliefs.predicted_race().astype(np.int8), ages)

    def predicted_sex(self) -> IntArray:
        return self.sex.astype(np.int64)

    def predicted_age_bin(self, bins: AgeBins) -> IntArray:
        return self.age_bin[bins.width - NARROWEST_BIN].astype(np.int64)

    def predicted_race(self) -> IntArray:
        return self.race.astype(np.int64)


def read_race(beliefs: FloatArray, protocol: str) -> IntArray:
    """Race read from beliefs of shape (n, 4).

    Under the paper's protocol each race is a yes-or-no question of its own, answered yes above one half;
    a face for which no race is answered yes is read as the first one, White.
    """
    return (beliefs > 0.5).argmax(axis=1) if protocol == PAPER else beliefs.argmax(axis=1)


def predicted_cells(beliefs: Beliefs | Predictions, bins: AgeBins) -> IntArray:
    """Cell that the attacker reads for each face, shape (n,)."""
    return cells_of(beliefs.predicted_age_bin(bins), beliefs.predicted_sex(), beliefs.predicted_race())
