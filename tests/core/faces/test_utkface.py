import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.demographics import AgeBins, Demographics
from core.faces.utkface import Labels, from_rows, labels_of, level, read_parquet, reason_to_leave_out

GOOD = {
    "25_0_1_20010101000000000.jpg": (25, 0, 1),
    "25_0_1_20010101000000000.jpg.chip.jpg": (25, 0, 1),
    "25_0_1_20010101000000000.chip.jpg": (25, 0, 1),
    "1_1_3_1.jpg": (1, 1, 3),
    "80_1_4_20010101.jpg": (80, 1, 4),
    "116_0_0_20010101.jpg": (116, 0, 0),
    "0_0_0_20010101.jpg": (0, 0, 0),
    "part1/25_0_2_20010101.jpg": (25, 0, 2),
    "C:\\faces\\25_0_2_20010101.jpg": (25, 0, 2),
}
BAD = [
    "",
    "photo.jpg",
    "61_1_20010101000000000.jpg",  # the race is missing
    "39_1_20010101000000001.jpg.chip.jpg",
    "24_0_1_.jpg",
    "24_0__20010101.jpg",
    "24_2_1_20010101.jpg",  # no such sex
    "24_0_5_20010101.jpg",  # no such race
    "1234_0_1_20010101.jpg",
    "-4_0_1_20010101.jpg",
    "24_0_1_20010101.png",
    "24_0_1_20010101.jpg.jpg",
    "24_0_1_20010101.jpg\n",
    " 24_0_1_20010101.jpg",
    "24_0_1_20010101",
    "٢٤_0_1_20010101.jpg",  # digits, but not ASCII ones
    "24_0_1_20010101.jpg/",
]


@pytest.fixture(scope="module")
def write_table(tmp_path_factory):
    def write(columns):
        path = tmp_path_factory.mktemp("tables") / "faces.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return write


@pytest.mark.parametrize("name", GOOD)
def test_good_names_are_read(name):
    assert labels_of(name) == Labels(*GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_malformed_names_are_none(name):
    assert labels_of(name) is None


@given(st.integers(0, 999), st.integers(0, 1), st.integers(0, 4), st.integers(0, 10**17), st.sampled_from(["", "a/", "b\\c/"]))
def test_a_name_says_what_was_written_into_it(age, sex, race, moment, folder):
    assert labels_of(f"{folder}{age}_{sex}_{race}_{moment}.jpg.chip.jpg") == Labels(age, sex, race)


@given(st.text() | st.text("0123456789_.jpgchip/\\"))
def test_any_name_is_labels_in_range_or_none(name):
    labels = labels_of(name)
    assert labels is None or (0 <= labels.age <= 999 and labels.sex in (0, 1) and labels.race in range(5))


def test_reasons_to_leave_out():
    assert reason_to_leave_out(None) == "malformed name"
    assert reason_to_leave_out(Labels(0, 0, 0)) == "age outside 1 to 80"
    assert reason_to_leave_out(Labels(81, 0, 0)) == "age outside 1 to 80"
    assert reason_to_leave_out(Labels(80, 0, 4)) == "race is none of the four"
    assert reason_to_leave_out(Labels(80, 1, 3)) is None
    assert reason_to_leave_out(Labels(1, 0, 0)) is None


def test_rows_left_out_are_counted_by_reason():
    names = ["20_0_1_1.jpg", "90_0_1_1.jpg", "99_0_4_1.jpg", "20_0_4_1.jpg", "odd.jpg", "30_1_2_1.jpg", "40_1_2_1.jpg"]
    reading = from_rows(names, [[1, 2], [0, 0], [0, 0], [0, 0], None, [3, 4], None])
    assert reading.rows == 7
    assert reading.left_out == {
        "age outside 1 to 80": 2,
        "race is none of the four": 1,
        "malformed name": 1,
        "no face found": 1,
    }
    assert reading.faces.embeddings.tolist() == [[1, 2], [3, 4]]
    people = reading.faces.people
    assert (people.age.tolist(), people.sex.tolist(), people.race.tolist()) == ([20, 30], [0, 1], [1, 2])


@given(
    st.lists(
        st.tuples(
            st.text() | st.builds("{}_{}_{}_1.jpg".format, st.integers(0, 99), st.integers(0, 2), st.integers(0, 5)),
            st.none() | st.just([0.5, 0.25]),
        )
    )
)
def test_faces_and_rows_left_out_add_up(rows):
    names, embeddings = [name for name, _ in rows], [embedding for _, embedding in rows]
    usable = [reason_to_leave_out(labels_of(name)) is None and embedding is not None for name, embedding in rows]
    if not any(usable):
        with pytest.raises(ValueError, match=f"got 0 of {len(rows)} rows"):
            from_rows(names, embeddings)
        return
    reading = from_rows(names, embeddings)
    assert len(reading.faces) == sum(usable)
    assert len(reading.faces) + sum(reading.left_out.values()) == reading.rows == len(rows)


def test_embeddings_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match=r"^embeddings in the table must have one length, got lengths \[1, 2\]$"):
        from_rows(["20_0_1_1.jpg", "20_0_1_2.jpg"], [[1, 2], [1]])


def test_a_table_without_a_usable_face_is_refused():
    with pytest.raises(ValueError, match=r"^mine must hold at least 1 usable face, got 0 of 1 rows: \{'no face found': 1\}$"):
        from_rows(["20_0_1_1.jpg"], [None], source="mine")


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64()])
def test_a_parquet_file_is_read(write_table, kind):
    path = write_table(
        {
            "extra": [1, 2, 3],
            "embedding": pa.array([[0.5, 1.5], None, [2.5, 3.5]], type=pa.list_(kind)),
            "file": ["20_0_1_1.jpg", "21_0_1_1.jpg", "22_1_3_1.jpg.chip.jpg"],
        }
    )
    reading = read_parquet(path)
    assert reading.faces.embeddings.tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert reading.faces.people.age.tolist() == [20, 22]
    assert reading.left_out == {"no face found": 1}
    assert read_parquet(str(path)).rows == 3


def test_categories_of_pandas_are_read(write_table):
    names = pa.array(["20_0_1_1.jpg", None, "22_1_3_1.jpg", "20_0_1_1.jpg"]).dictionary_encode()
    reading = read_parquet(write_table({"file": names, "embedding": [[0.5], [1.5], [2.5], [3.5]]}))
    assert reading.faces.people.age.tolist() == [20, 22, 20]
    assert reading.faces.embeddings.ravel().tolist() == [0.5, 2.5, 3.5]
    assert reading.left_out == {"malformed name": 1}


def test_categories_of_numbers_are_a_sentence(write_table):
    path = write_table({"file": pa.array([20, 21]).dictionary_encode(), "embedding": [[0.5], [1.5]]})
    with pytest.raises(
        ValueError, match=r"^faces.parquet must hold file as text and embedding as lists of floats, got int64 and"
    ):
        read_parquet(path)


@pytest.mark.parametrize(
    ("present", "lacking"), [(["file"], "column embedding"), (["embedding"], "column file"), ([], "columns file and embedding")]
)
def test_a_missing_column_is_named(write_table, present, lacking):
    columns = {"file": ["20_0_1_1.jpg"], "embedding": [[0.5]], "extra": [1]}
    path = write_table({name: columns[name] for name in [*present, "extra"]})
    with pytest.raises(
        ValueError, match=rf"^cannot read columns file and embedding from faces.parquet: it lacks the {lacking}$"
    ):
        read_parquet(path)


def test_a_column_that_is_there_twice_is_named(tmp_path):
    names = pa.array(["20_0_1_1.jpg"])
    pq.write_table(pa.Table.from_arrays([names, names, pa.array([[0.5]])], names=["file", "file", "embedding"]), tmp_path / "f")
    with pytest.raises(ValueError, match=r"^cannot read columns .* from f: it has the column file 2 times$"):
        read_parquet(tmp_path / "f")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"file,embedding\n", b"PAR1" + bytes(100) + b"PAR1"])
def test_what_is_not_parquet_is_a_sentence(tmp_path, content):
    path = tmp_path / "faces.parquet"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^cannot read columns .* from faces.parquet: it is no Parquet file$"):
        read_parquet(path)


def test_a_parquet_file_that_is_damaged_in_the_middle_is_a_sentence(write_table):
    path = write_table({"file": ["20_0_1_1.jpg"] * 9, "embedding": [[0.5, 1.5]] * 9})
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 60 + content[64:])
    with pytest.raises(ValueError, match=r"^cannot read columns .* from faces.parquet: it is damaged$"):
        read_parquet(path)


def test_a_folder_is_a_sentence(tmp_path):
    (tmp_path / "faces").mkdir()
    with pytest.raises(ValueError, match=r"^cannot read columns file and embedding from faces: it is a folder$"):
        read_parquet(tmp_path / "faces")


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"^cannot read columns file and embedding from none.parquet: no such file$"):
        read_parquet(tmp_path / "none.parquet")


def test_a_parquet_file_without_rows_is_a_sentence(write_table):
    path = write_table({"file": pa.array([], pa.string()), "embedding": pa.array([], pa.list_(pa.float32()))})
    with pytest.raises(ValueError, match=r"^faces.parquet must hold at least 1 usable face, got 0 of 0 rows"):
        read_parquet(path)


def test_a_null_file_name_is_malformed(write_table):
    path = write_table({"file": ["20_0_1_1.jpg", None], "embedding": [[0.5], [0.5]]})
    reading = read_parquet(path)
    assert len(reading.faces) == 1
    assert reading.left_out == {"malformed name": 1}


@pytest.mark.parametrize(
    "columns",
    [
        {"file": [20, 21], "embedding": [[0.5], [0.5]]},
        {"file": ["20_0_1_1.jpg"], "embedding": [0.5]},
        {"file": ["20_0_1_1.jpg"], "embedding": ["0.5, 0.5"]},
        {"file": ["20_0_1_1.jpg"], "embedding": [[None, 0.5]]},
        {"file": ["20_0_1_1.jpg"], "embedding": [[float("nan"), 0.5]]},
    ],
)
def test_columns_of_another_kind_are_a_sentence(write_table, columns):
    path = write_table(columns)
    with pytest.raises(ValueError, match=r"faces\.parquet|embeddings must be finite"):
        read_parquet(path)


def people_of(*counts):
    """Counts of the ages 10, 30, 50 and 70 for each of the eight race-sex groups."""
    ages = [age for group in counts for age, n in zip((10, 30, 50, 70), group, strict=True) for _ in range(n)]
    group = np.repeat(np.arange(8), [sum(group) for group in counts])
    return Demographics(ages, group % 2, group // 2)


def kept(people, rows):
    chosen = people.take(rows)
    counts = np.zeros((8, 4), dtype=int)
    np.add.at(counts, (chosen.group, AgeBins(20).of(chosen.age)), 1)
    return counts.tolist()


def test_the_largest_age_groups_are_cut_first():
    # Ten wanted of each. Group 0 has 2 + 9 + 4 + 1 = 16: with cap 3, 2 + 3 + 3 + 1 = 9, with cap 4, 11; so cap 3 and
    # one more for the first age group above it. Group 1 has 20: cap 2 gives 8, cap 3 gives 12, so the first two get
    # one more. Group 2 has just 10. The others have 2 + 8 + 0 + 0 and 12 in one age group.
    small = (1, 2, 3, 4)
    people = people_of((2, 9, 4, 1), (5, 5, 5, 5), small, small, small, (2, 8, 0, 0), (0, 0, 12, 0), (0, 20, 1, 0))
    rows = level(people, rng=np.random.default_rng(0), per_group=10)
    assert kept(people, rows) == [
        [2, 4, 3, 1],
        [3, 3, 2, 2],
        [1, 2, 3, 4],
        [1, 2, 3, 4],
        [1, 2, 3, 4],
        [2, 8, 0, 0],
        [0, 0, 10, 0],
        [0, 9, 1, 0],
    ]


def test_the_smallest_group_limits_all():
    people = people_of((2, 1, 0, 0), *[(5, 5, 5, 5)] * 7)
    rows = level(people, rng=np.random.default_rng(0))
    assert np.bincount(people.group[rows]).tolist() == [3] * 8
    assert kept(people, rows)[0] == [2, 1, 0, 0]


def test_levelled_rows_are_sorted_and_chosen_once():
    people = people_of(*[(9, 30, 20, 5)] * 8)
    rows = level(people, rng=np.random.default_rng(0), per_group=24)
    assert (np.diff(rows) > 0).all()
    assert len(rows) == 8 * 24


@pytest.mark.parametrize("seed", range(10))
def test_only_age_groups_larger_than_what_all_keep_are_cut(seed):
    rng = np.random.default_rng(seed)
    people = people_of(*rng.integers(1, 40, size=(8, 4)).tolist())
    before, after = np.array(kept(people, np.arange(len(people)))), np.array(kept(people, level(people, rng=rng, per_group=30)))
    assert set(after.sum(axis=1)) == {min(30, before.sum(axis=1).min())}
    for old, new in zip(before, after, strict=True):
        cut = new < old
        assert (new <= old).all()
        # A cut age group keeps as many as the largest one does, or one fewer.
        assert (new[cut] >= new.max() - 1).all()


def test_levelling_chooses_at_random_within_an_age_group():
    people = people_of(*[(0, 50, 0, 0)] * 8)
    one, two, again = (level(people, rng=np.random.default_rng(seed), per_group=10).tolist() for seed in (1, 2, 1))
    assert one == again
    assert one != two


def test_levelling_needs_every_group():
    with pytest.raises(ValueError, match=r"^levelling needs at least 1 face in each race-sex group, got 0 for Asian female$"):
        level(people_of(*[(1, 1, 1, 1)] * 5, (0, 0, 0, 0), *[(1, 1, 1, 1)] * 2), rng=np.random.default_rng(0))


@pytest.mark.parametrize("per_group", [0, -1, 1_000_001])
def test_a_number_per_group_out_of_range_is_named(per_group):
    with pytest.raises(ValueError, match=rf"^faces per race-sex group must be 1 to 1,000,000, got {per_group:,}$"):
        level(people_of(*[(1, 1, 1, 1)] * 8), rng=np.random.default_rng(0), per_group=per_group)
