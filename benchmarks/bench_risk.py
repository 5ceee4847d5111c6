"""How fast the risk is computed, beside the paper's procedure written plainly. `make benchmark` prints ratios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from core import company, risk, study, training
from core.demographics import RACES, SEXES, AgeBins
from core.faces import Faces, generator
from core.inference import forests
from core.scenario import Scenario

BINS = AgeBins(20)
PEOPLE, REPEATS = 100, 50
LARGEST = 1_000_000


@pytest.fixture(scope="module")
def evidence() -> study.Evidence:
    return study.load_evidence()


@pytest.fixture(scope="module")
def attack(evidence: study.Evidence) -> study.Attack:
    return study.attack(Scenario(), evidence)


@pytest.fixture(scope="module")
def training_faces() -> Faces:
    return training.generated_split(generator.load(), seed=0)[0]


@pytest.fixture(scope="module")
def fitted(training_faces: Faces) -> dict[str, Any]:
    people = training_faces.people
    labels = {"sex": people.sex, "race": people.race, "age": BINS.of(people.age)}
    return {
        name: RandomForestClassifier(n_estimators=100, random_state=0, n_jobs=-1).fit(training_faces.embeddings, values)
        for name, values in labels.items()
    }


@pytest.fixture(scope="module")
def photos() -> tuple[pd.DataFrame, np.ndarray]:
    faces = training.generated_held_out(generator.load(), seed=0)
    return pd.DataFrame({name: getattr(faces.people, name) for name in ("age", "sex", "race")}), faces.embeddings


def plain_procedure(census: pd.DataFrame, photos: tuple[pd.DataFrame, np.ndarray], fitted: dict[str, Any], seed: int) -> float:
    """Draw people, match a photo to each, predict with three forests, group: Section VI, line by line."""
    table, embeddings = photos
    rng = np.random.default_rng(seed)
    named = []
    for _ in range(REPEATS):
        people = census.sample(PEOPLE, replace=True, weights="weight", random_state=rng)
        rows = []
        for person in people.itertuples():
            same = table[(table.age == person.age) & (table.sex == person.sex) & (table.race == person.race)]
            rows.append(rng.choice(same.index))
        faces = embeddings[rows]
        read = pd.DataFrame({name: forest.predict(faces) for name, forest in fitted.items()})
        true = pd.DataFrame(
            {"sex": people.sex.to_numpy(), "race": people.race.to_numpy(), "age": BINS.of(people.age.to_numpy())}
        )
        right = (read[["sex", "race", "age"]] == true[["sex", "race", "age"]]).all(axis=1)
        class_size = read.groupby(["sex", "race", "age"])["sex"].transform("size")
        named.append((right / class_size).mean())
    return float(np.mean(named))


@pytest.mark.benchmark(group="50 companies of 100 people")
def bench_plain_procedure(
    benchmark: Any, evidence: study.Evidence, photos: Any, fitted: dict[str, Any], attack: study.Attack
) -> None:
    shares = evidence.census.population()
    age, sex, race = np.nonzero(shares)
    census = pd.DataFrame({"age": age + 1, "sex": sex, "race": race, "weight": shares[age, sex, race]})
    mean = benchmark.pedantic(plain_procedure, args=(census, photos, fitted, 0), rounds=3, iterations=1)
    # Both must compute the same thing for the comparison to mean anything.
    assert abs(mean - risk.exact(attack.outcomes, PEOPLE).expected_reidentified) < 0.02


@pytest.mark.benchmark(group="50 companies of 100 people")
def bench_simulate(benchmark: Any, attack: study.Attack) -> None:
    rng = np.random.default_rng(0)
    benchmark(lambda: risk.simulate(attack.outcomes, PEOPLE, REPEATS, rng))


@pytest.mark.benchmark(group="a company of 1,000,000")
@pytest.mark.parametrize("width", [20, 1])
def bench_exact(benchmark: Any, evidence: study.Evidence, width: int) -> None:
    outcomes = study.attack(Scenario(age_bin_width=width), evidence).outcomes
    benchmark(lambda: risk.exact(outcomes, LARGEST))


@pytest.mark.benchmark(group="1,000 companies of 1,000,000")
@pytest.mark.parametrize("width", [20, 1])
def bench_simulate_large(benchmark: Any, evidence: study.Evidence, width: int) -> None:
    outcomes = study.attack(Scenario(age_bin_width=width), evidence).outcomes
    rng = np.random.default_rng(0)
    benchmark(lambda: risk.simulate(outcomes, LARGEST, 1_000, rng))


@pytest.mark.benchmark(group="a new age-bin width, all that the home page shows")
@pytest.mark.parametrize("width", [20, 7, 1])
def bench_new_width(benchmark: Any, evidence: study.Evidence, width: int) -> None:
    def redraw() -> None:
        scenario = Scenario(age_bin_width=width)
        prepared = study.attack(scenario, evidence)
        study.run(scenario, prepared=prepared)
        study.curve(scenario, prepared)

    benchmark(redraw)


@pytest.mark.benchmark(group="training")
def bench_training(benchmark: Any, training_faces: Faces) -> None:
    benchmark.pedantic(forests.train, args=(training_faces,), kwargs={"seed": 0}, rounds=2, iterations=1)


@pytest.mark.benchmark(group="matching people to faces")
def bench_matching(benchmark: Any, evidence: study.Evidence) -> None:
    shares, people = evidence.census.population(), evidence.held_out["corrected"].people
    matched = benchmark(lambda: company.match(shares, people))
    assert len(matched.people) <= len(SEXES) * len(RACES) * 80
