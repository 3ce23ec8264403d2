"""Version 3: what an office's lists call households, and parcels of a list that are on no map yet.

Frozen: what a version made stays written here as it was, whatever later code says.
"""

from __future__ import annotations

from alembic import op

revision = "gpmb_3"
down_revision = "gpmb_2"

TABLE = """CREATE TABLE list_household (
    list_id TEXT NOT NULL, household_id TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    hamlet TEXT NOT NULL, PRIMARY KEY (list_id, household_id))"""


def upgrade() -> None:
    """One more table of the register; on PostgreSQL the copy of the boundaries takes a missing shape."""
    op.execute(TABLE)
    if op.get_context().dialect.name != "sqlite":
        op.execute("ALTER TABLE boundary_unit ALTER COLUMN geom DROP NOT NULL")
