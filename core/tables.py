"""Results as readable text, for the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.demographics import RACES, SEXES
from core.inference.calibration import QUALITY_METRICS, RELIABILITY_BINS
from core.linkage import LARGEST
from core.replication import PAPER_BINS
from core.risk import BY_CELL, FEWEST_FACES
from core.scenario import LINKAGES

_SMALLEST_SHOWN = 1e-6
_METRICS = ("accuracy", "recall", "precision", "f1", "auc")
_TABLES = {"sex": ("Sex", SEXES), "age": ("Age", PAPER_BINS.labels), "race_one_hot": ("Race, one-hot labels", RACES)}

_COMPARED = {"sex": "Sex", "race": "Race", "age": "Age, 20 yrs", "year": "Exact age"}


def percent(share: float) -> str:
    """Return a share as per cent: two decimals, two digits where it is smaller; at most 8 characters and a minus."""
    if share < 0:
        return f"-{percent(-share)}"
    if 0 < share < _SMALLEST_SHOWN:
        return f"<{100 * _SMALLEST_SHOWN:g}%"
    return f"{share:.2%}" if share >= 0.0001 or share == 0 else f"{100 * share:.2g}%"


def of_risk(result: dict[str, Any]) -> str:
    """Table of `core.study.in_full`."""
    scenario, named = result["scenario"], result["expected_reidentified"]
    lines = [
        f"Company of {scenario['company_size']:,} people, ages known to {scenario['age_bin_width']} years, "
        f"{scenario['protocol']} protocol, seed {scenario['seed']}",
        "",
        f"Expected share named     {percent(named['exact'])}  (exact; {percent(named['estimate_low'])} to "
        f"{percent(named['estimate_high'])} for the error of the estimate)",
        f"  {scenario['repeats']:,} random companies  {percent(named['mean'])}  (95% of them: {percent(named['low'])} "
        f"to {percent(named['high'])})",
        f"Random guess             {percent(result['random_guess'])}",
        f"Perfect inference        {percent(result['perfect_inference'])}",
        f"Read rightly             {percent(result['correct'])}",
        "",
        "Read rightly in a class of size",
    ]
    lines += [f"  {size:<10} {percent(share):>8}" for size, share in result["class_size_shares"]["exact"].items()]
    lines += ["", *_linkage(result)]
    for grouping, rows in result["exposure"].items():
        if grouping != BY_CELL:
            lines += ["", f"Chance to be named by {grouping}", *_exposed(rows)]
    lines += ["", "The most exposed by age, sex and race", *_exposed(result["most_exposed"])]
    if any(row["uncertain"] for rows in result["exposure"].values() for row in rows):
        lines += ["", f"* rests on fewer than {FEWEST_FACES} held-out faces, or people simulated"]
    return "\n".join(lines)


def _linkage(result: dict[str, Any]) -> list[str]:
    """What the linkage achieves in simulated companies."""
    scenario, linked = result["scenario"], result["linkage"]
    ages = "bin" if scenario["linkage"] == LINKAGES[0] else scenario["age_knowledge"]
    pictures = f"{scenario['pictures']} picture{'s' if scenario['pictures'] > 1 else ''}"
    title = f"Linkage by {scenario['linkage']}, attacker {scenario['attacker']}, {pictures} a person, ages in the list: {ages}"
    if linked is None:
        return [title, f"  simulated for companies of at most {LARGEST[scenario['linkage']]:,} people"]
    lines = [f"{title}, {linked['companies']:,} companies", f"  {'':<24}{'mean':>8}  {'95% interval':<20}95% of companies"]
    shares = {
        "named at the first guess" if guesses == "1" else f"named within {guesses} guesses": spread
        for guesses, spread in linked["success"].items()
    }
    shares |= {"more than by cells": linked["over_cells"], "advantage over the guess": linked["advantage"]}
    shares |= {"perfect inference": linked["perfect_inference"]}
    lines += [f"  {words:<24}{_spread(spread, percent)}" for words, spread in shares.items()]
    lines.append(f"  {'anonymity set, people':<24}{_spread(linked['anonymity'], '{:,.1f}'.format)}")
    lines.append(f"  {'guess from the census':<24}{percent(linked['census_guess']):>8}")
    return lines


def _spread(spread: dict[str, float], write: Callable[[float], str]) -> str:
    of_mean = f"{write(spread['mean_low'])} to {write(spread['mean_high'])}"
    return f"{write(spread['mean']):>8}  {of_mean:<20}{write(spread['low'])} to {write(spread['high'])}"


def _exposed(rows: list[dict[str, Any]]) -> list[str]:
    width = max(len(row["group"]) for row in rows)
    lines = [f"  {'':<{width}} {'chance':>8}  {'95% interval':<20}{'ratio':>7}{'people':>13}{'faces':>8}"]
    for row in rows:
        interval, mark = f"{percent(row['low'])} to {percent(row['high'])}", " *" if row["uncertain"] else ""
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        counts = f"{ratio:>7}{row['people']:>13,.2f}{row['faces']:>8,}"
        lines.append(f"  {row['group']:<{width}} {percent(row['risk']):>8}  {interval:<20}{counts}{mark}")
    return lines


def of_replication(result: dict[str, Any]) -> str:
    """Table of what `replication` returns, ours beside the paper's."""
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in result["training_set"].items()]
    for key, (title, labels) in _TABLES.items():
        lines += ["", title, f"  {'':<12}{'ours':>9}{'paper':>9}"]
        ours, paper = result[key]["ours"], result[key]["paper"]
        for metric in _METRICS:
            reported = percent(paper[metric]) if metric in paper else ""
            lines.append(f"  {metric:<12}{percent(ours[metric]):>9}{reported:>9}")
        lines.append("  confusion, truth by prediction, ours (paper)")
        for label, row, reported_row in zip(labels, ours["confusion"], paper["confusion"], strict=True):
            cells = "".join(f"{percent(a):>9} ({percent(b):>6})" for a, b in zip(row, reported_row, strict=True))
            lines.append(f"  {label:<12}{cells}")
    single = result["race_single_label"]["ours"]
    lines += ["", "Race, single labels"] + [f"  {metric:<12}{percent(single[metric]):>9}" for metric in _METRICS]
    lines += ["", f"{'People':<8}{'exact':>9}{'mean of 50':>12}{'95% of companies':>22}{'paper':>9}"]
    for size, row in result["risk"].items():
        ours, spread = row["ours"], f"{percent(row['ours']['low'])} to {percent(row['ours']['high'])}"
        reported = percent(row["paper"]["expected_reidentified"])
        lines.append(f"{size:<8}{percent(ours['exact']):>9}{percent(ours['mean']):>12}{spread:>22}{reported:>9}")
    if "near_identical_photos" in result:
        lines += ["", *_near_identical(result)]
    return "\n".join(lines)


def _near_identical(result: dict[str, Any]) -> list[str]:
    kept = result["near_identical_photos"]["kept_on_one_side"]
    lines = [
        f"Near-identical photos: {percent(result['near_identical_photos']['share'])} of the faces. Accuracy when both photos",
        "may stand on either side of the split, and when they are kept on one side:",
    ]
    for attribute in ("sex", "age", "race_single_label"):
        both = percent(result[attribute]["ours"]["accuracy"]), percent(kept[attribute]["accuracy"])
        lines.append(f"  {attribute.replace('_', ' '):<20}{both[0]:>9}{both[1]:>9}")
    return lines


def of_comparison(result: dict[str, Any]) -> str:
    """Table of what `comparison` returns: a row an attacker, a block an attribute, intervals in brackets."""
    parts = f" in {result['splits']} parts" if result["splits"] > 1 else ""
    lines = [
        f"Trained on {result['training']:,} {result['faces']} faces, tested on {result['tested']:,}{parts}, "
        f"seed {result['seed']}",
        f"Intervals: 95%, over resampled test faces. Calibration error: {RELIABILITY_BINS} bins. Log loss: nats.",
        "Seconds: training with calibration. none: everybody is taken to be like the training faces.",
    ]
    for attribute, title in _COMPARED.items():
        lines += ["", f"{title:<12}{'accuracy':>25}{'macro F1':>25}{'log loss':>25}{'calibration error':>25}{'seconds':>9}"]
        for name, row in result["attackers"].items():
            cells = "".join(f"{_with_interval(row[attribute], metric):>25}" for metric in QUALITY_METRICS)
            seconds = f"{row['training_seconds']:.1f}" if "training_seconds" in row else ""
            lines.append(f"{name:<12}{cells}{seconds:>9}")
    return "\n".join(lines)


def _with_interval(row: dict[str, Any], metric: str) -> str:
    low, high = row["intervals"][metric]
    if metric in ("accuracy", "macro_f1"):
        return f"{percent(row[metric])} ({low:.1%} to {high:.1%})"
    return f"{row[metric]:.3f} ({low:.3f} to {high:.3f})"


def of_protections(result: dict[str, Any]) -> str:
    """Table of `core.study.Frontier`: a row a protection, the best one marked."""
    majority, best = result["majority"], result["best"]
    lines = [
        f"Protections on {result['faces']} faces and {result['pairs']} pairs, {result['company_size']:,} people, ages known to "
        f"{result['age_bin_width']} years, seed {result['seed']}",
        f"Fitted to {result['known']:,} faces; accuracy on {result['tested']:,}, risk on {result['pool']:,} others",
        f"Random guess {percent(result['random_guess'])}, guess from the census {percent(result['census_guess'])}, "
        f"perfect inference {percent(result['perfect_inference'])}",
        f"Majority guess: {', '.join(f'{name} {percent(share)}' for name, share in majority.items())}",
        "Named: exact, by the attacker beside it, trained again. Accuracy: the best attacker of each. Intervals: 95%.",
        "Unaware: named by an attacker that never saw the protection.",
        "",
        f"{'protection':<32}{'named':>28} {'attacker':<11}{'unaware':>9}{'sex':>8}{'race':>8}{'age':>8}"
        f"{'EER':>25}{'TAR 1%':>9}{'TAR .1%':>9}{'rank 1':>9}{'per s':>9}",
    ]
    for row in result["points"]:
        chosen = {"method": row["method"], "strength": row["strength"]}
        name = row["method"] + ("" if row["strength"] is None else f" {row['strength']:g}") + (" *" if chosen == best else "")
        named = f"{percent(row['expected_reidentified'])} ({row['low']:.1%} to {row['high']:.1%})"
        error = f"{percent(row['equal_error_rate'])} ({row['equal_error_low']:.1%} to {row['equal_error_high']:.1%})"
        unaware = "" if row["unaware"] is None else percent(row["unaware"])
        accuracy = "".join(f"{row['accuracy'][attribute]:>8.1%}" for attribute in majority)
        kept = "".join(f"{share:>9.1%}" for share in (*row["true_accept"].values(), row["rank_one"]))
        lines.append(
            f"{name:<32}{named:>28} {row['attacker']:<11}{unaware:>9}{accuracy}{error:>25}{kept}{row['per_second']:>9.2g}"
        )
    if best:
        lines += ["", f"* names fewest people with an equal error rate of at most {percent(result['largest_error_rate'])}"]
    return "\n".join(lines)


def of_values(result: dict[str, Any]) -> str:
    """Names and values, one a line; mappings on one line each."""
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {each}" for key, each in value.items())
        elif isinstance(value, list):
            value = ", ".join(str(each) for each in value)
        lines.append(f"{name.replace('_', ' ')}: {value}")
    return "\n".join(lines)
