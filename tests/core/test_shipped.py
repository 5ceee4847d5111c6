import hashlib
import io
import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import shipped
from core.shipped import DamagedModelError


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


WHOLE = npz(ages=np.arange(80), means=np.ones((2, 3), dtype=np.float32))


class Burglar:
    """Touches a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_arrays_written_are_read_back(tmp_path):
    arrays = {"whole": np.arange(12).reshape(3, 4), "part": np.array([0.5, -1], dtype=np.float32), "none": np.empty((0, 2))}
    shipped.write_arrays(shipped.FORESTS, arrays, tmp_path / "new")
    back = shipped.read_arrays(shipped.FORESTS, tmp_path / "new")
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


def test_the_same_arrays_give_the_same_bytes(tmp_path):
    arrays = {"a": np.arange(1000), "b": np.ones(3)}
    for folder in ("one", "two"):
        shipped.write_arrays(shipped.GENERATOR, arrays, tmp_path / folder)
    contents = [(tmp_path / folder / shipped.GENERATOR).read_bytes() for folder in ("one", "two")]
    assert contents[0] == contents[1]
    # The archive must not record when it was made.
    with zipfile.ZipFile(io.BytesIO(contents[0])) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_checksums_are_those_that_sha256sum_checks(tmp_path):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    shipped.write(shipped.FORESTS, b"", tmp_path)
    # The first test vector of FIPS 180-2, and the digest of nothing.
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (tmp_path / "SHA256SUMS").read_text() == f"{abc}  census.csv\n{empty}  forests.npz\n"
    assert shipped.read(shipped.CENSUS, tmp_path) == b"abc"


def test_writing_again_brings_the_checksum_up_to_date(tmp_path):
    shipped.write(shipped.CENSUS, b"old", tmp_path)
    shipped.write(shipped.CENSUS, b"new", tmp_path)
    assert shipped.read(shipped.CENSUS, tmp_path) == b"new"
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 1


def test_a_wrong_checksum_is_refused_with_both_digests(tmp_path):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    (tmp_path / shipped.CENSUS).write_bytes(b"abd")
    wanted, found = hashlib.sha256(b"abc").hexdigest(), hashlib.sha256(b"abd").hexdigest()
    with pytest.raises(DamagedModelError, match=f"census.csv must have the SHA-256 {wanted}, got {found}: restore models/"):
        shipped.read(shipped.CENSUS, tmp_path)


def test_a_file_without_a_checksum_is_refused(tmp_path):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    (tmp_path / shipped.FORESTS).write_bytes(b"abc")
    with pytest.raises(DamagedModelError, match=r"SHA-256 \(none listed\)"):
        shipped.read(shipped.FORESTS, tmp_path)


def test_writing_one_file_does_not_vouch_for_another(tmp_path):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    (tmp_path / shipped.CENSUS).write_bytes(b"damaged")
    shipped.write(shipped.FORESTS, b"new", tmp_path)
    assert shipped.read(shipped.FORESTS, tmp_path) == b"new"
    with pytest.raises(DamagedModelError, match=r"^census.csv must have the SHA-256 ba7816bf"):
        shipped.read(shipped.CENSUS, tmp_path)


def test_a_file_put_there_by_hand_is_not_listed_by_the_next_one_written(tmp_path):
    (tmp_path / shipped.CENSUS).write_bytes(b"abc")
    shipped.write(shipped.FORESTS, b"new", tmp_path)
    with pytest.raises(DamagedModelError, match=r"SHA-256 \(none listed\)"):
        shipped.read(shipped.CENSUS, tmp_path)


def test_lines_that_are_no_checksums_are_not_kept(tmp_path):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    good = (tmp_path / "SHA256SUMS").read_bytes()
    (tmp_path / "SHA256SUMS").write_bytes(b"nonsense\n\xff\n" + good.replace(b"\n", b"\r\n") + b"0 forests.npz\n")
    assert shipped.read(shipped.CENSUS, tmp_path) == b"abc"
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    assert (tmp_path / "SHA256SUMS").read_bytes() == good


@pytest.mark.parametrize("failing", [shipped.CENSUS, "SHA256SUMS"])
def test_writing_that_fails_half_way_leaves_whole_files(tmp_path, monkeypatch, failing):
    shipped.write(shipped.CENSUS, b"old", tmp_path)
    sums = (tmp_path / "SHA256SUMS").read_bytes()
    replace = os.replace

    def full(source, target):
        if Path(target).name == failing:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ValueError, match=rf"^cannot write census.csv to {re.escape(str(tmp_path))}: No space left on device$"):
        shipped.write(shipped.CENSUS, b"new", tmp_path)
    assert (tmp_path / "SHA256SUMS").read_bytes() == sums
    assert sorted(path.name for path in tmp_path.iterdir()) == ["SHA256SUMS", "census.csv"]
    if failing == shipped.CENSUS:
        assert shipped.read(shipped.CENSUS, tmp_path) == b"old"
    else:
        with pytest.raises(DamagedModelError, match=r"^census.csv must have the SHA-256"):
            shipped.read(shipped.CENSUS, tmp_path)


@pytest.mark.parametrize("below", [".", "deeper"])
def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path, monkeypatch, below):
    monkeypatch.chdir(tmp_path)
    Path("out").write_bytes(b"")
    folder = Path("out") / below
    with pytest.raises(ValueError, match=rf"^cannot write forests.npz to {folder}: it is not a folder$"):
        shipped.write(shipped.FORESTS, b"", folder)


def test_written_files_are_as_readable_as_others(tmp_path):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    (tmp_path / "other").write_bytes(b"abc")
    for name in (shipped.CENSUS, "SHA256SUMS"):
        assert (tmp_path / name).stat().st_mode == (tmp_path / "other").stat().st_mode


COMMANDS = {
    "census.csv": "python -m core census",
    "face_generator.npz": "python -m core fit-generator",
    "generator_evaluation.json": "python -m core fit-generator --evaluate",
    "forests.npz": "python -m core train",
    "held_out_beliefs.npz": "python -m core train",
    "replication.json": "python -m core replicate --out",
    "attackers_held_out.npz": "python -m core train-attackers",
    "comparison.json": "python -m core compare --out",
    "comparison_real.json": "python -m core compare --faces --out",
    "protections.json": "python -m core protect --out",
    "protections_real.json": "python -m core protect --faces --pairs --out",
}


@pytest.mark.parametrize("name", shipped.FILES)
def test_a_file_that_cannot_be_used_is_named_with_the_command_that_makes_it(tmp_path, name):
    advice = f"restore models/ from the release, or make it again with '{COMMANDS[name]}'"
    missing = re.escape(f" in {tmp_path}, there is no such file: {advice}")
    with pytest.raises(DamagedModelError, match=rf"^cannot read {name}{missing}$"):
        shipped.read(name, tmp_path)
    (tmp_path / name).write_bytes(b"abc")
    with pytest.raises(DamagedModelError, match=rf"^cannot read SHA256SUMS{missing}$"):
        shipped.read(name, tmp_path)
    (tmp_path / "SHA256SUMS").write_bytes(b"")
    with pytest.raises(DamagedModelError, match=rf"^{name} must have the SHA-256 .*: {re.escape(advice)}$"):
        shipped.read(name, tmp_path)


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path):
    (tmp_path / shipped.CENSUS).mkdir()
    with pytest.raises(DamagedModelError, match=r"^cannot read census.csv in .*, (Is a directory|Permission denied): restore"):
        shipped.read(shipped.CENSUS, tmp_path)


def test_the_projects_own_folder_is_named_without_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    with pytest.raises(DamagedModelError, match=r"^cannot read census.csv in models/, there is no such file: "):
        shipped.read(shipped.CENSUS, tmp_path)


@pytest.mark.parametrize("content", [b"nonsense\n", b"one two three\n", b"\xff\xfe\n", b"   \n"])
def test_unreadable_checksums_are_refused(tmp_path, content):
    shipped.write(shipped.CENSUS, b"abc", tmp_path)
    (tmp_path / "SHA256SUMS").write_bytes(content)
    with pytest.raises(DamagedModelError):
        shipped.read(shipped.CENSUS, tmp_path)


def test_results_written_are_read_back(tmp_path):
    results = {"share": 0.1, "by_size": {"2-5": 3, "1": None}, "table": [[1.5, 2]], "name": "Fábián"}
    shipped.write_json(shipped.EVALUATION, results, tmp_path)
    assert shipped.read_json(shipped.EVALUATION, tmp_path) == results
    assert list(shipped.read_json(shipped.EVALUATION, tmp_path)) == list(results)
    once = (tmp_path / shipped.EVALUATION).read_bytes()
    shipped.write_json(shipped.EVALUATION, results, tmp_path)
    assert (tmp_path / shipped.EVALUATION).read_bytes() == once
    assert once.endswith(b"}\n")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"[1]", b"1"])
def test_what_holds_no_results_by_name_is_refused(tmp_path, content):
    shipped.write(shipped.REPLICATION, content, tmp_path)
    with pytest.raises(DamagedModelError, match=r"^replication.json (is not a readable JSON file|must hold results by name)"):
        shipped.read_json(shipped.REPLICATION, tmp_path)


def test_results_that_were_changed_are_refused(tmp_path):
    shipped.write_json(shipped.EVALUATION, {"share": 0.1}, tmp_path)
    (tmp_path / shipped.EVALUATION).write_text('{"share": 0.2}')
    with pytest.raises(DamagedModelError, match=r"generator_evaluation.json must have the SHA-256"):
        shipped.read_json(shipped.EVALUATION, tmp_path)


def test_numbers_that_json_does_not_know_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        shipped.write_json(shipped.EVALUATION, {"share": float("nan")}, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../census.csv", "/census.csv", "other.npz", ""])
def test_only_the_shipped_files_are_read_or_written(tmp_path, name):
    with pytest.raises(ValueError, match=r"model file must be one of face_generator.npz, "):
        shipped.read(name, tmp_path)
    with pytest.raises(ValueError, match=r"model file must be one of face_generator.npz, "):
        shipped.write(name, b"", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("length", [0, 1, 10, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_truncated_npz_is_refused(length):
    with pytest.raises(DamagedModelError, match=r"forests.npz is not a readable NPZ file of plain arrays"):
        shipped.arrays_from(WHOLE[:length], "forests.npz")


def test_a_pickled_array_is_refused_and_never_unpickled(tmp_path):
    touched = tmp_path / "touched"
    content = npz(ages=np.array([Burglar(touched)], dtype=object))
    # The trap works where unpickling is allowed.
    with np.load(io.BytesIO(content), allow_pickle=True) as archive:
        _ = archive["ages"]
    assert touched.exists()
    touched.unlink()
    with pytest.raises(DamagedModelError):
        shipped.arrays_from(content, "forests.npz")
    assert not touched.exists()


def test_object_arrays_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        shipped.write_arrays(shipped.FORESTS, {"a": np.array([{}], dtype=object)}, tmp_path)


def test_a_bare_npy_is_refused():
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3))
    with pytest.raises(DamagedModelError):
        shipped.arrays_from(buffer.getvalue(), "forests.npz")


def test_a_zip_of_other_files_is_refused():
    with pytest.raises(DamagedModelError):
        shipped.arrays_from(zipped(ages=b"these are no numbers"), "forests.npz")


def test_an_array_that_claims_more_numbers_than_fit_in_memory_is_refused():
    header = str({"descr": "<f8", "fortran_order": False, "shape": (10**13,)}).encode()
    content = zipped(ages=b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(DamagedModelError):
        shipped.arrays_from(content, "forests.npz")


@given(st.binary(max_size=200))
@example(b"PK\x05\x06" + bytes(18))
@example(b"PK\x03\x04")
@example(b"\x93NUMPY\x01\x00")
@example(b"\x80\x04N.")
def test_any_bytes_are_arrays_or_damaged(content):
    try:
        arrays = shipped.arrays_from(content, "forests.npz")
    except DamagedModelError:
        return
    assert arrays == {}  # an empty archive holds no arrays


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_gives_arrays_or_damaged(position, change):
    content = bytearray(WHOLE)
    content[position] ^= change
    try:
        arrays = shipped.arrays_from(bytes(content), "forests.npz")
    except DamagedModelError:
        return
    assert all(isinstance(array, np.ndarray) for array in arrays.values())
