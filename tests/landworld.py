"""A project of real files, small enough to work out by hand: three plots of 1 ha, three households' parts."""

from datetime import UTC, date, datetime

import geopandas as gpd
from shapely import box

from gis.plan import empty_plan_text
from gis.project import Project
from gis.project.holdings import import_holdings
from gis.project.intake import import_layer
from gis.store.database import Stamp

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
ON = date(2026, 3, 10)
ZONE = "ccn-hoang-son"
EAST, NORTH = 588_000.0, 2_201_000.0


def plot(column, width=100):
    """A plot 100 m high and `width` wide, 1 ha at 100, `column` plots to the east."""
    west = EAST + 100 * column
    return box(west, NORTH, west + width, NORTH + 100)


def stamp(request="r1", by="lan", now=NOW):
    return Stamp(by, request, now)


def make_project(tmp_path):
    """Three parcels of 1 ha; the zone covers two and a half of them and half a hectare of nothing.

    Parcel 1 is An's, parcel 2 An's and Binh's by halves, parcel 3 is nobody's.
    """
    folder = tmp_path / "xã"
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    opened = Project.open(folder)
    parcels = gpd.GeoDataFrame(
        {"soTo": ["7", "7", "7"], "soThua": ["1", "2", "2a"], "maXa": "15910", "loaiDat": "LUC"},
        geometry=[plot(0), plot(1), plot(2)],
        crs=5897,
    )
    parcels.to_file(tmp_path / "thua.gpkg")
    zone = gpd.GeoDataFrame(
        {"zone_id": [ZONE]}, geometry=[box(EAST, NORTH, EAST + 250, NORTH + 120)], crs=5897
    )
    zone.to_file(tmp_path / "khu.gpkg")
    import_layer(opened, "parcels", [tmp_path / "thua.gpkg"], stamp("p"), crs="EPSG:5897")
    import_layer(opened, "zones", [tmp_path / "khu.gpkg"], stamp("z"), crs="EPSG:5897")
    (tmp_path / "ho.csv").write_text(
        "commune,sheet,number,household_id,part,from,name,kind,hamlet\n"
        "15910,7,1,AN,1,2025-07-01,Nguyễn Thị Mẫu,household,Thôn 1\n"
        "15910,7,2,AN,1/2,,,,\n15910,7,2,BINH,1/2,01/07/2025,,,\n",
        "utf-8",
    )
    import_holdings(opened, [tmp_path / "ho.csv"], stamp("h"))
    return opened
