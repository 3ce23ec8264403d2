"""A project folder, opened: where boundaries and ledger meet."""

from gis.project.project import Project, Receipt
from gis.project.serving import shared
from gis.project.snapshot import Card, Snapshot

__all__ = ["Card", "Project", "Receipt", "Snapshot", "shared"]
