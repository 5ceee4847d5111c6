"""The command `replicate`."""

from __future__ import annotations

from pathlib import Path

import click

from core import replication, shipped, tables
from core.commands import options
from core.faces import generator, utkface


@click.command("replicate")
@options.faces
@options.census
@click.option("--out", type=options.FOLDER, help="Folder to write replication.json to.")
@options.seed
@options.as_json
def replicate(faces: Path | None, census: Path | None, out: Path | None, seed: int, as_json: bool) -> None:
    """Print the paper's tables beside ours."""
    people = options.census_of(census)
    if faces:
        result = replication.on_real_faces(utkface.read_parquet(faces), people, seed=seed, progress=options.progress)
    else:
        result = replication.on_generated_faces(generator.load(), people, seed=seed, progress=options.progress)
    if out:
        shipped.write_json(shipped.REPLICATION, result, out)
    options.show(result, tables.of_replication, as_json=as_json)
