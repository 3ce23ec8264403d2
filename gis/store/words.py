"""The free words of a draft go to the register; the entry keeps their salted fingerprint."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gis.store.register import add_note

if TYPE_CHECKING:
    import sqlalchemy as sa

    from gis.ledger.entry import Draft


def keep_words(connection: sa.Connection, draft: Draft) -> Draft:
    """A draft whose words are in the register, each field of the fact holding its note."""
    if not draft.words:
        return draft
    notes = {field: add_note(connection, text) for field, text in draft.words}
    return replace(draft, fact=replace(draft.fact, **notes), words=())  # type: ignore[arg-type]
