from dataclasses import replace

import pytest

from core import charts, study
from tests.core.test_protections import frontier_of, point

NONE = point("none", 0.08, 0.01)
LEACE = point("leace", 0.03, 0.02, 20)


def given(after, *others):
    return study.advise(NONE, after, frontier_of(NONE, after, *others))


def test_without_protection_the_best_usable_one_is_named():
    costly = point("noise", 0.01, 0.2, 0.1)
    assert given(NONE, LEACE, costly) == study.Advice("unprotected", LEACE)
    assert given(NONE, costly) == study.Advice("unprotected", None)
    assert study.advise(NONE, NONE, None) == study.Advice("unprotected", None)


def test_keys_are_a_secret_however_good_the_figures():
    assert given(point("biohash", 0.001, 0.001, 64)).kind == "secret"


def test_what_is_within_the_error_of_the_estimate_does_not_help():
    # Without protection the interval starts at 7 %.
    assert given(point("noise", 0.07, 0.01, 0.02), LEACE) == study.Advice("no help", LEACE)
    assert given(point("noise", 0.0699, 0.011, 0.02)).kind == "helps"


def test_what_stops_only_an_attacker_that_never_saw_it_looks_safe():
    fooled = replace(point("null-space", 0.05, 0.012, 2), unaware=0.01)
    assert study.looks_safer(fooled)
    assert given(fooled, LEACE) == study.Advice("looks safe", LEACE)
    # Where more than half of the risk is gone, it helps, too.
    half = replace(fooled, expected_reidentified=0.04, low=0.035)
    assert study.looks_safer(half)
    assert given(half).kind == "helps"
    # One that fools nobody, or that nobody could be fooled by, looks no safer than it is.
    assert not study.looks_safer(replace(fooled, unaware=0.026))
    assert not study.looks_safer(replace(fooled, unaware=None))


def test_too_many_errors_of_verification_cost_too_much():
    assert given(point("noise", 0.02, 0.031, 0.1), LEACE) == study.Advice("costly", LEACE)
    assert given(point("noise", 0.02, 0.03, 0.1)).kind == "helps"


def test_another_is_better_if_it_is_clearly_safer_at_no_higher_a_cost():
    noise = point("noise", 0.05, 0.025, 0.03)
    assert given(noise, LEACE) == study.Advice("beaten", LEACE)
    # 4 % is within the interval of 5 %; and what was measured on another company says nothing.
    assert given(noise, point("leace", 0.04, 0.02, 20)).kind == "helps"
    assert study.advise(NONE, noise, None) == study.Advice("helps", None)


@pytest.mark.parametrize(
    ("after", "others", "words"),
    [
        (NONE, [LEACE], "LEACE at 20 leaves about 3 people at an equal error rate of 2.0%"),
        (NONE, [], "no protection tried helps at an equal error rate of at most 3%"),
        (point("biohash", 0.001, 0.001, 64), [], "only while no key leaks"),
        (point("noise", 0.07, 0.01, 0.02), [LEACE], "do not rely on it: about 7 people can be named, no clear difference"),
        (
            replace(point("null-space", 0.05, 0.012, 2), unaware=0.01),
            [],
            "yet one that did names about 5 instead of about 8 people",
        ),
        (point("noise", 0.02, 0.031, 0.1), [], "verification errs for 3.1% of pairs, above the 3% that count as usable here"),
        (point("noise", 0.05, 0.025, 0.03), [LEACE], "another is better: LEACE at 20 leaves about 3 people"),
        (LEACE, [], "it helps: about 3 instead of about 8 people can be named, and verification errs for 2.0% of pairs"),
    ],
)
def test_advice_is_one_sentence_with_its_figures_and_limits(after, others, words):
    known = frontier_of(NONE, after, *others)
    advised = study.advise(NONE, after, known)
    sentence = charts.advice(advised, NONE, after, company_size=100, known=2_500, compared=True)
    assert words in sentence
    assert sentence.startswith("As far as attackers trained on 2,500 generated faces can tell, ")
    assert sentence.count(". ") == 0
    assert sentence.endswith(".")


def test_nothing_is_said_of_protections_that_were_measured_for_another_company():
    noise = point("noise", 0.02, 0.2, 0.1)
    sentence = charts.advice(
        study.advise(NONE, noise, None), NONE, noise, company_size=70, known=2_500, compared=False
    )  # fmt: skip
    assert "no protection tried" not in sentence


@pytest.mark.parametrize("name", ["protections.json", "protections_real.json"])
def test_every_recorded_protection_gets_advice_that_its_figures_bear(name):
    found = study.load_frontier(name)
    none, best = found.points[0], found.best()
    kinds = {(each.method, each.strength): study.advise(none, each, found) for each in found.points}
    assert {advised.kind for advised in kinds.values()} <= set(study.ADVICE)
    assert kinds[best.method, best.strength].kind == "helps"
    for each in found.points:
        advised = kinds[each.method, each.strength]
        if advised.kind in ("helps", "beaten"):
            assert each.equal_error_rate <= study.LARGEST_ERROR_RATE
            assert each.high < none.high
