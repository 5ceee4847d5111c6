import json
import logging
import os
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.__main__ import main
from core.faces import utkface
from core.faces.photos import cluster, embedding, extract, extraction, table
from core.faces.photos.labels import Labels, label_source
from tests.core.faces.photos.conftest import encoded
from tests.core.faces.photos.test_picture import heic


def rows_of(path):
    return {row["file"]: row for row in pq.read_table(path).to_pylist()}


def assert_all_rows(out, folder):
    rows = pq.read_table(out).to_pylist()
    names = [row["file"] for row in rows]
    assert sorted(names) == sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.jpg"))
    assert len(set(names)) == len(names) == 40
    assert sum(row["embedding"] is not None for row in rows) == 20
    return rows


@pytest.fixture
def _small_shards(monkeypatch):
    monkeypatch.setattr(extraction, "_SMALLEST_SHARD", 5)
    monkeypatch.setattr(extraction, "LARGEST_SHARD", 5)


def test_one_file_holds_embeddings_labels_reasons_and_metadata(original, folder, tmp_path):
    out = tmp_path / "faces.parquet"
    summary = extract(folder, out)
    rows = {row["file"]: row for row in assert_all_rows(out, folder)}
    assert summary.to_dict() == {
        "photos": 40, "embedded": 20, "faces_found": 20, "left_out": {"no face found": 20}, "read_now": 40,
    }  # fmt: skip
    row = rows["23_1_3_3.jpg"]
    assert (row["age"], row["sex"], row["race"], row["faces_found"], row["left_out"]) == (23, "Female", "Indian", 1, None)
    assert rows["deep/er/24_0_4_4.jpg"]["race"] == "Other"
    expected = original.face_encodings(np.array(extraction.picture.decode((folder / row["file"]).read_bytes())))[0]
    assert np.allclose(row["embedding"], expected, atol=1e-6)
    metadata = table.metadata_of(out)
    assert metadata["detector"] == "hog"
    assert metadata["date"].startswith("20")
    assert {"dlib", "face_recognition"} <= set(metadata["versions"])
    assert str(folder).encode() not in out.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["faces.parquet", "photos"]
    assert utkface.read_parquet(out).left_out["no face found"] == 16  # the four others are of race 4


@pytest.mark.usefixtures("_small_shards")
def test_a_second_run_does_nothing(folder, tmp_path, monkeypatch):
    for out in (tmp_path / "shards", tmp_path / "faces.parquet"):
        extract(folder, out)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    assert len(before) == 8 + 1
    monkeypatch.setattr(extraction, "embed_shard", None)
    for out in (tmp_path / "shards", tmp_path / "faces.parquet"):
        summary = extract(folder, out)
        assert (summary.read_now, summary.photos, summary.embedded) == (0, 40, 20)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == before


def test_photos_that_came_later_are_added_to_a_folder_of_shards(folder, tmp_path):
    late = folder / "99_0_0_1.jpg"
    content = next(folder.glob("*.jpg")).read_bytes()
    extract(folder, tmp_path / "shards")
    late.write_bytes(content)
    summary = extract(folder, tmp_path / "shards")
    assert (summary.read_now, summary.photos) == (1, 41)


def test_other_options_or_photos_are_refused(folder, tmp_path):
    extract(folder, tmp_path / "shards")
    with pytest.raises(ValueError, match="was made with upsample 1, not 0: choose another --out"):
        extract(folder, tmp_path / "shards", options=embedding.FaceOptions(upsample=0))
    with pytest.raises(ValueError, match="holds other photos"):
        extract(folder / "deep", tmp_path / "shards")
    with pytest.raises(ValueError, match="must stand outside"):
        extract(folder, folder / "out")


def test_a_damaged_shard_is_named(folder, tmp_path):
    extract(folder, tmp_path / "shards")
    part = table.shards_in(tmp_path / "shards")[0]
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"^part-000000.parquet holds no embeddings"):
        extract(folder, tmp_path / "shards")


def test_kill_9_in_the_middle_loses_nothing_and_repeats_nothing(folder, tmp_path):
    out = tmp_path / "faces.parquet"
    script = (
        "from core.faces.photos import extraction; import sys, time; extraction.LARGEST_SHARD = 2;"
        "extraction.extract(sys.argv[1], sys.argv[2], progress=lambda *_: time.sleep(0.02))"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(folder), str(out)])
    parts, deadline = tmp_path / "faces.parquet.parts", time.monotonic() + 60
    while len(table.shards_in(parts)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not out.exists()
    done = {name for part in table.shards_in(parts) for name in rows_of(part)}
    assert 6 <= len(done) < 40
    (parts / ".part-000099.parquet.0123").write_bytes(b"half")
    summary = extract(folder, out)
    assert summary.read_now == 40 - len(done)
    assert_all_rows(out, folder)


def test_several_processes_give_the_same_rows(folder, tmp_path):
    told = []
    extract(folder, tmp_path / "one.parquet")
    extract(folder, tmp_path / "two.parquet", jobs=2, progress=lambda *counts: told.append(counts))
    assert rows_of(tmp_path / "one.parquet") == rows_of(tmp_path / "two.parquet")
    assert np.sum(told, axis=0).tolist() == [40, 20]


@pytest.mark.filterwarnings("ignore")  # of distributed's own, when a worker is killed
def test_a_cluster_that_loses_a_worker_loses_no_photo(folder, tmp_path, monkeypatch):
    from distributed import Client, LocalCluster

    monkeypatch.setattr(extraction, "LARGEST_SHARD", 2)
    monkeypatch.setattr(extraction, "_SMALLEST_SHARD", 2)
    extract(folder, tmp_path / "one.parquet")
    killed = []
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
    ) as local:
        with Client(local, set_as_default=False) as client:
            pids = list(client.run(os.getpid).values())

        def kill_one(*_):
            if not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        summary = extract(folder, tmp_path / "two.parquet", scheduler=local.scheduler_address, progress=kill_one)
    assert killed
    assert summary.read_now == 40
    assert rows_of(tmp_path / "one.parquet") == rows_of(tmp_path / "two.parquet")


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there_is_a_sentence(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", "1s")
    with pytest.raises(ValueError, match=r"^cannot reach a Dask scheduler at tcp://127.0.0.1:9: start one, or use --jobs$"):
        extract(folder, tmp_path / "out", scheduler="tcp://127.0.0.1:9")


def test_the_command_counts_what_is_wrong_and_goes_on(folder, tmp_path, capsys):
    good = next(folder.glob("21_*.jpg")).read_bytes()
    bad = tmp_path / "bad"
    bad.mkdir()
    for name, content in {"a.jpg": good, "b.jpg": b"", "c.jpg": good[:500], "d.txt": b"text", "e.jpg": b""}.items():
        (bad / name).write_bytes(content)
    assert main(["extract", str(bad), "--out", str(tmp_path / "out"), "--labels", "none", "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["left_out"] == {"empty file": 2, "truncated picture": 1, "no JPEG, PNG, WebP or HEIC picture": 1}
    (bad / "a.jpg").unlink()
    assert main(["extract", str(bad), "--out", str(tmp_path / "none")]) == 2
    assert "none of the 4 files in bad could be read (empty file: 2" in capsys.readouterr().err


def test_a_zip_gives_what_its_folder_gives(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for path in folder.rglob("*.jpg"):
            archive.write(path, path.relative_to(folder).as_posix())
    extract(folder, tmp_path / "one.parquet")
    extract(tmp_path / "photos.zip", tmp_path / "two.parquet", jobs=2)
    assert rows_of(tmp_path / "one.parquet") == rows_of(tmp_path / "two.parquet")


def test_a_heic_that_is_stored_turned_gives_the_face_of_the_upright_picture(tmp_path, astronaut):
    made = tmp_path / "photos"
    made.mkdir()
    face = astronaut.crop((60, 40, 220, 200))
    (made / "30_1_0_1.png").write_bytes(encoded(face))
    (made / "30_1_0_2.heic").write_bytes(heic(face, 6))
    summary = extract(made, tmp_path / "faces.parquet")
    assert (summary.photos, summary.embedded) == (2, 2)
    rows = rows_of(tmp_path / "faces.parquet")
    upright, turned = (np.array(rows[name]["embedding"]) for name in ("30_1_0_1.png", "30_1_0_2.heic"))
    # Colours of HEIC are rounded; two pictures of one person are 0.3 to 0.6 apart.
    assert np.linalg.norm(upright - turned) < 0.05


@pytest.mark.filterwarnings("ignore")  # of distributed's own, when its workers are closed
def test_a_cluster_on_this_machine_gives_the_rows_of_one_process(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(extraction, "LARGEST_SHARD", 10)
    printed = []
    for name, workers in (("one", ["--jobs", "1"]), ("two", ["--dask-workers", "2"])):
        assert main(["extract", str(folder), "--out", str(tmp_path / f"{name}.parquet"), *workers, "--json"]) == 0
        printed.append(json.loads(capsys.readouterr().out) | {"written": None})
    assert printed[0] == printed[1]
    assert (printed[1]["photos"], printed[1]["embedded"]) == (40, 20)
    assert rows_of(tmp_path / "one.parquet") == rows_of(tmp_path / "two.parquet")


def test_labels_come_from_a_csv(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('\ufefffile,race,sex,age\n"a,b.jpg",asian,FEMALE,44\nc.jpg,,,\n')
    labels = label_source(str(path))
    assert labels.of("a,b.jpg") == Labels(44, "Female", "Asian")
    assert labels.of("c.jpg") == labels.of("absent.jpg") == Labels()
    assert label_source("none").of("20_0_1_1.jpg") == Labels()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("file,age\n", "must have the columns file, age, sex, race, got file, age"),
        (
            "file,age,sex,race\na,old,,\n",
            "age in line 2 of labels.csv must be a whole number from 0 to 150",
        ),
        ("file,age,sex,race\na,1,m,\n", "sex in line 2 of labels.csv must be Male, Female, or empty, got 'm'"),
        ("file,age,sex,race\na,1,,\na,2,,\n", "line 3 of labels.csv must name a file not named before, got 'a'"),
        ("file,age,sex,race\na,1,\n", "line 2 of labels.csv must have 4 cells, got 3"),
    ],
)
def test_bad_labels_are_a_sentence_with_the_line(tmp_path, content, sentence):
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(ValueError, match=sentence):
        label_source(str(tmp_path / "labels.csv"))


@pytest.mark.parametrize("choice", [{"jobs": 0}, {"jobs": 2, "dask_workers": 2}, {"dask_workers": 0}])
def test_bad_numbers_of_workers_are_refused(folder, tmp_path, choice):
    with pytest.raises(ValueError, match=r"jobs must be 1|choose one of|Dask workers must be 1"):
        extract(folder, tmp_path / "out", **choice)
