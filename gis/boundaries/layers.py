"""A layer as its file holds it, before anything is checked.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pyproj import CRS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


@dataclass(frozen=True, slots=True, eq=False)
class RawLayer:
    """One layer of one file, all its features in file order.

    Args:
        file: Name of the file, without its folder.
        layer: Name of the layer, "" where the format has only one without a name.
        driver: GDAL's name of the format.
        encoding: Encoding of its texts as the reader took it, None where the format has none.
        frame: Columns as in the file and `geometry`; index 0, 1, 2, ... in file order; CRS as the file
            states it, None where it states none.
        unreadable: Reason for each row (by index) whose geometry could not be decoded; `geometry` is
            missing there.
    """

    file: str
    layer: str
    driver: str
    encoding: str | None
    frame: gpd.GeoDataFrame
    unreadable: Mapping[int, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The place of the layer as a person finds it: "lots.gpkg, thua_dat"."""
        stem = self.file.rpartition("/")[2].rpartition(".")[0]  # of a file in a ZIP: "goi.zip/lots.shp"
        return self.file if self.layer in {"", stem} else f"{self.file}, {self.layer}"

    def feature(self, row: int) -> str:
        """The place of one feature: "lots.gpkg, thua_dat, feature 12", counted from 1."""
        return f"{self.source}, feature {row + 1}"


def declare_crs(raw: RawLayer, crs: object) -> RawLayer:
    """The layer with the CRS that its user states, where its file states none; else unchanged."""
    if raw.frame.crs is not None:
        return raw
    return replace(raw, frame=raw.frame.set_crs(CRS.from_user_input(crs)))
