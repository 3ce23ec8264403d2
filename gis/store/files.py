"""Boundary files as they came: read in bulk by pyogrio, checked by a second reader.

Nothing is repaired and nothing is dropped in silence: what a file holds comes back as it is, with the
problems beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.boundaries.drawing import DrawingOptions
from gis.store.fiona_files import write_layers, write_vector
from gis.store.formats import check_format, vector_files
from gis.store.guard import read_guarded
from gis.store.text_files import CsvRow, read_csv_rows, read_text, write_csv
from gis.store.versions import read_version, sha256_of, versions, write_version

if TYPE_CHECKING:
    from pathlib import Path

    from gis.boundaries.layers import RawLayer
    from gis.errors import Problem

__all__ = [
    "CsvRow",
    "read_csv_rows",
    "read_text",
    "read_vector",
    "read_version",
    "sha256_of",
    "vector_files",
    "versions",
    "write_csv",
    "write_layers",
    "write_vector",
    "write_version",
]


_NOTHING_SAID: Final = DrawingOptions()


def read_vector(
    path: Path, layer: str | None = None, drawing: DrawingOptions = _NOTHING_SAID
) -> tuple[list[RawLayer], list[Problem]]:
    """The layers of a vector file, and everything that is wrong with the file.

    Whatever a file holds, no exception comes out: what cannot be read is a Problem that names the file.
    Missing CRS, wrong geometry types and bad rows are for `gis.boundaries` to judge.

    Args:
        path: One file; a Shapefile by its ".shp"; a ZIP for all that it holds.
        layer: The one layer wanted; all that have geometry if None.
        drawing: What the user says of a DXF or DGN.

    Returns:
        The layers in the file's order, and the problems. A layer that cannot be read whole is not among
        the layers.
    """
    problems = check_format(path)
    if problems:
        return [], problems
    return read_guarded(path, layer, drawing)
