"""Back and on under a list that is longer than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.texts import Texts


def pager(key: str, first: int, count: int, size: int, turn: Callable[[int], None], words: Texts) -> None:
    """The two buttons; none where a page holds the whole list.

    Args:
        key: What the buttons' keys begin with.
        first: The place of the first line that is shown.
        count: Lines of the whole list.
        size: Lines of a page.
        turn: Shows the page from a place on.
        words: Language.
    """
    if count <= size:
        return
    ways = (("back", first - size, first == 0), ("on", first + size, first + size >= count))
    with st.container(key=f"{key}-pager", horizontal=True):
        for name, start, is_off in ways:
            label = words(f"people.{name}")
            st.button(label, disabled=is_off, on_click=turn, args=(start,), key=f"{key}-{name}")
