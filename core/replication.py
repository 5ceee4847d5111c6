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
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from core import company, risk, training
from core.checks import FloatArray, IntArray
from core.company import Census
from core.demographics import RACES, SEXES, AgeBins, Demographics, cells_of
from core.faces import Faces, near_identical_groups, utkface
from core.faces.generator import FaceGenerator
from core.faces.utkface import Reading
from core.inference import forests
from core.inference.beliefs import read_race
from core.inference.evaluation import Evaluation, evaluate, evaluate_one_hot
from core.scenario import CORRECTED, PAPER, PAPER_SIZES

PAPER_BINS = AgeBins(20)
REPEATS = 50
FOLDS = 5
"""Parts that the levelled faces are dealt into: four train, one tests, as in the paper's 80/20 split."""

STEPS_ON_GENERATED_FACES = 6
"""Messages that `on_generated_faces` sends to `progress`."""

_METRIC_WORDS = {"accuracy": "accuracy", "recall": "recall", "precision": "precision", "f1": "F1", "auc": "AUC"}
_TABLE_WORDS = {"sex": "Sex", "age": "Age, 20-year bins", "race_one_hot": "Race, one-hot labels"}
_LABELS = {PAPER: "one-hot labels", CORRECTED: "single labels"}
_PERCENT = 100


@dataclass(frozen=True)
class Sets:
    """Faces to train on, to test on, and to stand for the people of companies; no training face is in the others."""

    training: Faces
    test: Faces
    pool: Faces


@dataclass(frozen=True)
class _Attack:
    """What forests believe of test faces, and how they read a random employee."""

    people: Demographics
    sex: FloatArray
    race: dict[str, FloatArray]
    age: FloatArray
    outcomes: FloatArray
    nearest_age_share: float


@cache
def paper_figures() -> dict[str, Any]:
    """Return the figures that the paper reports, in per cent as printed."""
    return json.loads((Path(__file__).parent / "paper_figures.json").read_text("utf-8"))


def on_real_faces(
    reading: Reading, census: Census, *, seed: int, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Train on real faces and set our figures beside the paper's; see `docs/method.md` for the layout.

    The paper splits once. Here the split is rotated, so that each levelled face is tested once by forests
    that did not see it, which leaves less to chance. Besides the paper's protocol, the same is done with
    near-identical photos kept on one side, to show what that is worth.
    """
    faces = reading.faces
    rng = np.random.default_rng(seed)
    levelled = utkface.level(faces.people, rng=rng)
    progress("looking for near-identical photos")
    groups = near_identical_groups(faces.embeddings)
    result: dict[str, Any] = {"faces": "real", "seed": seed}
    sets = rotated(faces, levelled, rng, np.arange(len(faces)))
    result |= _replicate(sets, census, seed=seed, progress=progress)
    result["training_set"] |= {"rows_read": reading.rows, "left_out": reading.left_out}
    kept = _attacks(
        rotated(faces, levelled, rng, groups), census, (CORRECTED,), seed=seed,
        progress=lambda step: progress(f"near-identical photos on one side, {step}"),
    )  # fmt: skip
    result["near_identical_photos"] = {
        "share": float((np.bincount(groups)[groups] > 1).mean()),
        "kept_on_one_side": _tables(kept, (CORRECTED,)) | {"risk": _risk(kept, seed=seed)},
    }
    return result


def on_generated_faces(
    fitted: FaceGenerator, census: Census, *, seed: int, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Do the same on faces of nobody.

    No two of them are of one person, so there are no near-identical photos; and as many can be generated
    to test on as there are levelled faces, so one split does.
    """
    progress("generating faces")
    train, _ = training.generated_split(fitted, seed=seed)
    test = fitted.sample(fitted.levelled_people(), rng=np.random.default_rng([seed, 10]))
    pool = training.generated_held_out(fitted, seed=seed)
    result: dict[str, Any] = {"faces": "generated", "seed": seed}
    return result | _replicate([Sets(train, test, pool)], census, seed=seed, progress=progress)


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


class RowSets(NamedTuple):
    """The same as rows of the faces that they were taken from."""

    training: IntArray
    test: IntArray
    pool: IntArray


def rotated(faces: Faces, levelled: IntArray, rng: np.random.Generator, groups: IntArray) -> list[Sets]:
    """Deal the levelled faces into five parts, whole groups at a time; each part is tested on the other four.

    Parameters
    ----------
    faces : Faces
    levelled : int array
        Rows that train and test.
    rng : numpy.random.Generator
    groups : (faces,) ints
        Faces of one group, such as near-identical photos, stay in one part.

    Groups are dealt in the order of their race, sex and age bin, so that each part has the same mix. The
    pool is every face of no group that training touches.
    """
    return [Sets(*(faces.take(rows) for rows in each)) for each in rotated_rows(faces.people, levelled, rng, groups)]


def rotated_rows(people: Demographics, levelled: IntArray, rng: np.random.Generator, groups: IntArray) -> list[RowSets]:
    """Deal as `rotated` does, and return rows."""
    chosen = people.take(levelled)
    _, first, group = np.unique(groups[levelled], return_index=True, return_inverse=True)
    stratum = (chosen.group * PAPER_BINS.count + PAPER_BINS.of(chosen.age))[first]
    order = np.lexsort((rng.random(len(stratum)), stratum))
    part = np.empty(len(order), dtype=np.int64)
    part[order] = np.arange(len(order)) % FOLDS
    sets = []
    for number in range(FOLDS):
        tested = part[group] == number
        touched = np.isin(groups, groups[levelled[~tested]])
        sets.append(RowSets(levelled[~tested], levelled[tested], np.flatnonzero(~touched)))
    return sets


def _replicate(sets: list[Sets], census: Census, *, seed: int, progress: Callable[[str], None]) -> dict[str, Any]:
    attacks = _attacks(sets, census, (PAPER, CORRECTED), seed=seed, progress=progress)
    ours = _tables(attacks, (PAPER, CORRECTED))
    paper = paper_figures()
    reported = {"sex": paper["sex"], "age": paper["age"], "race_one_hot": paper["race"]}
    tables = {name: {"ours": table} for name, table in ours.items()}
    for name, table in reported.items():
        tables[name]["paper"] = _paper_table(table)
    named = {size: {"ours": row, "paper": _paper_risk(paper["risk"], size)} for size, row in _risk(attacks, seed=seed).items()}
    return {"training_set": _training_set(sets)} | tables | {"risk": named}


def _attacks(
    sets: list[Sets], census: Census, protocols: tuple[str, ...], *, seed: int, progress: Callable[[str], None]
) -> list[_Attack]:
    """Train and test on each of the sets; the first protocol is the one that reads the people of companies."""
    attacks = []
    for number, each in enumerate(sets, start=1):
        part = f", part {number} of {len(sets)}" if len(sets) > 1 else ""
        progress(f"training the sex forest{part}")
        sex = forests.train_sex(each.training, seed=seed)
        race = {}
        for protocol in protocols:
            progress(f"training the race forest, {_LABELS[protocol]}{part}")
            race[protocol] = forests.train_race(each.training, seed=seed, protocol=protocol)
        progress(f"training the age forest{part}")
        age = forests.age_classifier(each.training, PAPER_BINS, seed=seed)
        progress(f"reading faces{part}")
        sex_read, age_read = sex.probabilities(each.pool.embeddings, len(SEXES)), _age_beliefs(age, each.pool)
        race_read = race[protocols[0]].probabilities(each.pool.embeddings, len(RACES))
        predicted = cells_of(age_read.argmax(axis=1), sex_read.argmax(axis=1), read_race(race_read, protocols[0]))
        matched = company.match(census.population(), each.pool.people)
        attacks.append(
            _Attack(
                people=each.test.people,
                sex=sex.probabilities(each.test.embeddings, len(SEXES)),
                race={name: grown.probabilities(each.test.embeddings, len(RACES)) for name, grown in race.items()},
                age=_age_beliefs(age, each.test),
                outcomes=company.outcomes(matched, predicted, PAPER_BINS),
                nearest_age_share=matched.nearest_age_share,
            )
        )
    return attacks


def _age_beliefs(classifier: Any, faces: Faces) -> FloatArray:
    """Beliefs in each of the paper's bins, also in those that no training face showed."""
    beliefs = np.zeros((len(faces), PAPER_BINS.count))
    beliefs[:, classifier.classes_] = classifier.predict_proba(faces.embeddings)
    return beliefs


def _tables(attacks: list[_Attack], protocols: tuple[str, ...]) -> dict[str, Any]:
    """Tables I to III over the test faces of all attacks together."""
    sex, age = (np.concatenate([getattr(each, name) for each in attacks]) for name in ("sex", "age"))
    people = [each.people for each in attacks]
    true_sex, true_race = (np.concatenate([getattr(each, name) for each in people]) for name in ("sex", "race"))
    true_age = np.concatenate([PAPER_BINS.of(each.age) for each in people])
    tables = {
        "sex": _shown(evaluate(true_sex, sex.argmax(axis=1), sex, SEXES)),
        "age": _shown(evaluate(true_age, age.argmax(axis=1), age, PAPER_BINS.labels)),
    }
    for protocol in protocols:
        race = np.concatenate([each.race[protocol] for each in attacks])
        if protocol == PAPER:
            tables["race_one_hot"] = _shown(evaluate_one_hot(true_race, race > 0.5, race, RACES))
        else:
            tables["race_single_label"] = _shown(evaluate(true_race, race.argmax(axis=1), race, RACES))
    return tables


def _risk(attacks: list[_Attack], *, seed: int) -> dict[str, Any]:
    outcomes = np.mean([each.outcomes for each in attacks], axis=0)
    nearest_age_share = float(np.mean([each.nearest_age_share for each in attacks]))
    rng = np.random.default_rng([seed, 4])
    result = {}
    for size in PAPER_SIZES:
        exact, simulated = risk.exact(outcomes, size), risk.simulate(outcomes, size, REPEATS, rng)
        result[str(size)] = {
            "exact": exact.expected_reidentified,
            "mean": simulated.mean.expected_reidentified,
            "low": simulated.low,
            "high": simulated.high,
            "class_size_shares": exact.class_size_shares,
            "nearest_age_share": nearest_age_share,
        }
    return result


def _paper_risk(reported: dict[str, Any], size: str) -> dict[str, Any]:
    row = reported[f"company_{size}"]
    shares = {"1": row["unique"] / _PERCENT, "2-5": row["size_2_to_5"] / _PERCENT}
    return {"expected_reidentified": row["expected_reidentified"] / _PERCENT, "class_size_shares": shares}


def _training_set(sets: list[Sets]) -> dict[str, Any]:
    """Counts of the levelled faces, and of one split of them."""
    people = Demographics.from_counts(sum(each.test.people.counts() for each in sets))
    ages = np.bincount(PAPER_BINS.of(people.age), minlength=PAPER_BINS.count)
    return {
        "faces": len(people),
        "per_race_sex_group": int(np.bincount(people.group).min()),
        "splits": len(sets),
        "training": len(sets[0].training),
        "test": len(sets[0].test),
        "pool": len(sets[0].pool),
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
