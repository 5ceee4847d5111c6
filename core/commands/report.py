"""The command `report`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from core import report as reports
from core import study
from core.commands import options
from core.report import Report, bundle, html, scenario_file

_WRITERS = {
    ".html": lambda made: html.to_html(made).encode(),
    ".zip": bundle.to_zip,
    ".json": lambda made: (json.dumps(made.figures(), indent=1, allow_nan=False) + "\n").encode(),
}


@click.command("report")
@click.argument("scenario", type=options.FILE)
@click.option(
    "--out", type=options.FILE, required=True, help="What to write: FILE.html, FILE.zip, or FILE.json with the figures only."
)
@click.option("--publishable", is_flag=True, help="Leave out groups of few people.")
@click.option(
    "--smallest-group",
    type=int,
    default=reports.SMALLEST_GROUP,
    show_default=True,
    help="Fewest people of a group that --publishable shows.",
)
def report(scenario: Path, out: Path, publishable: bool, smallest_group: int) -> None:
    """Write the report on a scenario file, as the page Report gives it."""
    writer = _WRITERS.get(out.suffix.lower())
    if writer is None:
        raise ValueError(f"--out must end in {', '.join(_WRITERS)}, got {out.name}")
    read = scenario_file.read(_text(scenario))
    for sentence in read.differences():
        click.echo(sentence, err=True)
    made: Report = reports.contents(
        reports.gather(read.scenario, study.load_evidence()),
        made=date.today(),
        smallest=smallest_group if publishable else None,
    )
    out.write_bytes(writer(made))
    click.echo(f"{out}: {made.headline.replace('*', '')}")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} must be a scenario file, text in UTF-8, got other bytes") from None
    except OSError as error:
        raise ValueError(f"cannot read the scenario file {path}: {error.strerror or error}") from None
