"""Streamlit's own words in the page's language: it has no translations, so a small script puts them in.

The English catalogue holds what Streamlit says, letter by letter; the other languages hold what stands
there instead. Pure: no file, no clock.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from gis.texts import LANGUAGES, Texts
from gis.web.assets import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

# Ids of the family "streamlit"; a name that is not here cannot appear with the widgets that our pages use.
NAMES: Final = (
    # files
    "upload", "add_files", "drop_file", "drop_files", "file_input", "file_refused", "per_file",
    # days
    "choose_date", "clear_date", "calendar_keys", "calendar", "next", "previous", "next_month",
    "previous_month", "empty", "selected_date", "date_unavailable",
    # choices
    "choose_option", "choose_options", "no_results", "clear_value", "clear_all", "open", "dismiss",
    "select_all", "remove", "options_available", "one_option", "selected_values", "select_matches",
    # numbers and texts
    "increment", "decrement", "clear_entry", "show_password", "hide_password",
    # the frame
    "pages", "sidebar", "sidebar_open", "sidebar_close", "skip", "main_menu", "notifications", "close",
    "view_less", "view_more", "running", "stop",
    # a table
    "csv", "search", "fullscreen", "fullscreen_close", "columns",
    # the way to the server
    "connection_error", "connecting", "not_responding", "connection_lost", "reconnected", "please_wait",
    "timed_out", "try_again", "page_not_found", "unknown_error", "fault",
    "page_missing", "page_unnamed",
)  # fmt: skip
# A frame's name is that of its component; ours are maps.
FRAME: Final = "streamlit_folium.st_folium"
# What stands for any words, and for a day as English writes it.
FACTS: Final = {"what": "{0}", "day": "{day}"}


def pairs(language: str) -> list[tuple[str, str]]:
    """What may stand in the page, in whichever language it was drawn, and what is to stand there."""
    wanted = _said(language)
    found = [
        (said, wanted[name])
        for other in LANGUAGES
        if other != language
        for name, said in _said(other).items()
        if said != wanted[name]
    ]
    return [(FRAME, Texts(language)("map_page.title")), *found]


def _said(language: str) -> Mapping[str, str]:
    words = Texts(language)
    return {name: words(f"streamlit.{name}", **FACTS) for name in NAMES}


def words_html(language: str) -> str:
    """The table and the script for `st.html`, which must let the script run."""
    table = escape(json.dumps(pairs(language), ensure_ascii=False))
    return (
        f'<div id="gp-words" hidden data-language="{language}" data-words="{table}"></div>'
        f'<script src="{BASE}/words.js"></script>'
    )
