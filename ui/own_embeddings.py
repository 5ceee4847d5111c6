"""The visitor's own embeddings: a file, which of its columns hold what, what was understood, and an attacker trained on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from core import study, uploads
from core.charts import ATTACKER_WORDS, people, percent
from core.checks import FloatArray
from core.faces import generator, own, own_sample
from core.faces.own import ATTRIBUTES, Layout, OwnFaces
from core.protection import METHODS
from core.scenario import ATTACKERS, Scenario
from core.study import AttributeReading, Evidence, OwnAttacker, Protected, own_faces
from core.study.own_attacker import NOT_READ
from core.uploads import HOSTED, Column, UploadError
from ui import background, controls, figure, own_data, readings, results, sentences, visitor

JOB, PROTECTIONS = "own_attacker", "own_protections"
"""Names of the work that trains on own faces, and that measures protections on them."""

KINDS = ["parquet", "csv", "tsv", "txt", "npz"]
LIMITS = (
    f"Parquet, CSV or NPZ, up to {HOSTED.size // 1_000_000} MB and {HOSTED.rows:,} faces of {own.FEWEST_NUMBERS} to {own.MOST_NUMBERS:,} "
    f"numbers, {HOSTED.numbers // 1_000_000} million numbers in all; the command line reads more."
)
_SAMPLE = "own_data_sample_chosen"
_SAMPLE_NAME = "sample.parquet"
_DEFAULT_READER = "logistic"
_WORDS = {"age": "Age", "sex": "Sex", "race": "Race", "person": "Person"}


@dataclass(frozen=True)
class _Brought:
    """Faces that were read of a file, by its number and columns. The file itself is not kept."""

    of: tuple[str, Layout]
    faces: OwnFaces


@st.cache_resource(max_entries=1, show_spinner=False)
def sample_embeddings() -> bytes:
    """Return the sample file: faces of nobody, the same for all visitors."""
    return own_sample.sample_file(generator.load())


def bring() -> OwnFaces | None:
    """Draw the ways to bring embeddings and their columns, and return the faces once there are some."""
    st.caption(f"{own_data.PROMISE} {LIMITS}")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        uploaded = st.file_uploader(
            "Upload embeddings with labels", KINDS, key=own_data.widget_key("faces"), on_change=_own_file, help=LIMITS,
            max_upload_size=HOSTED.size // 1_000_000,
        )  # fmt: skip
    with right:
        st.button("Use a sample", on_click=_use_sample, help="Generated faces of nobody, two pictures of each of 1,200 people.")
        st.download_button(
            "Sample file", sample_embeddings, _SAMPLE_NAME, "application/vnd.apache.parquet", on_click="ignore", type="tertiary",
            icon=":material/download:",
        )  # fmt: skip
    if st.session_state.get(_SAMPLE):
        _read("sample", _SAMPLE_NAME, sample_embeddings())
    elif uploaded is not None:
        _read(uploaded.file_id, uploaded.name, uploaded.getvalue())
    kept: _Brought | None = st.session_state.get(own_data.FACES)
    return kept.faces if kept else None


def _own_file() -> None:
    st.session_state.pop(_SAMPLE, None)


def _use_sample() -> None:
    st.session_state[_SAMPLE] = True


def _read(number: str, name: str, content: bytes) -> None:
    """Read a file once for each choice of its columns; where it cannot be read, the former faces stay."""
    kept: _Brought | None = st.session_state.get(own_data.FACES)
    nothing_held = not own_data.held()
    try:
        layout = _layout(uploads.describe(content, name), number)
        if kept is None or kept.of != (number, layout):
            with st.spinner("Reading the file ..."):
                faces = own.read(content, name, layout)
            background.drop(JOB)
            background.drop(PROTECTIONS)
            st.session_state[own_data.FACES] = _Brought((number, layout), faces)
            if nothing_held:
                st.rerun()  # for the button that forgets, which stands outside of what is drawn here
    except UploadError as error:
        stay = " The former faces stay." if kept is not None else ""
        st.error(f"This file cannot be used: {sentences.plain(str(error).removesuffix('.'))}.{stay}")


def _layout(columns: list[Column], number: str) -> Layout:
    """Draw which columns hold what, as guessed from their names, and return it."""
    guessed = own.guess(columns)
    embeddings: list[tuple[str, ...]] = own.embedding_choices(columns) or [()]
    labels = [
        None,
        *(column.name for column in columns if column.kind in ("number", "text") and column.name not in guessed.embedding),
    ]
    widths = {column.name: column.width for column in columns}
    with (
        st.expander("Which columns hold what", expanded=not (guessed.embedding and guessed.labelled)),
        st.form(f"own_{number}"),
    ):
        chosen = st.selectbox(
            "Embeddings", embeddings, index=embeddings.index(guessed.embedding),
            format_func=lambda names: _embedding_words(names, widths), key=own_data.widget_key(f"embedding_{number}"),
        )  # fmt: skip
        found = {}
        for field, column in zip(st.columns(4), (*ATTRIBUTES, "person"), strict=True):
            with field:
                found[column] = st.selectbox(
                    _WORDS[column], labels, index=labels.index(getattr(guessed, column)),
                    format_func=lambda name: "None" if name is None else name, key=own_data.widget_key(f"{column}_{number}"),
                )  # fmt: skip
        st.caption(
            "What has no column is not learnt. *Person* says which faces show the same one, by any name or number: they are then "
            "never both learnt from and tested on. Names are not kept."
        )
        st.form_submit_button("Read these columns")
    return Layout(tuple(chosen or ()), **found)


def _embedding_words(names: tuple[str, ...], widths: dict[str, int]) -> str:
    if not names:
        return "None found"
    return f"{names[0]}: lists of {widths[names[0]]}" if len(names) == 1 else f"{names[0]} to {names[-1]}: {len(names)} columns"


def understood(faces: OwnFaces) -> None:
    """Say what was understood of the file."""
    who = (
        f"of {faces.people:,} people"
        if faces.person is not None
        else "of unnamed people; near-identical ones are kept together"
    )
    st.markdown(
        f"**Understood:** {len(faces):,} embeddings of {faces.dimension:,} numbers, {who}, labelled with {_list(faces.labelled)}."
    )
    missing = [name for name in ATTRIBUTES if name not in faces.labelled]
    if missing:
        st.caption(
            f"No labels of {_list(missing)}: the attacker does not learn to read it, and guesses it as often as the company has each class."
        )
    used = own_faces.faces_used(faces)
    if len(faces) > used:
        st.caption(f"{used:,} of them, of people drawn at random, are used: more teach an attacker little and take long.")


def train(faces: OwnFaces) -> OwnAttacker | None:
    """Draw the button that trains, its progress, and return the attacker once it is trained."""
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        reader = st.selectbox(
            "How faces are read", ATTACKERS, index=ATTACKERS.index(_DEFAULT_READER), format_func=ATTACKER_WORDS.__getitem__,
            key="control_own_reader", help="10,000 faces of 512 numbers take a quarter of a minute with logistic regression, minutes with others.",
        )  # fmt: skip
    with right:
        if st.button("Train on these faces", type="primary", disabled=background.is_running(JOB)):
            scenario = visitor.scenario().replace(attacker=reader)
            population = results.evidence().population(scenario)
            background.start(JOB, partial(_train, faces, scenario, population), steps=own_faces.STEPS, own=True)
            st.rerun()
    if background.is_running(JOB):
        background.show_progress(JOB)
        return None
    background.show_failure(JOB)
    return background.result(JOB)


def _train(faces: OwnFaces, scenario: Scenario, population: FloatArray, progress: Callable[[str], None]) -> OwnAttacker:
    trained = own_faces.train(faces, scenario, population=population, progress=progress)
    return replace(trained, words=f"{ATTACKER_WORDS[scenario.attacker].lower()}, {trained.words}")


def read_all(attacker: OwnAttacker) -> dict[str, AttributeReading]:
    """Return how well each attribute that is read is read."""
    scenario = visitor.scenario()
    evidence = results.shipped_evidence().with_attacker(attacker)

    def reading(name: str) -> AttributeReading:
        key = (attacker, name, scenario.age_bin_width, scenario.seed)
        return own_data.computed("own_reading", key, lambda: study.read_attribute(scenario, evidence, name), most=12)

    return {name: reading(name) for name in ATTRIBUTES if attacker.how[name] != NOT_READ}


def show(attacker: OwnAttacker) -> None:
    """Draw how well an attacker reads each attribute, and what that means for the scenario's company."""
    scenario, read = visitor.scenario(), read_all(attacker)
    risk(attacker)
    figure.readings(
        (
            f"{readings.WORDS[name]}, {attacker.how[name].lower()}",
            percent(each.evaluation.accuracy),
            f"read rightly{f', in bins of {scenario.age_bin_width} years' if name == 'age' else ''}; 95% interval "
            f"{readings.interval(each)}. Best guess: {percent(each.majority)}.",
        )
        for name, each in read.items()
    )
    left, right = st.columns(2)
    with left:
        attribute = controls.view_choice("Attribute", "attribute", tuple(ATTRIBUTES), readings.WORDS)
    with right:
        controls.age_bin_width()
    if attribute not in read:
        st.info(f"This attacker does not read {attribute}: no face is labelled with it.")
        return
    readings.confusion_and_roc(read[attribute])
    readings.metrics(read[attribute], f"Held-out faces of yours, {read[attribute].evaluation.faces:,} of them.")


def risk(attacker: OwnAttacker) -> None:
    """State what an attacker means for the scenario's company, beside the one that ships."""
    scenario = visitor.scenario()
    composed = own_data.compose(results.shipped_evidence())
    evidence: Evidence = composed.with_attacker(attacker)
    key = (attacker, scenario)
    found = own_data.computed("own_risk", key, lambda: study.run(scenario, evidence), most=4)
    named, estimate = found.exact.expected_reidentified, found.estimate
    sure = (
        f"; {percent(estimate.low)} to {percent(estimate.high)}, given how many faces it was tested on."
        if estimate.low < estimate.high
        else ". How sure that is, nobody can say: the size of the test is not stated."
    )
    sentences.headline(
        f"This attacker could name *{people(named, scenario.company_size)}* of {scenario.company_size:,}.",
        f"{attacker.label}: {attacker.words}. That is {percent(named)}, the exact expectation{sure}",
    )


def protections(faces: OwnFaces) -> None:
    """Offer to measure what protections would do to these faces, and draw what was found."""
    st.header("What protections would do to these faces")
    scenario = visitor.scenario()
    try:
        own_faces.check_material(faces)
    except ValueError as error:
        st.info(f"{str(error)[0].upper()}{str(error)[1:]}.")
        return
    if st.button("Measure protections", disabled=background.is_running(PROTECTIONS)):
        population = results.evidence().population(scenario)
        work = partial(_protect, faces, scenario, population)
        background.start(PROTECTIONS, work, steps=own_faces.PROTECTION_STEPS, own=True)
        st.rerun()
    if background.is_running(PROTECTIONS):
        background.show_progress(PROTECTIONS)
        return
    background.show_failure(PROTECTIONS)
    measured: list[Protected] | None = background.result(PROTECTIONS)
    if measured is None:
        return
    rows = ["| Protection | People named | Sex | Age | Race | Verification errors |", "|---|---|---|---|---|---|"]
    for each in measured:
        method, worst, utility = METHODS[each.method], each.effect.privacy.worst, each.effect.utility
        strength = f", {each.strength:g} {method.strength.words}" if method.strength and each.strength is not None else ""
        read = " | ".join(percent(worst.accuracy[name]) for name in ("sex", "age", "race"))
        errors = f"{percent(utility.equal_error_rate)} ({percent(utility.low)} to {percent(utility.high)})"
        named = f"{percent(worst.expected_reidentified)} ({percent(worst.low)} to {percent(worst.high)})"
        rows.append(f"| {method.title}{strength} | {named} | {read} | {errors} |")
    st.markdown("\n".join(rows))
    first = measured[0].effect
    st.caption(
        f"Logistic regression and support vectors, trained again on protected faces and tested on {first.privacy.tested:,} others; the one "
        f"that names more people counts; age in bins of "
        f"{scenario.age_bin_width} years. Verification errors: equal error rate of {first.utility.genuine:,} pairs of one person. In "
        "brackets: 95% intervals. Stronger attackers may read more."
    )


def _protect(faces: OwnFaces, scenario: Scenario, population: FloatArray, progress: Callable[[str], None]) -> list[Protected]:
    return own_faces.protect(faces, scenario, population=population, progress=progress)


def offer_to_use(attacker: OwnAttacker, key: str) -> None:
    """Draw the button that makes all pages use an attacker."""
    in_use = own_data.attacker()
    if (
        st.button("Use this attacker on all pages", type="primary", key=key, disabled=in_use is attacker)
        and in_use is not attacker
    ):
        own_data.hold_attacker(attacker)
        st.rerun()


def in_use() -> None:
    """Say which attacker all pages use, and offer to go back to the one that ships."""
    own_attacker = own_data.attacker()
    if own_attacker is not None:
        st.success(f"All pages now use your attacker. {own_attacker.label}: {own_attacker.words}.", icon=":material/check:")
        st.button("Back to the shipped attackers", on_click=own_data.hold_attacker, args=(None,))


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
