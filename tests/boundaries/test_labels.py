"""What the CRS of a file means: names, unnamed datums, and towgs84 of either sign."""

from __future__ import annotations

import pytest
from pyproj import CRS

from gis.boundaries.labels import label_of

TM3 = "+proj=tmerc +lat_0=0 +lon_0=105 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m"
UTM = "+proj=utm +zone=48 +ellps=WGS84 +units=m"
# QĐ 05/2007/QĐ-BTNMT as published, and as people write them.
PUBLISHED = "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
TURNED = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
BACK = "191.90441429,39.30318279,111.45032835,0.00928836,-0.01975479,0.00427372,-0.252906278"
BACK_TURNED = "191.90441429,39.30318279,111.45032835,-0.00928836,0.01975479,-0.00427372,-0.252906278"
ROUNDED = "-191.90,-39.30,-111.45,-0.0093,0.0198,-0.0043,0.2529"
OLDER = "-192.873,-39.382,-111.202,0.00205,0.0005,-0.00335,0.0188"  # EPSG:5194
ESRI = (
    'PROJCS["User_Defined_Transverse_Mercator",GEOGCS["GCS_User_Defined",DATUM["{datum}",'
    'SPHEROID["{ellipsoid}",{axis}]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",{meridian}],'
    'PARAMETER["scale_factor",{k}],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
)


def esri(datum: str, *, meridian: float = 105, k: float = 0.9999, ellipsoid: str = "WGS_1984") -> str:
    axis = "6378137,298.257223563" if ellipsoid == "WGS_1984" else "6378245,298.3"
    return ESRI.format(datum=datum, meridian=meridian, k=k, ellipsoid=ellipsoid, axis=axis)


def test_label_of__none_is_no_label() -> None:
    assert label_of(None) is None


@pytest.mark.parametrize(
    "shift",
    [PUBLISHED, TURNED, BACK, BACK_TURNED, ROUNDED, OLDER],
    ids=["as it is", "turned", "back", "both", "rounded", "5194"],
)
@pytest.mark.parametrize(("projection", "code"), [(TM3, "EPSG:5897"), (UTM, "EPSG:3405")])
def test_label_of__towgs84_that_was_published_is_vn2000(projection: str, code: str, shift: str) -> None:
    label = label_of(CRS(f"{projection} +towgs84={shift}"))
    assert label is not None
    assert label.reading is not None
    assert (label.reading.id, label.note) == (code, "problem.crs_towgs84")


@pytest.mark.parametrize(
    "shift", ["0,0,0", "0,0,0,0,0,0,0", "1,2,3", "-191.9,-39.3,-111.45", PUBLISHED.replace("191", "192")]
)
def test_label_of__other_towgs84_is_not_understood(shift: str) -> None:
    label = label_of(CRS(f"{TM3} +towgs84={shift}"))
    assert label is not None
    assert label.reading is None


@pytest.mark.parametrize(
    ("given", "code", "note"),
    [
        (TM3, "EPSG:5897", "problem.crs_unnamed"),
        (esri("D_unknown"), "EPSG:5897", "problem.crs_unnamed"),
        (esri("D_User_Defined"), "EPSG:5897", "problem.crs_unnamed"),
        (esri("D_User_Defined", meridian=105.75), "EPSG:9210", "problem.crs_unnamed"),
        (esri("D_Vietnam_2000"), "EPSG:5897", ""),
        (esri("D_VN_2000", k=0.9996), "EPSG:3405", ""),
        # Without a datum UTM is VN-2000's or WGS 84's, 224 m apart; degrees likewise.
        (UTM, None, ""),
        ("+proj=longlat +ellps=WGS84", None, ""),
        (esri("D_unknown", k=0.9998), None, ""),
        (esri("D_unknown", ellipsoid="Krasovsky_1940"), None, ""),
        # TM-3 on WGS 84 itself: VN-2000 numbers with the wrong datum, or truly 224 m apart.
        (esri("D_WGS_1984"), None, ""),
        ('LOCAL_CS["paper",UNIT["Meter",1]]', None, ""),
        (5514, None, ""),
        ("OGC:CRS84", "EPSG:4326", ""),
        (4979, "EPSG:4326", ""),
        ("EPSG:5897+5773", "EPSG:5897", ""),
        (CRS.from_epsg(6957).to_wkt("WKT1_ESRI"), "EPSG:6957", ""),
    ],
)
def test_label_of__what_a_file_can_state(given: object, code: str | None, note: str) -> None:
    label = label_of(CRS.from_user_input(given))
    assert label is not None
    assert (label.reading.id if label.reading else None, label.note) == (code, note)
    assert label.name


@pytest.mark.parametrize("code", [3405, 5897, 9217, 32648, 3857, 4326, 4756, 4147, 2045, 3148])
def test_label_of__esri_text_is_the_same(code: int) -> None:
    label = label_of(CRS.from_wkt(CRS.from_epsg(code).to_wkt("WKT1_ESRI")))
    assert label is not None
    assert label.reading is not None
    assert label.reading.epsg == code
