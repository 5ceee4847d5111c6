"""Controls that choose a protection and its strength."""

from __future__ import annotations

import streamlit as st

from core.protection import METHODS, Method, Strength, method_of
from ui import controls, visitor

_STEPS = tuple(step * 10.0**power for power in range(-3, 5) for step in (1, 2, 5))


def protection() -> Method:
    """Draw the choice of a protection, and return it."""
    controls.set_value("control_protection", visitor.view("protection"))
    st.selectbox(
        "Protection",
        tuple(METHODS),
        key="control_protection",
        format_func=lambda name: METHODS[name].title,
        on_change=_protection_chosen,
    )
    return method_of(visitor.view("protection"))


def strength(method: Method) -> float | None:
    """Draw the choice of a protection's strength where it has one, and return it."""
    words, value = method.strength, method.chosen(visitor.view("strength"))
    if words is None or value is None:
        return None
    key = _key(method.name)
    label = f"{words.words[0].upper()}{words.words[1:]}"
    advice = f"{'More' if words.grows else 'Less'} protects better."
    if words.whole:
        controls.set_value(key, int(value))
        st.slider(
            label, int(words.low), int(words.high), key=key, on_change=_strength_chosen, args=(method.name,), help=advice
        )  # fmt: skip
    else:
        controls.set_value(key, float(value))
        st.select_slider(
            label, _stops(words, value), key=key, format_func=lambda stop: f"{stop:g}", on_change=_strength_chosen,
            args=(method.name,), help=advice,
        )  # fmt: skip
    return value


def _key(name: str) -> str:
    # Each protection has a control of its own: they differ in range.
    return f"control_strength_{name}"


def _stops(words: Strength, value: float) -> list[float]:
    inside = {stop for stop in _STEPS if words.low <= stop <= words.high}
    return sorted(inside | {float(stop) for stop in (*words.tried, words.low, words.high, value)})


def _protection_chosen() -> None:
    controls.forget_one(_key(visitor.view("protection")))
    visitor.look_at(protection=st.session_state["control_protection"], strength=None)


def _strength_chosen(name: str) -> None:
    words, value = method_of(name).strength, st.session_state[_key(name)]
    visitor.look_at(strength=None if words and value == words.default else int(value) if float(value).is_integer() else value)
