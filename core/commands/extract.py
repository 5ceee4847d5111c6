"""The command `extract`."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import click

from core import tables
from core.commands import options
from core.faces import photos as photo_files


@click.command("extract")
@click.argument("photos", type=options.FILE)
@click.option("--out", type=options.FILE, required=True, help="Folder for shards, or one file that ends in .parquet.")
@click.option("--labels", default="names", show_default=True, help="names of UTKFace, none, or a CSV: file,age,sex,race.")
@click.option("--detector", type=click.Choice(photo_files.DETECTORS), default="hog", show_default=True)
@click.option("--upsample", type=int, default=1, show_default=True, help="Doublings of a photo to find small faces, 0 to 4.")
@click.option("--jitters", type=int, default=1, show_default=True, help="Distorted copies averaged for a face, 1 to 1,000.")
@click.option("--prefer", type=click.Choice(photo_files.PREFERENCES), default="largest", show_default=True)
@click.option("--jobs", type=int, default=1, show_default=True, help="Processes on this machine.")
@click.option("--scheduler", help="Address of a Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--dask-workers", type=int, help="Processes of a Dask cluster started on this machine.")
@options.as_json
def extract(
    photos: Path, out: Path, labels: str, as_json: bool, jobs: int, scheduler: str | None, dask_workers: int | None, **face: Any
) -> None:
    """Read faces off PHOTOS: a folder, a zip, or a file that lists photos. Run it again to continue."""
    chosen = photo_files.FaceOptions(**face)
    with _Bar() as bar:
        summary = photo_files.extract(
            photos, out, options=chosen, labels_from=labels, jobs=jobs, scheduler=scheduler, dask_workers=dask_workers,
            started=bar.start, progress=bar.advance,
        )  # fmt: skip
    options.show(summary.to_dict() | {"written": str(out)}, tables.of_values, as_json=as_json)


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
