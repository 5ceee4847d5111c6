"""What a written assessment is made of: sections of sentences, points, tables and blanks, which become text or a Word file."""

from __future__ import annotations

from dataclasses import dataclass

from core.report.scales import Suggestion

_UNDERLINES = "=-~"
_LINE_TO_FILL = "_" * 40


@dataclass(frozen=True)
class Points:
    """Sentences that stand side by side as a list."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a header; all have as many cells as the header, and `title` says what they show."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Blank:
    """Something the officer fills in: freely, or by ticking one of the choices."""

    question: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading of level 1 to 3 with what stands below it; a string is a paragraph."""

    title: str
    level: int
    blocks: tuple[str | Points | Table | Blank, ...]


@dataclass(frozen=True)
class Assessment:
    """A draft for an impact assessment.

    Parameters
    ----------
    title : str
    severity, likelihood : Suggestion
        What the figures suggest; the officer sets both.
    sections : tuple of Section
    """

    title: str
    severity: Suggestion
    likelihood: Suggestion
    sections: tuple[Section, ...]

    def to_text(self) -> str:
        """Plain text, for any form that takes no formatting: headings underlined, cells parted by a bar."""
        parts = [_underlined(self.title, 0)]
        for section in self.sections:
            parts.append(_underlined(section.title, section.level - 1))
            parts += [_as_text(block) for block in section.blocks]
        return "\n\n".join(parts) + "\n"


def _underlined(title: str, depth: int) -> str:
    return f"{title}\n{_UNDERLINES[depth] * len(title)}"


def _as_text(block: str | Points | Table | Blank) -> str:
    if isinstance(block, Points):
        return "\n".join(f"- {sentence}" for sentence in block.sentences)
    if isinstance(block, Table):
        return "\n".join([block.title, *(" | ".join(cells) for cells in (block.header, *block.rows))])
    if isinstance(block, Blank):
        answer = "  ".join(f"[ ] {choice}" for choice in block.choices) or _LINE_TO_FILL
        return f"TO FILL IN: {block.question}\n{answer}"
    return block
