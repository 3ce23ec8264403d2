"""The balance of each zone: what its boundary holds against what the table of areas says.

zone = Σ classes - listed - overlap + gap. The classes come from the table (parcel, zone, m²); zone, gap
and overlap are measured anew on the shapes, by other operations than the table's, so that a parcel
that the table loses or counts twice is left over as a residual. Listed land has no shape: it lies in the
gap and is taken out. A zone without a boundary has no balance, only the sum of its list.
Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gis.clearance.areas import polygons, require_measurable
from gis.errors import Problem

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

TOLERANCE_M2: Final = 0.1  # what a page can show of an area
COVERAGE_COLUMNS: Final = ("zone_m2", "gap_m2", "overlap_m2")


def coverage(units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Square metres of each zone, of its gaps (under no unit) and of its overlaps (counted twice).

    Depends on boundaries only. Where n units lie over each other, the overlap counts n - 1 times.

    Args:
        units: Parcels and public features, valid polygons in a projected VN-2000 CRS.
        zones: Zones in the same CRS, index `zone_id`.

    Returns:
        float64 columns `zone_m2`, `gap_m2`, `overlap_m2`, index `zone_id` in the order of `zones`;
        a zone without a polygon has no row.

    Raises:
        NotVn2000Error: If a CRS is absent, geographic or of another datum.
        CrsMismatchError: If the two frames are in different CRS.
        DuplicateIdError: If an id stands twice in an index.

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> plots = gpd.GeoDataFrame(geometry=[box(0, 0, 6, 10), box(5, 0, 9, 10)], crs=5897)
    >>> park = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10)], index=["Z"], crs=5897)
    >>> coverage(plots, park).loc["Z"].to_dict()
    {'zone_m2': 100.0, 'gap_m2': 10.0, 'overlap_m2': 10.0}
    """
    require_measurable(units, zones)
    shapes, outlines = polygons(units), polygons(zones)
    drawn = np.flatnonzero(shapely.is_geometry(outlines))
    zone, unit = shapely.STRtree(shapes).query(outlines, predicate="intersects")
    rows = [
        (
            shapely.area(outlines[one]),
            *_gap_and_overlap(outlines[one], shapes[np.sort(unit[zone == one])]),
        )
        for one in drawn
    ]
    index = pd.Index(zones.index[drawn], name="zone_id")
    return pd.DataFrame(rows, index=index, columns=list(COVERAGE_COLUMNS), dtype=float)


def balance(
    coverage: pd.DataFrame, class_m2: pd.DataFrame, listed_m2: pd.Series | None = None
) -> pd.DataFrame:
    """The balance of each zone in square metres; its last column is what does not add up.

    Args:
        coverage: As `coverage` gives it.
        class_m2: m² by `zone_id` and class, as `partition.class_m2` gives it; a zone that is not
            in it has no classes, 0 m².
        listed_m2: m² by `zone_id` of the classes that a list states and no shape; None: nothing.

    Returns:
        float64 columns `zone_m2`, `classes_m2` (all classes), `gap_m2`, `overlap_m2`, `residual_m2`, and
        where it was given `listed_m2`, by `zone_id` in the order of `coverage`; then zones that only the
        classes know, with NaN for what was never measured.

    >>> measured = pd.DataFrame({"zone_m2": 100.0, "gap_m2": 10.0, "overlap_m2": 10.0}, index=["Z"])
    >>> balance(measured, pd.DataFrame({"paid": 60.0, "stuck": 40.0}, index=["Z"])).loc["Z"].tolist()
    [100.0, 100.0, 10.0, 10.0, 0.0]
    """
    unmeasured = class_m2.index.difference(coverage.index)
    index = pd.Index([*coverage.index, *unmeasured], name="zone_id")
    measured = coverage.reindex(index)
    classes_m2 = class_m2.sum(axis=1).reindex(index, fill_value=0.0)
    by_list_m2 = 0.0 if listed_m2 is None else listed_m2.reindex(index, fill_value=0.0)
    explained_m2 = classes_m2 - by_list_m2 - measured["overlap_m2"] + measured["gap_m2"]
    found = pd.DataFrame(
        {
            "zone_m2": measured["zone_m2"],
            "classes_m2": classes_m2,
            "gap_m2": measured["gap_m2"],
            "overlap_m2": measured["overlap_m2"],
            "residual_m2": measured["zone_m2"] - explained_m2,
        }
    )
    return found if listed_m2 is None else found.assign(listed_m2=by_list_m2)


def check_balance(balance: pd.DataFrame, tolerance_m2: float = TOLERANCE_M2) -> list[Problem]:
    """The zones whose balance does not close.

    Args:
        balance: As `balance` gives it.
        tolerance_m2: The largest residual, either way, that passes (included).

    Returns:
        A problem for each zone beyond it, or that was never measured, in the order of `balance`; none for
        a zone without a boundary whose land is all of a list: there is nothing to compare it with.
    """
    closed = balance["residual_m2"].abs() <= tolerance_m2  # NaN is not closed
    if "listed_m2" in balance:
        by_list_alone = balance["zone_m2"].isna() & (balance["listed_m2"] > 0)
        closed |= by_list_alone & ((balance["classes_m2"] - balance["listed_m2"]).abs() <= tolerance_m2)
    return [
        Problem(
            str(zone_id),
            "problem.balance_open",
            {
                "zone_id": str(zone_id),
                **{str(column): None if pd.isna(m2) else float(m2) for column, m2 in row.items()},
                "tolerance_m2": tolerance_m2,
            },
        )
        for zone_id, row in balance[~closed].iterrows()
    ]


def _gap_and_overlap(zone: shapely.Geometry, units: NDArray[np.object_]) -> tuple[float, float]:
    """m² of a zone under no unit, and m² under more than one, counted once less than they lie there.

    Neighbours that share their edges to the vertex form a coverage, which is united by dropping
    the shared edges. Only where edges disagree (true overlaps, and neighbours with differing
    vertices) is a union computed, and only there can units overlap.
    """
    disagreeing = _disagreeing(units)
    rest = shapely.coverage_union_all(units[~disagreeing])
    mended = shapely.disjoint_subset_union_all(units[disagreeing])
    gap = shapely.difference(shapely.difference(zone, rest), mended)
    return float(shapely.area(gap)), _overlap_m2(zone, units, disagreeing)


def _disagreeing(units: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which units have an edge that lies in a neighbour, or on its edge without the same vertices."""
    edges = shapely.coverage_invalid_edges(units)
    disagree: NDArray[np.bool_] = shapely.is_geometry(edges) & ~shapely.is_empty(edges)
    return disagree


def _overlap_m2(zone: shapely.Geometry, units: NDArray[np.object_], disagreeing: NDArray[np.bool_]) -> float:
    """Σ parts - area of their union inside a zone, over the units that may overlap."""
    if not disagreeing.any():
        return 0.0
    # A unit that wholly contains another has no wrong edge itself; it is found by its meeting one.
    _, met = shapely.STRtree(units).query(units[disagreeing], predicate="intersects")
    parts = _clipped(units[np.unique(met)], zone)
    union = shapely.disjoint_subset_union_all(parts)
    return float(shapely.area(parts).sum() - shapely.area(union))


def _clipped(units: NDArray[np.object_], zone: shapely.Geometry) -> NDArray[np.object_]:
    """The part of each unit inside a zone."""
    outline = shapely.force_2d(zone)  # a copy: preparing marks a geometry
    shapely.prepare(outline)
    crossing = ~shapely.covers(outline, units)
    parts = units.copy()
    parts[crossing] = shapely.intersection(units[crossing], outline)
    return parts
