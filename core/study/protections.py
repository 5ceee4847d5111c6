"""What protections would help, and what they cost: one of them at a time, and all of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core import company, linkage, protection, replication, risk
from core.checks import FloatArray
from core.demographics import AgeBins
from core.faces import Faces, near_identical_groups, utkface
from core.faces.generator import FaceGenerator
from core.faces.people import Pictures
from core.inference import held_out
from core.protection import METHODS, Attacked, Effect, Material, Prepared, method_of
from core.protection.effect import ATTRIBUTES
from core.scenario import LINKAGES, Scenario
from core.study.frontier import Frontier, Point

ON_A_PAGE = ("logistic", "svm", "mlp")
"""Attackers that are trained again on a page, where seconds count: those that name most people in the frontiers."""

KNOWN_ON_A_PAGE, TESTED_ON_A_PAGE, PEOPLE_ON_A_PAGE = 2_500, 2_500, 1_000
POOL_PER_KIND = 4
"""Generated faces of each age, sex and race that stand for the people of companies, on a page; elsewhere twice as many."""

_IMPOSTORS_A_PERSON = 40
_IMPOSTORS = 500_000
_GENERATED_KNOWN, _GENERATED_TESTED, _GENERATED_POOL, _GENERATED_PEOPLE = range(41, 45)


@dataclass(frozen=True)
class Protected:
    """One protection, measured.

    Parameters
    ----------
    method : str
        One of `core.protection.METHODS`.
    strength : float or None
    effect : Effect
    random_guess : float
        1/N.
    census_guess : float
        Expected share named by the best guess that sees no face; see `core.linkage.census_guess`.
    """

    method: str
    strength: float | None
    effect: Effect
    random_guess: float
    census_guess: float

    @property
    def advantage_over_census(self) -> float:
        """Gain of the attacker that counts over the guess from the census."""
        share = self.effect.privacy.worst.expected_reidentified
        return (share - self.census_guess) / (1 - self.census_guess)

    def point(self) -> Point:
        """What a trade-off chart shows of it."""
        privacy, utility = self.effect.privacy, self.effect.utility
        worst = privacy.worst
        return Point(
            method=self.method,
            strength=self.strength,
            attacker=worst.attacker,
            expected_reidentified=worst.expected_reidentified,
            low=worst.low,
            high=worst.high,
            accuracy={name: privacy.best(name).accuracy[name] for name in ATTRIBUTES},
            best_attacker={name: privacy.best(name).attacker for name in ATTRIBUTES},
            unaware=None if privacy.unaware is None else privacy.unaware.expected_reidentified,
            equal_error_rate=utility.equal_error_rate,
            equal_error_low=utility.low,
            equal_error_high=utility.high,
            true_accept={f"{rate:g}": share for rate, share in utility.true_accept.items()},
            rank_one=utility.rank_one,
            fitted=self.effect.fitted,
            dimension=self.effect.dimension,
            per_second=float(f"{self.effect.per_second:.2g}"),
            by_attacker={
                each.attacker: each.accuracy | {"expected_reidentified": each.expected_reidentified}
                for each in privacy.retrained
            },
        )


def generated_material(
    scenario: Scenario,
    population: FloatArray,
    fitted: FaceGenerator,
    *,
    known: int | None = None,
    tested: int | None = None,
    per_kind: int = 2 * POOL_PER_KIND,
) -> Material:
    """Generate faces to measure protections on, and two pictures of each of 1,000 people of the company's kind.

    Parameters
    ----------
    scenario : Scenario
        Its company size, bins and seed count.
    population : (80, 2, 4) floats
    fitted : FaceGenerator
    known, tested : int, optional
        Faces; as many as there are levelled ones if not given.
    per_kind : int
        Faces of each age, sex and race in the pool.
    """
    everybody = fitted.levelled_people()

    def sample(number: int, count: int | None) -> Faces:
        rng = np.random.default_rng([scenario.seed, number])
        people = everybody if count is None else everybody.take(rng.choice(len(everybody), count, replace=False))
        return fitted.sample(people, rng=rng)

    pool = fitted.sample(held_out.people_to_generate(per_kind), rng=np.random.default_rng([scenario.seed, _GENERATED_POOL]))
    rng = np.random.default_rng([scenario.seed, _GENERATED_PEOPLE])
    people = company.draw(population, PEOPLE_ON_A_PAGE, rng=rng)
    pictures = fitted.pictures(people, 2, rng=rng)
    return Material(
        known=sample(_GENERATED_KNOWN, known),
        tested=sample(_GENERATED_TESTED, tested),
        pool=pool,
        pictures=pictures.reshape(2 * PEOPLE_ON_A_PAGE, -1),
        person=np.repeat(np.arange(PEOPLE_ON_A_PAGE), 2),
        population=population,
        company_size=scenario.company_size,
        bins=AgeBins(scenario.age_bin_width),
        impostors=_IMPOSTORS_A_PERSON * PEOPLE_ON_A_PAGE,
    )


def material_on_a_page(scenario: Scenario, population: FloatArray, fitted: FaceGenerator) -> Material:
    """Generate few faces: what a page measures one protection on within seconds."""
    return generated_material(
        scenario, population, fitted, known=KNOWN_ON_A_PAGE, tested=TESTED_ON_A_PAGE, per_kind=POOL_PER_KIND
    )


def with_real_faces(material: Material, faces: Faces, *, seed: int) -> Material:
    """Replace the generated faces of a material by real ones: levelled, near-identical photos on one side."""
    rng = np.random.default_rng(seed)
    levelled = utkface.level(faces.people, rng=rng)
    sets = replication.rotated(faces, levelled, rng, near_identical_groups(faces.embeddings))[0]
    return replace(material, known=sets.training, tested=sets.test, pool=sets.pool)


def with_real_pairs(material: Material, pictures: Pictures) -> Material:
    """Replace the generated pictures of a material by real ones."""
    people = np.bincount(pictures.person)
    available = (len(pictures) ** 2 - int((people**2).sum())) // 2
    return replace(
        material,
        pictures=pictures.embeddings,
        person=pictures.person,
        impostors=None if available <= _IMPOSTORS else _IMPOSTORS,
    )


def protect(
    name: str, strength: float | None, prepared: Prepared, *, progress: Callable[[str], None] = lambda _: None
) -> Protected:
    """Measure one protection: `attack_protected`, then `judge_protected`.

    Parameters
    ----------
    name : str
        One of `core.protection.METHODS`.
    strength : float or None
        None for the default.
    prepared : Prepared
        Result of `core.protection.prepare`.
    progress : callable
        Told each step, `core.protection.steps` in all; what it raises ends the work.
    """
    return judge_protected(name, strength, attack_protected(name, strength, prepared, progress=progress), prepared)


def attack_protected(
    name: str,
    strength: float | None,
    prepared: Prepared,
    *,
    same_faces: Attacked | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Attacked:
    """Do what takes long of `protect`: it serves companies of any size, and any age bins. See `core.protection.attack`."""
    method = method_of(name)
    return protection.attack(
        method.protection(strength), prepared, apart=method.apart, same_faces=same_faces, progress=progress
    )


def judge_protected(name: str, strength: float | None, attacked: Attacked, prepared: Prepared) -> Protected:
    """Say what an attack on a protection means for the company of the material; see `Prepared.for_company`."""
    effect, size = protection.judge(attacked, prepared), prepared.material.company_size
    shares = _cell_shares(prepared)
    guess = float(linkage.census_guess(LINKAGES[0], shares, size) @ shares)
    return Protected(name, method_of(name).chosen(strength), effect, 1 / size, guess)


def frontier(
    prepared: Prepared,
    choices: Sequence[tuple[str, float | None]] | None = None,
    *,
    faces: str,
    pairs: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Frontier:
    """Measure many protections: all methods at all strengths that they try, or those that are named.

    Parameters
    ----------
    prepared : Prepared
    choices : pairs of a method's name and a strength, optional
        Without protection comes first in any case.
    faces, pairs : str
        `"generated"` or `"real"`.
    progress : callable
        Told each step.
    """
    wanted = [("none", None), *(each for each in choices or everything() if each[0] != "none")]
    measured = []
    for number, (name, strength) in enumerate(wanted, start=1):
        words = f"{name} {strength:g}" if strength is not None else name
        measured.append(protect(name, strength, prepared, progress=_told(progress, f"{words}, {number} of {len(wanted)}")))
    material, first = prepared.material, measured[0]
    p = _cell_shares(prepared)
    return Frontier(
        faces=faces,
        pairs=pairs,
        seed=prepared.seed,
        company_size=material.company_size,
        age_bin_width=material.bins.width,
        known=len(material.known),
        tested=len(material.tested),
        pool=len(material.pool),
        random_guess=first.random_guess,
        census_guess=first.census_guess,
        perfect_inference=float(risk.expected_shares(p, p, material.company_size)),
        majority=first.effect.privacy.majority,
        points=tuple(each.point() for each in measured),
    )


def everything() -> list[tuple[str, float | None]]:
    """All methods at all strengths that a frontier tries."""
    return [
        (method.name, strength)
        for method in METHODS.values()
        for strength in (method.strength.tried if method.strength else (None,))
    ]


def _told(progress: Callable[[str], None], words: str) -> Callable[[str], None]:
    return lambda step: progress(f"{words}: {step}")


def _cell_shares(prepared: Prepared) -> FloatArray:
    """Share of the population in each cell."""
    bins = prepared.material.bins
    return company.outcomes(prepared.matched, np.zeros(len(prepared.material.pool), dtype=np.int64), bins).sum(axis=1)
