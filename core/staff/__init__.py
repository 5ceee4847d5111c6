"""A company's own staff, from a list of people or groups, or from totals; completed from the census where it says nothing."""

from core.staff.completion import complete, everywhere
from core.staff.rows import (
    COLUMNS,
    OTHER,
    RACE_CHOICES,
    SEX_CHOICES,
    from_file,
    from_table,
    template,
    template_csv,
    template_xlsx,
)
from core.staff.staff import YOUNGEST_STAFF, Staff
from core.staff.totals import from_totals

__all__ = [
    "COLUMNS",
    "OTHER",
    "RACE_CHOICES",
    "SEX_CHOICES",
    "YOUNGEST_STAFF",
    "Staff",
    "complete",
    "everywhere",
    "from_file",
    "from_table",
    "from_totals",
    "template",
    "template_csv",
    "template_xlsx",
]
