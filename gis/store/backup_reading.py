"""A backup opened, and looked at to the last byte, before anything of it is believed."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyrage

from gis.errors import BackupUnfitError, GisError, PassphraseNeededError
from gis.plan import parse_plan
from gis.store.backup_blobs import ENCRYPTED, unpack_blob
from gis.store.backup_key import identity_of
from gis.store.backups import LEDGER, MANIFEST, SETTINGS, Manifest
from gis.store.copies import require_whole
from gis.store.refusals import BackupMissingError
from gis.store.text_files import read_text
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyrage import x25519

MOST_MANIFEST_BYTES: Final = 50_000_000
PLAN: Final = "project.toml"
UNPACKING: Final = ".restore-"
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# RuntimeError: a ZIP that wants a password, a manifest nested without end; EOFError: one cut short.
_DAMAGED: Final = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    RuntimeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    pyrage.DecryptError,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that was found whole, unpacked as a project folder in a place of its own."""

    project: Path
    manifest: Manifest


@contextmanager
def opened_backup(path: Path, passphrase: str | None, beside: Path | None = None) -> Iterator[Opened]:
    """A backup unpacked and checked to the last byte; nothing else is touched.

    Args:
        path: The backup, in its folder of backups.
        passphrase: Of an encrypted one.
        beside: A folder on the disk where it will go: it is unpacked there under a name of its own. None:
            it goes nowhere, and is unpacked where this machine keeps what is temporary.

    Raises:
        BackupUnfitError: If anything of it is missing or altered.
        PassphraseNeededError: If it is encrypted and there is no passphrase.
        WrongPassphraseError: If the passphrase does not open it.
    """
    encrypted = path.name.endswith(ENCRYPTED)
    if not path.is_file():
        raise BackupMissingError(path=str(path))
    if encrypted and not passphrase:
        raise PassphraseNeededError(path=str(path))
    identity = identity_of(path.parent, passphrase) if encrypted and passphrase else None
    with tempfile.TemporaryDirectory(prefix=UNPACKING, dir=beside) as made_in:
        project = Path(made_in) / "project"
        project.mkdir()
        try:
            manifest = _unpack(path, identity, Path(made_in), project)
            for blob in manifest.blobs:
                unpack_blob(path.parent, blob, identity, project)
        except _DAMAGED as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise BackupUnfitError(path=str(path), reason=reason) from error
        try:
            require_whole(project / LEDGER, manifest.head)
            owner = parse_plan(read_text(project / PLAN), PLAN).project_id
        except GisError as error:
            raise BackupUnfitError(path=str(path), reason=str(error.facts.get("reason") or PLAN)) from error
        if owner != manifest.project_id:
            raise BackupUnfitError(path=str(path), reason=f"{owner} ≠ {manifest.project_id}")
        yield Opened(project, manifest)


def _unpack(path: Path, identity: x25519.Identity | None, room: Path, project: Path) -> Manifest:
    plain = path
    if identity is not None:
        plain = room / "packed.zip"
        pyrage.decrypt_file(str(path), str(plain), [identity])
    with zipfile.ZipFile(plain) as file:
        if file.getinfo(MANIFEST).file_size > MOST_MANIFEST_BYTES:
            raise ValueError(MANIFEST)
        manifest = Manifest.of(file.read(MANIFEST))
        wanted = {LEDGER: manifest.ledger_sha256, **manifest.settings}
        if not {PLAN} <= set(manifest.settings) <= set(SETTINGS) or set(file.namelist()) != {
            MANIFEST,
            *wanted,
        }:
            raise ValueError(", ".join(sorted(set(file.namelist()) ^ {MANIFEST, PLAN, *wanted})))
        _require_room(file, project)
        for name, digest in wanted.items():
            with file.open(name) as member, (project / name).open("wb") as target:
                shutil.copyfileobj(member, target)
            if sha256_of(project / name) != digest:
                raise ValueError(name)
    if plain is not path:
        plain.unlink()
    return manifest


def _require_room(file: zipfile.ZipFile, project: Path) -> None:
    """Refuse a ZIP that is packed as ours never are, or says of itself that the disk cannot hold it.

    What is read is never more than what it says.
    """
    if any(member.compress_type not in _PACKED for member in file.infolist()):
        raise ValueError("zip")
    needed, free = sum(member.file_size for member in file.infolist()), shutil.disk_usage(project).free
    if needed >= free:
        raise ValueError(f"{needed >> 20} MB > {free >> 20} MB")
