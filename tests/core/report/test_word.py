"""The Word file holds the draft: read back with python-docx, and by LibreOffice where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile

import docx
import pytest

from core import report, study
from core.report import Blank, Points, Table
from core.scenario import Scenario
from core.shipped import PROTECTIONS_REAL


@pytest.fixture(scope="module")
def draft():
    scenario = Scenario()
    prepared = study.attack(scenario, study.load_evidence())
    groups = study.exposure(scenario, prepared)
    return report.draft(study.run(scenario, prepared=prepared), groups, study.load_frontier(PROTECTIONS_REAL))


@pytest.fixture(scope="module")
def content(draft) -> bytes:
    return report.to_docx(draft)


def test_headings_paragraphs_and_tables_come_back(draft, content):
    document = docx.Document(io.BytesIO(content))
    styled = [(each.style.name, each.text) for each in document.paragraphs]
    headings = [(name, text) for name, text in styled if name.startswith(("Heading", "Title"))]
    assert headings == [("Title", draft.title), *((f"Heading {each.level}", each.title) for each in draft.sections)]
    blocks = [block for section in draft.sections for block in section.blocks]
    texts = [text for name, text in styled if name == "Normal" and text]
    assert texts == [block for block in blocks if isinstance(block, str)]
    points = [sentence for block in blocks if isinstance(block, Points) for sentence in block.sentences]
    assert [text for name, text in styled if name == "List Bullet"] == points
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    expected = []
    for block in blocks:
        if isinstance(block, Table):
            expected.append([list(block.header), *map(list, block.rows)])
        elif isinstance(block, Blank):
            expected.append([[f"To fill in: {block.question}", "\n".join(f"☐ {choice}" for choice in block.choices)]])
    assert tables == expected
    assert [text for name, text in styled if name == "Caption"] == [block.title for block in blocks if isinstance(block, Table)]


def test_the_file_names_its_title_and_nobody(draft, content):
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert properties.title == draft.title
    assert (properties.author, properties.last_modified_by, properties.comments, properties.keywords) == ("", "", "", "")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        about = parts.read("docProps/core.xml").decode()
        assert "python-docx" not in about
        assert "created" not in about
        assert "docProps/thumbnail.jpeg" not in parts.namelist()
        assert 'w:instr="PAGE"' in "".join(parts.read(name).decode() for name in parts.namelist() if "footer" in name)
        body = parts.read("word/document.xml").decode()
        assert body.count("<w:tblHeader/>") == sum(isinstance(block, Table) for each in draft.sections for block in each.blocks)


def test_the_same_draft_gives_the_same_bytes(draft, content):
    assert report.to_docx(draft) == content


def test_pages_are_a4(content):
    page = docx.Document(io.BytesIO(content)).sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed; python-docx reads the file above")
def test_libreoffice_reads_it(draft, content, tmp_path):
    (tmp_path / "draft.docx").write_bytes(content)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "txt:Text"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "draft.docx")], check=True, timeout=180)
    text = " ".join((tmp_path / "draft.txt").read_text("utf-8-sig").split())
    assert draft.title in text
    for section in draft.sections:
        assert section.title in text
