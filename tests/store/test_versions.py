"""Immutable boundary versions."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import MultiPolygon, box

from gis.errors import FileUnwritableError, VersionAlteredError, VersionMissingError
from gis.store.versions import read_version, replace_file, sha256_of, versions, write_version

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def parcels() -> gpd.GeoDataFrame:
    shapes = [
        box(0, 0, 10, 10),
        MultiPolygon([box(20, 0, 30, 10), box(40, 0, 50, 10)]),
        box(60, 0, 70, 0.1234567891),
    ]
    return gpd.GeoDataFrame(
        {"number": ["12a", "1/2", "đất"], "legal_area_m2": [100.0, float("nan"), 0.1], "geometry": shapes},
        index=pd.Index(["P000003", "P000001", "P000002"], name="parcel_id"),
        crs=5897,
    )


def test_write_version__comes_back_sorted_and_whole(tmp_path: Path, parcels: gpd.GeoDataFrame) -> None:
    sha256 = write_version(tmp_path / "boundaries", parcels)
    assert_geodataframe_equal(read_version(tmp_path / "boundaries", sha256), parcels.sort_index())
    assert list(versions(tmp_path / "boundaries")) == [sha256]
    assert sha256_of(tmp_path / "boundaries" / f"{sha256}.parquet") == sha256


def test_write_version__same_rows_same_name_whatever_their_order(
    tmp_path: Path, parcels: gpd.GeoDataFrame
) -> None:
    first = write_version(tmp_path, parcels)
    before = (tmp_path / f"{first}.parquet").stat().st_mtime_ns
    assert write_version(tmp_path, parcels.sort_index()) == first
    assert write_version(tmp_path / "elsewhere", parcels) == first
    assert (tmp_path / f"{first}.parquet").stat().st_mtime_ns == before, "it was not written again"
    assert write_version(tmp_path, parcels.assign(number="7")) != first


def test_write_version__is_read_only_and_leaves_no_part(tmp_path: Path, parcels: gpd.GeoDataFrame) -> None:
    sha256 = write_version(tmp_path, parcels)
    assert os.listdir(tmp_path) == [f"{sha256}.parquet"]  # noqa: PTH208  hidden files count
    assert not (tmp_path / f"{sha256}.parquet").stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_read_version__refuses_what_is_missing_or_altered(tmp_path: Path, parcels: gpd.GeoDataFrame) -> None:
    with pytest.raises(VersionMissingError):
        read_version(tmp_path, "0" * 64)
    sha256 = write_version(tmp_path, parcels)
    path = tmp_path / f"{sha256}.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    with pytest.raises(VersionAlteredError):
        read_version(tmp_path, sha256)
    assert write_version(tmp_path, parcels) == sha256, "writing the same frame again restores it"
    read_version(tmp_path, sha256)


def test_replace_file__keeps_the_old_one_where_it_fails(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileUnwritableError):
        replace_file(tmp_path / "absent" / "a.txt", b"new")
    with pytest.raises(FileUnwritableError):
        replace_file(tmp_path / "folder", b"new")
    assert sorted(os.listdir(tmp_path)) == ["folder"]  # noqa: PTH208
