"""The command `risk`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from core import study, tables, uploads
from core.commands import options
from core.faces import own as own_embeddings
from core.faces import utkface
from core.scenario import ATTACKERS, LINKAGES, PICTURES, PROTOCOLS, RACE_MAPPING_NAMES, Scenario
from core.study import own_faces
from core.uploads import COMMAND_LINE


@click.command("risk")
@options.company_size
@options.age_bin_width
@click.option(
    "--repeats", type=int, default=options.DEFAULTS["repeats"], show_default=True, help="Companies drawn, 1 to 10,000."
)
@options.seed
@click.option("--protocol", type=click.Choice(PROTOCOLS), default=options.DEFAULTS["protocol"], show_default=True)
@click.option(
    "--race-mapping", type=click.Choice(RACE_MAPPING_NAMES), default=options.DEFAULTS["race_mapping"], show_default=True
)
@click.option("--attacker", type=click.Choice(ATTACKERS), default=options.DEFAULTS["attacker"], show_default=True)
@click.option("--linkage", type=click.Choice(LINKAGES), default=options.DEFAULTS["linkage"], show_default=True)
@click.option(
    "--age-knowledge",
    default=options.DEFAULTS["age_knowledge"],
    show_default=True,
    help="Ages in the public list: bin, exact, or within K, off by up to 1 to 20 years, such as 'within 3'.",
)
@click.option(
    "--pictures",
    type=int,
    default=options.DEFAULTS["pictures"],
    show_default=True,
    help=f"Pictures of each person that leaked: {', '.join(map(str, PICTURES))}.",
)
@click.option("--faces", type=options.FILE, help="Parquet with columns file and embedding: trains the attacker on real faces.")
@click.option(
    "--own",
    type=options.FILE,
    help="Parquet, CSV or NPZ with columns such as embedding, age, sex, race, person: trains the attacker on own faces.",
)
@options.census
@options.as_json
def risk(faces: Path | None, own: Path | None, census: Path | None, as_json: bool, **choices: Any) -> None:
    """Print how many people of a company can be named."""
    scenario = Scenario(**choices)
    study.check_size(scenario)
    people = options.census_of(census)
    if faces and own:
        raise ValueError("faces must come from one file: give --faces or --own, got both")
    if faces:
        labelled = utkface.read_parquet(faces).faces
        evidence = study.evidence_from(labelled, scenario, census=people, progress=options.progress)
    else:
        evidence = replace(study.load_evidence(), census=people)
    if own:
        evidence = evidence.with_attacker(_own_attacker(own, scenario, evidence))
    options.show(study.in_full(scenario, evidence), tables.of_risk, as_json=as_json)


def _own_attacker(path: Path, scenario: Scenario, evidence: study.Evidence) -> study.OwnAttacker:
    """Train the scenario's attacker on a file of own embeddings, whose columns are guessed from their names."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {path.name}: {error.strerror}") from error
    layout = own_embeddings.guess(uploads.describe(content, path.name, limits=COMMAND_LINE))
    faces = own_embeddings.read(content, path.name, layout, limits=COMMAND_LINE)
    options.progress(f"{len(faces):,} faces of {faces.people:,} people, labelled with {', '.join(faces.labelled)}")
    return own_faces.train(faces, scenario, population=evidence.population(scenario), progress=options.progress)
