"""The command `protect`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core import protection, shipped, study, tables
from core.commands import options
from core.faces import generator, utkface
from core.faces import people as people_files
from core.scenario import ATTACKERS, Scenario


@click.command("protect")
@options.faces
@click.option(
    "--pairs", type=options.FILE, help="Parquet with columns file, person and embedding; generated pictures without it."
)
@options.census
@click.option(
    "--protection",
    "names",
    multiple=True,
    help=f"One or more of {', '.join(protection.METHODS)}; all of them, at several strengths, without it.",
)
@click.option("--strength", "strengths", multiple=True, type=float, help="One for each --protection; the default without it.")
@click.option(
    "--attacker",
    "attackers",
    multiple=True,
    type=click.Choice(ATTACKERS),
    help="Attackers trained again; five without it, three with --quick.",
)
@options.company_size
@options.age_bin_width
@click.option("--quick", is_flag=True, help="Generate few faces, as the page does.")
@click.option("--out", type=options.FOLDER, help="Folder to write protections.json to, or protections_real.json with --faces.")
@options.seed
@options.as_json
def protect(
    faces: Path | None,
    pairs: Path | None,
    census: Path | None,
    names: tuple[str, ...],
    strengths: tuple[float, ...],
    attackers: tuple[str, ...],
    quick: bool,
    out: Path | None,
    as_json: bool,
    **choices: Any,
) -> None:
    """Print what protections of embeddings help against attackers trained again, and what they cost in verification."""
    scenario = Scenario(**choices)
    wanted = _protections(names, strengths)
    population = options.census_of(census).population(scenario.race_mapping)
    make = study.material_on_a_page if quick else study.generated_material
    material = make(scenario, population, generator.load())
    if faces:
        material = study.with_real_faces(material, utkface.read_parquet(faces).faces, seed=scenario.seed)
    if pairs:
        material = study.with_real_pairs(material, people_files.read_parquet(pairs))
    retrained = attackers or (study.ON_A_PAGE if quick else protection.RETRAINED)
    prepared = protection.prepare(material, seed=scenario.seed, names=retrained, progress=options.progress)
    kinds = {"faces": "real" if faces else "generated", "pairs": "real" if pairs else "generated"}
    result = study.frontier(prepared, wanted, **kinds, progress=options.progress).to_dict()
    if out:
        shipped.write_json(shipped.PROTECTIONS_REAL if faces else shipped.PROTECTIONS, result, out)
    options.show(result, tables.of_protections, as_json=as_json)


def _protections(names: tuple[str, ...], strengths: tuple[float, ...]) -> list[tuple[str, float | None]] | None:
    """Pair names with strengths, and check them before hours of work."""
    if strengths and len(strengths) != len(names):
        raise ValueError(
            f"--strength must be given {len(names)} times, once for each --protection, or never, got {len(strengths)}"
        )
    wanted = list(zip(names, strengths or (None,) * len(names), strict=True))
    for name, strength in wanted:
        protection.method_of(name).protection(strength)
    return wanted or None
