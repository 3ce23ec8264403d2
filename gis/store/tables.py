"""The tables of a project's database, the same in SQLite and PostgreSQL.

What the database itself refuses to do to the ledger stands in `sqlite.py` and `postgres.py`; the
boundary tables that only PostgreSQL has, in `boundary_tables.py`. A change here is a new revision in
`migrations/versions` and a new SCHEMA_VERSION.
"""

from __future__ import annotations

import re

import sqlalchemy as sa

SCHEMA_VERSION = 4

# SQLite keeps the rows of a table whose key is called INTEGER in the order of that key.
Seq = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Bytes in order, as SQLite does it: one ledger gives its rows in one order on any server.
Ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

metadata = sa.MetaData()
entry_table = sa.Table(
    "entry",
    metadata,
    sa.Column("seq", Seq, primary_key=True, autoincrement=False),
    sa.Column("kind", Ordered, nullable=False),
    sa.Column("on_day", Ordered),
    sa.Column("recorded_at", Ordered, nullable=False),
    sa.Column("request_id", Ordered, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("parcel", Ordered),
    sa.Column("body", Ordered, nullable=False),
    sa.Column("hash", Ordered, nullable=False),
    sa.Column("household", Ordered),
    sa.Column("milestone", Ordered),
    sa.Column("target", sa.BigInteger),
    sa.Column("part", Ordered),
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
# What an office's list calls a household, so that a newer list finds it again.
list_household_table = sa.Table(
    "list_household",
    metadata,
    sa.Column("list_id", sa.Text, primary_key=True),
    sa.Column("household_id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("hamlet", sa.Text, nullable=False),
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
# Who may come in. The chain knows an account by its id alone, as `by`.
account_table = sa.Table(
    "account",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password", sa.Text),
    sa.Column("code", sa.Text),
    sa.Column("code_until", sa.Text),
    sa.Column("oidc", sa.Text, unique=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("disabled_at", sa.Text),
)
account_change_table = sa.Table(
    "account_change",
    metadata,
    sa.Column("change_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)
session_table = sa.Table(
    "session",
    metadata,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
)
login_attempt_table = sa.Table(
    "login_attempt",
    metadata,
    sa.Column("attempt_id", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("peer", sa.Text, nullable=False),
)
# Who saw or took away names: whose by the household's id, or of how many.
name_view_table = sa.Table(
    "name_view",
    metadata,
    sa.Column("view_id", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("household", sa.Text),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("name_view_at", "at"),
)
# One row: whose database this is.
project_table = sa.Table(
    "project",
    metadata,
    sa.Column("project_id", sa.Text, primary_key=True),
)
# Alembic's mark: one row, the revision that the tables are at.
version_table = sa.Table(
    "alembic_version",
    metadata,
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def revision_of(version: int) -> str:
    """Alembic's name of a schema version.

    >>> revision_of(2)
    'gpmb_2'
    """
    return f"gpmb_{version}"


def version_of(revision: object) -> int | None:
    """The schema version of alembic's name; None where it is another program's.

    >>> version_of("gpmb_2"), version_of("ae1027a6acf")
    (2, None)
    """
    found = re.fullmatch(r"gpmb_(\d+)", str(revision))
    return int(found[1]) if found else None
