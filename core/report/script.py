"""The script that goes with a report and computes its figures again."""

from __future__ import annotations

from pathlib import Path

NAME = "reproduce.py"


def text() -> str:
    """Return the script: it is a module of this package that needs nothing but Python and the command line."""
    return Path(__file__).with_name(NAME).read_text("utf-8")
