"""What a study rests on: the census, and what an attacker believes of held-out faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from core import company, shipped
from core.checks import FloatArray, IntArray
from core.company import Census
from core.faces import generator
from core.inference import held_out, held_out_attackers
from core.inference.held_out import HeldOut
from core.scenario import ATTACKERS, LINKAGES, Scenario
from core.staff import everywhere
from core.study.own_attacker import OwnAttacker

_THE_PAPERS = (ATTACKERS[0], 1)


@dataclass(frozen=True)
class Evidence:
    """What a study rests on.

    Parameters
    ----------
    census : Census
    held_out : dict of HeldOut
        Beliefs about held-out faces, by protocol.
    levelled_counts : (80, 2, 4) ints
        Make-up of the levelled faces: the mix on which attackers are trained and judged, as in the paper.
    others : mapping of HeldOut
        Beliefs of other attackers than the paper's forest, or from several pictures of each person, where they are at
        hand: by attacker and number of pictures. Those of the forest are calibrated here.
    staff : (80, 2, 4) ints, optional
        A company's own staff, people by age, sex and race; see `core.staff`. The company is then this one, and none is drawn
        from the census: the scenario's ages, share of women, race mix and race mapping count for nothing, and its
        company size must be the number of these people.
    attacker : OwnAttacker, optional
        One that takes the place of the shipped ones, whatever attacker, protocol and number of pictures a scenario has.
    """

    census: Census
    held_out: dict[str, HeldOut]
    levelled_counts: IntArray
    others: Mapping[tuple[str, int], HeldOut] = field(default_factory=dict)
    staff: IntArray | None = None
    attacker: OwnAttacker | None = None

    def with_attacker(self, attacker: OwnAttacker) -> Evidence:
        """Return the evidence with an own attacker in place of the shipped ones."""
        return replace(self, attacker=attacker, levelled_counts=attacker.levelled_counts)

    def held_out_of(self, scenario: Scenario) -> HeldOut:
        """Return what the scenario's attacker believes about held-out faces.

        The paper's forest is taken as it is where cells are compared, and calibrated where its beliefs are taken at their word.

        Raises
        ------
        ValueError
            If the beliefs of this attacker, from that many pictures, are not at hand.
        """
        if self.attacker is not None:
            return self.attacker.plain if scenario.linkage == LINKAGES[0] else self.attacker.calibrated
        wanted = (scenario.attacker, scenario.pictures)
        if wanted == _THE_PAPERS and (scenario.linkage == LINKAGES[0] or wanted not in self.others):
            return self.held_out[scenario.protocol]
        if wanted not in self.others:
            at_hand = ", ".join(_words(*each) for each in sorted({_THE_PAPERS, *self.others}))
            raise ValueError(f"beliefs of the attacker must be one of those at hand, {at_hand}, got {_words(*wanted)}")
        return self.others[wanted]

    def population(self, scenario: Scenario) -> FloatArray:
        """Share of the scenario's population by age, sex and race, shape (80, 2, 4): of the own staff, where there is one."""
        if self.staff is not None:
            return company.checked_population(self.staff / self.staff.sum())
        return company.reshape(
            self.census.population(scenario.race_mapping),
            youngest=scenario.youngest,
            oldest=scenario.oldest,
            female_share=None if scenario.female_percent is None else scenario.female_percent / 100,
            race_shares=None if scenario.race_percents is None else [percent / 100 for percent in scenario.race_percents],
        )

    def listed_population(self, scenario: Scenario) -> FloatArray:
        """Shares from which an attacker guesses an age that the public list leaves open, shape (80, 2, 4).

        For own staff those of the census: from the staff's own an attacker would know the age of whoever is alone in a bin.
        """
        if self.staff is not None:
            return everywhere(self.census.population(scenario.race_mapping))
        return self.population(scenario)

    def staff_of(self, scenario: Scenario) -> IntArray | None:
        """Return the own staff, or None where companies are drawn from the census.

        Raises
        ------
        ValueError
            If the scenario's company is of another size.
        """
        if self.staff is not None:
            check_staff_size(int(self.staff.sum()), scenario)
        return self.staff


def check_staff_size(people: int, scenario: Scenario) -> None:
    """Raise ValueError where the scenario's company is not as large as the own staff."""
    if scenario.company_size != people:
        raise ValueError(f"company size must be that of the own staff, {people:,}, got {scenario.company_size:,}")


def load_evidence(folder: Path = shipped.FOLDER) -> Evidence:
    """Read what ships in `models/`, or another folder. Raises DamagedModelError."""
    return Evidence(
        company.load_census(folder),
        held_out.load_all(folder),
        generator.load(folder).levelled_counts,
        held_out_attackers.load(folder),
    )


def _words(attacker: str, pictures: int) -> str:
    return f"{attacker} from {pictures} picture{'s' if pictures > 1 else ''}"
