"""The CNIL's four steps of severity and of likelihood, and which of them a figure suggests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.checks import real_number


@dataclass(frozen=True)
class Scale:
    """Four steps in the CNIL's words (Privacy Impact Assessment, February 2018), and where ours begin.

    Parameters
    ----------
    name : str
        `"severity"` or `"likelihood"`.
    meanings : mapping
        What each step means, in the CNIL's words.
    significant_from, maximum_from : float
        Chance to be named from which the third and the fourth step are suggested. The CNIL sets no such thresholds: they
        are our own choice.
    """

    name: str
    meanings: Mapping[str, str]
    significant_from: float
    maximum_from: float

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps, from the lowest to the highest."""
        return tuple(self.meanings)

    def step(self, chance: float, guess: float) -> str:
        """Return the step for a chance to be named, where a name drawn at random is right with chance `guess`.

        Raises
        ------
        ValueError
            If either is no chance from 0 to 1.
        """
        named = real_number("chance to be named", chance, 0, 1)
        if named <= real_number("chance of a guess", guess, 0, 1):
            return self.steps[0]
        return self.steps[1 + int(np.searchsorted((self.significant_from, self.maximum_from), named, side="right"))]

    def suggest(self, chance: float, low: float, high: float, *, guess: float) -> Suggestion:
        """Return the step for a chance to be named, and those for the ends of its interval."""
        return Suggestion(self.name, *(self.step(each, guess) for each in (chance, low, high)))

    def rule(self) -> str:
        """Say which chance suggests which step."""
        lowest, limited, significant, maximum = self.steps
        third, fourth = f"{self.significant_from:.0%}", f"{self.maximum_from:.0%}"
        return (
            f"{lowest} where the attack does no better than a name drawn at random; {limited} below {third}; {significant} "
            f"from {third} to below {fourth}; {maximum} from {fourth}. These thresholds are our own choice: the CNIL sets "
            "none."
        )


@dataclass(frozen=True)
class Suggestion:
    """A step that the figures suggest, for the officer to accept or to change.

    Parameters
    ----------
    scale : str
        `"severity"` or `"likelihood"`.
    step : str
    lowest, highest : str
        Steps of the ends of the figure's 95 % interval.
    """

    scale: str
    step: str
    lowest: str
    highest: str

    @property
    def doubt(self) -> str:
        """A sentence on whether the figure's interval reaches into other steps."""
        if self.lowest == self.highest:
            return "The whole 95% interval of the figure suggests the same step."
        return f"The 95% interval of the figure reaches from {self.lowest} to {self.highest}: weigh both."


SEVERITY = Scale(
    "severity",
    {
        "Negligible": "Data subjects either will not be affected or may encounter a few inconveniences, which they will "
        "overcome without any problem.",
        "Limited": "Data subjects may encounter significant inconveniences, which they will be able to overcome despite a few "
        "difficulties.",
        "Significant": "Data subjects may encounter significant consequences, which they should be able to overcome albeit "
        "with real and serious difficulties.",
        "Maximum": "Data subjects may encounter significant, or even irreversible, consequences, which they may not overcome.",
    },
    significant_from=0.1,
    maximum_from=0.5,
)
"""Read off the chance that a person of the most exposed class is named."""

LIKELIHOOD = Scale(
    "likelihood",
    {
        "Negligible": "It does not seem possible for the selected risk sources to materialize the threat by exploiting the "
        "properties of supporting assets.",
        "Limited": "It seems difficult for the selected risk sources to materialize the threat by exploiting the properties "
        "of supporting assets.",
        "Significant": "It seems possible for the selected risk sources to materialize the threat by exploiting the "
        "properties of supporting assets.",
        "Maximum": "It seems extremely easy for the selected risk sources to materialize the threat by exploiting the "
        "properties of supporting assets.",
    },
    significant_from=0.01,
    maximum_from=0.1,
)
"""Read off the share of all people named, once embeddings have leaked."""
