"""The command line: python -m core COMMAND."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Self

import click

from core import company, comparison, protection, replication, shipped, study, tables, training
from core.faces import generator, utkface
from core.faces import people as people_files
from core.faces import photos as photo_files
from core.scenario import ATTACKERS, LINKAGES, PICTURES, PROTOCOLS, RACE_MAPPING_NAMES, Scenario

_DEFAULTS = {field.name: field.default for field in fields(Scenario)}
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Measure how many people of a company could be named from its leaked face embeddings."""


def _json_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(command)


def _seed_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--seed", type=int, default=_DEFAULTS["seed"], show_default=True)(command)


@cli.command("risk")
@click.option("--company-size", type=int, default=_DEFAULTS["company_size"], show_default=True, help="People, 2 to 1,000,000.")
@click.option("--age-bin-width", type=int, default=_DEFAULTS["age_bin_width"], show_default=True, help="Years, 1 to 40.")
@click.option("--repeats", type=int, default=_DEFAULTS["repeats"], show_default=True, help="Companies drawn, 1 to 10,000.")
@_seed_option
@click.option("--protocol", type=click.Choice(PROTOCOLS), default=_DEFAULTS["protocol"], show_default=True)
@click.option("--race-mapping", type=click.Choice(RACE_MAPPING_NAMES), default=_DEFAULTS["race_mapping"], show_default=True)
@click.option("--attacker", type=click.Choice(ATTACKERS), default=_DEFAULTS["attacker"], show_default=True)
@click.option("--linkage", type=click.Choice(LINKAGES), default=_DEFAULTS["linkage"], show_default=True)
@click.option(
    "--age-knowledge",
    default=_DEFAULTS["age_knowledge"],
    show_default=True,
    help="Ages in the public list: bin, exact, or within K, off by up to 1 to 20 years, such as 'within 3'.",
)
@click.option(
    "--pictures",
    type=int,
    default=_DEFAULTS["pictures"],
    show_default=True,
    help=f"Pictures of each person that leaked: {', '.join(map(str, PICTURES))}.",
)
@click.option("--faces", type=_FILE, help="Parquet with columns file and embedding: trains the attacker on real faces.")
@click.option("--census", type=_FILE, help="The original adult.data; the shipped table without it.")
@_json_option
def risk_command(faces: Path | None, census: Path | None, as_json: bool, **choices: Any) -> None:
    """Print how many people of a company can be named."""
    scenario = Scenario(**choices)
    study.check_size(scenario)
    people = company.read_adult(census) if census else company.load_census()
    if faces:
        labelled = utkface.read_parquet(faces).faces
        evidence = study.evidence_from(labelled, scenario, census=people, progress=_progress)
    else:
        evidence = replace(study.load_evidence(), census=people)
    _print(study.in_full(scenario, evidence), tables.of_risk, as_json=as_json)


@cli.command("replicate")
@click.option("--faces", type=_FILE, help="Parquet with columns file and embedding; generated faces without it.")
@click.option("--census", type=_FILE, help="The original adult.data; the shipped table without it.")
@click.option("--out", type=_FOLDER, help="Folder to write replication.json to.")
@_seed_option
@_json_option
def replicate_command(faces: Path | None, census: Path | None, out: Path | None, seed: int, as_json: bool) -> None:
    """Print the paper's tables beside ours."""
    seed = Scenario(seed=seed).seed
    people = company.read_adult(census) if census else company.load_census()
    if faces:
        result = replication.on_real_faces(utkface.read_parquet(faces), people, seed=seed, progress=_progress)
    else:
        result = replication.on_generated_faces(generator.load(), people, seed=seed, progress=_progress)
    if out:
        shipped.write_json(shipped.REPLICATION, result, out)
    _print(result, tables.of_replication, as_json=as_json)


@cli.command("fit-generator")
@click.option("--faces", type=_FILE, required=True, help="Parquet with columns file and embedding.")
@click.option(
    "--within", type=_FILE, help="Parquet with columns file, person and embedding: several pictures of one person each."
)
@click.option("--out", type=_FOLDER, required=True, help="Folder to write face_generator.npz to.")
@_seed_option
@click.option("--evaluate", is_flag=True, help="Also judge it on real held-out faces, and write generator_evaluation.json.")
@_json_option
def fit_generator_command(faces: Path, within: Path | None, out: Path, seed: int, evaluate: bool, as_json: bool) -> None:
    """Fit the face generator to real faces."""
    seed = Scenario(seed=seed).seed
    pictures = people_files.read_parquet(within) if within else None
    _progress("fitting")
    fitted, known, held = training.fit_generator(utkface.read_parquet(faces).faces, seed=seed, pictures=pictures)
    fitted.save(out)
    result: dict[str, Any] = {
        "written": str(out / shipped.GENERATOR),
        "training_faces": len(known),
        "held_out_faces": len(held),
    }
    if evaluate:
        as_shipped = generator.load(out)
        judged = training.evaluate_generator(as_shipped, known, held, seed=seed, pictures=pictures, progress=_progress)
        shipped.write_json(shipped.EVALUATION, {"seed": seed} | judged.to_dict(), out)
        result |= judged.to_dict()
    _print(result, tables.of_values, as_json=as_json)


@cli.command("train")
@click.option("--out", type=_FOLDER, required=True, help="Folder to write the forests and their beliefs to.")
@click.option("--generator", "source", type=_FOLDER, help="Folder of face_generator.npz: --out if it holds one, else models/.")
@_seed_option
@_json_option
def train_command(out: Path, source: Path | None, seed: int, as_json: bool) -> None:
    """Train the forests on generated faces."""
    seed = Scenario(seed=seed).seed
    training.train_models(generator.load(_source(source, out)), out, seed=seed, progress=_progress)
    _print({"written": [str(out / name) for name in (shipped.FORESTS, shipped.HELD_OUT)]}, tables.of_values, as_json=as_json)


@cli.command("train-attackers")
@click.option("--out", type=_FOLDER, required=True, help="Folder to write the attackers' beliefs to.")
@click.option("--generator", "source", type=_FOLDER, help="Folder of face_generator.npz: --out if it holds one, else models/.")
@_seed_option
@_json_option
def train_attackers_command(out: Path, source: Path | None, seed: int, as_json: bool) -> None:
    """Train every attacker on generated faces."""
    seed = Scenario(seed=seed).seed
    training.train_attackers(generator.load(_source(source, out)), out, seed=seed, progress=_progress)
    _print({"written": str(out / shipped.ATTACKERS_HELD_OUT)}, tables.of_values, as_json=as_json)


@cli.command("compare")
@click.option("--faces", type=_FILE, help="Parquet with columns file and embedding; generated faces without it.")
@click.option("--out", type=_FOLDER, help="Folder to write comparison.json to, or comparison_real.json with --faces.")
@_seed_option
@_json_option
def compare_command(faces: Path | None, out: Path | None, seed: int, as_json: bool) -> None:
    """Print how well each attacker reads sex, race and age, and how far its beliefs can be taken at their word."""
    seed = Scenario(seed=seed).seed
    if faces:
        result = comparison.on_real_faces(utkface.read_parquet(faces), seed=seed, progress=_progress)
    else:
        result = comparison.on_generated_faces(generator.load(), seed=seed, progress=_progress)
    if out:
        shipped.write_json(shipped.COMPARISON_REAL if faces else shipped.COMPARISON, result, out)
    _print(result, tables.of_comparison, as_json=as_json)


@cli.command("extract")
@click.argument("photos", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="Folder for shards, or one file that ends in .parquet.")
@click.option("--labels", default="names", show_default=True, help="names of UTKFace, none, or a CSV: file,age,sex,race.")
@click.option("--detector", type=click.Choice(photo_files.DETECTORS), default="hog", show_default=True)
@click.option("--upsample", type=int, default=1, show_default=True, help="Doublings of a photo to find small faces, 0 to 4.")
@click.option("--jitters", type=int, default=1, show_default=True, help="Distorted copies averaged for a face, 1 to 1,000.")
@click.option("--prefer", type=click.Choice(photo_files.PREFERENCES), default="largest", show_default=True)
@click.option("--jobs", type=int, default=1, show_default=True, help="Processes on this machine.")
@click.option("--scheduler", help="Address of a Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--dask-workers", type=int, help="Processes of a Dask cluster started on this machine.")
@_json_option
def extract_command(
    photos: Path, out: Path, labels: str, as_json: bool, jobs: int, scheduler: str | None, dask_workers: int | None, **face: Any
) -> None:
    """Read faces off PHOTOS: a folder, a zip, or a file that lists photos. Run it again to continue."""
    options = photo_files.FaceOptions(**face)
    with _Bar() as bar:
        summary = photo_files.extract(
            photos, out, options=options, labels_from=labels, jobs=jobs, scheduler=scheduler, dask_workers=dask_workers,
            started=bar.start, progress=bar.advance,
        )  # fmt: skip
    _print(summary.to_dict() | {"written": str(out)}, tables.of_values, as_json=as_json)


@cli.command("protect")
@click.option("--faces", type=_FILE, help="Parquet with columns file and embedding; generated faces without it.")
@click.option("--pairs", type=_FILE, help="Parquet with columns file, person and embedding; generated pictures without it.")
@click.option("--census", type=_FILE, help="The original adult.data; the shipped table without it.")
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
@click.option("--company-size", type=int, default=_DEFAULTS["company_size"], show_default=True, help="People, 2 to 1,000,000.")
@click.option("--age-bin-width", type=int, default=_DEFAULTS["age_bin_width"], show_default=True, help="Years, 1 to 40.")
@click.option("--quick", is_flag=True, help="Generate few faces, as the page does.")
@click.option("--out", type=_FOLDER, help="Folder to write protections.json to, or protections_real.json with --faces.")
@_seed_option
@_json_option
def protect_command(
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
    population = (company.read_adult(census) if census else company.load_census()).population(scenario.race_mapping)
    make = study.material_on_a_page if quick else study.generated_material
    material = make(scenario, population, generator.load())
    if faces:
        material = study.with_real_faces(material, utkface.read_parquet(faces).faces, seed=scenario.seed)
    if pairs:
        material = study.with_real_pairs(material, people_files.read_parquet(pairs))
    retrained = attackers or (study.ON_A_PAGE if quick else protection.RETRAINED)
    prepared = protection.prepare(material, seed=scenario.seed, names=retrained, progress=_progress)
    kinds = {"faces": "real" if faces else "generated", "pairs": "real" if pairs else "generated"}
    result = study.frontier(prepared, wanted, **kinds, progress=_progress).to_dict()
    if out:
        shipped.write_json(shipped.PROTECTIONS_REAL if faces else shipped.PROTECTIONS, result, out)
    _print(result, tables.of_protections, as_json=as_json)


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


@cli.command("census")
@click.option("--adult", type=_FILE, required=True, help="The original adult.data.")
@click.option("--out", type=_FOLDER, required=True, help="Folder to write census.csv to.")
def census_command(adult: Path, out: Path) -> None:
    """Make the census table from the original Adult file."""
    shipped.write(shipped.CENSUS, company.read_adult(adult).to_csv(), out)
    _print({"written": str(out / shipped.CENSUS)}, tables.of_values, as_json=False)


def _source(source: Path | None, out: Path) -> Path:
    return source or (out if (out / shipped.GENERATOR).exists() else shipped.FOLDER)


class _Bar:
    """Progress on standard error: photos per second, time left and faces found."""

    def __enter__(self) -> Self:
        self._open = ExitStack()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def start(self, photos: int) -> None:
        self._begun, self._photos, self._faces = time.monotonic(), 0, 0
        self._bar: Any = self._open.enter_context(
            click.progressbar(
                length=photos,
                label="photos",
                show_pos=True,
                show_eta=True,
                file=sys.stderr,
                item_show_func=self._rate,
            )
        )

    def advance(self, photos: int, faces: int) -> None:
        self._photos += photos
        self._faces += faces
        self._bar.update(photos, self._bar)

    def _rate(self, _: object) -> str:
        return f"{self._photos / max(time.monotonic() - self._begun, 1e-3):.1f} photos/s, {self._faces:,} faces"


def _progress(message: str) -> None:
    click.echo(f"{message} ...", err=True)


def _print(result: dict[str, Any], table: Callable[[dict[str, Any]], str], *, as_json: bool) -> None:
    click.echo(json.dumps(result, indent=2) if as_json else table(result))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; bad input gives one sentence on standard error and exit code 2."""
    try:
        cli.main(args=arguments, prog_name="python -m core", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        click.echo(_sentence(error.format_message()), err=True)
        return 2
    except (ValueError, OSError) as error:
        click.echo(_sentence(str(error)), err=True)
        return 2
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return 130
    return 0


def _sentence(message: str) -> str:
    text = " ".join(message.split())
    return text if text.endswith(".") else f"{text}."


if __name__ == "__main__":
    sys.exit(main())
