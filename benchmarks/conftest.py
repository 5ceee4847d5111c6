"""Print how many times faster the fastest of each group of benchmarks is than the others."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Write one line for each slower member of a group."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for bench in config._benchmarksession.benchmarks:
        groups[bench.group].append(bench)
    terminalreporter.section("ratios")
    for group, members in groups.items():
        fastest, *others = sorted(members, key=lambda bench: bench.stats.median)
        for other in others:
            ratio = other.stats.median / fastest.stats.median
            terminalreporter.write_line(f"{group}: {fastest.name} is {ratio:,.1f} times as fast as {other.name}")
