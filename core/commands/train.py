"""The commands `train` and `train-attackers`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from core import shipped, tables, training
from core.commands import options
from core.faces import generator


def _into_a_folder(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        options.as_json,
        options.seed,
        click.option(
            "--generator",
            "source",
            type=options.FOLDER,
            help="Folder of face_generator.npz: --out if it holds one, else models/.",
        ),
        click.option("--out", type=options.FOLDER, required=True, help="Folder to write to."),
    ):
        command = option(command)
    return command


@click.command("train")
@_into_a_folder
def train(out: Path, source: Path | None, seed: int, as_json: bool) -> None:
    """Train the forests on generated faces."""
    training.train_models(generator.load(_source(source, out)), out, seed=seed, progress=options.progress)
    options.show(
        {"written": [str(out / name) for name in (shipped.FORESTS, shipped.HELD_OUT)]}, tables.of_values, as_json=as_json
    )


@click.command("train-attackers")
@click.option("--out", type=options.FOLDER, required=True, help="Folder to write the attackers' beliefs to.")
@click.option(
    "--generator", "source", type=options.FOLDER, help="Folder of face_generator.npz: --out if it holds one, else models/."
)
@options.seed
@options.as_json
def train_attackers(out: Path, source: Path | None, seed: int, as_json: bool) -> None:
    """Train every attacker on generated faces."""
    training.train_attackers(generator.load(_source(source, out)), out, seed=seed, progress=options.progress)
    options.show({"written": str(out / shipped.ATTACKERS_HELD_OUT)}, tables.of_values, as_json=as_json)


def _source(source: Path | None, out: Path) -> Path:
    return source or (out if (out / shipped.GENERATOR).exists() else shipped.FOLDER)
