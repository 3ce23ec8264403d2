"""The tables of a project's database, and what makes the ledger's append-only."""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 1

metadata = sa.MetaData()
entry_table = sa.Table(
    "entry",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("on_day", sa.Text),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("parcel", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.UniqueConstraint("request_id", "item"),
)
# The register: personal data, apart from the chain, so that it can be corrected and forgotten.
household_table = sa.Table(
    "household",
    metadata,
    sa.Column("household_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("hamlet", sa.Text, nullable=False),
    sa.Column("commune", sa.Text, nullable=False),
)
note_table = sa.Table(
    "note",
    metadata,
    sa.Column("note_id", sa.Text, primary_key=True),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
# INSERT OR REPLACE removes the row in its way without a DELETE trigger unless recursive_triggers is
# on for that very connection; so the insert itself refuses whatever would stand in a row's way.
APPEND_ONLY = (
    """CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused'); END""",
    """CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused'); END""",
    """CREATE TRIGGER entry_next_only BEFORE INSERT ON entry
       WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM entry)
         OR EXISTS (SELECT 1 FROM entry WHERE request_id = NEW.request_id AND item = NEW.item)
       BEGIN SELECT RAISE(ABORT, 'the ledger takes only the entry after its head'); END""",
)
