"""Version 1: the chain of entries, households and notes.

Frozen: what a version made stays written here as it was, whatever later code says.
"""

from __future__ import annotations

from alembic import op

from gis.store import postgres, sqlite

revision = "gpmb_1"
down_revision = None

TABLES = (
    """CREATE TABLE entry (
       seq {seq} NOT NULL, kind {text} NOT NULL, on_day {text}, recorded_at {text} NOT NULL,
       request_id {text} NOT NULL, item INTEGER NOT NULL, parcel {text}, body {text} NOT NULL,
       hash {text} NOT NULL, PRIMARY KEY (seq), UNIQUE (request_id, item))""",
    """CREATE TABLE household (
       household_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, hamlet TEXT NOT NULL,
       commune TEXT NOT NULL, PRIMARY KEY (household_id))""",
    """CREATE TABLE note (
       note_id TEXT NOT NULL, salt TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (note_id))""",
)


def upgrade() -> None:
    """The first tables."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    types = {"seq": "INTEGER", "text": "TEXT"} if on_sqlite else {"seq": "BIGINT", "text": 'TEXT COLLATE "C"'}
    for table in TABLES:
        op.execute(table.format(**types))
    for trigger in sqlite.APPEND_ONLY if on_sqlite else postgres.APPEND_ONLY:
        op.execute(trigger)
