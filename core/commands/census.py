"""The command `census`."""

from __future__ import annotations

from pathlib import Path

import click

from core import company, shipped, tables
from core.commands import options


@click.command("census")
@click.option("--adult", type=options.FILE, required=True, help="The original adult.data.")
@click.option("--out", type=options.FOLDER, required=True, help="Folder to write census.csv to.")
def census(adult: Path, out: Path) -> None:
    """Make the census table from the original Adult file."""
    shipped.write(shipped.CENSUS, company.read_adult(adult).to_csv(), out)
    options.show({"written": str(out / shipped.CENSUS)}, tables.of_values, as_json=False)
