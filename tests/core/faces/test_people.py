import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.people import from_rows, read_parquet


@pytest.fixture
def write_table(tmp_path):
    def write(columns):
        path = tmp_path / "people.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return write


def test_rows_left_out_are_counted_by_reason():
    files = ["a1.jpg", "a2.jpg", "a1.jpg", "b1.jpg", "c1.jpg", "d1.jpg", "a1.jpg"]
    persons = ["Ann", "Ann", "Ann", None, " ", "Dan", "Bob"]
    embeddings = [[1, 2], [3, 4], [1, 2], [0, 0], [0, 0], None, [5, 6]]
    pictures = from_rows(files, persons, embeddings)
    assert pictures.rows == 7
    assert pictures.left_out == {"file listed before": 1, "no person named": 2, "no face found": 1}
    assert pictures.embeddings.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert pictures.embeddings.dtype == np.float32
    assert pictures.person.tolist() == [0, 0, 1]
    assert (len(pictures), pictures.people_with_several) == (3, 1)


def test_names_are_not_kept():
    pictures = from_rows(["1.jpg", "2.jpg"], ["Zoe", "Ann"], [[1.0], [2.0]])
    assert pictures.person.tolist() == [1, 0]
    assert "Ann" not in repr(pictures)


def test_pictures_without_a_file_name_are_taken_for_different_ones():
    assert len(from_rows([None, None], ["Ann", "Ann"], [[1.0], [1.0]])) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", None]), st.sampled_from(["a", "b", "", None]), st.sampled_from([None, [0.5, 0.25]])
        )
    )
)
def test_pictures_and_rows_left_out_add_up(rows):
    files, persons, embeddings = ([row[part] for row in rows] for part in range(3))
    if not any(person and embedding for _, person, embedding in rows):
        with pytest.raises(ValueError, match=f"at least 1 usable picture, got 0 of {len(rows)} rows"):
            from_rows(files, persons, embeddings)
        return
    pictures = from_rows(files, persons, embeddings)
    assert len(pictures) + sum(pictures.left_out.values()) == pictures.rows == len(rows)
    listed = {(person, file) for file, person, embedding in rows if person and embedding and file}
    unlisted = sum(1 for file, person, embedding in rows if person and embedding and not file)
    assert len(pictures) == len(listed) + unlisted


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.list_(pa.float32(), 2), pa.large_list(pa.float64())])
def test_a_parquet_file_is_read(write_table, kind):
    path = write_table(
        {
            "file": ["1.jpg", "2.jpg", "3.jpg"],
            "person": ["Ann", "Bob", "Ann"],
            "embedding": pa.array([[0.5, 1.5], None, [2.5, 3.5]], kind),
            "more": [1, 2, 3],
        }
    )
    for pictures in (read_parquet(path), read_parquet(str(path))):
        assert pictures.embeddings.tolist() == [[0.5, 1.5], [2.5, 3.5]]
        assert pictures.person.tolist() == [0, 0]
        assert (pictures.rows, pictures.left_out) == (3, {"no face found": 1})


@pytest.mark.parametrize("missing", ["file", "person", "embedding"])
def test_a_missing_column_is_a_sentence(write_table, missing):
    columns = {"file": ["1.jpg"], "person": ["Ann"], "embedding": [[0.5]]}
    del columns[missing]
    words = rf"^cannot read columns file, person and embedding from people.parquet: it lacks the column {missing}$"
    with pytest.raises(ValueError, match=words):
        read_parquet(write_table(columns))


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"^cannot read columns file, person and embedding from none.parquet: no such file$"):
        read_parquet(tmp_path / "none.parquet")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"file": ["1.jpg"], "person": [7], "embedding": [[0.5]]},
            r"^people.parquet must hold file and person as text and embedding as lists of floats, got string, int64 and list<",
        ),
        ({"file": ["1.jpg"], "person": ["Ann"], "embedding": [0.5]}, r"got string, string and double$"),
        (
            {"file": ["1.jpg", "2.jpg"], "person": ["Ann", "Bob"], "embedding": [[0.5], [0.5, 1.0]]},
            r"^embeddings in people.parquet must have one length, got lengths \[1, 2\]$",
        ),
        (
            {"file": ["1.jpg"], "person": ["Ann"], "embedding": [[float("nan"), 0.5]]},
            r"^embeddings in people.parquet must be finite, got 1 values",
        ),
        ({"file": ["1.jpg"], "person": ["Ann"], "embedding": [[1e300]]}, r"^embeddings in people.parquet must be finite"),
        (
            {"file": ["1.jpg"], "person": pa.array([None], pa.string()), "embedding": [[0.5]]},
            r"^people.parquet must hold at least 1 usable picture, got 0 of 1 rows: {'no person named': 1}$",
        ),
    ],
)
def test_rows_of_another_kind_are_a_sentence(write_table, columns, words):
    path = write_table(columns)
    with pytest.raises(ValueError, match=words):
        read_parquet(path)
