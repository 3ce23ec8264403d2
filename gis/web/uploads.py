"""The field for a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.entry import Attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SCAN_TYPES: Final = ("pdf", "jpg", "jpeg", "png")
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
    st.file_uploader(label, type=list(types), key=key, on_change=changed)
