"""Options that several commands share, and how they show what they did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from core import company
from core.company import Census
from core.scenario import Scenario

DEFAULTS = {field.name: field.default for field in fields(Scenario)}
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
faces = click.option("--faces", type=FILE, help="Parquet with columns file and embedding; generated faces without it.")
census = click.option("--census", type=FILE, help="The original adult.data; the shipped table without it.")
company_size = click.option(
    "--company-size", type=int, default=DEFAULTS["company_size"], show_default=True, help="People, 2 to 1,000,000."
)
age_bin_width = click.option(
    "--age-bin-width", type=int, default=DEFAULTS["age_bin_width"], show_default=True, help="Years, 1 to 40."
)


def _checked_seed(_: click.Context, __: click.Parameter, value: int) -> int:
    return Scenario(seed=value).seed


seed = click.option("--seed", type=int, default=DEFAULTS["seed"], show_default=True, callback=_checked_seed)


def census_of(path: Path | None) -> Census:
    """Read the census table of a file, or the shipped one."""
    return company.read_adult(path) if path else company.load_census()


def progress(message: str) -> None:
    """Tell a step on standard error."""
    click.echo(f"{message} ...", err=True)


def show(result: dict[str, Any], table: Callable[[dict[str, Any]], str], *, as_json: bool) -> None:
    """Print a result as a table or as JSON."""
    click.echo(json.dumps(result, indent=2) if as_json else table(result))
