"""An assessment as a Word file, which Word and LibreOffice open."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from core.report.sections import Assessment, Blank, Points, Table

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as WordTable
    from docx.table import _Cell

_A4_WIDTH, _A4_HEIGHT, _MARGIN = 210, 297, 25
"""Millimetres."""

_SIZE_IN_TABLES = 9
"""Points."""

_QUESTION = 0.4
"""Share of the width of a blank."""

_WIDEST_CELL = 28
"""Letters: longer cells are wrapped, so that the other columns keep room."""

_CELL_MARGIN = 5
"""Letters that fit beside a cell's text, with what bold letters take."""

_ROOM_TO_WRITE = 18
"""Millimetres, the least height of a blank."""

_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
_FILL_IN = "To fill in"
_BOX = "\N{BALLOT BOX}"


def to_docx(assessment: Assessment) -> bytes:
    """Return a Word file with real headings, tables that repeat their header, page numbers and blanks to fill in.

    It names no author and no date, so the same assessment gives the same bytes.
    """
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = docx.Document()
    _set_up_page(document)
    _describe(document, assessment.title)
    document.add_heading(assessment.title, level=0)
    for section in assessment.sections:
        document.add_heading(section.title, level=section.level)
        for block in section.blocks:
            if isinstance(block, Points):
                for sentence in block.sentences:
                    document.add_paragraph(sentence, style="List Bullet")
            elif isinstance(block, Table):
                _add_table(document, block)
            elif isinstance(block, Blank):
                _add_blank(document, block)
            else:
                document.add_paragraph(block).paragraph_format.keep_with_next = block.endswith(":")
    footer = document.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        footer.add_run(text)
        _add_field(footer, field)
    content = io.BytesIO()
    document.save(content)
    return _without_dates(content.getvalue())


def _set_up_page(document: Document) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    page = document.sections[0]
    page.page_width, page.page_height = Mm(_A4_WIDTH), Mm(_A4_HEIGHT)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(_MARGIN)
    # The template's language would let Word mark British spelling as wrong.
    language = document.styles["Normal"].element.get_or_add_rPr().find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        document.styles["Normal"].element.get_or_add_rPr().append(language)
    language.set(qn("w:val"), "en-GB")


def _describe(document: Document, title: str) -> None:
    """Set the title, and take out what the template says of its own author, dates and looks."""
    properties = document.core_properties
    properties.title, properties.language = title, "en-GB"
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    element = properties._element  # python-docx can set dates, yet not take them out
    for date in element.xpath("dcterms:created | dcterms:modified"):
        element.remove(date)
    relations = document.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[name]


def _add_table(document: Document, block: Table) -> None:
    from docx.oxml import OxmlElement

    title = document.add_paragraph(block.title, style="Caption")
    title.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(block.header), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        _write(cell, text, bold=True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in block.rows:
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(added.cells, row, strict=True):
            _write(cell, text)
    for row in table.rows[:-1]:  # a table that fits one page stands on one
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _set_widths(table, _shares(block))
    document.add_paragraph()


def _add_blank(document: Document, block: Blank) -> None:
    """Draw a box with the question on the left, and room or choices to tick on the right."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=2, style="Table Grid")
    table.rows[0].height = Mm(_ROOM_TO_WRITE)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    question, answer = table.rows[0].cells
    question.paragraphs[0].add_run(f"{_FILL_IN}: ").bold = True
    question.paragraphs[0].add_run(block.question)
    answer.text = "\n".join(f"{_BOX} {choice}" for choice in block.choices)
    _set_widths(table, (_QUESTION, 1 - _QUESTION))
    document.add_paragraph()


def _write(cell: _Cell, text: str, *, bold: bool = False) -> None:
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(text)
    run.bold, run.font.size = bold, Pt(_SIZE_IN_TABLES)


def _shares(block: Table) -> tuple[float, ...]:
    """Share of the width that each column gets: by its longest cell, or its header's longest word."""
    columns = zip(block.header, *block.rows, strict=True)
    letters = []
    for title, *cells in columns:
        longest = min(max((len(cell) for cell in cells), default=0), _WIDEST_CELL)
        letters.append(_CELL_MARGIN + max(longest, max(len(word) for word in title.split())))
    return tuple(each / sum(letters) for each in letters)


def _set_widths(table: WordTable, shares: tuple[float, ...]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        # Word reads the cells' widths, LibreOffice the columns'.
        width = Mm(round(share * (_A4_WIDTH - 2 * _MARGIN)))
        column.width = width
        for cell in column.cells:
            cell.width = width


def _add_field(paragraph: Any, name: str) -> None:
    """Add a field that Word and LibreOffice compute, such as the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _without_dates(content: bytes) -> bytes:
    """Pack the file anew with one date on every part: python-docx takes the clock's."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _OLDEST_DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return packed.getvalue()
