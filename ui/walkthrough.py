"""The attack in seven steps, after Fig. 1 of the paper, in drawings of our own."""

from __future__ import annotations

from base64 import b64encode

import streamlit as st

# An image rather than inline drawing, which st.html removes. Grey reads on light and dark pages.
_FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" fill="none" stroke="#8A8580" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)
_A = 'stroke="#CC5A16"'

_STEPS = (
    (
        "Camera",
        "A smart camera at work films people.",
        '<rect x="5" y="14" width="27" height="18" rx="3"/><path d="M32 20l10-5v16l-10-5"/>'
        f'<circle cx="18" cy="23" r="5" {_A}/>',
    ),
    (
        "Embedding",
        "Software turns each face into 128 numbers.",
        f'<path d="M6 40V28M12 40V16M18 40V24M24 40V9M30 40V31M36 40V19M42 40V26" {_A}/><path d="M4 43h40"/>',
    ),
    (
        "Database",
        "The numbers are stored, without names.",
        '<ellipse cx="24" cy="11" rx="15" ry="5"/><path d="M9 11v26c0 7 30 7 30 0V11"/>'
        f'<path d="M9 20c0 7 30 7 30 0M9 29c0 7 30 7 30 0" {_A}/>',
    ),
    (
        "Theft",
        "Somebody inside copies them, or somebody outside breaks in.",
        f'<rect x="9" y="22" width="30" height="20" rx="3"/><path d="M15 22v-6a9 9 0 0 1 17-4" {_A}/><path d="M24 30v5"/>',
    ),
    (
        "Inference",
        "A trained program reads age, sex and race off the numbers.",
        '<circle cx="24" cy="24" r="4"/><path d="M24 9v11M24 28v11M9 24h11M28 24h11"/>'
        f'<g {_A}><circle cx="24" cy="6" r="3"/><circle cx="24" cy="42" r="3"/><circle cx="6" cy="24" r="3"/>'
        '<circle cx="42" cy="24" r="3"/></g>',
    ),
    (
        "Look-up",
        "These are looked up in a public list of the staff.",
        f'<path d="M8 8h22M8 16h16M8 24h12M8 32h10"/><circle cx="31" cy="28" r="9" {_A}/><path d="M38 35l6 7" {_A}/>',
    ),
    (
        "Name",
        "Where few people fit, one of them is named.",
        f'<rect x="5" y="10" width="38" height="28" rx="3"/><circle cx="16" cy="21" r="4" {_A}/>'
        f'<path d="M9 33c0-9 14-9 14 0" {_A}/><path d="M28 20h10M28 27h7"/>',
    ),
)


def draw() -> None:
    """Draw the seven steps, as many beside each other as fit."""
    steps = "".join(
        f'<li><img src="data:image/svg+xml;base64,{b64encode(_FRAME.format(drawing).encode()).decode()}" alt="">'
        f"<b>{number}. {name}</b>{sentence}</li>"
        for number, (name, sentence, drawing) in enumerate(_STEPS, start=1)
    )
    st.html(f'<ol class="walk">{steps}</ol>')
