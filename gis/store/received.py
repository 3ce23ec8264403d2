"""Vector files that a browser sent: kept in a folder of their own while they are read, then gone."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from gis.errors import ImportRefusedError, Problem
from gis.store.archives import UNPACKED_BYTES, keep, safe_name, unpack
from gis.store.formats import PART_ENDINGS, vector_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Not ".txt": an archive often has a note beside its files.
_BESIDE: Final = frozenset(
    {"", ".zip", ".xml", ".txt", ".qml", ".qgz", ".qgs", ".lyr", ".wkt", ".qpj"}
).union(*PART_ENDINGS.values())
SHEETS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv"})


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
        for name, content in files:
            content.seek(0)
            if name.lower().endswith(".zip"):
                unpack(content, name, Path(folder), flat=True)
            else:
                keep(content, Path(folder) / safe_name(name), name, UNPACKED_BYTES)
        found = [*vector_files(Path(folder)), *_sheets(Path(folder))]
        # One that was sent by itself and is no part of another is refused by its own name (DWG, PDF).
        alone = {safe_name(name) for name, _ in files} - {path.name for path in found}
        if found or any(name.lower().endswith(".dwg") for name in alone):
            found += [Path(folder) / name for name in sorted(alone) if _stands_alone(name)]
        if not found:
            raise ImportRefusedError(problems=[Problem(names, "problem.no_vector_file")], files=names)
        yield found


def _stands_alone(name: str) -> bool:
    """Whether a file is neither an archive nor a kind of file that lies beside another.

    >>> _stands_alone("ban ve.dwg"), _stands_alone("to12.dbf"), _stands_alone("to12.shp.xml")
    (True, False, False)
    """
    ending = Path(name.lower()).suffix
    return ending not in _BESIDE


def _sheets(folder: Path) -> list[Path]:
    """The workbooks and CSV files: a list of corners may be one."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SHEETS)


@contextmanager
def sent(name: str, content: IO[bytes]) -> Iterator[Path]:
    """One file that was sent, under the last part of its name, in a folder of its own.

    Raises:
        ImportRefusedError: If it is too large.
    """
    with tempfile.TemporaryDirectory(prefix="gpmb-") as folder:
        content.seek(0)
        path = Path(folder) / safe_name(name)
        keep(content, path, name, UNPACKED_BYTES)
        yield path
