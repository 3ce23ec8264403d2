"""The fields for scans: one, or several of which pictures may be pasted."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.entry import Attachment
from gis.store.attachments import LIMITS
from gis.store.media_types import SUFFIXES
from gis.web.assets import BASE, style_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.texts import Texts

SCAN_TYPES: Final = ("pdf", "jpg", "jpeg", "png")
SCANS_TYPES: Final = [suffix.removeprefix(".") for suffix in SUFFIXES.values()] + ["jpeg", "tiff"]
# Stands for a scan that is not stored yet, so that a review knows that there will be one.
COMING_SCAN: Final = Attachment("0" * 64, "application/pdf", 1)


def scan_input(
    label: str,
    key: str,
    types: Sequence[str] = SCAN_TYPES,
    changed: Callable[[], None] | None = None,
) -> None:
    """A field that takes one scan, or a file of other types; it is the session's value of `key`.

    Args:
        label: Above the field.
        key: Of the field.
        types: Endings of the files' names.
        changed: Called when another file is chosen; not inside a form.
    """
    most_mb = LIMITS.bytes >> 20  # what is larger would be refused only after it has come
    st.file_uploader(label, type=list(types), max_upload_size=most_mb, key=key, on_change=changed)


def scans_input(key: str, words: Texts) -> None:
    """A form's field for scans and photos, also pasted ones; the session's value of `key` is a list."""
    st.file_uploader(
        words("form.scans"),
        type=SCANS_TYPES,
        accept_multiple_files=True,
        max_upload_size=LIMITS.bytes >> 20,
        key=key,
    )
    pasted = escape(words("form.pasted", count="{count}"))
    st.html(
        f'{style_sheet("uploads.css")}<div class="gp-paste" tabindex="0" role="status" '
        f'data-gp-pasted="{pasted}">{escape(words("form.paste"))}</div>'
        f'<script src="{BASE}/paste.js"></script>',
        unsafe_allow_javascript=True,
    )
