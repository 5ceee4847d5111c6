"""The own staff of a visitor's company: the ways to bring them, what was understood, and that they are used."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd
import streamlit as st

from core import charts, staff
from core.demographics import OLDEST, YOUNGEST
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY
from core.staff import YOUNGEST_STAFF, Staff
from ui import controls, own_data, results, visitor

_WAYS = ("table", "file", "totals")
_WAY_WORDS = {"table": "Fill in a table", "file": "Upload a list", "totals": "Totals only"}
_SOURCE_WORDS = {own_data.CENSUS: "Census", own_data.OWN: "Own staff"}
_KINDS = ["csv", "xlsx", "tsv", "txt"]
_MOST_MEGABYTES = 50
_GROUPS = ("under 30", "30 to 39", "40 to 49", "50+")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EVEN = 50


def source() -> str:
    """Draw the choice between the census and own staff, and return it."""
    controls.set_value("control_own_source", own_data.source())
    st.segmented_control(
        "Who works there",
        (own_data.CENSUS, own_data.OWN),
        key="control_own_source",
        format_func=_SOURCE_WORDS.__getitem__,
        on_change=_choose_source,
        required=True,
    )
    return own_data.source()


def _choose_source() -> None:
    own_data.choose_source(st.session_state["control_own_source"])


def bring() -> None:
    """Draw the ways to bring own staff, what was understood, and the button that uses them."""
    st.markdown(
        "Say who works in your company: how many people of each age, sex and race. No name and no face is needed. What you do not "
        "know is completed from the census."
    )
    st.caption(own_data.PROMISE)
    way = st.segmented_control(
        "How to bring them", _WAYS, default=_WAYS[0], key="control_own_way", format_func=_WAY_WORDS.__getitem__, required=True
    )
    brought, table = None, _edited_table() if way == "table" else None
    try:
        brought = _from_table(table) if table is not None else _from_file() if way == "file" else _from_totals()
    except ValueError as error:
        stays = "The company in use stays as it was." if own_data.staff() else "Nothing was changed."
        st.error(f"{str(error).removesuffix('.')}. {stays}")
    if brought is not None:
        _understood(brought, "Understood:")
        in_use = own_data.staff()
        same = in_use is not None and np.array_equal(in_use.counts, brought.counts)
        if st.button("Use this company", type="primary", disabled=same, key="use_own_company") and not same:
            own_data.hold_staff(brought)
            own_data.hold_table(table)
            st.rerun()
    in_use = own_data.staff()
    if in_use is None:
        st.caption("Until you use one, all pages show companies from the census.")
    else:
        if brought is None:
            _understood(in_use, "In use:")
        st.success(f"All pages now show your company of {visitor.scenario().company_size:,} people.", icon=":material/check:")


def _census() -> np.ndarray:
    return results.shipped_evidence().census.population(visitor.scenario().race_mapping)


def _edited_table() -> pd.DataFrame:
    former = own_data.table()
    edited: pd.DataFrame = st.data_editor(
        _blank() if former is None else former,
        key=own_data.widget_key("table"),
        num_rows="dynamic",
        column_order=("age", "sex", "people", "race"),  # on a phone the last one stands outside of the screen
        hide_index=True,
        column_config={
            "age": st.column_config.TextColumn("Age or age group", help="34, 30 to 39, under 30, 60+"),
            "sex": st.column_config.SelectboxColumn("Sex", options=list(staff.SEX_CHOICES)),
            "race": st.column_config.SelectboxColumn("Race", options=list(staff.RACE_CHOICES)),
            "people": st.column_config.NumberColumn("People", min_value=0, max_value=LARGEST_COMPANY, step=1, default=1),
        },
    )
    st.caption("Add a row below the last one; select rows at their left edge to delete them.")
    return edited


def _from_table(table: pd.DataFrame) -> Staff | None:
    filled = table.dropna(how="all")
    if not filled["people"].fillna(1).any():
        st.info("Fill in how many people there are of each kind.")
        return None
    text = filled.astype(object).where(filled.notna(), "").astype(str)
    text.index = pd.Index(np.arange(1, len(text) + 1))
    return staff.from_table(text, "The table", population=_census())


def _blank() -> pd.DataFrame:
    rows = [(group, sex, staff.OTHER, 0) for group in _GROUPS for sex in ("Female", "Male")]
    return pd.DataFrame(rows, columns=list(staff.COLUMNS))


def _from_file() -> Staff | None:
    st.caption(
        "One row a person, or one row a group with its number of people. Columns: age (years or a group), sex, race, people; any may "
        "be missing or left empty. Other columns, such as names, are passed over and not kept."
    )
    left, right, _ = st.columns([1, 1, 2])
    with left:
        st.download_button(
            "Template as CSV", staff.template_csv, "staff.csv", "text/csv", on_click="ignore", type="tertiary",
            icon=":material/download:",
        )  # fmt: skip
    with right:
        st.download_button(
            "Template as Excel", staff.template_xlsx, "staff.xlsx", _EXCEL, on_click="ignore", type="tertiary",
            icon=":material/download:",
        )  # fmt: skip
    uploaded = st.file_uploader(
        "Upload a list as CSV or Excel", _KINDS, key=own_data.widget_key("file"), max_upload_size=_MOST_MEGABYTES
    )
    if uploaded is None:
        return None
    content, census = uploaded.getvalue(), _census()
    # The session keeps what was read of the last file: other controls run this again.
    digest, nothing_held = sha256(content + uploaded.name.encode("utf-8") + census.tobytes()).digest(), not own_data.held()
    brought = own_data.read_once(digest, lambda: staff.from_file(content, uploaded.name, population=census))
    if nothing_held:
        st.rerun()  # for the button that forgets, which stands outside of what is drawn here
    return brought


def _from_totals() -> Staff:
    left, right = st.columns(2)
    with left:
        people = st.number_input("People", SMALLEST_COMPANY, LARGEST_COMPANY, 100, step=1, key="control_own_people")
        known = st.toggle("The share of women is known", key="control_own_women_known")
        women = st.slider("Women in your company, per cent", 0, 100, _EVEN, key="control_own_women") if known else None
    with right:
        youngest, oldest = st.slider("Ages in your company", YOUNGEST_STAFF, OLDEST, (18, 65), key="control_own_ages")
    return staff.from_totals(
        int(people),
        population=_census(),
        female_share=None if women is None else women / 100,
        youngest=youngest,
        oldest=oldest,
    )


def _understood(brought: Staff, words: str) -> None:
    ages = np.flatnonzero(brought.counts.any(axis=(1, 2))) + YOUNGEST
    st.markdown(
        f"**{words}** {brought.size:,} people, {charts.percent(brought.female_share)} of them women, aged {ages[0]} to {ages[-1]}."
        + "".join(f"\n- {note}" for note in brought.notes)
    )
