"""Compute every figure of a report of Faceprint Risk again, with its command line.

Run it in the folder of the project, with the Python of the project:

    .venv/bin/python reproduce.py SCENARIO.json [FIGURES.json]

Without FIGURES.json it writes the figures beside the scenario file. With it, it compares them and names what differs.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CLOSE = 1e-9
"""Relative difference that counts as none: processors differ in the last digits."""


def compute(scenario: Path, out: Path, *, smallest: int | None = None) -> dict[str, Any]:
    """Let the command line compute the figures of a report."""
    form = [] if smallest is None else ["--publishable", "--smallest-group", str(smallest)]
    subprocess.run([sys.executable, "-m", "core", "report", str(scenario), "--out", str(out), *form], check=True)
    figures: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return figures


def differences(there: Any, here: Any, where: str = "") -> list[str]:
    """Name each figure that differs, and how."""
    if isinstance(there, dict) and isinstance(here, dict):
        names = [*there, *(name for name in here if name not in there)]
        return [line for name in names for line in differences(there.get(name), here.get(name), f"{where} / {name}")]
    if isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        pairs = enumerate(zip(there, here, strict=True), start=1)
        return [line for row, (a, b) in pairs for line in differences(a, b, f"{where}, row {row}")]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (there, here))
    alike = type(there) is type(here) and there == here
    same = math.isclose(there, here, rel_tol=CLOSE, abs_tol=CLOSE) if numbers else alike
    return [] if same else [f"{where.removeprefix(' / ')}: {there} in the report, {here} computed again"]


def count(figures: Any) -> int:
    """Count the numbers among figures."""
    if isinstance(figures, (dict, list)):
        return sum(count(each) for each in (figures.values() if isinstance(figures, dict) else figures))
    return int(isinstance(figures, (int, float)) and not isinstance(figures, bool))


def main(arguments: list[str]) -> int:
    """Compute, and compare where there is something to compare with: 0 if all is equal, 1 if not, 2 for bad use."""
    if len(arguments) not in (1, 2):
        sys.stderr.write("Usage: python reproduce.py SCENARIO.json [FIGURES.json]\n")
        return 2
    scenario = Path(arguments[0])
    if len(arguments) == 1:
        out = scenario.with_name("figures.json")
        sys.stdout.write(f"{count(compute(scenario, out)):,} figures are in {out}.\n")
        return 0
    reported = json.loads(Path(arguments[1]).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        again = compute(scenario, Path(folder) / "figures.json", smallest=reported["smallest_group"])
    found = differences(reported, again)
    sys.stdout.write("\n".join(found or [f"All {count(reported):,} figures of the report are equal."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
