"""Keys and figures of the invented parcels: old commune, sheet, number, areas on paper, field names.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.sample import layout, mesh
from gis.sample.chance import chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.sample.fields import Piece

SHEET_M: Final = 420.0
FIELD_NAMES: Final = (
    *("Đồng Trước", "Đồng Sau", "Đồng Sâu", "Đồng Cao", "Đồng Giữa", "Đồng Ngoài", "Đồng Dài"),
    *("Đồng Vuông", "Cửa Đình", "Cửa Chùa", "Bờ Kênh", "Gốc Gạo", "Gò Tròn", "Cồn Dài", "Bái Trên"),
    *("Bái Dưới", "Mả Cả", "Ao Sen", "Đường Cái", "Cầu Đá", "Ruộng Mạ", "Đồng Bông", "Bến Đò"),
)
DIVIDED: Final = 0.012  # numbers like 12a
NUMBERED_TWICE: Final = 0.007  # numbers like 105-1 and 105-2
LEAST_SLIVERED_M2: Final = 300.0
SLIVERS: Final = 9  # corners that a survey has wrong by half a metre or so
# Roads and canals go through the old communes: they stand under the commune's own code.
FEATURE_COMMUNE: Final = "15910"
FEATURE_LETTERS: Final = {"DGT": "D", "DTL": "K", "MNC": "M"}


def land(crs: int, seed: int) -> gpd.GeoDataFrame:
    """Parcels and public features together, before households.

    Args:
        crs: EPSG code of the sample's CRS.
        seed: Of everything random.

    Returns:
        Columns kind, commune, sheet, number, land_use, legal_area_m2, measured_area_m2, name, block,
        geometry; parcels first, by commune, sheet and place on it; features follow by their code.
    """
    rng = np.random.default_rng([seed, 1])
    frames = []
    for site in layout.SITES:
        pieces = layout.pieces(site, rng)
        rings = mesh.noded([piece.ring for piece in pieces])
        shapes = [shapely.Polygon(mesh.placed(ring, site)) for ring in rings]
        frames.append(_frame(site, pieces, shapes, crs))
    units = pd.concat(frames, ignore_index=True)
    parcels = _numbered(units[units["kind"] == "parcel"], rng)
    parcels = parcels.assign(name=_names(parcels, rng), geometry=_with_slivers(parcels, rng))
    features = _coded(units[units["kind"] == "feature"])
    both = pd.concat([_with_areas(parcels, rng), features], ignore_index=True)
    return gpd.GeoDataFrame(both.drop(columns=["u", "v"]), crs=crs)


def _frame(
    site: layout.Site, pieces: Sequence[Piece], shapes: Sequence[shapely.Polygon], crs: int
) -> gpd.GeoDataFrame:
    """A site's pieces with their old commune: a block lies in one commune only."""
    middles = np.array([np.mean(piece.ring, axis=0) for piece in pieces])
    blocks = pd.Series([piece.block for piece in pieces])
    foot = pd.Series(middles[:, 1]).groupby(blocks).transform("min")
    facts = {
        "kind": [piece.kind for piece in pieces],
        "commune": [layout.commune_at(site, v) for v in foot],
        "land_use": [piece.land_use for piece in pieces],
        "name": [piece.name for piece in pieces],
        "block": blocks,
        "u": middles[:, 0],
        "v": middles[:, 1],
    }
    return gpd.GeoDataFrame(facts, geometry=list(shapes), crs=crs)


def _numbered(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Sheets by squares of the site from the north-west, numbers along each sheet in rows."""
    square = pd.DataFrame(
        {
            "commune": parcels["commune"],
            "down": -np.floor(parcels["v"] / SHEET_M).astype(int),
            "right": np.floor(parcels["u"] / SHEET_M).astype(int),
        }
    )
    order = np.lexsort(
        (parcels["u"], -np.round(parcels["v"] / 45), square["right"], square["down"], square["commune"])
    )
    ordered, squares = parcels.iloc[order], square.iloc[order]
    first_of_sheet = squares.ne(squares.shift()).any(axis=1)
    first_of_commune = squares["commune"].ne(squares["commune"].shift())
    counted = first_of_sheet.cumsum()
    sheet = counted - counted.where(first_of_commune).ffill().astype(int) + 1
    numbers: list[str] = []
    for _, group in ordered.groupby(counted, sort=True):
        numbers += _numbers(len(group), rng)
    return ordered.assign(sheet=sheet.astype(str), number=numbers)


def _numbers(count: int, rng: np.random.Generator) -> list[str]:
    """Numbers of a sheet: 1, 2, 3 …, with the "12a" and "105-1" that divisions left behind."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        drawn = rng.random()
        if drawn < DIVIDED and found and found[-1].isdigit():
            found.append(f"{number}a")
            continue
        number += 1
        found += [f"{number}-1", f"{number}-2"] if drawn > 1 - NUMBERED_TWICE else [str(number)]
    return found[:count]


def _names(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> list[str]:
    """The field's name for what is no house plot: two blocks that touch often share one."""
    blocks = list(dict.fromkeys(parcels["block"]))
    drawn = rng.integers(0, len(FIELD_NAMES), len(blocks))
    names = {block: FIELD_NAMES[drawn[i - i % 2]] for i, block in enumerate(sorted(blocks))}
    return [
        name or ("" if use.startswith("ONT") else names[block])
        for name, use, block in zip(parcels["name"], parcels["land_use"], parcels["block"], strict=True)
    ]


def _with_slivers(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoSeries:
    """A few rice plots with a corner beside its place: small gaps and overlaps, as in real files."""
    shapes = parcels.geometry.copy()
    rice = np.flatnonzero((parcels["land_use"] == "LUC") & (parcels.geometry.area > LEAST_SLIVERED_M2))
    for place in rng.choice(rice, SLIVERS, replace=False):
        ring = shapely.get_coordinates(shapes.iloc[place])[:-1]
        # The first corner of a strip is one of its four: a shift along its long side's normal.
        long_side = ring[1] - ring[0]
        normal = np.array([-long_side[1], long_side[0]]) / np.hypot(*long_side)
        ring[0] = np.round(ring[0] + normal * rng.uniform(0.5, 1.3) * rng.choice([-1.0, 1.0]), 3)
        shapes.iloc[place] = shapely.Polygon(ring)
    return shapes


def _with_areas(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Areas on the certificate and as measured: near the drawn one, some far off, some unknown."""
    drawn = parcels.geometry.area
    count = len(parcels)
    far = chances(rng, 0.035, count)
    near = rng.normal(0, 0.008, count)
    factor = 1 + near + far * rng.uniform(0.06, 0.22, count) * rng.choice([-1, 1], count)
    legal = (drawn * factor).round(1).mask(chances(rng, 0.07, count))
    measured = (drawn * (1 + rng.normal(0, 0.0015, count))).round(1)
    measured = measured.mask(chances(rng, 0.22, count))
    return parcels.assign(legal_area_m2=legal, measured_area_m2=measured)


def _coded(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Codes of the public features by their kind: D01 roads, K01 canals."""
    letters = features["land_use"].map(FEATURE_LETTERS)
    rank = features.groupby(letters).cumcount() + 1
    codes = [f"{letter}{number:02d}" for letter, number in zip(letters, rank, strict=True)]
    return features.assign(commune=FEATURE_COMMUNE, sheet="", number=codes).sort_values(
        "number", kind="stable"
    )
