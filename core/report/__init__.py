"""Results as files that leave the app."""

from core.report.assessment import draft
from core.report.scales import LIKELIHOOD, SEVERITY, Scale, Suggestion
from core.report.sections import Assessment, Blank, Points, Section, Table
from core.report.word import to_docx

__all__ = [
    "LIKELIHOOD",
    "SEVERITY",
    "Assessment",
    "Blank",
    "Points",
    "Scale",
    "Section",
    "Suggestion",
    "Table",
    "draft",
    "to_docx",
]
