"""What GDAL is given to open: the user's own file where it is whole, else a private copy made whole.

Nothing is written beside a user's file, and what a copy adds or leaves out is told.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError

from gis.errors import ImportRefusedError, Problem
from gis.store.archives import unpack
from gis.store.formats import VECTOR_FORMATS, check_format, parts
from gis.store.gdal_messages import messages
from gis.store.shapefile_parts import ShapefileError, index_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAL: Final = b"\x02\x02"  # bytes 18 and 19 of an SQLite file that keeps a write-ahead log
# UnboundLocalError: pyogrio 0.13, for a CRS that is no WKT; UnicodeDecodeError: in the name of a column.
_UNOPENED: Final = (DataSourceError, DataLayerError, CRSError, UnicodeDecodeError, UnboundLocalError)
_ARCHIVES: Final = frozenset({".zip", ".kmz"})
_DISREGARDED: Final = (".xml", ".pdf", ".qmd", ".qml", ".qpj", ".sld", ".lyr", ".lock", ".md")


@dataclass(frozen=True, slots=True)
class Staged:
    """A file to open.

    Args:
        path: Where it is.
        file: Its name, behind that of the archive it came in ("goi.zip/to 7/thua.shp").
    """

    path: Path
    file: str


def stage(path: Path, scratch: Path) -> tuple[list[Staged], list[Problem]]:
    """The files to open for one that a user names, and what is to be told of them.

    Args:
        path: A file that `check_format` has let through.
        scratch: An empty folder for copies.
    """
    if path.suffix.lower() in _ARCHIVES:
        return _stage_archive(path, scratch)
    return _stage_one(Staged(path, path.name), scratch)


def _stage_archive(path: Path, scratch: Path) -> tuple[list[Staged], list[Problem]]:
    inside, copies = scratch / "inside", scratch / "copies"
    inside.mkdir()
    copies.mkdir()
    try:
        members = unpack(path, path.name, inside, flat=False)
    except ImportRefusedError as refused:
        return [], list(refused.problems)
    staged, problems, used = [], [], set[Path]()
    for number, member in enumerate(members):
        if member.path.suffix.lower() not in VECTOR_FORMATS:
            continue
        file = f"{path.name}/{member.name}"
        used |= {member.path, *parts(member.path)}
        unfit = [Problem(file, one.message, one.facts) for one in check_format(member.path)]
        (copies / f"{number}").mkdir()
        found, told = ([], unfit) if unfit else _stage_one(Staged(member.path, file), copies / f"{number}")
        staged += found
        problems += told
    if not used:
        return [], [Problem(path.name, "problem.zip_without_vector_file")]
    passed = [m.name for m in members if m.path not in used and m.path.suffix.lower() not in _DISREGARDED]
    if passed:
        problems.append(Problem(path.name, "problem.zip_unread", {"names": ", ".join(passed)}, "warning"))
    return staged, problems


def _stage_one(file: Staged, scratch: Path) -> tuple[list[Staged], list[Problem]]:
    steps = {".shp": _shapefile, ".gpkg": _geopackage, ".gml": _gml, ".tab": _mapinfo, ".mif": _mapinfo}
    step = steps.get(file.path.suffix.lower())
    if step is None:
        return [file], []
    try:
        path, problems = step(file, scratch)
    except OSError as error:
        problem = Problem(file.file, "problem.file_unreadable", {"reason": error.strerror or str(error)})
        return [], [problem]
    return ([] if path is None else [Staged(path, file.file)]), problems


def _shapefile(file: Staged, scratch: Path) -> tuple[Path | None, list[Problem]]:
    """A Shapefile under endings that GDAL finds, its index made anew where it is missing."""
    path, problems = file.path, []
    by_ending: dict[str, Path] = {part.suffix.lower(): part for part in parts(path)}
    if ".dbf" not in by_ending:
        problems.append(Problem(file.file, "problem.dbf_missing", severity="warning"))
    as_expected = all(
        part.name == f"{path.stem}{part.suffix.lower()}" for part in [path, *by_ending.values()]
    )
    if not as_expected or ".shx" not in by_ending:
        path = _copied(path, by_ending, scratch)
    if ".shx" not in by_ending:
        try:
            index, count = index_of(path)
        except ShapefileError as error:
            return None, [*problems, Problem(file.file, "problem.shx_missing", {"reason": str(error)})]
        path.with_suffix(".shx").write_bytes(index)
        problems.append(Problem(file.file, "problem.shx_rebuilt", {"count": count}, "warning"))
    if ".prj" in by_ending and not _opens(path):
        bare = _copied(path, {e: path.with_suffix(e) for e in by_ending if e != ".prj"}, scratch / "bare")
        if ".shx" not in by_ending:
            shutil.copyfile(path.with_suffix(".shx"), bare.with_suffix(".shx"))
        if _opens(bare):
            return bare, [*problems, Problem(file.file, "problem.prj_unread", severity="warning")]
    return path, problems


def _copied(path: Path, by_ending: Mapping[str, Path], folder: Path) -> Path:
    """A copy of a file and its parts under one name and small letters."""
    folder.mkdir(exist_ok=True)
    copy = folder / f"{path.stem}{path.suffix.lower()}"
    for ending, part in {path.suffix.lower(): path, **by_ending}.items():
        shutil.copyfile(part, copy.with_suffix(ending))
    return copy


def _opens(path: Path) -> bool:
    """Whether GDAL opens the file and can say what its CRS is: a .prj that it cannot parse stops it."""
    try:
        with messages(path.name, []):
            pyogrio.read_info(path)
    except _UNOPENED:
        return False
    return True


def _geopackage(file: Staged, scratch: Path) -> tuple[Path | None, list[Problem]]:
    """A GeoPackage with what its program had not yet written into it, in a copy."""
    path = file.path
    beside = [part for part in parts(path) if part.stat().st_size and not part.name.endswith("-shm")]
    with path.open("rb") as stream:
        logged = stream.read(20)[18:20] == _WAL
    if not beside and not logged:
        return path, []
    copy = scratch / path.name
    shutil.copyfile(path, copy)
    for part in beside:
        shutil.copyfile(part, copy.with_name(f"{copy.name}-{part.name.rpartition('-')[2].lower()}"))
    try:
        with closing(sqlite3.connect(copy)) as database:
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        return None, [Problem(file.file, "problem.database_damaged", {"reason": str(error)})]
    names = ", ".join(part.name for part in beside)
    told = [Problem(file.file, "problem.log_merged", {"names": names}, "warning")] if beside else []
    return copy, told


def _gml(file: Staged, scratch: Path) -> tuple[Path | None, list[Problem]]:
    """A GML in a folder of its own: GDAL writes its guess of the columns (.gfs) beside what it reads."""
    copy = scratch / file.path.name
    shutil.copyfile(file.path, copy)
    for part in parts(file.path):
        if part.suffix.lower() == ".xsd":
            shutil.copyfile(part, copy.with_suffix(".xsd"))
    return copy, []


def _mapinfo(file: Staged, scratch: Path) -> tuple[Path | None, list[Problem]]:
    """A MapInfo table that has all its parts, and refers to no other."""
    path = file.path
    by_ending: dict[str, Path] = {part.suffix.lower(): part for part in parts(path)}
    with path.open("rb") as stream:
        head = stream.read(1 << 16).decode("latin-1").lower()
    needed: tuple[str, ...]
    if path.suffix.lower() == ".mif":
        columns = re.search(r"^\s*columns\s+(\d+)", head, re.MULTILINE)
        needed = (".mid",) if columns and int(columns[1]) else ()
    else:
        if not re.search(r"^\s*(type\s+(native|dbf)|fields\s+\d+)", head, re.MULTILINE):
            return None, [Problem(file.file, "problem.format_points_elsewhere")]
        needed = (".dat", ".map", ".id")
    if "type dbf" in " ".join(head.split()):
        needed = tuple(".dbf" if ending == ".dat" else ending for ending in needed)
    missing = [ending for ending in needed if ending not in by_ending]
    if missing:
        return None, [Problem(file.file, "problem.parts_missing", {"missing": ", ".join(missing)})]
    alike = all(part.stem == path.stem for part in by_ending.values())
    return (path if alike else _copied(path, by_ending, scratch)), []
