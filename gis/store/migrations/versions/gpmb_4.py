"""Version 4: accounts, their sessions and changes, attempts to log in, and who saw names.

Frozen: what a version made stays written here as it was, whatever later code says.
"""

from __future__ import annotations

from alembic import op

revision = "gpmb_4"
down_revision = "gpmb_3"

STATEMENTS = (
    """CREATE TABLE account (
       account_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT, code TEXT,
       code_until TEXT, oidc TEXT, created_at TEXT NOT NULL, disabled_at TEXT,
       PRIMARY KEY (account_id), UNIQUE (oidc))""",
    """CREATE TABLE account_change (
       change_id TEXT NOT NULL, account_id TEXT NOT NULL, at TEXT NOT NULL, "by" TEXT NOT NULL,
       what TEXT NOT NULL, PRIMARY KEY (change_id))""",
    """CREATE TABLE session (
       session_id TEXT NOT NULL, account_id TEXT NOT NULL, started_at TEXT NOT NULL, seen_at TEXT NOT NULL,
       "until" TEXT NOT NULL, how TEXT NOT NULL, PRIMARY KEY (session_id))""",
    """CREATE TABLE login_attempt (
       attempt_id TEXT NOT NULL, at TEXT NOT NULL, account TEXT NOT NULL, peer TEXT NOT NULL,
       PRIMARY KEY (attempt_id))""",
    """CREATE TABLE name_view (
       view_id TEXT NOT NULL, at TEXT NOT NULL, "by" TEXT NOT NULL, what TEXT NOT NULL, household TEXT,
       count INTEGER NOT NULL, PRIMARY KEY (view_id))""",
    "CREATE INDEX name_view_at ON name_view (at)",
)


def upgrade() -> None:
    """Five tables beside the register; the chain knows nothing of them."""
    for statement in STATEMENTS:
        op.execute(statement)
