"""The two clocks of every page: the day that is shown, and up to which entry the ledger is read.

The chosen values live in the session as "on" (a day) and "known" (a seq, a day, or None for the newest);
the widgets are drawn from them and write them back.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from gis.web.common import View

HEAD: Final = "head"
DAY: Final = "day"
SEQ: Final = "seq"
MODES: Final = (HEAD, DAY, SEQ)


def day_input(shown: View) -> None:
    """The day: what happened up to its end counts."""
    st.session_state["on"] = shown.snapshot.on
    st.date_input(
        shown.texts("page.as_of"),
        key="on",
        min_value=shown.project.plan.starts,
        max_value=shown.today,
        format="DD/MM/YYYY",
    )


def known_input(shown: View) -> None:
    """Up to which entry the ledger is read: the newest, those written by the end of a day, or a seq."""
    words, asked = shown.texts, st.session_state["known"]
    mode = HEAD if asked is None else DAY if isinstance(asked, date) else SEQ
    st.session_state["known.mode"] = mode
    st.selectbox(
        words("page.known"),
        MODES,
        key="known.mode",
        format_func=lambda one: words(f"page.known_{one}"),
        help=words("page.known_help"),
        on_change=_mode_chosen,
        args=(shown,),
    )
    if mode == DAY:
        first, last = shown.project.plan.starts, shown.today
        st.session_state["known.day"] = min(max(asked, first), last)
        st.date_input(
            words("page.known_until_day"),
            key="known.day",
            min_value=first,
            max_value=last,
            format="DD/MM/YYYY",
            on_change=_chosen,
            args=("known.day",),
        )
    if mode == SEQ:
        st.session_state["known.seq"] = shown.snapshot.known
        st.number_input(
            words("page.known_until_seq"),
            key="known.seq",
            min_value=0,
            max_value=shown.snapshot.head.seq,
            on_change=_chosen,
            args=("known.seq",),
        )


def _mode_chosen(shown: View) -> None:
    """A mode starts with what shows most: the end of the shown day, or the newest entry."""
    first = {HEAD: None, DAY: shown.snapshot.on, SEQ: shown.snapshot.head.seq}
    st.session_state["known"] = first[st.session_state["known.mode"]]


def _chosen(key: str) -> None:
    # A date field that somebody is still typing in is empty for a moment.
    if st.session_state[key] is not None:
        st.session_state["known"] = st.session_state[key]


def past_words(shown: View) -> str:
    """What the banner says where the present is not shown: the day, and what is known of it."""
    words, snapshot = shown.texts, shown.snapshot
    if shown.is_head:
        return words("page.past_day", on=snapshot.on)
    left = snapshot.head.seq - snapshot.known
    return words("page.past_known", on=snapshot.on, seq=snapshot.known, left=left)


def back_label(shown: View) -> str:
    """What the banner's button says."""
    return shown.texts("page.to_today" if shown.is_head else "page.to_head")


def to_present(today: date) -> None:
    """Today, by the whole ledger."""
    st.session_state["on"] = today
    st.session_state["known"] = None
