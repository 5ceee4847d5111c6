"""Method: the paper's tables beside ours, formulas, assumptions and limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import replication
from core.faces import generator
from ui import background, results, sentences, shell

loading.empty()
shell.open_page("pages/41_Method.py", "Method")

JOB = "replication"
SEED = 0
METHOD = Path(__file__).parents[1] / "docs" / "method.md"
ETHICS = """
The tool measures risk so that it can be reduced. It draws companies from a census and faces from a generator that stores nobody.
It takes no name, looks nobody up, and shows classes of people, never a person. Sex and race are read as an attacker would read
them, in classes that others made and that fit nobody exactly: to show what such reading achieves is no approval of it.
"""


def replicate(progress: Callable[[str], None]) -> dict[str, Any]:
    """Train and evaluate on generated faces, as `python -m core replicate` does."""
    return replication.on_generated_faces(generator.load(), results.evidence().census, seed=SEED, progress=progress)


recorded = results.recorded_replication()
named = recorded["risk"]["100"]
sentences.headline(
    f"Real faces give *{named['ours']['exact']:.1%}* for 100 people where the paper reports {named['paper']['expected_reidentified']:.1%}.",
    f"95% of 50 simulated companies lie between {named['ours']['low']:.1%} and {named['ours']['high']:.1%}. The figures on real "
    "faces are recorded, because no real face ships; those on generated faces can be computed anew here.",
)

st.header("The paper's figures beside ours")
job = background.job(JOB)
done = background.result(JOB)
st.table(replication.comparison(recorded, done))
st.caption(
    "Real faces: UTKFace, as `python -m core replicate --faces FILE --out models` recorded it. Under the paper's protocol. Shares "
    f"named are exact expectations. The {recorded['training_set']['faces']:,} levelled faces were dealt into "
    f"{recorded['training_set']['splits']} parts, each read by forests trained on the others."
)
if background.is_running(JOB):
    background.show_progress(JOB)
elif st.button(
    "Compute on generated faces now" if done is None else "Compute again", help="Trains four forests, about half a minute."
):
    background.start(JOB, replicate, steps=replication.STEPS_ON_GENERATED_FACES)
    st.rerun()
background.show_failure(JOB)

st.header("Ethics")
st.markdown(ETHICS)
st.markdown(METHOD.read_text("utf-8").replace("# Method\n", "", 1).replace("\n## ", "\n### "))
