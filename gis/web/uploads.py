"""The field for a scan, in the reader's language: Streamlit's own words for it are English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from gis.texts import Texts

SCAN_TYPES: Final = ("pdf", "jpg", "jpeg", "png")


def scan_input(label: str, key: str, words: Texts) -> None:
    """A field that takes one scan; its file is the session's value of `key`.

    Args:
        label: Above the field.
        key: Of the field.
        words: The reader's language.
    """
    choose = words("upload.choose").replace("\\", "").replace('"', "")
    st.html(
        '<style>[data-testid="stFileUploaderDropzoneInstructions"]{display:none}'
        '[data-testid="stFileUploaderDropzone"] button > *{display:none}'
        f'[data-testid="stFileUploaderDropzone"] button::after{{content:"{choose}"}}</style>'
    )
    st.file_uploader(label, type=list(SCAN_TYPES), key=key)
