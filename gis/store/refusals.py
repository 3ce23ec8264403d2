"""What a database may refuse, each its own sentence; a path or server is named, a password never.

Pure: no file, no clock.
"""

from __future__ import annotations

from gis.errors import BackupUnfitError, GisError, LedgerFolderError, LedgerUnfitError


class OlderLedgerError(GisError):
    """An older version of this program made the ledger: `migrate` comes first."""

    message = "error.ledger_older"


class OtherProjectError(GisError):
    """The database already belongs to another project."""

    message = "error.other_project"


class BadDatabaseUrlError(GisError):
    """GPMB_DATABASE_URL is no URL of PostgreSQL; it is never repeated, it may hold a password."""

    message = "error.database_url"


class DatabaseUnreachableError(GisError):
    """No answer from the database server."""

    message = "error.database_unreachable"


class DatabaseLostError(GisError):
    """The connection broke in the middle; the same request may be sent again."""

    message = "error.database_lost"


class DatabaseLoginError(GisError):
    """The server does not know the user, or the password is wrong or missing."""

    message = "error.database_login"


class DatabaseMissingError(GisError):
    """The server has no database of that name."""

    message = "error.database_missing"


class DatabaseRightsError(GisError):
    """The user of the database lacks a right."""

    message = "error.database_rights"


class DatabaseFullError(GisError):
    """The server has no room or no connection left."""

    message = "error.database_full"


class DatabaseTooOldError(GisError):
    """The server is older than what this program needs."""

    message = "error.database_old"


class DatabaseSettingError(GisError):
    """A setting of the server with which an acknowledged entry, or its letters, could be lost."""

    message = "error.database_setting"


class DatabaseUnfitError(GisError):
    """The database cannot serve as a ledger."""

    message = "error.database_unfit"


class PostgisMissingError(GisError):
    """The database has no PostGIS."""

    message = "error.postgis_missing"


class CopyUnfitError(GisError):
    """The copy made before a change of the database is not whole."""

    message = "error.copy_unfit"


class MigrationNeedsVerifyError(GisError):
    """A ledger whose chain is broken is not migrated."""

    message = "error.migration_needs_verify"


class MigrationBrokenError(GisError):
    """A migration would have changed the ledger; it was taken back."""

    message = "error.migration_broken"


class NothingToMigrateError(GisError):
    """There is no ledger yet whose schema could be brought forward."""

    message = "error.nothing_to_migrate"


class DatabaseEmptyError(GisError):
    """The database has no entry although the project's folder had a ledger."""

    message = "error.database_empty"


class ForeignDatabaseError(DatabaseUnfitError):
    """Tables of our names are there that another program made."""

    message = "error.database_foreign"


class LedgerNoFolderError(LedgerFolderError):
    """The folder that a ledger is to be in is not there."""

    message = "error.ledger_no_folder"


class LedgerGoneError(LedgerFolderError):
    """The ledger that was open is not there any more; none is made in its place."""

    message = "error.ledger_gone"


class ForeignLedgerError(LedgerUnfitError):
    """Another program's SQLite file."""

    message = "error.ledger_foreign"


class LedgerDamagedError(LedgerUnfitError):
    """A ledger's file that cannot be read any more: a damaged page, a text that is none."""

    message = "error.ledger_damaged"


class BackupMissingError(BackupUnfitError):
    """There is no such backup."""

    message = "error.backup_missing"
