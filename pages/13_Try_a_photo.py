"""Try a photo: what the attack reads off one face."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts, study
from core.risk import BY_CELL
from core.scenario import ATTACKERS, PICTURES
from ui import controls, figure, own_data, photo, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/13_Try_a_photo.py", "Try a photo")
st.markdown(
    "Software finds the face in a photo and turns it into 128 numbers. From these alone, forests read sex, race and age. Try it "
    "with a photo of your own, or with the sample."
)


@st.fragment
def photo_now() -> None:
    """Draw controls, the photo, and what is read off the chosen face."""
    shell.share()
    content = photo.choose()
    if content is None:
        photo.forget()
        return
    try:
        with st.spinner("Looking for faces ..."):
            read = photo.read(content)
    except ValueError as error:
        photo.forget()
        st.error(f"This photo could not be read: {str(error).removesuffix('.')}.")
        return
    if not read.faces:
        photo.draw(read, 0)
        st.info(
            "No face was found in this photo. The detector finds faces that look at the camera and are at least about 40 pixels wide."
        )
        return
    chosen = 0
    if len(read.faces) > 1:
        chosen = st.segmented_control(
            f"{len(read.faces)} faces were found, numbered from the left. Read which one?",
            range(len(read.faces)), default=0, format_func=lambda number: f"Face {number + 1}", key="control_photo_face", required=True,
        )  # fmt: skip
        chosen = min(chosen or 0, len(read.faces) - 1)
    controls.company_size()
    controls.age_bin_width()
    # The forests read one picture, whichever attacker and number of pictures the visitor chose on other pages.
    scenario = visitor.scenario().replace(attacker=ATTACKERS[0], pictures=PICTURES[0])
    embedding = read.embeddings[chosen]
    reading = study.read_face(embedding, results.forests_of(scenario.protocol), scenario, results.shipped_attack(scenario))
    who = sentences.people_of_group(reading.cell, BY_CELL)
    sentences.headline(
        f"From 128 numbers, a computer takes this person for one of the *{who}*.",
        f"In a company of {scenario.company_size:,}, {charts.people(reading.read_share, scenario.company_size)} would be read the same, "
        f"and {charts.people(reading.true_share, scenario.company_size)} truly are {who}. Both are exact "
        + ("for your company." if own_data.staff() else "expectations over random companies of your scenario."),
    )
    photo.draw(read, chosen)
    figure.show(
        charts.one_embedding(embedding),
        finding="The faceprint: all that a company stores",
        measure="The 128 numbers of this face's embedding.",
        key="one_embedding",
    )
    figure.show(
        charts.face_beliefs(reading),
        finding="What the forests read from it",
        measure="Probability of each sex, race and age bin: how sure the forests are, not how often they are right.",
        key="face_beliefs",
    )
    controls.summary()


photo_now()

with st.expander("How this is computed"):
    st.markdown(
        "Detector, landmarks and network are those of dlib, as face_recognition calls them (paper, Section IV-A); large photos are "
        "first made smaller, to 1,600 pixels. The forests are the shipped ones, trained on generated faces. With q the chance that a "
        "random employee of your scenario is read as this cell, and p the chance to be in it, N people hold N q and N p such people on "
        "average. Sex and race are read as an attacker would read them, in classes that fit nobody exactly: a reading is no fact "
        "about the person."
    )
