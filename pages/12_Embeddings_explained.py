"""Embeddings explained: what the distance of two faces says, and what a threshold decides."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts
from core.verification import METRICS, error_rates
from ui import controls, figure, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/12_Embeddings_explained.py", "Embeddings explained")
st.markdown(
    "Software turns a face into 128 numbers, an *embedding*. No number means anything by itself. Together they place the face so "
    "that pictures of one person lie close to each other, and pictures of two people apart."
)

PAIR_WORDS = {"same": "One person, two pictures", "different": "Two people"}
METRIC_WORDS = {"euclidean": "Euclidean", "manhattan": "Manhattan"}


def threshold_now() -> None:
    """Take over the threshold slider."""
    visitor.look_at(threshold=st.session_state["control_threshold"])


def metric_now() -> None:
    """Take over the metric; a threshold for one metric means nothing for the other."""
    visitor.look_at(metric=st.session_state["view_metric"], threshold=None)


def another_pair() -> None:
    """Look at the next pair."""
    visitor.look_at(number=(visitor.view("number") + 1) % (visitor.LARGEST_PAIR + 1))


@st.fragment
def distances_now() -> None:
    """Draw controls, and what depends on them."""
    left, middle, right = st.columns([2, 1, 2], vertical_alignment="bottom")
    with left:
        pair = controls.view_choice("Compare", "pair", visitor.PAIRS, PAIR_WORDS)
    with middle:
        st.button("Another pair", on_click=another_pair)
    with right:
        metric = controls.view_choice("Distance", "metric", METRICS, METRIC_WORDS, on_change=metric_now)
    scenario = visitor.scenario()
    pictures, pairs = results.pictures(scenario), results.pairs(scenario, metric)
    usual = results.usual_threshold(scenario, metric)
    threshold, largest = visitor.view("threshold"), float(pictures.largest_threshold(metric))
    if threshold is not None and threshold > largest:
        st.warning(
            f"Threshold must be 0 to {largest:g} for the {METRIC_WORDS[metric]} distance, got {threshold:g}; the usual one is used instead."
        )
        visitor.look_at(threshold=None)
        threshold = None
    threshold = usual if threshold is None else threshold
    shell.share()
    compared = pictures.compare(visitor.view("number"), same=pair == "same", metric=metric)
    one = "one person" if compared.distance <= threshold else "two people"
    right_or_wrong = "which is right" if (one == "one person") == (pair == "same") else "which is wrong"
    sentences.headline(
        f"These two faces are *{compared.distance:.2f}* apart. At a threshold of {threshold:.2f} software takes them for {one}, "
        f"{right_or_wrong}.",
        f"{METRIC_WORDS[metric]} distance, exact. Both faces are generated: they are nobody's.",
    )
    figure.show(
        charts.two_embeddings(compared.first, compared.second, names=compared.names),
        finding="Two embeddings, number by number",
        measure="The 128 numbers of each face.",
        key="two_embeddings",
    )
    controls.set_value("control_threshold", round(float(threshold), 2))
    st.slider(
        "Threshold", 0.0, largest, step=0.01, key="control_threshold", on_change=threshold_now,
        help="Pictures at most this far apart are taken for one person. The usual threshold for dlib is 0.6, Euclidean.",
    )  # fmt: skip
    rates = error_rates(pairs, threshold)
    figure.show(
        charts.distances(pairs, threshold=threshold, metric=metric),
        finding=f"{charts.percent(rates.false_match)} of two people match, {charts.percent(rates.false_non_match)} of one person do not",
        measure=f"Distances of {len(pairs.genuine):,} pairs of one person and {len(pairs.impostor):,} of two, generated.",
        key="distances",
    )
    figure.show(
        charts.error_rates_over_threshold(pairs, threshold=threshold, metric=metric),
        finding=f"No threshold avoids both errors; they are equal at {charts.percent(results.equal_error_rate(scenario, metric))}",
        measure="False match rate and false non-match rate, by threshold.",
        key="error_rates",
    )
    controls.summary()


distances_now()

with st.expander("How this is computed"):
    st.latex(r"d_2(x, y) = \sqrt{\textstyle\sum_i (x_i - y_i)^2} \qquad d_1(x, y) = \textstyle\sum_i |x_i - y_i|")
    st.markdown(
        "Euclidean distance is the usual choice for dlib's embeddings, with a threshold of 0.6 (paper, Section IV-A; "
        "face_recognition's default). No Manhattan threshold is in common use: the one that is set first lets as many pairs of two "
        "people match. Generated people are like those of your scenario; the scatter of one person's pictures was fitted to real "
        "pictures, and `models/README.md` states how near both kinds of distance come. Terms: ISO/IEC 19795-1."
    )
