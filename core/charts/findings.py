"""What a result says, in sentences: the titles of charts and the first sentence of a page or a report."""

from __future__ import annotations

from core.charts.linkage import ATTACKER_WORDS, LINKAGE_WORDS
from core.charts.style import counted, people, percent
from core.linkage import CELLS
from core.risk import GROUPINGS, Exposure
from core.scenario import BY_BIN, EXACT, Scenario
from core.study import LinkageStudy, Study

FEWEST_FOR_PERCENTILES = 10
FEWEST_FOR_INTERVALS = 5
_SEX_WORDS = {"Male": "men", "Female": "women"}


def of_risk(study: Study) -> tuple[str, str]:
    """State the risk, with its figure between stars; and both of its uncertainties."""
    size, named = study.scenario.company_size, study.exact.expected_reidentified
    return (
        f"{_company(size, study.own_staff)}, *{people(named, size)}* could be named from leaked face embeddings.",
        f"That is {percent(named)} of them, the exact expectation{_sureness(study)} {_spread(study)}",
    )


def _sureness(study: Study) -> str:
    low, high = study.estimate.low, study.estimate.high
    if low == high > 0:
        return ". How sure that is, nobody can say: the size of the attacker's test is not stated."
    return f"; {percent(low)} to {percent(high)}, given how many faces the attacker was tested on."


def of_linkage(linked: LinkageStudy, reader: str | None = None) -> tuple[str, str]:
    """State the risk under the scenario's linkage, with its figure between stars; and how sure it is.

    Where faces are not read by the scenario's attacker, `reader` says who reads them.
    """
    size, named = linked.scenario.company_size, linked.success[1]
    interval = f"mean of {simulated(linked.companies, linked.own_staff)}"
    if linked.companies >= FEWEST_FOR_INTERVALS:
        interval += f", 95% interval {percent(named.mean_low)} to {percent(named.mean_high)}"
    chance = ""
    if linked.companies >= FEWEST_FOR_PERCENTILES:
        single = "single leaks" if linked.own_staff else "single companies"
        chance = f" Chance moves {single}: 95% lie between {percent(named.low)} and {percent(named.high)}."
    return (
        f"{_company(size, linked.own_staff)}, *{people(named.mean, size)}* could be named from leaked face embeddings.",
        f"That is {percent(named.mean)} of them, {interval}.{chance} The attack: {attack(linked.scenario, reader)}.",
    )


def simulated(count: int, own_staff: bool) -> str:
    """Count what was simulated: companies, or leaks of one company of own staff."""
    return f"{counted(count, 'simulated leak')} of these people" if own_staff else counted(count, "simulated company")


def _company(size: int, own_staff: bool) -> str:
    return f"Of these {size:,} people" if own_staff else f"In a company of {size:,} people"


def _spread(study: Study) -> str:
    spread, repeats = study.simulated, study.simulated.repeats
    if study.own_staff:
        shares = ", ".join(percent(share) for share in spread.expected_reidentified)
        lie = f"95% lie between {percent(spread.low)} and {percent(spread.high)}"
        if repeats < FEWEST_FOR_PERCENTILES:
            return f"Chance moves how they are read: {counted(repeats, 'simulated leak')} had {shares}."
        return f"Chance moves how they are read: of {repeats:,} simulated leaks, {lie}."
    if repeats < FEWEST_FOR_PERCENTILES:
        shares = ", ".join(percent(share) for share in spread.expected_reidentified)
        return f"Chance moves single companies: drawn at random, {repeats} had {shares}."
    return (
        f"Chance moves single companies: of {repeats:,} drawn at random, 95% lie between {percent(spread.low)} and "
        f"{percent(spread.high)}."
    )


def alone_or_few(study: Study) -> str:
    """Say how many people stand in small classes."""
    share = study.exact.class_size_shares["1"] + study.exact.class_size_shares["2-5"]
    return f"{percent(share)} of people are read rightly and share that reading with at most 4 others"


def against_guess(study: Study) -> str:
    """Compare the attacker with a name drawn at random."""
    ratio = study.exact.expected_reidentified / study.random_guess
    if ratio < 1:
        return "Here a name drawn at random does better than this attacker"
    return f"The larger the company, the safer each person, yet the attacker does {ratio:.1f} times as well as a random guess"


def who_bears_most(groups: Exposure, grouping: str) -> str:
    """Say which group bears the highest risk, and where that rests on few."""
    if groups.average == 0:
        return "Nobody is named"
    worst = groups.most_exposed(1)
    named = people_of_group(worst.labels[0], grouping)
    if len(groups.labels) == 1:
        return f"All are {named}: everyone bears the same risk"
    doubt = ", yet that rests on few" if worst.uncertain[0] else ""
    return f"{named[0].upper()}{named[1:]} bear most: {worst.ratio[0]:.1f} times the average risk{doubt}"


def people_of_group(label: str, grouping: str) -> str:
    """Name the people of a group of `GROUPINGS`: "Asian women", "Black people aged 21-40"."""
    parts = dict(zip(GROUPINGS[grouping], label.split(", "), strict=True))
    who = " ".join(word for word in (parts.get("race"), _SEX_WORDS.get(parts.get("sex", ""), "people")) if word)
    return f"{who} aged {parts['age']}" if "age" in parts else who


def attack(scenario: Scenario, reader: str | None = None) -> str:
    """Describe the attack: "a neural network, exact ages, the best one-to-one match"; `reader` names an own attacker."""
    ages = {BY_BIN: f"ages known to {counted(scenario.age_bin_width, 'year')}", EXACT: "exact ages"}
    known = (
        ""
        if scenario.linkage == CELLS
        else f", {ages.get(scenario.age_knowledge) or f'ages known {scenario.age_knowledge} years'}"
    )
    pictures = f", {scenario.pictures} pictures of each" if scenario.pictures > 1 and reader is None else ""
    return f"{reader or ATTACKER_WORDS[scenario.attacker].lower()}, {LINKAGE_WORDS[scenario.linkage].lower()}{known}{pictures}"
