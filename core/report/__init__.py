"""A result as a report to take away: one HTML file, its data, and what computes it again."""

from core.report.contents import Provenance, Report, contents
from core.report.disclosure import SMALLEST_GROUP, without_small_groups
from core.report.parts import Chapter, DataTable, Exhibit
from core.report.results import Results, gather, is_linked, shipped_frontiers

__all__ = [
    "SMALLEST_GROUP",
    "Chapter",
    "DataTable",
    "Exhibit",
    "Provenance",
    "Report",
    "Results",
    "contents",
    "gather",
    "is_linked",
    "shipped_frontiers",
    "without_small_groups",
]
