"""The command `report`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from core import report as reports
from core import study
from core.commands import options
from core.report import Report, bundle, html, scenario_file
from core.report.scenario_file import LARGEST_FILE


@click.command("report")
@click.argument("scenario", type=options.FILE)
@click.option(
    "--out",
    type=options.FILE,
    required=True,
    help="FILE.html, FILE.zip with all that belongs to it, FILE.json with its figures, or FILE.docx or FILE.txt with the "
    "draft of an impact assessment.",
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
    if publishable and out.suffix.lower() in (".docx", ".txt"):
        raise ValueError("the draft of an impact assessment has no form for publication: leave out --publishable")
    smallest = reports.checked_threshold(smallest_group) if publishable else None
    read = scenario_file.read(_text(scenario))
    for sentence in read.differences():
        click.echo(sentence, err=True)
    results = reports.gather(read.scenario, study.load_evidence(), staff=read.staff)
    made = reports.contents(results, made=date.today(), smallest=smallest)
    content = writer(made)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ValueError(f"cannot write {out}: {error.strerror or error}") from None
    click.echo(f"{out}: {made.headline.replace('*', '')}")


def _text(path: Path) -> str:
    try:
        # Not the whole of a file that somebody mistook for a scenario.
        with path.open("rb") as file:
            return file.read(4 * LARGEST_FILE + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} must be a scenario file, text in UTF-8, got other bytes") from None
    except OSError as error:
        raise ValueError(f"cannot read the scenario file {path}: {error.strerror or error}") from None


def _assessment(made: Report) -> reports.Assessment:
    assert made.assessment is not None
    return made.assessment


_WRITERS: dict[str, Callable[[Report], bytes]] = {
    ".html": lambda made: html.to_html(made).encode(),
    ".zip": bundle.to_zip,
    ".json": lambda made: bundle.figures(made).encode(),
    ".docx": lambda made: reports.to_docx(_assessment(made)),
    ".txt": lambda made: _assessment(made).to_text().encode(),
}
