"""Any file that an office has, read into layers: vector files, lists of corners, and its tracking list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.boundaries.corners import corners_layer, looks_like_corners
from gis.boundaries.drawing import DrawingOptions
from gis.errors import Problem
from gis.sheets.reading import tracking_list
from gis.store.files import read_vector
from gis.store.formats import MOST_BYTES, VECTOR_FORMATS, parts
from gis.store.sheets import SHEET_ENDINGS, read_tables
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gis.boundaries.layers import RawLayer
    from gis.sheets.tracking import TrackingList
    from gis.table import Table

_NO_LIST: Final = "problem.list_no_header"
_NOTHING_SAID: Final = DrawingOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file as it was read.

    Args:
        path: Where it is.
        sha256: Of its bytes, "" where they cannot be read.
        layers: What it holds, in its order.
        problems: What is wrong with the file or with layers that cannot be read.
        tracking: The office's tracking list that it is, which is no boundary file.
    """

    path: Path
    sha256: str
    layers: tuple[RawLayer, ...]
    problems: tuple[Problem, ...]
    tracking: TrackingList | None = None

    @property
    def digests(self) -> tuple[tuple[str, str], ...]:
        """Name and sha256 of every file that was read: attributes lie in other files than shapes."""
        # What was not read is not hashed either: a part may be a pipe, or larger than the memory.
        others = [path for path in parts(self.path) if path != self.path] if self.layers else []
        return ((self.path.name, self.sha256), *((path.name, sha256_of(path)) for path in others))


def called(digests: Sequence[tuple[str, str]]) -> str:
    """The files as their user chose them, without the parts that were read along.

    >>> called([("thua.shp", "…"), ("thua.dbf", "…"), ("khu.gpkg", "…")])
    'thua.shp, khu.gpkg'
    """
    chosen = (*VECTOR_FORMATS, *SHEET_ENDINGS)
    return ", ".join(name for name, _ in digests if name.lower().endswith(chosen))


def read_source(
    path: Path, remembered: Mapping[str, str] | None = None, drawing: DrawingOptions = _NOTHING_SAID
) -> Source:
    """What a file holds, whatever its kind; what cannot be read is a problem, never an exception.

    Args:
        path: The file.
        remembered: What headers of a tracking list were confirmed to mean.
        drawing: What the user says of a DXF or DGN.
    """
    # What is too large to be read is refused before its bytes are hashed.
    sha256 = sha256_of(path) if path.is_file() and path.stat().st_size <= MOST_BYTES else ""
    if path.suffix.lower() in SHEET_ENDINGS and sha256:
        tables, problems = read_tables(path)
        return _sheets(path, sha256, tables, problems, remembered)
    layers, problems = read_vector(path, drawing=drawing)
    if not layers and not any(problem.severity == "refused" for problem in problems):
        problems = [*problems, Problem(path.name, "problem.no_layers")]
    return Source(path, sha256, tuple(layers), tuple(problems))


def _sheets(
    path: Path,
    sha256: str,
    tables: Sequence[Table],
    problems: Sequence[Problem],
    remembered: Mapping[str, str] | None,
) -> Source:
    """A workbook: lists of corners where it has any, else an office's list, else neither."""
    told = list(problems)
    corners = [table for table in tables if looks_like_corners(table)]
    layers = []
    for table in tables if corners else ():
        if table not in corners:
            told.append(Problem(table.source, "problem.sheet_left_out", severity="warning"))
            continue
        raw, found = corners_layer(table)
        told += found
        layers += [raw] if raw is not None else []
    if corners or not tables:
        return Source(path, sha256, tuple(layers), tuple(told))
    tracking = tracking_list(tables, remembered, sha256=sha256, problems=told)
    if any(problem.message == _NO_LIST for problem in tracking.problems):
        return Source(path, sha256, (), (*told, Problem(path.name, "problem.sheet_neither")))
    return Source(path, sha256, (), (), tracking)
