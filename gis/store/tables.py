"""The tables of a project's database, the same in SQLite and PostgreSQL.

What the database itself refuses to do to the ledger stands in `sqlite.py` and `postgres.py`; the
boundary tables that only PostgreSQL has, in `boundary_tables.py`. A change here is a new revision in
`migrations/versions` and a new SCHEMA_VERSION.
"""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 2

# SQLite keeps the rows of a table whose key is called INTEGER in the order of that key.
Seq = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()
entry_table = sa.Table(
    "entry",
    metadata,
    sa.Column("seq", Seq, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("on_day", sa.Text),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("parcel", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("household", sa.Text),
    sa.Column("milestone", sa.Text),
    sa.Column("target", sa.BigInteger),
    sa.Column("part", sa.Text),
    sa.Column("predecessors", sa.Integer),
    sa.UniqueConstraint("request_id", "item"),
    # All that hectares follow from, parcel by parcel, in a tenth of the table's pages; and the way to
    # one parcel's story.
    sa.Index(
        "entry_story",
        "parcel",
        "household",
        "kind",
        "milestone",
        "on_day",
        "target",
        "part",
        "predecessors",
    ),
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
    sa.Column("officer", sa.Text, nullable=False, server_default=""),
    sa.Column("merged_into", sa.Text),
    sa.Column("erased_at", sa.Text),
)
household_change_table = sa.Table(
    "household_change",
    metadata,
    sa.Column("change_id", sa.Text, primary_key=True),
    sa.Column("household_id", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
)
note_table = sa.Table(
    "note",
    metadata,
    sa.Column("note_id", sa.Text, primary_key=True),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
erasure_table = sa.Table(
    "erasure",
    metadata,
    sa.Column("erasure_id", sa.Text, primary_key=True),
    sa.Column("household_id", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
# Scans and photos: their bytes are files, what is known of them stands here.
attachment_table = sa.Table(
    "attachment",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("erased_at", sa.Text),
    sa.Column("erased_by", sa.Text),
    sa.Column("erased_why", sa.Text),
)
backup_made_table = sa.Table(
    "backup_made",
    metadata,
    sa.Column("backup_id", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("encrypted", sa.Boolean, nullable=False),
)
# One row: whose database this is.
project_table = sa.Table(
    "project",
    metadata,
    sa.Column("project_id", sa.Text, primary_key=True),
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
