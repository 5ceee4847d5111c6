"""Files that strangers made, read with care; and tables that we write, which cannot start a formula."""

from core.uploads.columns import Extract, describe, read_columns
from core.uploads.escaped import escaped, to_csv, to_xlsx
from core.uploads.limits import COMMAND_LINE, HOSTED, Limits, UploadError
from core.uploads.shapes import Column
from core.uploads.table import read_table

__all__ = [
    "COMMAND_LINE",
    "HOSTED",
    "Column",
    "Extract",
    "Limits",
    "UploadError",
    "describe",
    "escaped",
    "read_columns",
    "read_table",
    "to_csv",
    "to_xlsx",
]
