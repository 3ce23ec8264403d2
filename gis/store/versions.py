"""Immutable boundary versions: GeoParquet files named by the sha256 of their bytes."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from gis.errors import FileUnwritableError, VersionAlteredError, VersionMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

_READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, as 64 lower hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_version(folder: Path, frame: gpd.GeoDataFrame) -> str:
    """Keep a frame for ever, and tell the name under which `read_version` finds it.

    The same rows in any order give the same bytes and so the same name; writing them again changes
    nothing. The file appears whole or not at all, and is read-only from then on.

    Args:
        folder: Where versions are kept; made if it is not there.
        frame: Zones, parcels or features by their id; rows are kept sorted by index.

    Returns:
        The sha256 of the file's bytes.
    """
    # In memory first: the name is known before anything is written, and no footer can be half on disk.
    buffer = io.BytesIO()
    frame.sort_index(kind="stable").to_parquet(buffer, compression="zstd", write_covering_bbox=False)
    content = buffer.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(folder, sha256)
    if not path.exists() or sha256_of(path) != sha256:
        keep_version(folder, sha256, content)
    return sha256


def read_version(folder: Path, sha256: str) -> gpd.GeoDataFrame:
    """The frame that was kept under a name, its bytes checked against it.

    Raises:
        VersionMissingError: If there is no such file.
        VersionAlteredError: If its bytes are no longer those that were kept.
    """
    return parse_version(read_version_content(folder, sha256))


def read_version_content(folder: Path, sha256: str) -> bytes:
    """The bytes that were kept under a name, checked against it.

    Raises:
        VersionMissingError: If there is no such file.
        VersionAlteredError: If its bytes are no longer those that were kept.
    """
    path = _path(folder, sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise VersionMissingError(file=path.name, folder=str(folder)) from None
    _require_name(content, sha256, folder)
    return content


def parse_version(content: bytes) -> gpd.GeoDataFrame:
    """The frame of a version's bytes."""
    return gpd.read_parquet(io.BytesIO(content))


def has_version(folder: Path, sha256: str) -> bool:
    """Whether a version is in a folder; its bytes are not looked at."""
    return _path(folder, sha256).exists()


def keep_version(folder: Path, sha256: str, content: bytes) -> None:
    """Put a version that came from elsewhere into a folder, under its name.

    Raises:
        VersionAlteredError: If the bytes are not those that the name states; nothing was written.
    """
    _require_name(content, sha256, folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, sha256)
    replace_file(path, content)
    path.chmod(_READ_ONLY)


def _require_name(content: bytes, sha256: str, folder: Path) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise VersionAlteredError(file=_path(folder, sha256).name, folder=str(folder), found=found[:12])


def versions(folder: Path) -> Iterator[str]:
    """The names of all versions kept in a folder, sorted."""
    return (path.stem for path in sorted(folder.glob("*.parquet")))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a power cut, sees the old one or the new one, never a part.

    Raises:
        FileUnwritableError: If the folder is not there or may not be written, or the disk is full.
    """
    try:
        _replace_file(path, content)
    except OSError as error:
        raise FileUnwritableError(file=str(path), reason=error.strerror) from error


def _replace_file(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the new name itself durable; Windows has no handle on a folder and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _path(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.parquet"
