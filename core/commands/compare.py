"""The command `compare`."""

from __future__ import annotations

from pathlib import Path

import click

from core import comparison, shipped, tables
from core.commands import options
from core.faces import generator, utkface


@click.command("compare")
@options.faces
@click.option("--out", type=options.FOLDER, help="Folder to write comparison.json to, or comparison_real.json with --faces.")
@options.seed
@options.as_json
def compare(faces: Path | None, out: Path | None, seed: int, as_json: bool) -> None:
    """Print how well each attacker reads sex, race and age, and how far its beliefs can be taken at their word."""
    if faces:
        result = comparison.on_real_faces(utkface.read_parquet(faces), seed=seed, progress=options.progress)
    else:
        result = comparison.on_generated_faces(generator.load(), seed=seed, progress=options.progress)
    if out:
        shipped.write_json(shipped.COMPARISON_REAL if faces else shipped.COMPARISON, result, out)
    options.show(result, tables.of_comparison, as_json=as_json)
