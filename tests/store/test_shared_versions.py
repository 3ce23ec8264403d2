"""Boundary versions in PostGIS: the same rows, found from another machine, and what differs is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from postgres import EPSG, Place, Server
from rows import NOW
from shapely import MultiPolygon, Polygon, box

from gis.errors import VersionAlteredError, VersionMissingError
from gis.ledger.entry import Draft
from gis.ledger.facts import Boundaries
from gis.store.database import Ledger, Stamp
from gis.store.shared_versions import check_shared_versions, fetch_versions, share_versions
from gis.store.versions import read_version, write_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.ledger.entry import Entry

ORIGIN = (580_000.123456, 2_190_000.654321)


@pytest.fixture
def parcels() -> gpd.GeoDataFrame:
    east, north = ORIGIN
    ring = Polygon(
        [(east, north), (east + 20, north), (east + 20, north + 20), (east, north + 20)],
        [[(east + 5, north + 5), (east + 5, north + 10), (east + 10, north + 10), (east + 10, north + 5)]],
    )
    several = MultiPolygon(
        [box(east + 30, north, east + 40, north + 10), box(east + 50, north, east + 60, north + 1 / 3)]
    )
    return gpd.GeoDataFrame(
        {
            "kind": "parcel",
            "commune": "15910",
            "sheet": ["1", "1"],
            "number": ["12a", "13"],
            "land_use": ["LUC", "ONT"],
            "legal_area_m2": [375.0, float("nan")],
            "measured_area_m2": [375.1, 103.3],
            "name": ["Đồng Bông", ""],
            "source": ["thửa.gpkg, feature 1", "thửa.gpkg, feature 2"],
            "geometry": [ring, several],
        },
        index=pd.Index(["P000001", "P000002"], name="parcel_id"),
        crs=EPSG,
    )


@pytest.fixture
def ledger(postgres: Server, tmp_path: Path) -> Iterator[Ledger]:
    opened = Place(tmp_path, postgres.url).open()
    yield opened
    opened.close()


def keep(ledger: Ledger, folder: Path, layer: str, frame: gpd.GeoDataFrame) -> list[Entry]:
    """A version and its entry, as an import writes them."""
    sha256 = write_version(folder, frame)
    fact = Boundaries(layer, sha256, len(frame), f"EPSG:{EPSG}", 3, ())
    with ledger.writing() as writer:
        stamp = Stamp("lan", f"{layer}-{sha256}", NOW)
        written = writer.append([(Draft(date(2026, 3, 1), fact), stamp)])
        share_versions(writer.connection, folder, written)
    return written


def test_share_versions__other_tools_find_the_same_land(
    ledger: Ledger, postgres: Server, tmp_path: Path, parcels: gpd.GeoDataFrame
) -> None:
    written = keep(ledger, tmp_path, "parcels", parcels)
    asked = Place(tmp_path, postgres.url).execute(
        "SELECT parcel_id, name, legal_area_m2, measured_area_m2, ST_SRID(geom), ST_IsValid(geom),"
        " round(ST_Area(geom)::numeric, 6)::float FROM boundary_unit ORDER BY parcel_id"
    )
    # By hand: 20 x 20 less a hole of 5 x 5; 10 x 10 and 10 x 1/3.
    assert asked == [
        ("P000001", "Đồng Bông", 375.0, 375.1, EPSG, True, 375.0),
        ("P000002", "", None, 103.3, EPSG, True, 103.333333),
    ]
    assert check_shared_versions(ledger, tmp_path, written) == []


def test_share_versions__zones_have_their_own_table(ledger: Ledger, postgres: Server, tmp_path: Path) -> None:
    zones = gpd.GeoDataFrame(
        {"name": ["Cụm công nghiệp"], "geometry": [box(0, 0, 10, 10)]},
        index=pd.Index(["ccn"], name="zone_id"),
        crs=EPSG,
    )
    written = keep(ledger, tmp_path, "zones", zones)
    asked = Place(tmp_path, postgres.url).execute("SELECT zone_id, name, ST_AsText(geom) FROM boundary_zone")
    assert asked == [("ccn", "Cụm công nghiệp", "POLYGON((10 0,10 10,0 10,0 0,10 0))")]
    assert check_shared_versions(ledger, tmp_path, written) == []


def test_share_versions__come_with_their_entry_or_not_at_all(
    ledger: Ledger, postgres: Server, tmp_path: Path, parcels: gpd.GeoDataFrame
) -> None:
    sha256 = write_version(tmp_path, parcels)
    fact = Boundaries("parcels", sha256, 2, f"EPSG:{EPSG}", 3, ())

    def fail() -> None:
        with ledger.writing() as writer:
            written = writer.append([(Draft(date(2026, 3, 1), fact), Stamp("lan", "r", NOW))])
            share_versions(writer.connection, tmp_path, written)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fail()
    assert Place(tmp_path, postgres.url).execute("SELECT count(*) FROM boundary_unit") == [(0,)]


def test_share_versions__the_same_version_twice_stands_once(
    ledger: Ledger, postgres: Server, tmp_path: Path, parcels: gpd.GeoDataFrame
) -> None:
    first = keep(ledger, tmp_path, "parcels", parcels)
    with ledger.writing() as writer:
        share_versions(writer.connection, tmp_path, first)
    assert Place(tmp_path, postgres.url).execute("SELECT count(*) FROM boundary_unit") == [(2,)]


def test_fetch_versions__another_machine_has_them_too(
    ledger: Ledger, tmp_path: Path, parcels: gpd.GeoDataFrame
) -> None:
    written = keep(ledger, tmp_path / "here", "parcels", parcels)
    sha256 = written[0].fact.sha256
    with pytest.raises(VersionMissingError):
        read_version(tmp_path / "there", sha256)
    fetch_versions(ledger, tmp_path / "there", written)
    assert_geodataframe_equal(read_version(tmp_path / "there", sha256), parcels)


def test_fetch_versions__altered_bytes_are_refused(
    ledger: Ledger, postgres: Server, tmp_path: Path, parcels: gpd.GeoDataFrame
) -> None:
    written = keep(ledger, tmp_path / "here", "parcels", parcels)
    Place(tmp_path, postgres.url).execute("UPDATE boundary_file SET bytes = bytes || '\\x00'::bytea")
    with pytest.raises(VersionAlteredError):
        fetch_versions(ledger, tmp_path / "there", written)
    assert not (tmp_path / "there").exists()
    found = check_shared_versions(ledger, tmp_path / "here", written)
    assert [problem.message for problem in found] == ["verify.postgis_file"]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM boundary_unit WHERE parcel_id = 'P000002'", "verify.postgis_rows"),
        ("UPDATE boundary_unit SET parcel_id = 'P000009' WHERE parcel_id = 'P000002'", "verify.postgis_rows"),
        ("UPDATE boundary_unit SET geom = ST_Buffer(geom, 0.01)", "verify.postgis_area"),
        (
            "UPDATE boundary_unit SET geom = ST_Translate(geom, 0.001, 0) WHERE parcel_id = 'P000001'",
            "verify.postgis_shape",
        ),
        ("DELETE FROM boundary_file", "verify.postgis_file"),
    ],
)
def test_check_shared_versions__tells_what_differs(
    ledger: Ledger, postgres: Server, tmp_path: Path, parcels: gpd.GeoDataFrame, statement: str, message: str
) -> None:
    written = keep(ledger, tmp_path, "parcels", parcels)
    Place(tmp_path, postgres.url).execute(statement)
    found = check_shared_versions(ledger, tmp_path, written)
    assert [(problem.source, problem.message) for problem in found] == [("entry 1", message)]


def test_share_versions__a_file_shares_nothing(tmp_path: Path, parcels: gpd.GeoDataFrame) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    written = keep(ledger, tmp_path, "parcels", parcels)
    fetch_versions(ledger, tmp_path / "there", written)
    assert not (tmp_path / "there").exists()
    assert check_shared_versions(ledger, tmp_path, written) == []
    ledger.close()
