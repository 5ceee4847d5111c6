"""A result as a report to take away: one HTML file, its data, and what computes it again."""

from core.report.contents import Provenance, Report, contents
from core.report.disclosure import SMALLEST_GROUP, without_small_groups
from core.report.parts import Exhibit, Section, Table
from core.report.results import Results, gather, is_linked, shipped_frontiers

__all__ = [
    "SMALLEST_GROUP",
    "Exhibit",
    "Provenance",
    "Report",
    "Results",
    "Section",
    "Table",
    "contents",
    "gather",
    "is_linked",
    "shipped_frontiers",
    "without_small_groups",
]
