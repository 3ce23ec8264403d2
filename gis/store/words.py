"""The free words of a draft go to the register; the entry keeps their salted fingerprint."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gis.store.register import add_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from gis.ledger.entry import Draft


def keep_words(connection: sa.Connection, draft: Draft) -> Draft:
    """A draft whose words are in the register, each field of the fact holding its note."""
    return keep_all_words(connection, [draft])[0]


def keep_all_words(connection: sa.Connection, drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts whose words are in the register: of tens of thousands written at once, in one statement."""
    notes = iter(add_notes(connection, [text for draft in drafts for _, text in draft.words]))
    kept = []
    for draft in drafts:
        own = {field: next(notes) for field, _ in draft.words}
        kept.append(replace(draft, fact=replace(draft.fact, **own), words=()) if own else draft)  # type: ignore[arg-type]
    return kept
