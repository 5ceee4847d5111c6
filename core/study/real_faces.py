"""Evidence from real labelled faces: an attacker trained on some of them, and its beliefs about others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core import replication
from core.company import Census
from core.faces import Faces, near_identical_groups, utkface
from core.inference import forests
from core.inference.held_out import HeldOut
from core.scenario import ATTACKERS, Scenario
from core.study.evidence import Evidence


def evidence_from(
    faces: Faces, scenario: Scenario, *, census: Census, progress: Callable[[str], None] = lambda _: None
) -> Evidence:
    """Train the scenario's attacker on levelled faces and read the others, near-identical photos kept on one side.

    Parameters
    ----------
    faces : Faces
        One picture of each person.
    scenario : Scenario
        Its attacker, protocol and seed count.
    census : Census
    progress : callable
        Told each step.

    Raises
    ------
    ValueError
        If the scenario has several pictures of each person, or an attacker that cannot be trained here.
    """
    if scenario.pictures != 1:
        raise ValueError(f"labelled faces show one picture of each person: pictures must be 1, got {scenario.pictures}")
    _check_trainable(scenario.attacker)
    rng = np.random.default_rng(scenario.seed)
    levelled = utkface.level(faces.people, rng=rng)
    progress("looking for near-identical photos")
    sets = replication.rotated(faces, levelled, rng, near_identical_groups(faces.embeddings))[0]
    held = _train_and_read(scenario, sets.training, sets.pool, progress)
    return Evidence(census, {scenario.protocol: held}, sets.training.people.counts())


def _check_trainable(attacker: str) -> None:
    if attacker != ATTACKERS[0]:
        raise ValueError(f"the attacker trained on labelled faces must be {ATTACKERS[0]}, got {attacker}")


def _train_and_read(scenario: Scenario, training: Faces, held: Faces, progress: Callable[[str], None]) -> HeldOut:
    def step(attribute: str) -> None:
        progress(f"training the {attribute} {scenario.attacker}")

    trained = forests.train(training, seed=scenario.seed, protocol=scenario.protocol, progress=step)
    progress("reading faces")
    return HeldOut(held.people, trained.beliefs(held.embeddings))
