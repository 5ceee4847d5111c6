"""Results as files that leave the app: the report, what computes it again, and the draft of an impact assessment."""

from core.report.assessment import draft
from core.report.contents import Provenance, Report, contents
from core.report.disclosure import SMALLEST_GROUP, checked_threshold, without_small_groups
from core.report.parts import Chapter, DataTable, Exhibit
from core.report.results import Results, gather, is_linked, shipped_frontiers
from core.report.scales import LIKELIHOOD, SEVERITY, Scale, Suggestion
from core.report.sections import Assessment, Blank, Points, Section, Table
from core.report.word import to_docx

__all__ = [
    "LIKELIHOOD",
    "SEVERITY",
    "SMALLEST_GROUP",
    "Assessment",
    "Blank",
    "Chapter",
    "DataTable",
    "Exhibit",
    "Points",
    "Provenance",
    "Report",
    "Results",
    "Scale",
    "Section",
    "Suggestion",
    "Table",
    "checked_threshold",
    "contents",
    "draft",
    "gather",
    "is_linked",
    "shipped_frontiers",
    "to_docx",
    "without_small_groups",
]
