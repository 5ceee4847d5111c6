"""From many photos to a table of embeddings: in this process, in several, or on a Dask cluster."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

import core
from core.checks import whole_number
from core.faces.photos import embedding, labels, picture, table
from core.faces.photos.embedding import Face, FaceOptions
from core.faces.photos.labels import LabelSource
from core.faces.photos.sources import PhotoSource, find_photos, shown_name
from core.faces.photos.table import Row, Summary

MOST_WORKERS = 1_024
LARGEST_SHARD = 500
_SMALLEST_SHARD = 4
_SHARDS_PER_WORKER = 4
_MOST_FAILURES_SHOWN = 3

Progress = Callable[[int, int], None]
"""Told how many photos were read since it was last told, and how many faces were found in them."""


@dataclass(frozen=True)
class Shard:
    """Photos that are read as one task, and how."""

    number: int
    source: PhotoSource
    names: tuple[str, ...]
    labels: LabelSource
    options: FaceOptions

    @property
    def file(self) -> str:
        return f"part-{self.number:06}.parquet"


def extract(
    photos: str | Path,
    out: str | Path,
    *,
    options: FaceOptions = FaceOptions(),  # noqa: B008 - frozen
    labels_from: str = labels.FROM_NAMES,
    jobs: int = 1,
    scheduler: str | None = None,
    dask_workers: int | None = None,
    started: Callable[[int], None] = lambda _: None,
    progress: Progress = lambda *_: None,
) -> Summary:
    """Embed the photos of a folder, a zip or a list file, shard by shard.

    What stands in `out` already is not read again: an interrupted run continues, and one that has ended does nothing.

    Parameters
    ----------
    photos : path
        See `find_photos`.
    out : path
        Folder for shards, or a file that ends in `.parquet`; then shards stand in a folder beside it until all are done.
    options : FaceOptions
    labels_from : str
        `"names"` of UTKFace, `"none"`, or a CSV with the columns file, age, sex, race.
    jobs : int
        Processes on this machine, 1 to 1,024.
    scheduler : str, optional
        Address of a Dask scheduler; its workers must reach the photos under the same path.
    dask_workers : int, optional
        Processes of a Dask cluster started on this machine for this run.
    started : callable
        Told how many photos are still to read.
    progress : callable
        Told photos read and faces found, as they come in.

    Raises
    ------
    ValueError
        If the photos, the labels or `out` cannot be used, a worker failed, or no photo at all could be read.
    """
    whole_number("jobs", jobs, 1, MOST_WORKERS)
    if dask_workers is not None:
        whole_number("Dask workers", dask_workers, 1, MOST_WORKERS)
    if sum((jobs > 1, scheduler is not None, dask_workers is not None)) > 1:
        raise ValueError("choose one of --jobs, --scheduler and --dask-workers")
    source, names = find_photos(photos)
    label_source = labels.label_source(labels_from)
    metadata = _metadata(source, label_source, options)
    out = Path(out)
    _refuse_out_among_photos(out, source)
    as_file = out.suffix == ".parquet" and not out.is_dir()
    if as_file and out.exists():
        table.check_same_run(table.metadata_of(out), metadata, out)
        known, summary = _already_in([out], metadata)
        if known.issuperset(map(shown_name, names)):
            return _checked(summary, source)
        raise ValueError(f"{out} is finished, and lacks photos that are there now: choose another --out, or delete it")
    folder = out.with_name(f"{out.name}.parts") if as_file else out
    _make_folder(folder)
    known, summary = _already_in(table.shards_in(folder), metadata)
    rest = [name for name in names if shown_name(name) not in known]
    started(len(rest))
    if rest:
        embedding.require()  # what is missing is said once, before any worker starts
    shards = list(_shards(rest, folder, source, label_source, options, workers=max(jobs, dask_workers or 1)))
    failures: list[str] = []
    for shard, result in _results(shards, jobs, scheduler, dask_workers, progress):
        if isinstance(result, str):
            failures.append(result)
            continue
        _write(result, folder / shard.file, metadata)
        summary.add(result)
        summary.read_now += len(result)
    if failures:
        shown = "; ".join(dict.fromkeys(failures[:_MOST_FAILURES_SHOWN]))
        raise ValueError(
            f"{len(failures):,} of {len(shards):,} shards failed ({shown}): run the same command again to continue"
        )
    if as_file:
        table.write((table.read(part) for part in table.shards_in(folder)), out, metadata)
        shutil.rmtree(folder)
    return _checked(summary, source)


def embed_shard(shard: Shard, progress: Progress = lambda *_: None) -> pa.Table:
    """Read the photos of a shard: one row each, whatever is wrong with it."""
    rows: list[Row] = []
    waiting: list[tuple[Row, Face]] = []

    def flush() -> None:
        for (row, _), values in zip(
            waiting, embedding.embed([face for _, face in waiting], jitters=shard.options.jitters), strict=True
        ):
            row.embedding = values
        waiting.clear()

    with shard.source.opened() as photos, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata in a photo; the row says what matters
        for name in shard.names:
            row = Row(shown_name(name), shard.labels.of(shown_name(name)))
            rows.append(row)
            try:
                pixels = picture.decode(photos.read(name))
                faces = embedding.find_faces(pixels, shard.options)
            except picture.UnreadablePhotoError as error:
                row.left_out = str(error)
            except MemoryError:
                row.left_out = "too large for this machine's memory"
            else:
                row.faces_found = len(faces)
                if faces:
                    waiting.append((row, embedding.preferred(faces, pixels, shard.options.prefer)))
                else:
                    row.left_out = table.NO_FACE
            if len(waiting) == embedding.BATCH:
                flush()
            progress(1, row.faces_found or 0)
        flush()
    return table.table_of(rows, {})


def _results(
    shards: list[Shard], jobs: int, scheduler: str | None, dask_workers: int | None, progress: Progress
) -> Iterator[tuple[Shard, pa.Table | str]]:
    """Yield each shard with its table, or with a sentence on why there is none, as they come in."""
    if not shards:
        return
    if scheduler is None and dask_workers is None and jobs == 1:
        for shard in shards:
            yield shard, embed_shard(shard, progress)
        return
    if scheduler is None and dask_workers is None:
        several = _in_processes(shards, jobs)
    else:
        from core.faces.photos.cluster import on_cluster

        several = on_cluster(shards, scheduler=scheduler, workers=dask_workers)
    for shard, result in several:
        if not isinstance(result, str):
            progress(len(result), sum(count or 0 for count in result["faces_found"].to_pylist()))
        yield shard, result


def _in_processes(shards: list[Shard], jobs: int) -> Iterator[tuple[Shard, pa.Table | str]]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool

    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    try:
        for number, result in parallel(delayed(attempt)(shard) for shard in shards):
            yield shards[number - shards[0].number], result
    except BrokenProcessPool as error:
        raise ValueError("a process ended before its photos were read: run the same command again to continue") from error


def attempt(shard: Shard) -> tuple[int, pa.Table | str]:
    """Embed a shard; what fails for all its photos alike becomes a sentence."""
    try:
        return shard.number, embed_shard(shard)
    except (ValueError, OSError) as error:
        return shard.number, str(error)


def _shards(
    names: list[str], folder: Path, source: PhotoSource, label_source: LabelSource, options: FaceOptions, *, workers: int
) -> Iterator[Shard]:
    """Yield large shards first and small ones last, so that workers end together.

    Guided self-scheduling (Polychronopoulos and Kuck, 1987, doi 10.1109/TC.1987.5009495): each shard is a fixed part of
    what is left.
    """
    parts = table.shards_in(folder)
    number = int(parts[-1].stem.removeprefix("part-")) + 1 if parts else 0
    start = 0
    while start < len(names):
        size = min(LARGEST_SHARD, max(_SMALLEST_SHARD, (len(names) - start) // (_SHARDS_PER_WORKER * workers)))
        chosen = tuple(names[start : start + size])
        if label_source.rows is None:
            own = label_source
        else:
            wanted = {shown_name(name) for name in chosen}
            own = LabelSource(label_source.kind, {name: label_source.rows[name] for name in wanted & label_source.rows.keys()})
        yield Shard(number, source, chosen, own, options)
        number, start = number + 1, start + size


def _already_in(files: list[Path], metadata: dict[str, Any]) -> tuple[set[str], Summary]:
    known: set[str] = set()
    summary = Summary()
    for file in files:
        table.check_same_run(table.metadata_of(file), metadata, file)
        rows = table.read(file, ["file", "faces_found", "left_out"])
        known.update(rows["file"].to_pylist())
        summary.add(rows)
    return known, summary


def _metadata(source: PhotoSource, label_source: LabelSource, options: FaceOptions) -> dict[str, Any]:
    return options.to_dict() | {
        "labels": label_source.kind,
        # A digest: the path itself may name a person.
        "photos": hashlib.sha256(f"{source.kind} {source.path}".encode("utf-8", "surrogateescape")).hexdigest()[:16],
        "versions": embedding.versions() | {"faceprint_risk": core.__version__},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _checked(summary: Summary, source: PhotoSource) -> Summary:
    if not summary.readable:
        reasons = ", ".join(f"{reason}: {count:,}" for reason, count in summary.left_out.most_common())
        raise ValueError(f"none of the {summary.photos:,} files in {Path(source.path).name} could be read ({reasons})")
    return summary


def _refuse_out_among_photos(out: Path, source: PhotoSource) -> None:
    if source.kind == "folder" and out.resolve().is_relative_to(source.path):
        raise ValueError(f"--out must stand outside the photos' folder, got {out}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left_behind in folder.glob(".part-*"):  # by a run that was killed while it wrote
            left_behind.unlink()
    except OSError as error:
        raise ValueError(f"cannot write to {folder}: {error.strerror}") from error


def _write(result: pa.Table, path: Path, metadata: dict[str, Any]) -> None:
    try:
        table.write([result], path, metadata)
    except OSError as error:
        raise ValueError(f"cannot write {path.name}: {error.strerror}; run the same command again to continue") from error
