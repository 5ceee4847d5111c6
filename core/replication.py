"""The paper's tables beside ours, from real faces or from generated ones.

Section and table numbers are those of Fábián and Gulyás, *De-anonymizing Facial Recognition
Embeddings*. The paper's figures live in `paper_figures.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import company, risk, training
from core.company import Census
from core.demographics import RACES, SEXES, AgeBins, Demographics, cells_of
from core.faces import Faces, near_identical_groups, split, utkface
from core.faces.generator import FaceGenerator
from core.faces.utkface import Reading
from core.inference import forests
from core.inference.beliefs import Beliefs
from core.inference.evaluation import Evaluation, evaluate, evaluate_one_hot
from core.scenario import CORRECTED, PAPER

PAPER_BINS = AgeBins(20)
REPEATS = 50
STEPS_ON_GENERATED_FACES = 7
"""Messages that `on_generated_faces` sends to `progress`."""

_METRIC_WORDS = {"accuracy": "accuracy", "recall": "recall", "precision": "precision", "f1": "F1", "auc": "AUC"}
_TABLE_WORDS = {"sex": "Sex", "age": "Age, 20-year bins", "race_one_hot": "Race, one-hot labels"}
_PERCENT = 100


@dataclass(frozen=True)
class Sets:
    """Faces to train on, to test on, and to stand for the people of companies; none in two of them but test and pool."""

    training: Faces
    test: Faces
    pool: Faces


@cache
def paper_figures() -> dict[str, Any]:
    """Return the figures that the paper reports, in per cent as printed."""
    return json.loads((Path(__file__).parent / "paper_figures.json").read_text("utf-8"))


def on_real_faces(
    reading: Reading, census: Census, *, seed: int, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Train on real faces and set our figures beside the paper's; see `docs/method.md` for the layout.

    Besides the paper's protocol, the same is done with near-identical photos kept on one side of the
    split and single race labels, to show what these two changes are worth.
    """
    faces = reading.faces
    rng = np.random.default_rng(seed)
    levelled = utkface.level(faces.people, rng=rng)
    progress("looking for near-identical photos")
    groups = near_identical_groups(faces.embeddings)
    result: dict[str, Any] = {"faces": "real", "seed": seed}
    result |= _replicate(_sets(faces, levelled, rng, None), census, seed=seed, progress=progress)
    result["training_set"] |= {"rows_read": reading.rows, "left_out": reading.left_out}
    progress("again with near-identical photos on one side of the split")
    kept = _sets(faces, levelled, rng, groups)
    result["near_identical_photos"] = {
        "share": float((np.bincount(groups)[groups] > 1).mean()),
        "kept_on_one_side": _corrected(kept, census, seed=seed),
    }
    return result


def on_generated_faces(
    fitted: FaceGenerator, census: Census, *, seed: int, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Do the same on faces of nobody. No two of them are of one person, so there are no near-identical photos."""
    progress("generating faces")
    train, test = training.generated_split(fitted, seed=seed)
    pool = training.generated_held_out(fitted, seed=seed)
    result: dict[str, Any] = {"faces": "generated", "seed": seed}
    return result | _replicate(Sets(train, test, pool), census, seed=seed, progress=progress)


def comparison(real: dict[str, Any], generated: dict[str, Any] | None) -> pd.DataFrame:
    """Set the paper's figures beside those on real and on generated faces, as per cent to show."""
    rows: list[tuple[str, float | None, float, float | None]] = []
    for table, words in _TABLE_WORDS.items():
        paper, ours = real[table]["paper"], real[table]["ours"]
        for metric, name in _METRIC_WORDS.items():
            if metric in paper:
                again = generated[table]["ours"][metric] if generated else None
                rows.append((f"{words}: {name}", paper[metric], ours[metric], again))
    single = "race_single_label"
    again = generated[single]["ours"]["accuracy"] if generated else None
    rows.append(("Race, single labels: accuracy", None, real[single]["ours"]["accuracy"], again))
    for size, row in real["risk"].items():
        again = generated["risk"][size]["ours"]["exact"] if generated else None
        rows.append((f"Share named of {size} people", row["paper"]["expected_reidentified"], row["ours"]["exact"], again))
    shares = pd.DataFrame(rows, columns=["", "Paper", "Real faces, recorded", "Generated faces, now"]).set_index("")
    return shares.map(lambda share: "" if pd.isna(share) else f"{share:.1%}")


def _sets(faces: Faces, levelled: np.ndarray, rng: np.random.Generator, groups: np.ndarray | None) -> Sets:
    """Split the levelled faces four to one; the pool is every face that training does not touch."""
    train, test = split(len(levelled), rng=rng, groups=None if groups is None else groups[levelled])
    touched = np.zeros(len(faces), dtype=bool)
    touched[levelled[train]] = True
    if groups is not None:
        touched = np.isin(groups, groups[touched])
    return Sets(faces.take(levelled[train]), faces.take(levelled[test]), faces.take(~touched))


def _replicate(sets: Sets, census: Census, *, seed: int, progress: Callable[[str], None]) -> dict[str, Any]:
    grown = forests.train(
        sets.training, seed=seed, protocol=PAPER, progress=lambda name: progress(f"training the {name} forest")
    )
    progress("training the race forest on single labels")
    single = forests.train_race(sets.training, seed=seed, protocol=CORRECTED)
    progress("training the age forest of the paper's bins")
    age = forests.age_classifier(sets.training, PAPER_BINS, seed=seed)
    progress("evaluating")
    truth, beliefs = sets.test.people, grown.beliefs(sets.test.embeddings)
    single_race = single.probabilities(sets.test.embeddings, len(RACES))
    age_beliefs = age.predict_proba(sets.test.embeddings)
    race_answers = (beliefs.race > 0.5).astype(int)
    paper = paper_figures()
    in_pool = grown.beliefs(sets.pool.embeddings)
    predicted = cells_of(age.predict(sets.pool.embeddings), in_pool.predicted_sex(), in_pool.predicted_race())
    return {
        "training_set": _training_set(sets),
        "sex": {"ours": _shown(_sex(truth, beliefs)), "paper": _paper_table(paper["sex"])},
        "age": {
            "ours": _shown(evaluate(PAPER_BINS.of(truth.age), age_beliefs.argmax(axis=1), age_beliefs, PAPER_BINS.labels)),
            "paper": _paper_table(paper["age"]),
        },
        "race_one_hot": {
            "ours": _shown(evaluate_one_hot(truth.race, race_answers, beliefs.race, RACES)),
            "paper": _paper_table(paper["race"]),
        },
        "race_single_label": {"ours": _shown(evaluate(truth.race, single_race.argmax(axis=1), single_race, RACES))},
        "risk": _risk(sets, predicted, census, seed=seed),
    }


def _corrected(sets: Sets, census: Census, *, seed: int) -> dict[str, Any]:
    grown = forests.train(sets.training, seed=seed, protocol=CORRECTED)
    age = forests.age_classifier(sets.training, PAPER_BINS, seed=seed)
    truth, beliefs = sets.test.people, grown.beliefs(sets.test.embeddings)
    age_beliefs = age.predict_proba(sets.test.embeddings)
    in_pool = grown.beliefs(sets.pool.embeddings)
    predicted = cells_of(age.predict(sets.pool.embeddings), in_pool.predicted_sex(), in_pool.predicted_race())
    return {
        "training_set": _training_set(sets),
        "sex": _shown(_sex(truth, beliefs)),
        "age": _shown(evaluate(PAPER_BINS.of(truth.age), age_beliefs.argmax(axis=1), age_beliefs, PAPER_BINS.labels)),
        "race_single_label": _shown(evaluate(truth.race, beliefs.predicted_race(), beliefs.race, RACES)),
        "risk": {size: each["ours"] for size, each in _risk(sets, predicted, census, seed=seed).items()},
    }


def _sex(truth: Demographics, beliefs: Beliefs) -> Evaluation:
    return evaluate(truth.sex, beliefs.predicted_sex(), beliefs.sex, SEXES)


def _risk(sets: Sets, predicted: np.ndarray, census: Census, *, seed: int) -> dict[str, Any]:
    matched = company.match(census.population(), sets.pool.people)
    outcomes = company.outcomes(matched, predicted, PAPER_BINS)
    paper = paper_figures()["risk"]
    rng = np.random.default_rng([seed, 4])
    result = {}
    for size in (int(name.removeprefix("company_")) for name in paper if name.startswith("company_")):
        exact, simulated = risk.exact(outcomes, size), risk.simulate(outcomes, size, REPEATS, rng)
        reported = paper[f"company_{size}"]
        result[str(size)] = {
            "ours": {
                "exact": exact.expected_reidentified,
                "mean": simulated.mean.expected_reidentified,
                "low": simulated.low,
                "high": simulated.high,
                "class_size_shares": exact.class_size_shares,
                "nearest_age_share": matched.nearest_age_share,
            },
            "paper": {
                "expected_reidentified": reported["expected_reidentified"] / _PERCENT,
                "class_size_shares": {
                    "1": reported["unique"] / _PERCENT,
                    "2-5": reported["size_2_to_5"] / _PERCENT,
                },
            },
        }
    return result


def _training_set(sets: Sets) -> dict[str, Any]:
    people = Demographics.from_counts(sets.training.people.counts() + sets.test.people.counts())
    ages = np.bincount(PAPER_BINS.of(people.age), minlength=PAPER_BINS.count)
    return {
        "faces": len(people),
        "per_race_sex_group": int(np.bincount(people.group).min()),
        "training": len(sets.training),
        "test": len(sets.test),
        "pool": len(sets.pool),
        "trees": forests.TREES,
        "age_group_counts": dict(zip(PAPER_BINS.labels, ages.tolist(), strict=True)),
    }


def _shown(evaluation: Evaluation) -> dict[str, Any]:
    names = ("accuracy", "recall", "precision", "f1", "auc")
    return {name: getattr(evaluation, name) for name in names} | {"confusion": evaluation.confusion.tolist()}


def _paper_table(reported: dict[str, Any]) -> dict[str, Any]:
    names = ("accuracy", "recall", "precision", "f1", "auc")
    shares = {name: reported[name] / _PERCENT for name in names if name in reported}
    confusion = np.array(reported["confusion_truth_by_predicted"]) / _PERCENT
    return shares | {"confusion": confusion.round(6).tolist()}
