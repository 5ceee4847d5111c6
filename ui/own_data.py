"""What a visitor brings: own staff, and an own attacker. It lives in this visitor's session only: in no file, no log, no shared
cache and no URL, and it is gone with the session or at a click.

Results that rest on it live beside it; `computed` is the one way to keep them, and drops them when what is held changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.staff import Staff
from core.study import Evidence, OwnAttacker
from ui import background

PROMISE = (
    "What you bring stays in this server's memory, for you alone: it is never written to disk, shared, or put into the address "
    "of a page. It is gone when you close this window, or click *Forget my data*."
)

Result = TypeVar("Result")

# No prefix of the controls: what is held stays when the visitor goes to another page.
_STAFF, _ATTACKER, _COMPUTED = "own_data_staff", "own_data_attacker", "own_data_computed"
_SOURCE, _TABLE, _READ = "own_data_source", "own_data_table", "own_data_read"
FACES = "own_data_faces"
"""Where the embeddings that the visitor brought are kept; see `ui.own_embeddings`."""

_TIMES_FORGOTTEN = "times_own_data_was_forgotten"

CENSUS, OWN = "census", "own"
"""Where the people of a company come from."""


def source() -> str:
    """Return where the people of the visitor's company come from, as chosen: own staff need not be there yet."""
    return str(st.session_state.get(_SOURCE, OWN if _STAFF in st.session_state else CENSUS))


def choose_source(chosen: str) -> None:
    """Take people from the census or from the visitor's own staff, who are kept in either case."""
    st.session_state.pop(_COMPUTED, None)
    st.session_state[_SOURCE] = chosen


def staff() -> Staff | None:
    """Return the visitor's own staff, where they are what the visitor chose."""
    return st.session_state.get(_STAFF) if source() == OWN else None


def attacker() -> OwnAttacker | None:
    """Return the visitor's own attacker."""
    return st.session_state.get(_ATTACKER)


def held() -> bool:
    """Tell whether anything that the visitor brought is kept, be it in use or not."""
    return any(str(key).startswith("own_data_") and key not in (_SOURCE, _COMPUTED) for key in st.session_state)


def in_use() -> bool:
    """Tell whether results rest on anything that the visitor brought."""
    return staff() is not None or attacker() is not None


def hold_staff(brought: Staff | None) -> None:
    """Keep and use a visitor's staff in place of the former one, or with None go back to companies from the census."""
    _hold(_STAFF, brought)
    choose_source(CENSUS if brought is None else OWN)


def hold_attacker(brought: OwnAttacker | None) -> None:
    """Keep a visitor's attacker in place of the former one, or with None go back to the shipped one."""
    _hold(_ATTACKER, brought)


def _hold(slot: str, brought: Staff | OwnAttacker | None) -> None:
    st.session_state.pop(_COMPUTED, None)
    if brought is None:
        st.session_state.pop(slot, None)
    else:
        st.session_state[slot] = brought


def table() -> pd.DataFrame | None:
    """Return the table of staff that the editor starts from: the one in use, if any."""
    return st.session_state.get(_TABLE)


def hold_table(edited: pd.DataFrame | None) -> None:
    """Keep the table of staff that is used, and let the editor start from it; None where they came another way."""
    if edited is None:
        st.session_state.pop(_TABLE, None)
    else:
        st.session_state[_TABLE] = edited


def read_once(digest: bytes, read: Callable[[], Staff]) -> Staff:
    """Return what was read of an uploaded file; the session keeps that of the last one, and never the file."""
    kept: tuple[bytes, Staff] | None = st.session_state.get(_READ)
    if kept is None or kept[0] != digest:
        kept = digest, read()
        st.session_state[_READ] = kept
    return kept[1]


def widget_key(name: str) -> str:
    """Return the key of a control that takes data: a new one each time that all is forgotten, so that it is empty again."""
    return f"control_own_{name}_{st.session_state.get(_TIMES_FORGOTTEN, 0)}"


def forget() -> None:
    """Drop all that the visitor brought, what rests on it, work on it, and what the controls that took it show."""
    background.drop_all()
    drop_uploads()
    for key in [str(key) for key in st.session_state]:
        if key.startswith(("own_data_", "control_own_")):
            del st.session_state[key]
    st.session_state[_TIMES_FORGOTTEN] = st.session_state.get(_TIMES_FORGOTTEN, 0) + 1


def drop_uploads() -> None:
    """Let go of the files that the visitor uploaded: Streamlit would keep their bytes until the session ends."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def offer_to_forget() -> None:
    """Draw the button that forgets, where anything is held."""
    if held():
        st.button("Forget my data", on_click=forget, key="forget_own_data", icon=":material/delete:")


def compose(shipped: Evidence) -> Evidence:
    """Return the shipped evidence with what the visitor brought in its place."""
    own, people = attacker(), staff()
    composed = shipped if people is None else replace(shipped, staff=people.counts)
    return composed if own is None else composed.with_attacker(own)


def computed(name: str, key: Hashable, make: Callable[[], Result], *, most: int) -> Result:
    """Return a result that rests on the visitor's data, made now or kept in the session: the last few of each name."""
    of_all: dict[str, OrderedDict[Hashable, Any]] = st.session_state.setdefault(_COMPUTED, {})
    results = of_all.setdefault(name, OrderedDict())
    if key not in results:
        made = make()
        while len(results) >= most:
            results.popitem(last=False)
        results[key] = made
    results.move_to_end(key)
    found: Result = results[key]
    return found
