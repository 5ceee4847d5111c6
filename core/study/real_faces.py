"""Evidence from real labelled faces: an attacker trained on some of them, and its beliefs about others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core import replication
from core.company import Census
from core.faces import Faces, near_identical_groups, utkface
from core.inference import attackers, forests
from core.inference.attackers import Attacker
from core.inference.forests import Forests
from core.inference.held_out import HeldOut
from core.scenario import ATTACKERS, LINKAGES, Scenario
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
        If the scenario has several pictures of each person.
    """
    if scenario.pictures != 1:
        raise ValueError(f"labelled faces show one picture of each person: pictures must be 1, got {scenario.pictures}")
    rng = np.random.default_rng(scenario.seed)
    levelled = utkface.level(faces.people, rng=rng)
    progress("looking for near-identical photos")
    sets = replication.rotated(faces, levelled, rng, near_identical_groups(faces.embeddings))[0]

    def step(attribute: str) -> None:
        progress(f"training the {attribute} {scenario.attacker}")

    def read(trained: Forests | Attacker) -> HeldOut:
        progress("reading faces")
        return HeldOut(sets.pool.people, trained.beliefs(sets.pool.embeddings))

    by_protocol, others = {}, {}
    if scenario.attacker == ATTACKERS[0]:
        forest = forests.train(sets.training, seed=scenario.seed, protocol=scenario.protocol, progress=step)
        by_protocol = {scenario.protocol: read(forest)}
    if scenario.attacker != ATTACKERS[0] or scenario.linkage != LINKAGES[0]:
        trained = attackers.train(scenario.attacker, sets.training, seed=scenario.seed, progress=step)
        others = {(scenario.attacker, 1): read(trained)}
    return Evidence(census, by_protocol, sets.training.people.counts(), others)
