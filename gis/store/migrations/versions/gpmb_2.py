"""Version 2: columns that repeat the body of an entry, the register's history, attachments, backups.

No entry is hashed anew: `body` and `hash` stay as they are, the new columns are read from the body.
Frozen: what a version made stays written here as it was, whatever later code says.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import context, op

from gis.store import postgres, sqlite
from gis.store.boundary_tables import create_boundary_tables

revision = "gpmb_2"
down_revision = "gpmb_1"

ROWS_AT_ONCE = 10_000
COLUMNS = (
    "ALTER TABLE entry ADD COLUMN household {text}",
    "ALTER TABLE entry ADD COLUMN milestone {text}",
    "ALTER TABLE entry ADD COLUMN target BIGINT",
    "ALTER TABLE entry ADD COLUMN part {text}",
    "ALTER TABLE entry ADD COLUMN predecessors INTEGER",
    """CREATE INDEX entry_story ON entry
       (parcel, household, kind, milestone, on_day, target, part, predecessors)""",
    "ALTER TABLE household ADD COLUMN officer TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE household ADD COLUMN merged_into TEXT",
    "ALTER TABLE household ADD COLUMN erased_at TEXT",
)
TABLES = (
    """CREATE TABLE household_change (
       change_id TEXT NOT NULL, household_id TEXT NOT NULL, at TEXT NOT NULL, "by" TEXT NOT NULL,
       field TEXT NOT NULL, "before" TEXT, "after" TEXT, PRIMARY KEY (change_id))""",
    """CREATE TABLE erasure (
       erasure_id TEXT NOT NULL, household_id TEXT NOT NULL, at TEXT NOT NULL, "by" TEXT NOT NULL,
       reason TEXT NOT NULL, PRIMARY KEY (erasure_id))""",
    """CREATE TABLE attachment (
       sha256 TEXT NOT NULL, type TEXT NOT NULL, bytes BIGINT NOT NULL, file_name TEXT NOT NULL,
       added_at TEXT NOT NULL, "by" TEXT NOT NULL, erased_at TEXT, erased_by TEXT, erased_why TEXT,
       PRIMARY KEY (sha256))""",
    """CREATE TABLE backup_made (
       backup_id TEXT NOT NULL, at TEXT NOT NULL, folder TEXT NOT NULL, seq BIGINT NOT NULL,
       hash TEXT NOT NULL, encrypted BOOLEAN NOT NULL, PRIMARY KEY (backup_id))""",
    "CREATE TABLE project (project_id TEXT NOT NULL, PRIMARY KEY (project_id))",
)
FILL = sa.text(
    """UPDATE entry SET household = :household, milestone = :milestone, target = :target, part = :part,
       predecessors = :predecessors WHERE seq = :at"""
)


def upgrade() -> None:
    """The append-only triggers stand aside inside this transaction, and are back at its end."""
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    triggers = sqlite if on_sqlite else postgres
    for statement in (*triggers.NO_APPEND_ONLY, *COLUMNS):
        op.execute(statement.format(text="TEXT" if on_sqlite else 'TEXT COLLATE "C"'))
    fill(connection)
    columns = [sqlite.TRUE_COLUMNS] if on_sqlite else postgres.TRUE_COLUMNS
    for statement in (*TABLES, *triggers.APPEND_ONLY, *columns):
        op.execute(statement)
    if not on_sqlite:
        create_boundary_tables(connection, context.config.attributes["epsg"])


def fill(connection: sa.Connection) -> None:
    """The new columns of every entry, from its body."""
    after = 0
    query = sa.text("SELECT seq, body FROM entry WHERE seq > :after ORDER BY seq LIMIT :most")
    while rows := connection.execute(query, {"after": after, "most": ROWS_AT_ONCE}).all():
        connection.execute(FILL, [derived(row.seq, json.loads(row.body)) for row in rows])
        after = rows[-1].seq


def derived(seq: int, body: dict[str, object]) -> dict[str, object]:
    """What version 1 could say of a household, its part, a milestone and the entry that an entry is about."""
    target = {"void": "target", "obstacle_closed": "opened"}.get(str(body["kind"]))
    before = body.get("predecessors")
    return {
        "at": seq,
        "household": body.get("household"),
        "milestone": body.get("milestone"),
        "target": body[target] if target else None,
        "part": body.get("part"),
        "predecessors": len(before) if isinstance(before, list) else None,
    }
