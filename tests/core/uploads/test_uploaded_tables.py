"""Lists from strangers: what is read, and the sentence where nothing can be."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import uploads
from core.uploads import Limits, UploadError, read_table

GERMAN = "Alter;Geschlecht;Hautfarbe;Wert\r\n34;weiblich;Weiß;1,5\r\n\r\n51;männlich;;-0,25\r\n"


def workbook(rows: list[list[object]], **parts: bytes) -> bytes:
    """A workbook of one sheet; `parts` are put into the zip besides."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same zip with one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, part if member == name else old.read(member))
    return buffer.getvalue()


def problem(content: bytes, name: str = "staff.csv", **options) -> str:
    with pytest.raises(UploadError) as caught:
        read_table(content, name, **options)
    return str(caught.value)


def sentence_or_table(content: bytes, name: str) -> str | pd.DataFrame:
    try:
        return read_table(content, name)
    except UploadError as error:
        return f"{error} {error.__cause__}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_german_excel_list_is_read(encoding):
    table = read_table(GERMAN.encode(encoding), "Liste.CSV")
    assert list(table.columns) == ["Alter", "Geschlecht", "Hautfarbe", "Wert"]
    assert table.to_numpy().tolist() == [["34", "weiblich", "Weiß", "1,5"], ["51", "männlich", "", "-0,25"]]
    assert table.index.tolist() == [2, 4]  # row 3 is blank: rows are counted as a spreadsheet counts them


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_separator_is_found(separator):
    written = separator.join(["age", "what is said, or not; of it"]) + "\n" + separator.join(["34", "x"]) + "\n"
    quoted = separator.join(["age", '"what is said, or not; of it"']) + "\n" + separator.join(["34", "x"]) + "\n"
    text = quoted if separator in ",;" else written
    table = read_table(text.encode(), "a.txt")
    assert table.to_numpy().tolist() == [["34", "x"]]
    assert table.columns[1] == "what is said, or not; of it"


def test_excels_own_line_about_the_separator_is_no_header():
    assert read_table(b"sep=;\r\nage;sex\r\n34;f\r\n", "a.csv").to_numpy().tolist() == [["34", "f"]]


def test_one_column_is_a_table():
    assert read_table(b"age\n34\n35\n", "a.csv").to_numpy().tolist() == [["34"], ["35"]]


def test_formulas_are_text():
    table = read_table(b'age,sex\n=1+1,"=HYPERLINK(""http://x"")"\n', "a.csv")
    assert table.to_numpy().tolist() == [["=1+1", '=HYPERLINK("http://x")']]


def test_a_workbook_is_read_as_its_owner_sees_it():
    content = workbook([["age", "sex", None], [34.0, " f ", None], [None, None, None], [0.5, True, None]])
    table = read_table(content, "staff.xlsx")
    assert table.to_numpy().tolist() == [["34", "f"], ["0.5", "True"]]
    assert table.index.tolist() == [2, 4]


def test_columns_that_nobody_asked_for_are_never_kept():
    table = read_table(b"name,age\nAda,34\n", "a.csv", keep=lambda column: column != "name")
    assert table.to_dict("list") == {"age": ["34"]}


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "staff.csv", "staff.csv is empty"),
        (b" \r\n\n", "staff.csv", "staff.csv is empty"),
        (b"age,sex\n", "staff.csv", "staff.csv must hold at least 1 row below the names of its columns, got none"),
        (b"age,Sex,sex\n1,2,3", "staff.csv", "staff.csv, row 1: columns 2 and 3 have the same name, 'sex'"),
        (b"age,,sex\n1,2,3", "staff.csv", "staff.csv, row 1: column 2 has no name"),
        (b"0.5,0.25\n1,2", "staff.csv", "staff.csv must have the names of its columns in row 1, got numbers there"),
        (b"age,sex\n1,2\n1,2,3\n", "staff.csv", "staff.csv, row 3, must have 2 values, one a column, got 3"),
        (b"age,sex\n1,2\n1\n", "staff.csv", "staff.csv, row 3, must have 2 values, one a column, got 1"),
        (
            b'age,sex\n1,"f\n2,m\n',
            "staff.csv",
            "staff.csv, row 2, cannot be read: look for a quotation mark that is not closed",
        ),
        (b"age,sex\n1,\x00\n", "staff.csv", "staff.csv, row 2, holds bytes that are 0, so it is no text"),
        (b"age,sex\n1,\x81\n", "staff.csv", "staff.csv, row 2, must be text in UTF-8, UTF-16 or Windows-1252"),
        (b"age,sex\n1,f\n", "staff.pdf", "staff.pdf must be one of the kinds .csv, .tsv, .txt, .xlsx, got .pdf"),
        (b"%PDF-1.7", "staff.csv", "staff.csv is named like CSV, but its content is PDF"),
        (b"age,sex\n1,f\n", "staff.xlsx", "staff.xlsx is named like Excel, but its content is not"),
        (b"PK\x03\x04 and nothing", "staff.xlsx", "staff.xlsx is damaged: it is no readable zip"),
        (b"age\n1\n", "../../C:\\x\n<b>.exe", "x?<b>.exe must be one of the kinds"),
    ],
)
def test_what_is_wrong_is_a_sentence(content, name, sentence):
    assert problem(content, name).startswith(sentence)


def test_too_much_is_refused_early():
    few = Limits(size=100, rows=2, columns=3, cells=4)
    assert problem(b"a" * 101, limits=few) == "staff.csv must have at most 0 MB, got 0.0 MB"
    assert problem(b"a\n1\n2\n3\n", limits=few) == "staff.csv must hold at most 2 rows, got more"
    assert problem(b"a,b,c,d\n1,2,3,4\n", limits=few) == "staff.csv must have at most 3 columns, got 4 or more"
    assert problem(b"a,b,c\n1,2,3\n4,5,6\n", limits=few).startswith("staff.csv must hold at most 4 cells")
    assert read_table(b"a,b,c\n1,2,3\n", "staff.csv", limits=few).shape == (1, 3)
    assert (
        problem(workbook([["a"], [1], [2], [3]]), "a.xlsx", limits=Limits(rows=2))
        == "a.xlsx must hold at most 2 rows, got more"
    )


@pytest.mark.parametrize("content", [b"a," * 10_000_000, b"a,b\n" + b"1," * 10_000_000, b'a,b\n"' + b'x\n"",""' * 3_000_000])
def test_ten_million_columns_are_never_built(content):
    started = time.perf_counter()
    tracemalloc.start()
    sentence = problem(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "columns" in sentence or "characters" in sentence or "cannot be read" in sentence
    assert time.perf_counter() - started < 10
    assert peak < len(content) + 100_000_000


def test_zip_bombs_are_refused_before_they_are_unpacked():
    bomb = workbook([["age"], [1]], **{"xl/media/zeros.bin": b"\0" * 200_000_000})
    assert len(bomb) < 1_000_000
    assert problem(bomb, "a.xlsx") == "a.xlsx must unpack to at most 150 MB, got 200 MB"
    # A part whose size is a lie unpacks to no more than it declares, and is found damaged.
    lying = bomb.replace((200_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert problem(lying, "a.xlsx") == "a.xlsx is damaged: a part of the workbook cannot be unpacked"


def test_text_that_grows_when_it_is_read_is_refused():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    content = with_part(workbook([["age"], [1]]), "xl/workbook.xml", laughs)
    assert problem(content, "a.xlsx") == "a.xlsx holds declarations that no spreadsheet program writes"
    wide = with_part(workbook([["age"], [1]]), "xl/workbook.xml", laughs.decode().encode("utf-16"))
    assert problem(wide, "a.xlsx") == "a.xlsx holds declarations that no spreadsheet program writes"


def test_a_cell_in_row_one_million_is_no_million_rows():
    sheet = "xl/worksheets/sheet1.xml"
    content = workbook([["age"], [1]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        far = archive.read(sheet).replace(b'<row r="2"', b'<row r="100000000"')
    assert problem(with_part(content, sheet, far), "a.xlsx") == "a.xlsx must hold at most 200,000 rows, got more"


def test_nothing_of_a_row_is_quoted():
    secret = "Ada Lovelace, born 1815, of the first floor"
    for content in (f'name,age\n"{secret}",3,4\n', f'name,age\n"{secret}\n', f'"{secret}",\n1,2,3\n'):
        assert "Lovelace" not in str(sentence_or_table(content.encode(), "staff.csv"))


GOOD = (GERMAN.encode(), workbook([["age", "sex", "race"], [34, "f", "White"], [51, "=1+1", None]]))


def check(found: str | pd.DataFrame) -> None:
    if isinstance(found, str):
        assert len(found) < 600
    else:
        assert len(found) >= 1
        assert all(isinstance(cell, str) for cell in found.to_numpy().ravel())


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)), st.sampled_from([".csv", ".tsv", ".xlsx"]))
def test_arbitrary_files_give_a_table_or_a_sentence(content, ending):
    check(sentence_or_table(content, f"any{ending}"))


@given(st.sampled_from(GOOD), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0))
def test_mutated_files_give_a_table_or_a_sentence(content, changes, cut):
    changed = bytearray(content)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    if cut % 3 == 0:
        del changed[cut % len(changed) :]
    check(sentence_or_table(bytes(changed), "any.xlsx" if content is GOOD[1] else "any.csv"))


@given(
    st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/styles.xml"]),
    st.binary(max_size=200),
)
def test_parts_that_are_no_xml_give_a_sentence(name, part):
    with pytest.raises(UploadError):
        read_table(with_part(GOOD[1], name, part), "any.xlsx")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_what_we_write_starts_no_formula(start):
    frame = pd.DataFrame({f"{start}name": [f"{start}1+1", "plain"], "number": [-1.5, 2.0]})
    text = uploads.to_csv(frame).decode()
    assert f"'{start}1+1" in text
    assert "-1.5" in text
    assert "'-1.5" not in text
    book = openpyxl.load_workbook(io.BytesIO(uploads.to_xlsx(frame)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "n", "s", "n"]
    assert cells[2].value.replace("\n", "\r") == f"'{start}1+1"
    assert cells[3].value == -1.5


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=5))
def test_any_text_is_written_without_a_formula(rows):
    frame = pd.DataFrame(rows, columns=["a", "b"])
    for line in uploads.to_xlsx(frame), uploads.to_csv(frame):
        assert line
    for value in frame.map(uploads.escaped).to_numpy().ravel():
        assert not value.lstrip(" ").startswith(("=", "@", "\t", "\r"))


def test_a_table_without_words_stays_as_it_is():
    frame = pd.DataFrame({"share": [0.5, -0.25], "people": [1, 2], "note": ["-3", None]})
    assert uploads.to_csv(frame) == frame.to_csv(index=False).encode()
