"""Two channels for what goes wrong: a `Problem` for bad data, a `GisError` for a refused command.

Both carry a message id and its facts; `gis.texts` renders them in the reader's language.
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

Fact: TypeAlias = str | int | float | None
Severity: TypeAlias = Literal["refused", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with data, and where: the good rows beside it go on.

    Args:
        source: Where it is, as a person finds it: "parcels.gpkg, thua_dat, feature 12".
        message: Id of a text in the catalogues, "problem.…".
        facts: What that text names.
        severity: "refused": the row (or the file) cannot be used; "warning": it is used all the same.
        area_m2: Land at stake, square metres, where that can be said.
        shape: Where on the map, in the project's CRS, where that can be shown.

    >>> Problem("lots.gpkg, feature 3", "problem.missing_key", {"column": "so_to"}).message
    'problem.missing_key'
    """

    source: str
    message: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    severity: Severity = "refused"
    area_m2: float | None = field(default=None, compare=False)
    shape: BaseGeometry | None = field(default=None, compare=False, repr=False)


class GisError(Exception):
    """A wrong call or a refused command: one sentence for its user, nothing was written.

    A subclass names its message id and takes the facts by keyword; front ends catch `GisError`
    once and render it. Anything else that is raised is a bug and shows its traceback.
    """

    message = "error.unknown"

    def __init__(self, *, problems: Sequence[Problem] = (), **facts: Fact) -> None:
        """Keep the facts of the sentence, and the problems that led to it."""
        self.facts = facts
        self.problems = tuple(problems)
        super().__init__(f"{self.message}: " + ", ".join(f"{k}={v!r}" for k, v in facts.items()))


class NotVn2000Error(GisError):
    """Areas were asked of a CRS that is not projected VN-2000."""

    message = "error.not_vn2000"


class DataError(GisError):
    """Data cannot be used at all; its `problems` say what, where and what to do."""

    message = "error.data"


class RefusedError(GisError):
    """A command was refused and nothing was written; subclasses own the reason."""

    message = "error.refused"


class UnreadablePartError(GisError):
    """A household's part of a parcel is neither a fraction, nor m2, nor empty."""

    message = "error.unreadable_part"


class UnreadableEntryError(GisError):
    """A ledger body that this program cannot read."""

    message = "error.unreadable_entry"


class MissingCrsError(NotVn2000Error):
    """A frame or layer does not say its CRS."""

    message = "error.crs_missing"


class GeographicCrsError(NotVn2000Error):
    """Degrees were given where metres are needed."""

    message = "error.crs_geographic"


class DeprecatedVn2000Error(NotVn2000Error):
    """EPSG:6956-6959: withdrawn, their false easting and northing are swapped."""

    message = "error.crs_deprecated"


class CustomVn2000Error(NotVn2000Error):
    """A VN-2000 projection that carries datum parameters of its own (towgs84)."""

    message = "error.crs_custom"


class NoTransformationError(GisError):
    """Two CRS that EPSG:6960 does not join: coordinates would be hundreds of metres off."""

    message = "error.no_transformation"


class NotANumberError(GisError):
    """A text that is no number."""

    message = "error.not_a_number"


class AmbiguousNumberError(NotANumberError):
    """A text with two readings as a number, as "1.234"."""

    message = "error.ambiguous_number"


class NotADateError(GisError):
    """A text that is no date written day first or in ISO."""

    message = "error.not_a_date"


class LedgerBusyError(GisError):
    """Another program has been writing to the ledger for too long."""

    message = "error.ledger_busy"


class LedgerFolderError(GisError):
    """The ledger's file or folder cannot be read or written."""

    message = "error.ledger_folder"


class LedgerUnfitError(GisError):
    """The file is no ledger, or its disk cannot keep one safely."""

    message = "error.ledger_unfit"


class NewerLedgerError(GisError):
    """A newer version of this program made the ledger."""

    message = "error.ledger_newer"


class RequestReusedError(RefusedError):
    """A request id came back with another request."""

    message = "error.request_reused"


class CrsMismatchError(GisError):
    """Two layers to be laid over each other are in different CRS."""

    message = "error.crs_mismatch"


class DuplicateIdError(GisError):
    """An id that must stand once stands more often."""

    message = "error.duplicate_id"


class WrongViewError(GisError):
    """A request of the map that names no day, no seq or no box."""

    message = "map.wrong_view"


class BadBackgroundError(GisError):
    """A project's `background.toml` does not say one file or one server."""

    message = "error.bad_background"


class BadHeadError(GisError):
    """A head is not SEQ:HASH as a report prints it."""

    message = "error.bad_head"


class VersionMissingError(GisError):
    """A boundary version that the ledger names is not in the project folder."""

    message = "error.version_missing"


class VersionAlteredError(GisError):
    """A boundary version's bytes are no longer those that its name states."""

    message = "error.version_altered"


class FileUnreadableError(GisError):
    """A file cannot be read as text."""

    message = "error.file_unreadable"


class FileUnwritableError(GisError):
    """A file cannot be written."""

    message = "error.file_unwritable"


class NoProjectError(GisError):
    """The folder holds no project."""

    message = "error.no_project"


class SyntheticProjectError(GisError):
    """Real data was brought to a project of sample data."""

    message = "error.synthetic_project"


class FolderNotEmptyError(GisError):
    """A new project or sample needs an empty folder."""

    message = "error.folder_not_empty"


class InsideRepositoryError(GisError):
    """Real data was to be kept in the program's own repository."""

    message = "error.inside_repository"


class ImportRefusedError(GisError):
    """Files were not imported: their problems say why."""

    message = "error.import_refused"


class BadCrsError(GisError):
    """A CRS on the command line is not EPSG:n."""

    message = "error.bad_crs"


class FolderUnwritableError(GisError):
    """A folder cannot be made or written."""

    message = "error.folder_unwritable"


class SchemaMismatchError(GisError):
    """A file to be written does not fit the schema or the ending that was asked for."""

    message = "error.schema_mismatch"


class SeveralLayersError(GisError):
    """A file has several layers, and one had to be named."""

    message = "error.several_layers"


class ColumnTableError(GisError):
    """A project's `columns.toml` has not the shape of the shipped one."""

    message = "error.column_table"


class DeadlineTableError(GisError):
    """A project's `deadlines.toml` has not the shape of the shipped one."""

    message = "error.deadline_table"


class UnknownCrsError(GisError):
    """A text that names no CRS."""

    message = "error.crs_unknown"


class KnownBeyondHeadError(GisError):
    """A seq after the ledger's last one was asked for."""

    message = "error.known_beyond_head"


class LedgerLostError(GisError):
    """The ledger's file is gone from a project that had one: an empty one must not take its place."""

    message = "error.ledger_lost"


class AttachmentRefusedError(RefusedError):
    """A file is not kept as an attachment: empty, too large, too many, or of no accepted kind."""

    message = "error.refused"


class AttachmentErasedError(GisError):
    """The very bytes that were erased on purpose were brought again."""

    message = "error.attachment_erased"


class AttachmentUnwritableError(GisError):
    """An attachment cannot be written or removed."""

    message = "error.attachment_unwritable"


class AttachmentDiskFullError(GisError):
    """The disk has no room for an attachment."""

    message = "error.attachment_disk_full"


class AttachmentUnknownError(GisError):
    """No attachment of that name was ever kept."""

    message = "error.attachment_unknown"


class AttachmentMissingError(GisError):
    """An attachment's file is gone or cannot be read."""

    message = "error.attachment_missing"


class AttachmentAlteredError(GisError):
    """An attachment's bytes are no longer those that were kept."""

    message = "error.attachment_altered"


class AttachmentGoneError(GisError):
    """An attachment was erased on purpose."""

    message = "error.attachment_gone"


class AttachmentWhyError(GisError):
    """An attachment is erased only with a reason."""

    message = "error.attachment_why"


class UnknownParcelError(GisError):
    """A parcel that the boundaries in force do not have."""

    message = "error.unknown_parcel"


class BackupFolderError(GisError):
    """A folder of backups, or its key, cannot be used."""

    message = "error.backup_folder"


class BackupUnfitError(GisError):
    """A backup is damaged, cut short, or no backup of this program; nothing was touched."""

    message = "error.backup_unfit"


class WrongPassphraseError(GisError):
    """A passphrase that is too short to be taken, or does not open the backups."""

    message = "error.wrong_passphrase"


class PassphraseNeededError(GisError):
    """An encrypted backup was to be opened without a passphrase."""

    message = "error.passphrase_needed"


class RestoreTargetError(GisError):
    """A backup would overwrite what is there."""

    message = "error.restore_target"


class BackupFaultError(GisError):
    """The daily backup ended in a fault of the program; its traceback is in the log."""

    message = "error.backup_fault"
