"""How well the attacker reads each attribute, with intervals; and what the age-bin width does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core import company, risk
from core.checks import FloatArray, IntArray
from core.demographics import NARROWEST_BIN, RACES, SEXES, WIDEST_BIN, AgeBins
from core.inference import predicted_cells
from core.inference.evaluation import Evaluation, RocCurve, evaluate, evaluate_one_hot, roc
from core.inference.held_out import HeldOut
from core.scenario import PAPER, Scenario
from core.study.evidence import Evidence
from core.study.own_attacker import DECLARED

ATTRIBUTES = ("sex", "age", "race")
_TEST_SHARE = 0.2


@dataclass(frozen=True)
class AttributeReading:
    """How well one attribute is read off held-out faces with the paper's mix of people.

    Parameters
    ----------
    attribute : str
    evaluation : Evaluation
    curves : dict of RocCurve
        One class against the rest, by class; for sex, that of Female.
    majority : float
        Share of the most frequent class: what a guess without the face achieves.
    """

    attribute: str
    evaluation: Evaluation
    curves: dict[str, RocCurve]
    majority: float


@dataclass(frozen=True)
class WidthStudy:
    """What the age-bin width does.

    Parameters
    ----------
    widths : (40,) ints
        1 to 40 years.
    accuracy : (40,) floats
        Share of held-out faces whose age bin is read rightly.
    predicted_share, right_share : lists of (cells,) floats
        Chances q and a of each width.
    """

    widths: IntArray
    accuracy: FloatArray
    predicted_share: list[FloatArray]
    right_share: list[FloatArray]

    def best(self, company_size: int) -> int:
        """Width at which most people of a company are named."""
        return int(self.widths[self.expected([company_size])[0].argmax()])

    def expected(self, company_sizes: ArrayLike) -> FloatArray:
        """Exact E for each company size and width, shape (sizes, widths)."""
        pairs = zip(self.predicted_share, self.right_share, strict=True)
        return np.stack([risk.expected_shares(q, a, company_sizes) for q, a in pairs], axis=1)


def test_faces(scenario: Scenario, evidence: Evidence) -> HeldOut:
    """Held-out faces with the mix of the levelled faces, a fifth as many: the test set of Tables I to III.

    Those of an own attacker are too few to leave any out: they are taken as they are.
    """
    held = evidence.held_out_of(scenario)
    if evidence.attacker is not None:
        return held
    rng = np.random.default_rng([scenario.seed, 5])
    wanted = rng.multinomial(
        round(_TEST_SHARE * evidence.levelled_counts.sum()),
        (evidence.levelled_counts / evidence.levelled_counts.sum()).ravel(),
    )
    kind = np.ravel_multi_index((held.people.age - 1, held.people.sex, held.people.race), evidence.levelled_counts.shape)
    order = np.lexsort((rng.random(len(kind)), kind))
    start = np.searchsorted(kind[order], np.arange(len(wanted)))
    within = np.arange(len(kind)) - start[kind[order]]
    rows = np.sort(order[within < wanted[kind[order]]])
    return HeldOut(held.people.take(rows), held.beliefs.take(rows))


def read_attribute(scenario: Scenario, evidence: Evidence, attribute: str) -> AttributeReading:
    """Evaluate how the scenario's attacker reads sex, age or race."""
    held = test_faces(scenario, evidence)
    rng = np.random.default_rng([scenario.seed, 6])
    truth, predicted, probabilities, labels = _readings_of(held, AgeBins(scenario.age_bin_width))[attribute]
    own = evidence.attacker
    if own is not None and own.how[attribute] == DECLARED:
        # Its faces stand for those of the test, of which there may be another number, or none that is known.
        evaluation = evaluate(truth, predicted, probabilities, labels, rng=rng if own.tested else None, drawn=own.tested)
    elif attribute == "race" and scenario.protocol == PAPER and own is None:
        evaluation = evaluate_one_hot(truth, probabilities > 0.5, probabilities, labels, rng=rng)
    else:
        evaluation = evaluate(truth, predicted, probabilities, labels, rng=rng)
    shown = [1] if attribute == "sex" else range(len(labels))
    return AttributeReading(
        attribute=attribute,
        evaluation=evaluation,
        curves={labels[k]: roc(truth == k, probabilities[:, k]) for k in shown if 0 < (truth == k).mean() < 1},
        majority=float(np.bincount(truth).max() / len(truth)),
    )


def by_width(scenario: Scenario, evidence: Evidence) -> WidthStudy:
    """Follow accuracy and risk over all age-bin widths. Depends on neither company size nor width."""
    held = evidence.held_out_of(scenario)
    tested = test_faces(scenario, evidence)
    matched = company.match(evidence.population(scenario), held.people)
    accuracy, predicted_share, right_share = [], [], []
    widths = np.arange(NARROWEST_BIN, WIDEST_BIN + 1)
    for width in widths:
        bins = AgeBins(int(width))
        accuracy.append((tested.beliefs.predicted_age_bin(bins) == bins.of(tested.people.age)).mean())
        q, a = company.predicted_and_right(matched, predicted_cells(held.beliefs, bins), bins)
        predicted_share.append(q)
        right_share.append(a)
    return WidthStudy(widths, np.array(accuracy), predicted_share, right_share)


def _readings_of(held: HeldOut, bins: AgeBins) -> dict[str, tuple[IntArray, IntArray, FloatArray, tuple[str, ...]]]:
    beliefs, people = held.beliefs, held.people
    return {
        "sex": (people.sex, beliefs.predicted_sex(), beliefs.sex, SEXES),
        "age": (bins.of(people.age), beliefs.predicted_age_bin(bins), beliefs.age_bins(bins), bins.labels),
        "race": (people.race, beliefs.predicted_race(), beliefs.race, RACES),
    }
