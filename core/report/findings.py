"""What an assessment says of the figures: how many are named, who bears it most, what protections help and cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.charts import counted, people, percent
from core.protection import METHODS
from core.report.sections import Blank, Points, Section, Table
from core.risk import FEWEST_FACES, GROUPINGS, Exposure
from core.scenario import LINKAGES
from core.study import Frontier, LinkageStudy, Point, Study
from core.study.frontier import LARGEST_ERROR_RATE

_MOST_ROWS = 5
_FEWEST_FOR_PERCENTILES = 10
_FEWEST_SHOWN = 0.05
_FACES = {"generated": "generated faces of nobody", "real": "photos of real people"}
_SEX_WORDS = {"Male": "men", "Female": "women"}


@dataclass(frozen=True)
class Named:
    """The share of people named, its 95 % interval, and sentences on how sure it is."""

    share: float
    low: float
    high: float
    sure: str


def named_by(study: Study, linked: LinkageStudy | None) -> Named:
    """Return the share named under the scenario's linkage: exact for `"cells"`, simulated for others.

    Raises
    ------
    ValueError
        If the linkage had to be simulated and was not.
    """
    if study.scenario.linkage != LINKAGES[0]:
        if linked is None:
            raise ValueError(
                f"the risk under the linkage by {study.scenario.linkage} must be simulated first, got no simulation"
            )
        simulated = linked.success[1]
        sure = (
            f"This is the mean over {counted(linked.companies, 'simulated company')}; its 95% interval is "
            f"{percent(simulated.mean_low)} to {percent(simulated.mean_high)}. Of single companies, 95% lie between "
            f"{percent(simulated.low)} and {percent(simulated.high)}."
        )
        return Named(simulated.mean, simulated.mean_low, simulated.mean_high, sure)
    spread, repeats = study.simulated, study.simulated.repeats
    if repeats < _FEWEST_FOR_PERCENTILES:
        single = f"Single companies drawn at random had {', '.join(percent(share) for share in spread.expected_reidentified)}."
    else:
        single = f"Of {repeats:,} companies drawn at random, 95% lie between {percent(spread.low)} and {percent(spread.high)}."
    low, high = study.estimate.low, study.estimate.high
    sure = (
        f"This is the exact expectation; its 95% interval, given how many faces the attacker was tested on, is {percent(low)} "
        f"to {percent(high)}. {single}"
    )
    return Named(study.exact.expected_reidentified, low, high, sure)


def headline(study: Study, named: Named) -> str:
    """Say how many people are named, how sure that is, and what a guess would name."""
    size = study.scenario.company_size
    if named.share == 0:
        start = f"In a company of {size:,} people, nobody could be named from leaked face embeddings by this attack."
    else:
        start = (
            f"In a company of {size:,} people, {people(named.share, size)} ({percent(named.share)}) could be named from "
            "leaked face embeddings."
        )
    return f"{start} {named.sure} A name drawn at random is right for {percent(study.random_guess)}, exactly."


@dataclass(frozen=True)
class MostExposed:
    """The class whose people bear the highest risk.

    Parameters
    ----------
    groups : Exposure
        That class alone: the most exposed one that does not rest on few, where there is any.
    grouping : str
        One of `core.risk.GROUPINGS`.
    above : Exposure or None
        A class with a higher figure, alone, that rests on few.
    """

    groups: Exposure
    grouping: str
    above: Exposure | None

    @property
    def people(self) -> str:
        """Its people in words: "Asian women aged 21-40"."""
        return _people_of(self.groups, self.grouping)

    @property
    def chance(self) -> tuple[float, float, float]:
        """Chance of one of its people to be named, and its 95 % interval."""
        return _chance_of(self.groups)

    @property
    def rests_on_few(self) -> bool:
        """Whether too few faces or simulated people stand behind it."""
        return bool(self.groups.uncertain[0])

    def sentence(self) -> str:
        """Say who bears most, and where a higher figure rests on few."""
        if self.groups.average == 0:
            return "Nobody is named, in any group."
        said = (
            f"{self.people[0].upper()}{self.people[1:]} bear most: {self.chance_in_words()}, {self.groups.ratio[0]:.1f} times "
            "the average."
        )
        if self.rests_on_few:
            return f"{said} That rests on few, as all figures by {self.grouping} do."
        if self.above is None:
            return said
        return (
            f"{said} For {_people_of(self.above, self.grouping)} the figure is higher, "
            f"{_with_interval(*_chance_of(self.above))}, yet rests on fewer than {FEWEST_FACES} faces or simulated people."
        )

    def chance_in_words(self) -> str:
        """Name the chance with its interval."""
        return f"a chance of {_with_interval(*self.chance)}"


def most_exposed(groups: Exposure, grouping: str) -> MostExposed:
    """Find the class whose people bear the highest risk, of those that do not rest on few, where there are any."""
    first = groups.most_exposed(1)
    sure = np.flatnonzero(~groups.uncertain)
    if not first.uncertain[0] or not len(sure):
        return MostExposed(first, grouping, None)
    arrays = ("risk", "low", "high", "guess", "people", "faces", "uncertain")
    taken = {name: getattr(groups, name)[sure] for name in arrays}
    known = replace(groups, labels=tuple(groups.labels[row] for row in sure), **taken)
    return MostExposed(known.most_exposed(1), grouping, first)


def exposure_table(groups: Exposure, grouping: str) -> Table:
    """List the most exposed groups of a grouping."""
    listed = groups.most_exposed(_MOST_ROWS)
    rows = []
    for place, label in enumerate(listed.labels):
        ratio = f"{listed.ratio[place]:.1f}" if listed.average > 0 else "-"
        count = f"{listed.people[place]:,.1f}" if listed.people[place] >= _FEWEST_SHOWN else f"fewer than {2 * _FEWEST_SHOWN:g}"
        chance = _with_interval(*(float(values[place]) for values in (listed.risk, listed.low, listed.high)))
        rows.append((label, chance, ratio, count, "few" if listed.uncertain[place] else "enough"))
    which = "all groups" if len(rows) == len(groups.labels) else f"the {len(rows)} most exposed of {len(groups.labels)} groups"
    return Table(
        f"By {grouping}, {which}. In brackets: 95% intervals.",
        ("Group", "Chance of a person to be named", "Times the average", "People expected", "Rests on"),
        tuple(rows),
    )


def best_protection(frontier: Frontier) -> Point | None:
    """Return the protection that names fewest of those that keep verification usable; None where none helps."""
    best = frontier.best()
    return None if best is None or best.method == frontier.points[0].method else best


def controls(frontier: Frontier) -> Section:
    """List existing and planned controls: the protections measured, with what each helps and costs."""
    none, best = frontier.points[0], best_protection(frontier)
    existing = Blank("Existing controls: encryption, logical and physical access control, partitioning, logging, deletion")
    chosen = Blank("Controls chosen, and by when")
    title = "3.1 Existing or planned controls"
    if len(frontier.points) == 1:
        return Section(title, 2, (existing, "No protection of embeddings was measured.", chosen))
    shown = [none, *(point for point in reversed(frontier.on_frontier()) if point is not none)]
    rows = [(protection_title(each), _share(each), error_rate(each), percent(each.rank_one)) for each in shown]
    if best is None:
        found = f"None of them names fewer people with an equal error rate of at most {LARGEST_ERROR_RATE:.0%}."
    else:
        found = (
            f"Of those with an equal error rate of at most {LARGEST_ERROR_RATE:.0%}, {protection_title(best)} names fewest: "
            f"{_share(best)} of people instead of {_share(none)}. Its cost: the equal error rate goes from {error_rate(none)} "
            f"to {error_rate(best)}."
        )
    table = Table(
        "No protection, and those that no other one beats in both people named and equal error rate. In brackets: 95% "
        "intervals.",
        ("Protection", "People named", "Equal error rate", "Right person found first"),
        tuple(rows),
    )
    methods = [METHODS[name] for name in dict.fromkeys(each.method for each in shown)]
    cautions = tuple(f"{method.title}: {method.caution}" for method in methods if method.caution)
    blocks = (existing, _how_measured(frontier), found, table, _HOW_SURE, *((Points(cautions),) if cautions else ()), chosen)
    return Section(title, 2, blocks)


_HOW_SURE = (
    "People named is the exact expectation for the faces tested. The last column, how often a second picture finds the right "
    "person first, is exact over random galleries of the pictures tested."
)


def _how_measured(frontier: Frontier) -> str:
    measured = len(frontier.points) - 1
    faces, pairs = (_FACES.get(each, each) for each in (frontier.faces, frontier.pairs))
    return (
        f"Protections change embeddings before they are stored. {counted(measured, 'setting')} of them "
        f"{'was' if measured == 1 else 'were'} measured on {faces}, for a company of {frontier.company_size:,} people and "
        f"ages known to {counted(frontier.age_bin_width, 'year')}. For each, attackers were trained again on protected faces, "
        f"and the one who names most people counts. The cost was measured on pairs of pictures, {pairs}: the equal error rate "
        "is the share of wrong decisions where as many strangers are let in as right people are refused. These attackers are "
        "others than the one below, so the figures without protection differ a little."
    )


def protection_title(point: Point) -> str:
    """Name a protection with its strength: "LEACE (years of an age bin that is hidden: 20)"."""
    method = METHODS[point.method]
    if method.strength is None or point.strength is None:
        return method.title
    return f"{method.title} ({method.strength.words}: {point.strength:g})"


def error_rate(point: Point) -> str:
    """Return the equal error rate with its interval."""
    return _with_interval(point.equal_error_rate, point.equal_error_low, point.equal_error_high)


def _share(point: Point) -> str:
    return _with_interval(point.expected_reidentified, point.low, point.high)


def _with_interval(value: float, low: float, high: float) -> str:
    return f"{percent(value)} ({percent(low)} to {percent(high)})"


def _chance_of(one: Exposure) -> tuple[float, float, float]:
    return float(one.risk[0]), float(one.low[0]), float(one.high[0])


def _people_of(one: Exposure, grouping: str) -> str:
    parts = dict(zip(GROUPINGS[grouping], one.labels[0].split(", "), strict=True))
    who = " ".join(word for word in (parts.get("race"), _SEX_WORDS.get(parts.get("sex", ""), "people")) if word)
    return f"{who} aged {parts['age']}" if "age" in parts else who
