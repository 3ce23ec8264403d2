"""The CRS detective over the whole matrix: what is true, what the file states, axes swapped or not, units.

    python benchmarks/crs_matrix.py

Parcels lie in the commune. Their vertices are brought into each true CRS by PROJ pipelines that are written
out here and know nothing of `gis`; each file then states nothing, the truth, or any other CRS. Counted are
automatic choices, right and wrong, and what is asked. The last setting shows why a label alone is asked: it
believes the label of the project's own CRS where there is nothing to compare, which is told apart.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer

sys.path.insert(0, str(Path(__file__).parents[1]))
from gis.boundaries.detective import Verdict, conclude, look
from gis.boundaries.evidence import Scene, scene_of
from gis.boundaries.labels import label_of
from gis.plan import empty_plan_text, parse_plan

if TYPE_CHECKING:
    import pandas as pd

PROJECT = 5897
VN2000 = (3405, 3406, *range(5896, 5900), *range(9205, 9219))
TRUE = (*VN2000, 4326, 4756, 32648, 32649, 3857, 4147, 2044, 2045, 4131, 3148, 3149, 6956, 6957, 6958, 6959)
DEGREES = (4326, 4756, 4147, 4131)
# QĐ 05/2007/QĐ-BTNMT, coordinate frame; EPSG:1544 and 1542 as geocentric translations.
VN2000_TO_WGS84 = (
    "+proj=helmert +convention=coordinate_frame +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278"
)
OTHER_TO_WGS84 = {
    4147: ("krass", "+proj=helmert +x=-17.51 +y=-108.32 +z=-62.39"),
    4131: ("evrst30", "+proj=helmert +x=198 +y=881 +z=317"),
}
DATUM = {2044: 4147, 2045: 4147, 4147: 4147, 3148: 4131, 3149: 4131, 4131: 4131}
WGS84 = (4326, 32648, 32649, 3857)


def degrees_of(code: int) -> Transformer:
    """From VN-2000 longitude, latitude to those of a CRS's own datum."""
    if code in WGS84:
        return Transformer.from_pipeline(_geocentric("WGS84", VN2000_TO_WGS84, "", "WGS84"))
    if code in DATUM:
        ellipsoid, shift = OTHER_TO_WGS84[DATUM[code]]
        return Transformer.from_pipeline(_geocentric("WGS84", VN2000_TO_WGS84, f"+inv {shift}", ellipsoid))
    return Transformer.from_pipeline("+proj=noop")


def _geocentric(ellipsoid_from: str, first: str, second: str, ellipsoid_to: str) -> str:
    middle = f"+step {second} " if second else ""
    return (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
        f"+step +proj=cart +ellps={ellipsoid_from} +step {first} {middle}"
        f"+step +inv +proj=cart +ellps={ellipsoid_to} +step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


def numbers(degrees: np.ndarray, code: int) -> np.ndarray:
    """VN-2000 longitude, latitude as the numbers of a CRS."""
    moved = np.column_stack(degrees_of(code).transform(degrees[:, 0], degrees[:, 1]))
    if code in DEGREES:
        return moved
    crs = CRS.from_epsg(code)
    return np.column_stack(
        Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(moved[:, 0], moved[:, 1])
    )


def parcels(seed: int, rows: int = 12, columns: int = 24) -> gpd.GeoSeries:
    """A jittered mesh of fields that share their corners, in the middle of the commune, VN-2000 degrees."""
    rng = np.random.default_rng(seed)
    east, north = np.meshgrid(np.arange(columns + 1) * 31.7, np.arange(rows + 1) * 43.3)
    mesh = np.stack([east, north], axis=-1) + rng.uniform(-6, 6, (rows + 1, columns + 1, 2))
    mesh = np.round(mesh + np.array([587_000.0, 2_200_300.0]), 3)
    rings = np.stack([mesh[:-1, :-1], mesh[:-1, 1:], mesh[1:, 1:], mesh[1:, :-1]], axis=2)
    return gpd.GeoSeries(shapely.polygons(rings.reshape(-1, 4, 2)), crs=PROJECT)


@dataclass
class Count:
    """How a matrix ended."""

    cases: int = 0
    right: int = 0
    believed: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    misled: list[str] = field(default_factory=list)

    def add(self, true: str, declared: int | None, verdict: Verdict) -> None:
        self.cases += 1
        if verdict.chosen is None:
            self.asked += 1
        elif verdict.chosen.id == true:
            self.right += verdict.confirmed
            self.believed += not verdict.confirmed
        else:
            named = f"{true} stated as EPSG:{declared}"
            (self.wrong if verdict.confirmed else self.misled).append(named)

    def line(self, name: str) -> str:
        share = self.asked / self.cases
        automatic = f"{self.right:>7}{len(self.wrong):>7}{self.believed:>10}{len(self.misled):>8}"
        return f"{name:<42}{self.cases:>7}{automatic}{self.asked:>7}{share:>8.1%}"


@dataclass(frozen=True)
class Setting:
    """A scene, and the areas that the file states."""

    name: str
    scene: Scene
    areas_m2: pd.Series | None


def settings() -> tuple[gpd.GeoSeries, list[Setting]]:
    """The fields of a file, and what may be known when it comes: nothing, its areas, the land beside it."""
    whole = parcels(7)
    east = whole.centroid.x > whole.centroid.x.median()
    came, there = whole[east].reset_index(drop=True), whole[~east].reset_index(drop=True)
    rng = np.random.default_rng(8)
    # As measured years ago: most to the decimetre, some off by a thousandth.
    areas = (came.area * (1 + rng.normal(0, 1e-3, len(came)) * (rng.random(len(came)) < 0.3))).round(1)
    plan = parse_plan(empty_plan_text(), "project.toml")
    bare, beside = scene_of(plan), scene_of(plan, there)
    return came, [
        Setting("place alone", bare, None),
        Setting("place and stated areas", bare, areas),
        Setting("place and loaded land beside", beside, None),
        Setting("place, areas and loaded land", beside, areas),
    ]


def files(came: gpd.GeoSeries) -> list[tuple[str, int, gpd.GeoSeries]]:
    """The fields in each CRS, axes as they are and swapped; the project's own also in km and mm."""
    corners = shapely.get_coordinates(came.to_numpy())
    lon, lat = Transformer.from_crs(PROJECT, 4756, always_xy=True).transform(corners[:, 0], corners[:, 1])
    degrees = np.column_stack([lon, lat])
    found = []
    for code in TRUE:
        flat = numbers(degrees, code)
        for swapped in (False, True):
            written = flat[:, ::-1] if swapped else flat
            name = f"EPSG:{code}" + (":swapped" if swapped else "")
            found.append((name, code, _shaped(came, written)))
            if code in {PROJECT, 3405, 32648, 9208}:
                found.append((f"{name}:km", code, _shaped(came, written / 1000)))
                found.append((f"{name}:mm", code, _shaped(came, written * 1000)))
    return found


def _shaped(came: gpd.GeoSeries, corners: np.ndarray) -> gpd.GeoSeries:
    shapes = shapely.set_coordinates(came.to_numpy().copy(), corners)
    return gpd.GeoSeries(shapes)


def labels(true: int) -> dict[str, list[int | None]]:
    """What a file may state: nothing, the truth, or any other."""
    return {"no label": [None], "right label": [true], "wrong label": [c for c in TRUE if c != true]}


def matrix(setting: Setting, written: list[tuple[str, int, gpd.GeoSeries]]) -> dict[str, Count]:
    """How the whole matrix ends in one setting, by what the files state."""
    counts = {kind: Count() for kind in labels(0)}
    for name, code, shapes in written:
        seen = look(shapes, setting.areas_m2, setting.scene)
        for kind, stated in labels(code).items():
            for declared in stated:
                label = label_of(None if declared is None else CRS.from_epsg(declared))
                counts[kind].add(name, declared, conclude(seen, label))
    return counts


def main() -> None:
    came, all_settings = settings()
    written = files(came)
    print(f"{'':<42}{'':>7}{'confirmed':>14}{'label believed, told':>18}")
    automatic = f"{'right':>7}{'wrong':>7}{'right':>10}{'wrong':>8}"
    print(f"{'':<42}{'cases':>7}{automatic}{'asked':>7}{'share':>8}")
    trusting = replace(all_settings[0].scene, believes_label=True)
    for setting in [*all_settings, Setting("label believed alone", trusting, None)]:
        start = time.perf_counter()
        for kind, count in matrix(setting, written).items():
            print(count.line(f"{setting.name}, {kind}"))
            for one in [*count.wrong, *count.misled]:
                print(f"    wrong: {one}")
        print(f"    {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
