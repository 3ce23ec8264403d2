"""Vector files that a browser sent: kept in a folder of their own while they are read, then gone."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from gis.errors import ImportRefusedError, Problem
from gis.store.formats import vector_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNPACKED_BYTES: Final = 500 * 1024 * 1024
CHUNK_BYTES: Final = 1 << 20
# What zipfile says of a damaged file; RuntimeError: it wants a password.
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@contextmanager
def received(files: Sequence[tuple[str, IO[bytes]]]) -> Iterator[list[Path]]:
    """The vector files among some that were sent; those in a ZIP too, as offices pack a Shapefile.

    Args:
        files: Names and contents; of a name only its last part counts.

    Raises:
        ImportRefusedError: If a ZIP cannot be read or is too large, two files have one name, or no
            vector file is among them.
    """
    names = ", ".join(name for name, _ in files)
    with tempfile.TemporaryDirectory(prefix="gpmb-") as folder:
        try:
            for name, content in files:
                content.seek(0)
                if name.lower().endswith(".zip"):
                    _unpack(content, Path(folder), name)
                else:
                    _keep(content, Path(folder), name, UNPACKED_BYTES)
        except _DAMAGED:
            raise ImportRefusedError(problems=[Problem(name, "problem.bad_zip")], files=names) from None
        found = vector_files(Path(folder))
        if not found:
            raise ImportRefusedError(problems=[Problem(names, "problem.no_vector_file")], files=names)
        yield found


@contextmanager
def sent(name: str, content: IO[bytes]) -> Iterator[Path]:
    """One file that was sent, under the last part of its name, in a folder of its own.

    Raises:
        ImportRefusedError: If it is too large.
    """
    with tempfile.TemporaryDirectory(prefix="gpmb-") as folder:
        content.seek(0)
        _keep(content, Path(folder), name, UNPACKED_BYTES)
        (path,) = Path(folder).iterdir()
        yield path


def _unpack(content: IO[bytes], folder: Path, name: str) -> None:
    left = UNPACKED_BYTES
    with zipfile.ZipFile(content) as packed:
        for member in packed.infolist():
            if member.is_dir() or PurePosixPath(member.filename).name.startswith("."):
                continue
            if member.file_size > left:
                facts = {"most": UNPACKED_BYTES >> 20}
                problem = Problem(name, "problem.large_zip", facts)
                raise ImportRefusedError(problems=[problem], files=name)
            with packed.open(member) as source:
                left -= _keep(source, folder, member.filename, member.file_size)


def _keep(source: IO[bytes], folder: Path, name: str, most: int) -> int:
    """Write a file under the last part of its name; its bytes."""
    place = folder / PurePosixPath(name.replace("\\", "/")).name
    if place.exists():
        raise ImportRefusedError(problems=[Problem(place.name, "problem.name_twice")], files=name)
    with place.open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK_BYTES)
        size = target.tell()
    if size > most:  # its ZIP said less
        problem = Problem(name, "problem.large_zip", {"most": UNPACKED_BYTES >> 20})
        raise ImportRefusedError(problems=[problem], files=name)
    return size
