"""An attacker of which only a test is known: what the test says is typed in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.demographics import NARROWEST_BIN, RACES, SEXES, WIDEST_BIN, AgeBins
from core.inference.declared import ATTRIBUTES, MOST_TESTED, Declared, Statement
from core.scenario import ATTACKERS
from core.study import OwnAttacker, own_attacker
from core.study.own_attacker import MEASURED
from ui import background, own_data, own_embeddings, readings, results, sentences, visitor

_ACCURACY, _CONFUSION, _AS_MEASURED, _NOT_READ = "accuracy", "confusion", "measured", "not read"
_WAYS = (_ACCURACY, _CONFUSION, _AS_MEASURED, _NOT_READ)
_WAY_WORDS = {
    _ACCURACY: "Accuracy",
    _CONFUSION: "Confusion matrix",
    _AS_MEASURED: "As measured",
    _NOT_READ: "Not read",
}
_START = {"sex": 90.0, "race": 90.0, "age": 70.0}
_USUAL_WIDTH = 20
_SEED = 62


def declare() -> OwnAttacker | None:
    """Draw what to type in, and return the attacker that follows from it."""
    st.markdown(
        "A vendor or a paper states how well an attacker reads faces. Type it in: no file is needed. The three readings are taken to "
        "be independent of each other, given who a person is; a test rarely says how they go together."
    )
    ways: dict[str, str] = {}
    statements: dict[str, Statement] = {}
    problems = []
    for name, column in zip(ATTRIBUTES, st.columns(3), strict=True):
        with column:
            ways[name] = st.selectbox(
                readings.WORDS[name], _WAYS, format_func=_WAY_WORDS.__getitem__, key=own_data.widget_key(f"declared_{name}")
            )
            try:
                stated = _stated(name, ways[name])
            except ValueError as error:
                problems.append(str(error))
            else:
                statements |= {name: stated} if stated else {}
    tested = st.number_input(
        "Faces of the test", 0, MOST_TESTED, 0, key=own_data.widget_key("declared_tested"),
        help="From this follows how sure the figures are. 0: not stated.",
    )  # fmt: skip
    if not problems and not statements:
        problems.append("at least one of sex, race and age must be declared, got none")
    if problems:
        st.error(f"{sentences.plain(problems[0][0].upper() + problems[0][1:])}.")
        return None
    return _attacker(ways, Declared(statements, int(tested) or None))


def _stated(name: str, way: str) -> Statement | None:
    """Draw the fields of one attribute, and return what they state."""
    if way not in (_ACCURACY, _CONFUSION):
        return None
    width = _USUAL_WIDTH
    if name == "age":
        width = int(
            st.number_input(
                "Years in an age bin of the test",
                NARROWEST_BIN,
                WIDEST_BIN,
                _USUAL_WIDTH,
                key=own_data.widget_key("declared_width"),
            )
        )
    if way == _ACCURACY:
        percent = st.number_input(
            f"{readings.WORDS[name]} read rightly, %",
            0.0,
            100.0,
            _START[name],
            step=0.1,
            key=own_data.widget_key(f"declared_{name}_percent"),
        )
        return Statement(name, accuracy=percent / 100, age_bin_width=width)
    labels = {"sex": SEXES, "race": RACES, "age": AgeBins(width).labels}[name]
    start = pd.DataFrame(
        100.0 * np.eye(len(labels)), index=pd.Index(labels, name=f"true {name}"), columns=[f"as {label}" for label in labels]
    )
    edited = st.data_editor(start, key=own_data.widget_key(f"declared_{name}_confusion_{width}"))
    st.caption("Rows: the truth. Faces or per cent; each row counts by its shares.")
    return Statement(name, confusion=edited.fillna(0).to_numpy(dtype=np.float64), age_bin_width=width)


def _attacker(ways: dict[str, str], stated: Declared) -> OwnAttacker:
    scenario = visitor.scenario()
    key = (
        tuple(sorted(ways.items())), stated.tested, scenario.seed, background.result(own_embeddings.JOB),
        tuple((name, each.accuracy, each.age_bin_width, None if each.confusion is None else each.confusion.tobytes())
              for name, each in sorted(stated.statements.items())),
    )  # fmt: skip
    return own_data.computed("declared", key, lambda: _made(ways, stated), most=2)


def _made(ways: dict[str, str], stated: Declared) -> OwnAttacker:
    scenario = visitor.scenario()
    population = results.evidence().population(scenario)
    rng = np.random.default_rng([scenario.seed, _SEED])
    test = f"a test of {stated.tested:,} faces" if stated.tested else "a test of unknown size"
    if _AS_MEASURED not in ways.values():
        return own_attacker.from_test(stated, population=population, words=f"stated by {test}", rng=rng)
    base = _base()
    kept = [name for name in ATTRIBUTES if ways[name] == _AS_MEASURED]
    words = f"{' and '.join(stated.statements)} stated by {test}, {' and '.join(kept)} as of an attacker {base.words}"
    unread = tuple(name for name in ATTRIBUTES if ways[name] == _NOT_READ)
    return own_attacker.combined(base, stated, unread=unread, population=population, words=words, rng=rng)


def _base() -> OwnAttacker:
    """Return the attacker that stays measured: the one trained on own faces, else the shipped forests."""
    trained: OwnAttacker | None = background.result(own_embeddings.JOB)
    return trained or _shipped()


def _shipped() -> OwnAttacker:
    shipped = results.shipped_evidence()
    held = shipped.others[ATTACKERS[0], 1]
    how = dict.fromkeys(ATTRIBUTES, MEASURED)
    return OwnAttacker(MEASURED, how, held, held, shipped.levelled_counts, "trained and tested on generated faces")
