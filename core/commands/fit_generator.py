"""The command `fit-generator`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core import shipped, tables, training
from core.commands import options
from core.faces import generator, utkface
from core.faces import people as people_files


@click.command("fit-generator")
@click.option("--faces", type=options.FILE, required=True, help="Parquet with columns file and embedding.")
@click.option(
    "--within", type=options.FILE, help="Parquet with columns file, person and embedding: several pictures of one person each."
)
@click.option("--out", type=options.FOLDER, required=True, help="Folder to write face_generator.npz to.")
@options.seed
@click.option("--evaluate", is_flag=True, help="Also judge it on real held-out faces, and write generator_evaluation.json.")
@options.as_json
def fit_generator(faces: Path, within: Path | None, out: Path, seed: int, evaluate: bool, as_json: bool) -> None:
    """Fit the face generator to real faces."""
    pictures = people_files.read_parquet(within) if within else None
    options.progress("fitting")
    fitted, known, held = training.fit_generator(utkface.read_parquet(faces).faces, seed=seed, pictures=pictures)
    fitted.save(out)
    result: dict[str, Any] = {
        "written": str(out / shipped.GENERATOR),
        "training_faces": len(known),
        "held_out_faces": len(held),
    }
    if evaluate:
        as_shipped = generator.load(out)
        judged = training.evaluate_generator(as_shipped, known, held, seed=seed, pictures=pictures, progress=options.progress)
        shipped.write_json(shipped.EVALUATION, {"seed": seed} | judged.to_dict(), out)
        result |= judged.to_dict()
    options.show(result, tables.of_values, as_json=as_json)
