"""The sample as files: a project folder that says everywhere that nothing in it is real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gis.errors import FolderUnwritableError
from gis.store.fiona_files import write_vector
from gis.store.text_files import write_csv
from gis.store.versions import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

# The day of the sample itself, so that the same seed gives the same bytes on any day.
WRITTEN_AT: Final = "2026-11-15T00:00:00Z"
ZONE_SCHEMA: Final[Mapping[str, Any]] = {
    "geometry": "Polygon",
    "properties": {"zone_id": "str", "name": "str"},
}
PARCEL_SCHEMA: Final[Mapping[str, Any]] = {
    "geometry": "Polygon",
    "properties": {
        "commune": "str",
        "sheet": "str",
        "number": "str",
        "land_use": "str",
        "legal_area_m2": "float",
        "measured_area_m2": "float",
        "name": "str",
    },
}
FEATURE_SCHEMA: Final[Mapping[str, Any]] = {
    "geometry": "Polygon",
    "properties": {"code": "str", "name": "str", "land_use": "str"},
}
README: Final = """\
Dữ liệu mẫu, không phải số liệu thật.

Ranh giới, thửa đất, công trình, tên người, quyết định và số tiền trong thư mục này đều do phần mềm
tạo ra (python -m gis demo), không sao chép từ hồ sơ nào. Chỉ các con số trong project.toml là của kế hoạch.

Sample data, not real: boundaries, parcels, names, decisions and sums were made up by the software.
Only the figures in project.toml are the plan's.
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a synthetic project folder holds.

    Args:
        project: Text of project.toml.
        zones: zone_id, name, geometry.
        parcels: commune, sheet, number, land_use, legal_area_m2, measured_area_m2, name, geometry.
        features: code, name, land_use, geometry.
        households: household_id, name, kind, hamlet, commune, officer.
        holdings: commune, sheet, number, household_id, part, from.
        history: As docs/architecture.md has it.
        batches: batch, name, zone, regime.
        deliveries: block, document, commune, sheet, number, excepted.
    """

    project: str
    zones: gpd.GeoDataFrame
    parcels: gpd.GeoDataFrame
    features: gpd.GeoDataFrame
    households: pd.DataFrame
    holdings: pd.DataFrame
    history: pd.DataFrame
    batches: pd.DataFrame
    deliveries: pd.DataFrame

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The CSV files of the folder `households`, by name."""
        names = ("households", "holdings", "history", "batches", "deliveries")
        return {name: getattr(self, name) for name in names}


def write_sample(sample: Sample, folder: Path) -> None:
    """Write a sample as a project folder; files of these names are replaced, others left alone.

    Raises:
        FolderUnwritableError: If the folder cannot be made.
        FileUnwritableError: If a file cannot be written.
    """
    try:
        for name in ("zones", "parcels", "households"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderUnwritableError(path=str(folder), reason=error.strerror) from None
    for path, frame, schema in (
        ("zones/zones.gpkg", sample.zones, ZONE_SCHEMA),
        ("parcels/parcels.gpkg", sample.parcels, PARCEL_SCHEMA),
        ("parcels/features.gpkg", sample.features, FEATURE_SCHEMA),
    ):
        write_vector(folder / path, frame, schema, written_at=WRITTEN_AT)
    for name, table in sample.tables().items():
        rows = table.itertuples(index=False, name=None)
        write_csv(folder / "households" / f"{name}.csv", list(table.columns), rows)
    replace_file(folder / "project.toml", sample.project.encode("utf-8"))
    replace_file(folder / "README.txt", README.encode("utf-8"))
