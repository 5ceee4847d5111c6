"""Embeddings from strangers: the same numbers from every kind of file, and a sentence where there are none."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.uploads import Column, Extract, Limits, UploadError, describe, read_columns

ROWS, WIDTH = 30, 16
EMBEDDINGS = np.random.default_rng(5).standard_normal((ROWS, WIDTH)).astype(np.float32)
AGES = np.arange(20, 20 + ROWS)
SEXES = np.array(["f", "m"] * (ROWS // 2))
COLUMNS = [f"e{number}" for number in range(WIDTH)]


def parquet(table: pa.Table, **options) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def wide() -> pd.DataFrame:
    return pd.DataFrame(EMBEDDINGS, columns=COLUMNS).assign(age=AGES, sex=SEXES)


def lists() -> pa.Table:
    return pa.table({"embedding": list(EMBEDDINGS), "age": AGES.astype(float), "sex": pd.Categorical(SEXES)})


FILES = {
    "list.parquet": (parquet(lists()), ["embedding"]),
    "pages.parquet": (parquet(lists(), row_group_size=7, data_page_version="2.0", compression="zstd"), ["embedding"]),
    "wide.parquet": (parquet(pa.Table.from_pandas(wide())), COLUMNS),
    "arrays.npz": (npz(embedding=EMBEDDINGS, age=AGES, sex=SEXES), ["embedding"]),
    "bytes.npz": (npz(embedding=EMBEDDINGS.astype(np.float64), age=AGES.astype(float), sex=SEXES.astype("S")), ["embedding"]),
    "wide.csv": (wide().to_csv(index=False).encode(), COLUMNS),
    "german.csv": (wide().to_csv(index=False, sep=";", decimal=",").encode("cp1252"), COLUMNS),
    "list.csv": (wide()[["age", "sex"]].assign(embedding=EMBEDDINGS.tolist()).to_csv(index=False).encode(), ["embedding"]),
}  # fmt: skip


def problem(content: bytes, name: str, numbers: list[str], texts: tuple[str, ...] = (), **options) -> str:
    with pytest.raises(UploadError) as caught:
        read_columns(content, name, numbers=numbers, texts=list(texts), **options)
    return str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same(name):
    content, columns = FILES[name]
    found = {column.name: column for column in describe(content, name)}
    assert found["sex"].kind == "text"
    assert found["age"].kind == "number"
    assert found[columns[0]] == Column(columns[0], "list" if len(columns) == 1 else "number", WIDTH if len(columns) == 1 else 1)
    extract = read_columns(content, name, numbers=columns, texts=["age", "sex"])
    assert extract.numbers.dtype == np.float32
    assert np.allclose(extract.numbers, EMBEDDINGS, atol=1e-6)
    assert extract.texts == {"age": [str(age) for age in AGES], "sex": SEXES.tolist()}
    first = 2 if name.endswith(".csv") else 1
    assert extract.row.tolist() == list(range(first, first + ROWS))


def test_what_is_not_a_number_is_named_by_column_and_row():
    text = wide().head(3).to_csv(index=False).encode()
    row = text.splitlines()[2].split(b",")
    for cell, got in ((b"x" * 50, "must be a number, got 'xxxxxxxxxxxx...'"), (b"", "must be a number, got nothing")):
        changed = text.replace(b",".join(row), b",".join([*row[:4], cell, *row[5:]]))
        assert problem(changed, "a.csv", COLUMNS) == f"a.csv, column e4, row 3, {got}"
    for cell in (b"nan", b"inf", b"-Infinity", b"1e400"):
        changed = text.replace(b",".join(row), b",".join([*row[:4], cell, *row[5:]]))
        assert problem(changed, "a.csv", COLUMNS).startswith(
            "a.csv, column e4, row 3, must be a finite number, got NaN, an infinity"
        )


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e300])
def test_numbers_that_are_not_finite_are_named_in_every_kind_of_file(wrong):
    values = EMBEDDINGS.astype(np.float64)
    values[6, 3] = wrong
    for name, content in {
        "a.parquet": parquet(pa.table({"embedding": list(values)})),
        "a.npz": npz(embedding=values),
        "b.parquet": parquet(pa.table({f"e{n}": column for n, column in enumerate(values.T)})),
    }.items():
        numbers = COLUMNS if name == "b.parquet" else ["embedding"]
        where = "column e3, row 7" if name == "b.parquet" else "column embedding, number 4, row 7"
        assert problem(content, name, numbers).startswith(f"{name}, {where}, must be a finite number")


def test_mixed_dimensions_are_named():
    rows = [[0.5] * 16, [0.5] * 16, [0.5] * 17]
    assert problem(parquet(pa.table({"e": rows})), "a.parquet", ["e"]) == (
        "a.parquet, column e, row 3, must have 16 numbers like the first row, got 17"
    )
    text = pd.DataFrame({"e": rows}).to_csv(index=False).encode()
    assert problem(text, "a.csv", ["e"]) == "a.csv, column e, row 4, must have 16 numbers like the first row, got 17"
    # Also where another row group begins.
    many = parquet(pa.table({"e": [[0.5] * 16] * 5_000 + [[0.5] * 17]}))
    assert problem(many, "a.parquet", ["e"]).startswith("a.parquet, column e, row 5,001, must have 16 numbers")
    assert (
        problem(npz(e=EMBEDDINGS, age=AGES[:4]), "a.npz", ["e"], ("age",))
        == "a.npz, array age, must have 30 rows like e, got 4"
    )


def test_empty_rows_and_odd_types_are_sentences():
    table = pa.table({"e": [[0.5] * 16, None], "deep": [[[1.0]], [[2.0]]], "when": pd.to_datetime(["2020-01-01"] * 2)})
    content = parquet(table)
    assert {column.name: column.kind for column in describe(content, "a.parquet")} == {
        "e": "list",
        "deep": "other",
        "when": "other",
    }
    assert (
        problem(content, "a.parquet", ["e"]) == "a.parquet, column e, row 2, must not be empty: leave rows without a face out"
    )
    assert problem(content, "a.parquet", ["deep"]).startswith("a.parquet, column deep, must hold numbers or lists of numbers")
    assert problem(content, "a.parquet", ["e"], ("when",)).startswith("a.parquet, column when, must hold labels")
    assert problem(content, "a.parquet", ["none"]) == "a.parquet must have the column 'none', got 3 others"
    gap = parquet(pa.table({"e": [[0.5] * 15 + [None]]}))
    assert problem(gap, "a.parquet", ["e"]).startswith("a.parquet, column e, number 16, row 1, must be a finite number")


def test_pickles_are_never_opened():
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    content = npz(embedding=EMBEDDINGS, label=np.array([Trap()] * ROWS, dtype=object))
    with pytest.raises(UploadError, match=r"^a\.npz, array label, holds Python objects, which are never unpickled"):
        describe(content, "a.npz")


def test_npz_bombs_are_refused_by_their_headers():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 512)})
        archive.writestr("embedding.npy", head.getvalue() + b"\0" * 1_000)
    assert (
        problem(buffer.getvalue(), "a.npz", ["embedding"]) == "a.npz, array embedding, must unpack to at most 600 MB, got more"
    )
    few = Limits(inflated=10_000_000, numbers=1_000_000)
    zeros = npz(embedding=np.zeros((2_000, 1_000)))
    assert len(zeros) < 100_000
    assert problem(zeros, "a.npz", ["embedding"], limits=few) == "a.npz must unpack to at most 10 MB, got 16 MB"
    within = npz(embedding=np.zeros((2_000, 1_000), dtype=np.float32))
    assert problem(within, "a.npz", ["embedding"], limits=few).startswith(
        "a.npz must hold at most 1,000,000 numbers, got 2,000 rows"
    )


def test_parquet_bombs_are_refused_by_the_headers_of_their_pages():
    few = Limits(inflated=10_000_000, numbers=1_000_000)
    zeros = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(4_000_000, dtype=np.float32)), 800)
    for options in ({"compression": "zstd"}, {"compression": "zstd", "use_dictionary": False}):
        content = parquet(pa.table({"e": zeros}), **options)
        assert len(content) < 100_000
        sentence = problem(content, "a.parquet", ["e"], limits=few)
        assert sentence == "a.parquet must unpack to at most 10 MB and 1,000,000 numbers, got more"


def test_a_long_text_that_every_row_repeats_is_kept_once():
    sex = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000), pa.array(["f" * 1_000_000]))
    content = parquet(pa.table({"e": [[0.5] * 16] * 10_000, "sex": sex}))
    tracemalloc.start()
    found = read_columns(content, "a.parquet", numbers=["e"], texts=["sex"])
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert {len(text) for text in found.texts["sex"]} == {200}


def test_millions_of_columns_fail_fast():
    started = time.perf_counter()
    assert "columns" in problem(b"e," * 10_000_000 + b"\n", "a.csv", ["e"])
    many = parquet(pa.table({f"c{number}": [1.0] for number in range(3_000)}))
    assert problem(many, "a.parquet", ["c1"]) == "a.parquet must have at most 2,100 columns, got 3,000 or more"
    footer = parquet(pa.table({"a": [1.0]}))[:-8] + (4_000_000_000).to_bytes(4, "little") + b"PAR1"
    assert problem(footer, "a.parquet", ["a"]).startswith("a.parquet is no Parquet file that can be read")
    assert time.perf_counter() - started < 10


def test_more_rows_than_allowed_are_refused_by_the_footer():
    assert problem(FILES["list.parquet"][0], "a.parquet", ["embedding"], limits=Limits(rows=29)) == (
        "a.parquet must hold at most 29 rows, got 30 or more"
    )
    assert problem(FILES["arrays.npz"][0], "a.npz", ["embedding"], limits=Limits(rows=29)).startswith(
        "a.npz must hold at most 29 rows"
    )
    assert (
        problem(FILES["wide.csv"][0], "a.csv", COLUMNS, limits=Limits(rows=29)) == "a.csv must hold at most 29 rows, got more"
    )


def test_kinds_that_are_not_read_say_what_to_do():
    for content, name, words in (
        (b"\x93NUMPY\x01\x00", "a.npy", "a single NumPy array: save it with its labels as .npz"),
        (b"\x80\x04\x95", "a.pkl", "a Python pickle, which is never opened"),
        (b"\x80\x04\x95", "a.csv", "a Python pickle, which is never opened"),
        (b"PAR1PAR1", "a.npz", "is named like NPZ, but its content is Parquet"),
    ):
        assert words in problem(content, name, ["e"])


def outcome(content: bytes, name: str) -> Extract | str:
    try:
        columns = describe(content, name)
        numbers = [column.name for column in columns if column.kind == "list"][:1]
        numbers = numbers or [column.name for column in columns if column.kind == "number"]
        texts = [column.name for column in columns if column.kind in ("number", "text")]
        return read_columns(content, name, numbers=numbers, texts=texts) if numbers else ""
    except UploadError as error:
        return str(error)


def check(found: Extract | str) -> None:
    if isinstance(found, str):
        assert len(found) < 600
    else:
        assert np.isfinite(found.numbers).all()
        assert all(len(values) == len(found.numbers) == len(found.row) for values in found.texts.values())


@given(
    st.binary(max_size=300),
    st.sampled_from(["PAR1{}PAR1", "PK\x03\x04{}", "{}"]),
    st.sampled_from([".parquet", ".npz", ".csv"]),
)
def test_arbitrary_files_give_columns_or_a_sentence(content, frame, ending):
    before, after = (part.encode("latin1") for part in frame.split("{}"))
    check(outcome(before + content + after, f"any{ending}"))


@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0),
)
def test_mutated_files_give_columns_or_a_sentence(name, changes, cut):
    changed = bytearray(FILES[name][0])
    for place, byte in changes:
        # Half of the changes fall on the last bytes, where Parquet and zip keep what they say of the rest.
        changed[place % len(changed) if place % 2 else -1 - place % min(400, len(changed))] = byte
    if cut % 4 == 0:
        del changed[cut % len(changed) :]
    check(outcome(bytes(changed), name))
