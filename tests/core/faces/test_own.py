"""Own embeddings: which columns hold what, and what is said where they cannot be used."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces import generator, own, own_sample
from core.faces.own import FEWEST_PEOPLE, Layout, OwnFaces
from core.uploads import Column, Limits, UploadError, describe

COUNT, WIDTH = 400, 16


def table(**changes: object) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        rng.standard_normal((COUNT, WIDTH)).astype(np.float32), columns=[f"e{number}" for number in range(WIDTH)]
    )
    group = np.arange(COUNT) % 8
    frame = frame.assign(age=20 + np.arange(COUNT) % 40, sex=np.array(["m", "F"])[group % 2])
    return frame.assign(race=np.array(["white", "Black", "ASIAN", "indian"])[group // 2], **changes)


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, sep=";", decimal=",").encode()


def read(frame: pd.DataFrame, **options) -> OwnFaces:
    content = csv(frame)
    return own.read(content, "faces.csv", own.guess(describe(content, "faces.csv")), **options)


def problem(frame: pd.DataFrame, **options) -> str:
    with pytest.raises(UploadError) as caught:
        read(frame, **options)
    return str(caught.value)


def test_columns_are_guessed_from_names_and_kinds():
    columns = [Column(f"e{number}", "number") for number in (*range(1, 20), 0)]
    columns += [Column("Gender", "text"), Column("AGE", "number"), Column("person_id", "text"), Column("id", "number")]
    found = own.guess(columns)
    assert found.embedding == tuple(f"e{number}" for number in range(20))
    assert (found.age, found.sex, found.race, found.person) == ("AGE", "Gender", None, "person_id")
    assert found.labelled == ("age", "sex")


def test_a_list_by_its_name_goes_before_numbered_columns():
    columns = [
        Column("x1y", "number"),
        *(Column(str(number), "number") for number in range(16)),
        Column("embedding", "list", 512),
    ]
    assert own.guess(columns).embedding == ("embedding",)
    assert own.embedding_choices(columns) == [("embedding",), tuple(map(str, range(16)))]
    assert own.guess([Column("e0", "number"), Column("age", "number")]).embedding == ()


def test_labels_are_read_in_any_spelling():
    faces = read(table(name=[f"p{number // 2}" for number in range(COUNT)]))
    assert len(faces) == COUNT
    assert faces.dimension == WIDTH
    assert faces.labelled == ("age", "sex", "race")
    assert faces.people == COUNT // 2
    assert faces.sex[:8].tolist() == [0, 1, 0, 1, 0, 1, 0, 1]
    assert faces.race[:8].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert faces.age[:3].tolist() == [20, 21, 22]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("age", 0, "must be a whole number of years from 1 to 80, got '0'"),
        ("age", 134, "must be a whole number of years from 1 to 80, got '134'"),
        ("age", "x" * 30, "must be a whole number of years from 1 to 80, got 'xxxxxxxxxxxx...'"),
        ("age", "", "must not be empty: leave the row out, or do not use the column as age"),
        ("sex", "1", "must be male or female (m, f), got '1'"),
        ("race", "martian", "must be one of White, Black, Asian, Indian, got 'martian'"),
    ],
)
def test_labels_that_cannot_be_are_named_by_column_and_row(column, value, words):
    frame = table().astype({column: object})
    frame.loc[7, column] = value
    assert problem(frame) == f"faces.csv, column {column}, row 9, {words}"


def test_too_few_people_are_counted_by_class():
    frame = table()
    few = frame[(frame["race"] != "indian") | (frame.index < 24)]
    assert problem(few) == (
        f"at least {FEWEST_PEOPLE} faces of each class are needed to learn from and to test on, got 3 Indian male, "
        "3 Indian female. Add some, or use no column as race"
    )
    assert read(few.drop(columns="race")).labelled == ("age", "sex")
    assert problem(frame.head(100)).startswith("at least 200 faces are needed to learn from and to test on, got 100")
    # 400 faces of 100 people: what counts is people.
    assert problem(frame.assign(person=np.arange(COUNT) // 8)).startswith("at least 200 people are needed")


def test_dimension_and_layout_are_checked():
    frame = table()
    content = csv(frame)
    with pytest.raises(UploadError, match=r"^faces\.csv must have embeddings in a column with lists or in columns numbered"):
        own.read(content, "faces.csv", Layout((), "age"))
    with pytest.raises(UploadError, match=r"^faces\.csv must have a column with ages, sexes or races"):
        own.read(content, "faces.csv", Layout(("e0",)))
    with pytest.raises(UploadError, match=r"^each of age, sex must be in a column of its own"):
        own.read(content, "faces.csv", Layout(("e0",), "age", "age"))
    with pytest.raises(UploadError, match=r"^faces\.csv must hold embeddings of 16 to 2,048 numbers, got 1$"):
        own.read(content, "faces.csv", Layout(("e0",), "age"))
    same = frame.copy()
    same.iloc[:, :WIDTH] = 0.5
    assert problem(same) == "faces.csv must hold embeddings that differ from each other, got one for all rows"
    assert problem(frame, limits=Limits(rows=399)) == "faces.csv must hold at most 399 rows, got more"


@given(st.text(max_size=20), st.sampled_from(["age", "sex", "race", "e3"]))
def test_any_text_in_a_cell_is_read_or_named(text, column):
    frame = table().astype({column: object})
    frame.loc[5, column] = text
    content = frame.to_csv(index=False).encode("utf-8", "surrogatepass")
    try:
        faces = own.read(content, "faces.csv", own.guess(describe(table().to_csv(index=False).encode(), "faces.csv")))
    except UploadError as error:
        assert "row" in str(error) or "text" in str(error) or "same name" in str(error)  # noqa: PT017
    else:
        assert len(faces) == COUNT


def test_the_sample_is_a_file_like_any_other():
    content = own_sample.sample_file(generator.load())
    assert content == own_sample.sample_file(generator.load())
    layout = own.guess(describe(content, "sample.parquet"))
    assert layout == Layout(("embedding",), "age", "sex", "race", "person")
    faces = own.read(content, "sample.parquet", layout)
    assert (len(faces), faces.people, faces.dimension) == (2_400, 1_200, 128)
    assert len(content) < 3_000_000
    npz = io.BytesIO()
    np.savez(npz, embedding=faces.embeddings, age=faces.age, sex=np.where(faces.sex, "f", "m"))
    again = own.read(npz.getvalue(), "a.npz", own.guess(describe(npz.getvalue(), "a.npz")))
    assert (again.embeddings == faces.embeddings).all()
    assert again.labelled == ("age", "sex")
