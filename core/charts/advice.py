"""One sentence of advice on a protection, with its limits."""

from __future__ import annotations

from core.charts.protection import in_a_sentence
from core.charts.style import people, percent
from core.study import LARGEST_ERROR_RATE, Advice, Point
from core.study.advice import BEATEN, COSTLY, LOOKS_SAFE, NO_HELP, SECRET, UNPROTECTED


def advice(given: Advice, before: Point, after: Point, *, company_size: int, known: int, compared: bool) -> str:
    """Say what to make of a protection, in one sentence that names its limits.

    Parameters
    ----------
    given : Advice
    before, after : Point
    company_size : int
    known : int
        Generated faces that attackers were trained on.
    compared : bool
        Whether other protections were measured for the same company.
    """

    def named(share: float) -> str:
        return people(share, company_size)

    limits = f"As far as attackers trained on {known:,} generated faces can tell"
    rival, usable = given.rival, f"an equal error rate of at most {LARGEST_ERROR_RATE:.0%}"
    better = ""
    if rival is not None:
        better = (
            f"{in_a_sentence(rival.method, rival.strength)} leaves {named(rival.expected_reidentified)} at an equal error "
            f"rate of {percent(rival.equal_error_rate)}"
        )
    elsewhere = better or (f"no protection tried helps at {usable}" if compared else "")
    risk, error = named(after.expected_reidentified), percent(after.equal_error_rate)
    short = risk.removesuffix(" people")
    if given.kind == UNPROTECTED:
        return f"{limits}, {elsewhere or 'it is worth measuring a protection for this company'}."
    if given.kind == SECRET:
        return (
            f"{limits}, it leaves {risk} of {company_size:,} to be named, but only while no key leaks: keep keys apart from "
            "the embeddings, and count on BioHash with stolen keys where that cannot be promised."
        )
    if given.kind == NO_HELP:
        return f"{limits}, do not rely on it: {risk} can be named, no clear difference to no protection{_then(elsewhere)}."
    if given.kind == LOOKS_SAFE:
        return (
            f"{limits}, do not rely on it: it stops attackers that never saw it, yet one that did names {short} instead of "
            f"{named(before.expected_reidentified)}{_then(elsewhere)}."
        )
    if given.kind == COSTLY:
        return (
            f"{limits}, it leaves {risk} to be named, but verification errs for {error} of pairs, above the "
            f"{LARGEST_ERROR_RATE:.0%} that count as usable here{_then(elsewhere)}."
        )
    if given.kind == BEATEN:
        return f"{limits}, another is better: {better}, this one {risk} at {error}."
    return (
        f"{limits}, it helps: {short} instead of {named(before.expected_reidentified)} can be named, and verification errs for "
        f"{error} of pairs instead of {percent(before.equal_error_rate)}; an attacker with more faces may read more."
    )


def _then(words: str) -> str:
    return f"; {words}" if words else ""
