"""What a faceprint reveals: how well sex, age and race are read off embeddings."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts
from core.scenario import PAPER
from core.study import AttributeReading
from core.study.inference import ATTRIBUTES
from core.study.own_attacker import NOT_READ
from ui import controls, figure, own_data, readings, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/11_What_a_faceprint_reveals.py", "What a faceprint reveals")

TABLE = {"sex": "Table I", "age": "Table II", "race": "Table III"}


def faces_of(reading: AttributeReading) -> str:
    """Say which faces a reading was judged on."""
    own, count = own_data.attacker(), f"{reading.evaluation.faces:,}"
    if own is None:
        return f"{count} generated held-out faces with the paper's mix of people."
    return (
        f"Your own attacker. {own.how[reading.attribute]}: {count} faces."
        if reading.evaluation.intervals
        else "Your own attacker."
    )


@st.fragment
def reading_now() -> None:
    """Draw controls, and what depends on them."""
    left, middle, right = st.columns(3)
    with left:
        attribute = controls.view_choice("Attribute", "attribute", ATTRIBUTES, readings.WORDS)
    with middle:
        controls.protocol()
    with right:
        controls.age_bin_width()
    shell.share()
    scenario = visitor.scenario()
    own = own_data.attacker()
    if own is not None and own.how[attribute] == NOT_READ:
        st.info(f"Your own attacker does not read {attribute}: nothing is known of how well it would.")
        controls.summary()
        return
    reading = results.attribute(scenario, attribute)
    evaluation = reading.evaluation
    to = f" to {scenario.age_bin_width} years" if attribute == "age" else ""
    sentences.headline(
        f"A computer reads {attribute}{to} off {'128 numbers' if own is None else 'embeddings'}, rightly for "
        f"*{charts.percent(evaluation.accuracy)}* of faces.",
        f"95% interval {readings.interval(reading)}. Naming the most frequent class without the face would be "
        f"right for {charts.percent(reading.majority)}.",
    )
    if scenario.protocol == PAPER and own is None:
        st.info(
            "In the paper each race is a yes-or-no question of its own. A face for which no answer is yes is read as the first "
            "race, White, and its accuracy counts it as wrong. Single labels mend this."
        )
    if own is None:
        readings.confusion_and_roc(reading, tables=f" ({TABLE[attribute]} of the paper)", figures=" (Fig. 2 of the paper)")
    else:
        readings.confusion_and_roc(reading)
    readings.metrics(reading, faces_of(reading))
    widths = results.widths(scenario)
    best = widths.best(scenario.company_size)
    figure.show(
        charts.width_tradeoff(widths, company_size=scenario.company_size, chosen=scenario.age_bin_width),
        finding=f"Narrow bins are read wrongly, wide ones say little: bins of {best} years name most people",
        measure=f"Share of ages read rightly, and expected share of people named in a company of {scenario.company_size:,}, by width.",
        key="widths",
    )
    controls.summary()


reading_now()

with st.expander("How this is computed"):
    st.markdown(
        "Three random forests of 100 trees are trained on generated faces, levelled to the same number in each race and sex as "
        "in the paper, and judged on other generated faces. Age comes from one regression forest whose leaves keep the ages of "
        "the training faces in them, so that every bin width is answered without training again. Sources: paper, Sections IV and "
        "V; Meinshausen (2006), *Quantile regression forests*, Journal of Machine Learning Research 7. The page *Method* sets "
        "the figures beside those from real faces."
    )
