"""What the figures of one protection advise, and what they do not allow to say."""

from __future__ import annotations

from dataclasses import dataclass

from core.protection import method_of
from core.study.frontier import LARGEST_ERROR_RATE, Frontier, Point

UNPROTECTED, SECRET, NO_HELP, LOOKS_SAFE, COSTLY, BEATEN, HELPS = ADVICE = (
    "unprotected",
    "secret",
    "no help",
    "looks safe",
    "costly",
    "beaten",
    "helps",
)
"""Kinds of advice; the first that fits is given."""

_MUCH = 2


@dataclass(frozen=True)
class Advice:
    """What to make of a protection.

    Parameters
    ----------
    kind : str
        One of `ADVICE`.
    rival : Point or None
        A protection that does better, where one is known for this company.
    """

    kind: str
    rival: Point | None = None


def advise(before: Point, after: Point, known: Frontier | None) -> Advice:
    """Weigh a protection.

    Parameters
    ----------
    before, after : Point
        Without protection and with it, on the same faces and people.
    known : Frontier or None
        Other protections on the same faces and people; None where they were measured on others, which allow no comparison.

    Returns
    -------
    Advice
        `"unprotected"` if there is none; `"secret"` if it is as safe as its keys; `"no help"` if the risk is not below the
        interval of that without; `"looks safe"` if less than half of the risk is gone, but for an attacker that never saw the
        protection; `"costly"` if the equal error rate is above 3 %; `"beaten"` if another is below the interval of its risk at
        no higher an equal error rate; else `"helps"`.
    """
    best = None if known is None else known.best()
    usable = best if best is not None and _helps(before, best) else None
    if after.method == before.method:
        return Advice(UNPROTECTED, usable)
    if method_of(after.method).needs_secret:
        return Advice(SECRET)
    if not _helps(before, after):
        return Advice(NO_HELP, usable)
    halved = before.expected_reidentified / _MUCH
    if looks_safer(after) and after.expected_reidentified > halved:
        return Advice(LOOKS_SAFE, usable)
    if after.equal_error_rate > LARGEST_ERROR_RATE:
        return Advice(COSTLY, usable)
    rival = None if known is None else _better(after, known)
    return Advice(HELPS) if rival is None else Advice(BEATEN, rival)


def looks_safer(point: Point) -> bool:
    """Whether an attacker that never saw the protection names less than half as many as one trained on protected embeddings."""
    return point.unaware is not None and point.unaware < min(point.low, point.expected_reidentified / _MUCH)


def _helps(before: Point, after: Point) -> bool:
    return after.expected_reidentified < before.low


def _better(point: Point, known: Frontier) -> Point | None:
    """The protection that names fewest among those that cost no more verification, if it names clearly fewer."""
    rivals = [each for each in known.on_frontier() if each.equal_error_rate <= point.equal_error_rate]
    return rivals[-1] if rivals and rivals[-1].expected_reidentified < point.low else None
