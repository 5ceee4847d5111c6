"""Shards on a Dask cluster: one task each, done again elsewhere where a worker dies."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from core.faces.photos.embedding import MissingPackageError

if TYPE_CHECKING:
    from core.faces.photos.extraction import Shard

_PATIENCE = "20s"
_SHARDS_AHEAD = 4
"""Shards that wait at the scheduler for each worker: a million photos need not wait there all at once."""


def on_cluster(
    shards: list[Shard], *, scheduler: str | None = None, workers: int | None = None
) -> Iterator[tuple[Shard, pa.Table | str]]:
    """Yield each shard with its table, or a sentence on why there is none, as they come in.

    Parameters
    ----------
    shards : list of Shard
    scheduler : str, optional
        Address of a running scheduler.
    workers : int, optional
        Processes of a cluster on this machine, started for these shards, where there is no scheduler.

    Raises
    ------
    ValueError
        If there is no such scheduler, or Dask is missing.
    """
    try:
        from distributed import Client, LocalCluster, as_completed

        from core.faces.photos.extraction import attempt
    except ImportError as error:
        raise MissingPackageError(
            "a cluster needs Dask: in the project's folder run 'python -m pip install -r requirements-cluster.txt'"
        ) from error
    if scheduler is None:
        started = LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        )
    else:
        started = None
    try:
        with Client(started or scheduler, timeout=_PATIENCE, set_as_default=False) as client:
            waiting = iter(shards)
            ahead = _SHARDS_AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
            running = {client.submit(attempt, shard, pure=False): shard for shard in islice(waiting, ahead)}
            done = as_completed(running, loop=client.loop)
            for future in done:
                shard = running.pop(future)
                failure = future.exception()
                yield shard, future.result()[1] if failure is None else str(failure) or type(failure).__name__
                for following in islice(waiting, 1):
                    submitted = client.submit(attempt, following, pure=False)
                    running[submitted] = following
                    done.add(submitted)
    except OSError as error:
        where = scheduler or "this machine"
        raise ValueError(f"cannot reach a Dask scheduler at {where}: start one, or use --jobs") from error
    finally:
        if started is not None:
            started.close()
