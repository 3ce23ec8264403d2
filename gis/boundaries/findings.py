"""What a checked layer shows when laid against itself, the loaded land, the zones and the commune.

Nothing here is refused for its shape: each row is good by itself. What is told is land that would count twice
or not at all, land that lies elsewhere, and areas that do not agree. Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import GeometryCollection

from gis.boundaries.checks import UNIT_KEY
from gis.boundaries.gaps import gaps, zone_gaps
from gis.boundaries.topology import LEAST_OVERLAP_M2, is_crowded, overlaps
from gis.errors import Problem
from gis.vn2000 import require_vn2000

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from gis.errors import Fact, Severity

Layer: TypeAlias = Literal["zones", "parcels", "features"]
# More than half of the smaller one shared: one piece of land under two names, which would count twice.
SAME_LAND_SHARE: Final = 0.5
# Two drawings of one boundary by the same vertices differ by the reader's arithmetic alone.
SAME_SHAPE_M: Final = 0.001
# Nothing is farmed or built on a strip narrower than half a metre, a foot-wide bund: it is what drawing two
# boundaries for one leaves. Mean width, twice the area by the perimeter.
SLIVER_WIDTH_M: Final = 0.5
# A commune's outline is drawn at a map's scale: a share below this of a parcel is the outline's own error.
OUTSIDE_SHARE: Final = 0.01
# Area is not known better than its boundary: a shift of 5 cm all along half of it, about what the points of a
# survey at 1:500 are good for. The law knows no percentage; what stays below is summed up in one warning.
BOUNDARY_ACCURACY_M: Final = 0.05
# Areas are certified to 0.1 m²: half of it is rounding.
ROUNDING_M2: Final = 0.05
MOST_TOLD: Final = 5_000  # overlaps one by one; nobody reads more
_AREAS: Final = (("measured_area_m2", "measured"), ("legal_area_m2", "legal"))


class _Units(NamedTuple):
    """The rows that came, before those that are loaded and stay; `own` is how many came."""

    frame: gpd.GeoDataFrame
    own: int

    def label(self, row: int) -> str:
        """A unit as its office names it: "15910/7/12a"."""
        names = (str(self.frame[column].iloc[row]) for column in UNIT_KEY)
        return "/".join(name for name in names if name)

    def problem(
        self,
        row: int,
        message: str,
        facts: dict[str, Fact],
        land: tuple[float, BaseGeometry],
        severity: Severity = "warning",
    ) -> Problem:
        """What is told of a row, with the land at stake: square metres and shape."""
        return Problem(str(self.frame["source"].iloc[row]), message, facts, severity, *land)


def findings(
    frame: gpd.GeoDataFrame,
    layer: Layer,
    loaded: gpd.GeoDataFrame | None = None,
    zones: gpd.GeoDataFrame | None = None,
    place: BaseGeometry | None = None,
) -> list[Problem]:
    """Everything worth telling of a checked layer's land, the largest first.

    Args:
        frame: The good rows of a layer as `checks` gives them, in a projected VN-2000 CRS.
        layer: What they are.
        loaded: Parcels and public features in force, same CRS; those of a key that came again are left out.
        zones: The project's zones, by `zone_id`, same CRS.
        place: The commune's outline, same CRS.

    Returns:
        Problems with `area_m2` (land at stake) and `shape`; ties in the order of the
        checks here and of the rows. Severity "refused"
        only for one piece of land under two keys, which an import refuses.

    Raises:
        NotVn2000Error: If the CRS of `frame` is absent, geographic or of another datum.
    """
    require_vn2000(frame.crs)
    if frame.empty:
        return []
    found: list[Problem] = []
    if layer == "zones":
        units = _Units(frame.reset_index(), len(frame))
    else:
        units = _beside(frame, loaded)
        if is_crowded(units.frame.geometry.to_numpy()):
            found.append(crowded(frame))
        else:
            found += [*_shared(units), *_gaps(units), *_zone_gaps(units, zones)]
    if layer == "parcels":
        found += [*_areas(units), *_multipart(units)]
    if layer != "features":  # a ditch may be as narrow as it is
        found += _slivers(units, layer)
    if place is not None:
        found += _outside(units, layer, place)
    # To the square decimetre: arithmetic alone must not order two strips of one size.
    return sorted(found, key=lambda one: -round(one.area_m2 or 0.0, 2))


def _beside(frame: gpd.GeoDataFrame, loaded: gpd.GeoDataFrame | None) -> _Units:
    """The rows that came, and after them what is loaded and no row replaces."""
    if loaded is None or loaded.empty:
        return _Units(frame, len(frame))
    columns = [*UNIT_KEY, "source"]
    keys = pd.MultiIndex.from_frame(frame[list(UNIT_KEY)])
    stays = ~pd.MultiIndex.from_frame(loaded[list(UNIT_KEY)]).isin(keys)
    table = pd.concat([frame.drop(columns="geometry"), loaded.loc[stays, columns]], ignore_index=True)
    shapes = np.concatenate([frame.geometry.to_numpy(), loaded.geometry.to_numpy()[stays]])
    return _Units(gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=frame.crs)), len(frame))


def crowded(frame: gpd.GeoDataFrame) -> Problem:
    """That rows lie on one another by the hundreds: refused as a whole, as nobody could read the pairs."""
    source = str(frame["source"].iloc[0]).rpartition(", feature ")[0]
    shapes = frame.geometry.to_numpy()
    different = len(np.unique(shapely.to_wkb(shapely.normalize(shapes))))
    facts: dict[str, Fact] = {"count": len(shapes), "different": different}
    return Problem(source, "problem.land_crowded", facts, area_m2=float(shapely.area(shapes).sum()))


def _shared(units: _Units) -> Iterator[Problem]:
    """Land that a row shares with another one, or with what is loaded."""
    shapes = units.frame.geometry.to_numpy()
    areas_m2 = shapely.area(shapes)
    found = [one for one in overlaps(units.frame.geometry) if one.first < units.own]
    if len(found) > MOST_TOLD:  # the largest are told first, the others in one sentence
        source = str(units.frame["source"].iloc[0]).rpartition(", feature ")[0]
        rest = found[MOST_TOLD:]
        area_m2 = sum(one.shared_m2 for one in rest)
        more: dict[str, Fact] = {"count": len(rest), "area": area_m2}
        yield Problem(source, "problem.shared_land_more", more, area_m2=area_m2)
    # Loaded land among itself was told when it came.
    for first, second, shared_m2 in found[:MOST_TOLD]:
        row, other = (second, first) if second < units.own else (first, second)
        facts: dict[str, Fact] = {"unit": units.label(row), "other": units.label(other), "area": shared_m2}
        same = shared_m2 > SAME_LAND_SHARE * min(areas_m2[first], areas_m2[second])
        land = (shared_m2, shapely.intersection(shapes[first], shapes[second]))
        if same and _is_same_shape(shapes[first], shapes[second]):
            yield units.problem(row, "problem.same_shape", facts, land, "refused")
        elif same:
            yield units.problem(row, "problem.same_land", facts, land, "refused")
        else:
            yield units.problem(row, "problem.shared_land", facts, land)


def _is_same_shape(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.equals_exact(one, other, SAME_SHAPE_M, normalize=True))


def _gaps(units: _Units) -> Iterator[Problem]:
    """Narrow strips between neighbours that belong to nobody."""
    shapes = units.frame.geometry.to_numpy()
    slits = np.array(gaps(shapes), dtype=object)
    at, beside = shapely.STRtree(shapes).query(slits, predicate="intersects")
    neighbours: dict[int, list[int]] = {}
    for slit, row in zip(at.tolist(), beside.tolist(), strict=True):
        neighbours.setdefault(slit, []).append(row)
    for slit, rows in neighbours.items():
        first, *others = sorted(rows)
        if first >= units.own:
            continue
        area_m2 = float(slits[slit].area)
        facts: dict[str, Fact] = {
            "unit": units.label(first),
            "other": units.label(others[0]) if others else None,
            "count": len(rows),
            "area": area_m2,
        }
        yield units.problem(first, "problem.gap_between", facts, (area_m2, slits[slit]))


def _zone_gaps(units: _Units, zones: gpd.GeoDataFrame | None) -> Iterator[Problem]:
    """Land of a zone that no parcel or feature covers, where one lies in it."""
    if zones is None:
        return
    shapes = units.frame.geometry.to_numpy()
    for zone, (rest, pieces) in zone_gaps(shapes, units.own, zones.geometry).items():
        facts: dict[str, Fact] = {"zone": zone, "count": pieces, "area": rest.area}
        yield Problem(zone, "problem.zone_uncovered", facts, "warning", rest.area, rest)


def _slivers(units: _Units, layer: Layer) -> Iterator[Problem]:
    """Shapes, or parts of them, that are too narrow to be land of their own."""
    parts, rows = shapely.get_parts(units.frame.geometry.to_numpy()[: units.own], return_index=True)
    areas_m2, lengths_m = shapely.area(parts), shapely.length(parts)
    widths_m = np.divide(2 * areas_m2, lengths_m, out=np.full(len(parts), np.inf), where=lengths_m > 0)
    for part in np.flatnonzero(widths_m < SLIVER_WIDTH_M).tolist():
        row, area_m2 = int(rows[part]), float(areas_m2[part])
        facts: dict[str, Fact] = {
            "unit": _name(units, row, layer),
            "area": area_m2,
            "width": float(widths_m[part]),
        }
        yield units.problem(row, "problem.sliver", facts, (area_m2, parts[part]))


def _name(units: _Units, row: int, layer: Layer) -> str:
    return str(units.frame["zone_id"].iloc[row]) if layer == "zones" else units.label(row)


def _multipart(units: _Units) -> Iterator[Problem]:
    """Parcels of several parts: kept as they are, told once for the layer."""
    shapes = units.frame.geometry.to_numpy()[: units.own]
    parts = shapely.get_num_geometries(shapes)
    rows = np.flatnonzero(parts > 1)
    if len(rows) == 0:
        return
    source = str(units.frame["source"].iloc[0]).rpartition(", feature ")[0]
    most = int(rows[np.argmax(parts[rows])])
    facts: dict[str, Fact] = {"count": len(rows), "most": int(parts[most]), "unit": units.label(most)}
    whole = GeometryCollection(list(shapes[rows]))
    # Nothing is in doubt: these hectares are not at stake.
    yield Problem(source, "problem.multipart", facts, "warning", 0.0, whole)


def _outside(units: _Units, layer: Layer, place: BaseGeometry) -> Iterator[Problem]:
    """Land beyond the commune's outline."""
    shapes = units.frame.geometry.to_numpy()[: units.own]
    shapely.prepare(place)
    rows = np.flatnonzero(~shapely.covered_by(shapes, place))
    beyond = shapely.difference(shapes[rows], place)
    areas_m2, beyond_m2 = shapely.area(shapes[rows]), shapely.area(beyond)
    told = (beyond_m2 > LEAST_OVERLAP_M2) & (beyond_m2 > OUTSIDE_SHARE * areas_m2)
    for i in np.flatnonzero(told).tolist():
        row = int(rows[i])
        facts: dict[str, Fact] = {
            "unit": _name(units, row, layer),
            "area": float(beyond_m2[i]),
            "inside": float(1 - beyond_m2[i] / areas_m2[i]),
        }
        yield units.problem(row, "problem.outside_place", facts, (float(beyond_m2[i]), beyond[i]))


def beyond_accuracy(
    shapes: np.ndarray[Any, Any], stated_m2: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a stated area differs from the drawn one by more than the boundary is known.

    Args:
        shapes: Polygons in a planar CRS, in metres.
        stated_m2: Square metres, NaN where nothing is stated: that differs from nothing.

    >>> from shapely import box
    >>> beyond_accuracy(np.array([box(0, 0, 100, 100)] * 3), np.array([10_009.0, 10_011.0, np.nan])).tolist()
    [False, True, False]
    """
    accuracy_m2 = np.maximum(2 * ROUNDING_M2, BOUNDARY_ACCURACY_M * shapely.length(shapes) / 2)
    return np.greater(np.abs(shapely.area(shapes) - stated_m2), accuracy_m2)


def _areas(units: _Units) -> Iterator[Problem]:
    """Areas of the file that differ from the drawn ones by more than the boundary is known."""
    came = units.frame.iloc[: units.own]
    shapes = came.geometry.to_numpy()
    drawn_m2 = shapely.area(shapes)
    for column, name in _AREAS:
        stated_m2 = came[column].to_numpy(dtype="float64")
        differs_m2 = drawn_m2 - stated_m2
        beyond = beyond_accuracy(shapes, stated_m2)
        for row in np.flatnonzero(beyond).tolist():
            facts: dict[str, Fact] = {
                "unit": units.label(row),
                "stated": float(stated_m2[row]),
                "drawn": float(drawn_m2[row]),
                "difference": float(differs_m2[row]),
            }
            land = (abs(float(differs_m2[row])), shapes[row])
            yield units.problem(row, f"problem.area_{name}_differs", facts, land)
        # A whisker beyond the half: a tenth that was rounded half up may differ by exactly that.
        small = ~beyond & (np.abs(differs_m2) > ROUNDING_M2 + 1e-6)
        yield from _small_differences(came, name, differs_m2[small])


def _small_differences(
    came: gpd.GeoDataFrame, name: str, differs_m2: np.ndarray[Any, np.dtype[np.float64]]
) -> Iterator[Problem]:
    """One sentence for all the differences that the survey itself may explain."""
    if len(differs_m2) == 0:
        return
    source = str(came["source"].iloc[0]).rpartition(", feature ")[0]
    total_m2 = float(np.abs(differs_m2).sum())
    facts: dict[str, Fact] = {"count": len(differs_m2), "total": total_m2, "net": float(differs_m2.sum())}
    yield Problem(source, f"problem.areas_{name}_within_accuracy", facts, "warning", total_m2)
