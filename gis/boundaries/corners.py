"""A list of corner coordinates ("bảng kê tọa độ góc ranh") -> a layer of polygons, and what is wrong with it.

Corners are joined in the order in which they are listed. North and east are told by their size, never by the
name of their column: X is north in Vietnam and east elsewhere. Pure: no file, no clock.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import geopandas as gpd
from shapely import MultiPolygon, Point, Polygon

from gis.boundaries.corner_crs import stated_epsg
from gis.boundaries.corner_layout import EAST_M, NORTH_M, Layout, layout_of, loose
from gis.boundaries.corner_layout import looks_like_corners as looks_like_corners  # noqa: PLC0414 - public here
from gis.boundaries.fields import land_use_of, text_of
from gis.boundaries.layers import RawLayer
from gis.errors import AmbiguousNumberError, NotANumberError, Problem
from gis.vietnamese import fold, parse_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.errors import Fact
    from gis.table import Table

DRIVER: Final = "corners"
# What a list of corners to the centimetre leaves open.
EDGE_TOLERANCE_M: Final = 0.05
_CORNER_ROUNDING_M: Final = 0.01
_AREA_ROUNDING_M2: Final = 0.1
_LEAST_CORNERS: Final = 3
_NAMES: Final = ("sheet", "number", "zone_id", "name", "land_use")
_PARCEL: Final = re.compile(r"\bthua(?: dat)?(?: so)?\s*[:.]?\s*([0-9]+[a-z]?(?:[-/][0-9]+)?)")
_SHEET: Final = re.compile(r"\bto(?: ban do)?(?: so)?\s*[:.]?\s*([0-9]+[a-z]?)")
_ZONE: Final = re.compile(r"^(?:\w{1,3}[.)]\s*)?((?:khu|lo|kcn|ccn|cum cong nghiep)\b.{0,60})$")
_AREA: Final = re.compile(r"\b(?:dien tich|dt)\b[^0-9]{0,20}([0-9][0-9., ]*[0-9]|[0-9])\s*(m2|m²|ha)?")
_MOST_COLUMNS: Final = 50
_HECTARE_M2: Final = 10_000


@dataclass(slots=True)
class _Corner:
    """One corner, and where it stands."""

    row: int
    name: str
    east: Decimal
    north: Decimal
    edge: tuple[Decimal, int] | None = None

    @property
    def place(self) -> tuple[float, float]:
        return float(self.east), float(self.north)


@dataclass(slots=True)
class _Group:
    """The corners of one parcel or zone: its rings in the order listed."""

    values: dict[str, str] = field(default_factory=dict)
    rings: list[list[_Corner]] = field(default_factory=list)
    area: tuple[Decimal | None, str] | None = None
    wrong: bool = False
    is_open: bool = False


def corners_layer(table: Table) -> tuple[RawLayer | None, list[Problem]]:
    """The polygons that a list of corners describes, and everything that is wrong with the list.

    Args:
        table: A sheet; where `looks_like_corners` is false there is nothing to read.

    Returns:
        A layer with those of the columns `sheet`, `number`, `zone_id`, `name`, `land_use` and
        `measured_area_m2` that the list has, index 0, 1, 2, ... in its order; its geometry is
        missing where a cell of it cannot be read. Its CRS is the one that the title states, else None.
    """
    layout = layout_of(table)
    if layout is None:
        return None, [Problem(table.source, "problem.no_corners")]
    if layout.pairs > 1:
        return None, [Problem(table.source, "problem.corners_side_by_side", {"count": layout.pairs})]
    problems: list[Problem] = []
    groups = [group for group in _groups(table, layout, problems) if group.rings or group.wrong]
    shapes = [_shape(table, layout, row, group, problems) for row, group in enumerate(groups)]
    columns: dict[str, list[str] | list[float]] = {
        name: [group.values.get(name, "") for group in groups]
        for name in _NAMES
        if any(group.values.get(name) for group in groups)
    }
    areas = [float(group.area[0]) if group.area and group.area[0] else math.nan for group in groups]
    titles = [cell for row in table.rows for cell in row if isinstance(cell, str)]
    epsg = stated_epsg(titles)
    if any(area > 0 for area in areas):
        columns["measured_area_m2"] = areas
    frame = gpd.GeoDataFrame(columns, index=range(len(groups)), geometry=shapes, crs=epsg)
    if epsg:
        problems.append(
            Problem(table.source, "problem.corners_crs_stated", {"crs": f"EPSG:{epsg}"}, "warning")
        )
    return RawLayer(table.file, table.sheet, DRIVER, None, frame), problems


def _groups(table: Table, layout: Layout, problems: list[Problem]) -> Iterator[_Group]:
    """Parcels or zones in the list's order: by title rows, by a column, or by rings alone."""
    group = _Group()
    for row in range(len(table.rows)):
        cells = table.rows[row]
        area = _stated_area(table, row)
        if area is None and _is_corner(table, layout, row):
            values = _values(table, layout, row)
            if group.rings and any(value != group.values.get(name, value) for name, value in values.items()):
                yield group
                group = _Group()
            named = bool({"number", "zone_id"} & group.values.keys())
            if group.rings and not group.is_open and not named and not values:
                yield group
                group = _Group()
            group.values |= values
            _take_corner(table, layout, row, group, problems)
            continue
        title = _title(cells)
        if title and (group.rings or group.wrong):
            yield group
            group = _Group()
        group.values |= title
        group.area = group.area or area
        _take_edge(table, layout, row, group)
    yield group


def _is_corner(table: Table, layout: Layout, row: int) -> bool:
    """Whether a row is meant as a corner: neither a header, nor the numbers of the columns under it."""
    cells = [table.rows[row][column] for column in (layout.north, layout.east)]
    if not any(_is_number(cell) for cell in cells):
        return False
    values = [loose(cell) for cell in cells]
    if all(value is not None and value <= _MOST_COLUMNS for value in values):
        return False
    return row >= layout.first or any(value is not None and value >= EAST_M[0] for value in values)


def _is_number(cell: object) -> bool:
    """Whether a cell is meant as a number: a header over it is not."""
    if isinstance(cell, str):
        return bool(re.match(r"\s*[-+]?[0-9]", cell))
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _values(table: Table, layout: Layout, row: int) -> dict[str, str]:
    """What the columns of a row say of its parcel; a merged cell counts for all its rows."""
    found = {}
    for name in _NAMES:
        column = layout.columns.get(name)
        if column is None:
            continue
        value = table.rows[row][column]
        for top, left, bottom, right in table.merged:
            if top <= row <= bottom and left <= column <= right:
                value = table.rows[top][left]
        text = text_of(value)
        if text:
            found[name] = land_use_of(text) if name == "land_use" else text
    return found


def _title(cells: Sequence[object]) -> dict[str, str]:
    """What a title row says: "Thửa số 12, tờ bản đồ số 5", "Khu A"."""
    whole = " ".join(text_of(cell) for cell in cells if isinstance(cell, str))
    plain = fold(whole)
    parcel, sheet, zone = _PARCEL.search(plain), _SHEET.search(plain), _ZONE.match(plain)
    found = {}
    if parcel:
        found["number"] = parcel[1]
    if sheet and parcel:
        found["sheet"] = sheet[1]
    if zone and not parcel and len(plain) == len(whole):
        found["zone_id"] = whole[zone.start(1) : zone.end(1)].strip(" :")
    return found


def _stated_area(table: Table, row: int) -> tuple[Decimal | None, str] | None:
    """The area that a row states, in square metres, and its cell: "Diện tích: 1.234,5 m2".

    The area is None where its number has no one reading; nothing at all where the row states none.
    """
    for column, cell in enumerate(table.rows[row]):
        if not isinstance(cell, str):
            continue
        match = _AREA.search(fold(cell))
        if match:
            return _square_metres(match[1], match[2], table.address(row, column))
        following = table.rows[row][column + 1 :]
        value = next((one for one in following if _is_number(one)), None)
        if re.fullmatch(r"(?:tong )?(?:dien tich|dt)\b.{0,12}", fold(cell)) and value is not None:
            unit = "ha" if re.search(r"\bha\b", fold(cell)) else "m2"
            return _square_metres(_written(value), unit, table.address(row, column))
    return None


def _square_metres(text: str, unit: str | None, address: str) -> tuple[Decimal | None, str]:
    try:
        value = parse_number(text)
    except NotANumberError:
        return None, address
    return value * (_HECTARE_M2 if unit == "ha" else 1), address


def _take_corner(table: Table, layout: Layout, row: int, group: _Group, problems: list[Problem]) -> None:
    """Add the corner of a row to its ring, or the reason why there is none."""
    found = []
    for column in (layout.north, layout.east):
        value = _exact(table, row, column, problems)
        if value is None:
            group.wrong = True
        else:
            found.append(value)
    if len(found) < 2:  # noqa: PLR2004 - north and east
        return
    north, east = found
    if not (NORTH_M[0] <= north < NORTH_M[1] and EAST_M[0] <= east < EAST_M[1]):
        facts: dict[str, Fact] = {"north": str(north), "east": str(east)}
        problems.append(Problem(table.address(row, layout.north), "problem.corner_out_of_range", facts))
        group.wrong = True
        return
    name = layout.columns.get("point")
    corner = _Corner(row, text_of(table.rows[row][name]) if name is not None else "", east, north)
    if not group.is_open:
        group.rings.append([])
        group.is_open = True
    ring = group.rings[-1]
    if len(ring) >= _LEAST_CORNERS and corner.place == ring[0].place:
        group.is_open = False  # the first corner again closes the ring
        return
    same = [one for one in ring if one.name and one.name == corner.name and one.place != corner.place]
    if same:
        facts = {"point": corner.name, "other": same[0].row + 1}
        problems.append(Problem(table.address(row, name or 0), "problem.corner_twice", facts))
        group.wrong = True
    ring.append(corner)
    _take_edge(table, layout, row, group)


def _take_edge(table: Table, layout: Layout, row: int, group: _Group) -> None:
    """The length that stands beside a corner, or between two of them on a row of its own."""
    column = layout.columns.get("edge")
    if column is None or not group.rings or not group.is_open:
        return
    value = table.rows[row][column]
    if group.rings[-1] and _is_number(value) and group.rings[-1][-1].edge is None:
        try:
            group.rings[-1][-1].edge = parse_number(_written(value)), row
        except NotANumberError:
            return  # a length is only a check


def _written(cell: object) -> str:
    """A cell's digits as they stand: "588.000" has two readings, and must not become 588."""
    return cell if isinstance(cell, str) else text_of(cell)


def _exact(table: Table, row: int, column: int, problems: list[Problem]) -> Decimal | None:
    """A coordinate with its one reading; None, and a problem at its cell, where it has none or two."""
    cell = table.rows[row][column]
    if isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
        return Decimal(repr(cell))
    address = table.address(row, column)
    try:
        return parse_number(_written(cell))
    except AmbiguousNumberError as error:
        problems.append(Problem(address, "problem.corner_ambiguous", dict(error.facts)))
    except NotANumberError:
        problems.append(Problem(address, "problem.corner_not_a_number", {"found": text_of(cell)}))
    return None


def _shape(
    table: Table, layout: Layout, row: int, group: _Group, problems: list[Problem]
) -> Polygon | MultiPolygon | None:
    """The polygon of a group; None, and a problem, where it has none that could be trusted."""
    source = (
        f"{RawLayer(table.file, table.sheet, DRIVER, None, gpd.GeoDataFrame()).source}, feature {row + 1}"
    )
    short = [ring for ring in group.rings if len(ring) < _LEAST_CORNERS]
    if short and not group.wrong:
        facts: dict[str, Fact] = {"feature": row + 1, "count": len(short[0]), "row": short[0][0].row + 1}
        problems.append(Problem(source, "problem.corners_few", facts))
    if short or group.wrong:
        return None
    for ring in group.rings:
        problems += _edge_problems(table, layout, ring)
    shape = _together([Polygon([corner.place for corner in ring]) for ring in group.rings])
    if len(group.rings) > 1:
        facts = {"feature": row + 1, "count": len(group.rings), "area": shape.area}
        problems.append(Problem(source, "problem.corners_rings", facts, "warning", shape.area))
    problems += _area_problems(group, shape)
    return shape


def _area_problems(group: _Group, shape: Polygon | MultiPolygon) -> list[Problem]:
    """The stated area, where it cannot be read or its corners have another."""
    if group.area is None:
        return []
    stated, address = group.area
    if stated is None:
        return [Problem(address, "problem.corners_area_unread", {"computed": shape.area}, "warning")]
    difference = abs(float(stated) - shape.area)
    if difference <= _AREA_ROUNDING_M2 + _CORNER_ROUNDING_M * shape.length / 2:
        return []
    facts: dict[str, Fact] = {"stated": float(stated), "computed": shape.area, "difference": difference}
    return [Problem(address, "problem.corners_area_differs", facts, "warning", difference)]


def _together(rings: list[Polygon]) -> Polygon | MultiPolygon:
    """Rings as one shape: one that lies inside an earlier one is a hole of it, the others are parts."""
    parts: list[tuple[Polygon, list[Polygon]]] = []
    for ring in rings:
        inner = Point(ring.exterior.coords[0])
        outer = next((holes for shell, holes in parts if shell.is_valid and shell.contains(inner)), None)
        if outer is None:
            parts.append((ring, []))
        else:
            outer.append(ring)
    whole = [Polygon(shell.exterior, [hole.exterior for hole in holes]) for shell, holes in parts]
    return whole[0] if len(whole) == 1 else MultiPolygon(whole)


def _edge_problems(table: Table, layout: Layout, ring: list[_Corner]) -> list[Problem]:
    """Lengths in the list that its corners do not have, by cell.

    A length stands beside the corner at which its edge begins, or beside that at which it ends: the way that
    fits more of them counts.
    """
    count = len(ring)
    lengths = [math.dist(ring[at].place, ring[(at + 1) % count].place) for at in range(count)]
    ways = []
    for shift in (0, -1):
        wrong = []
        for at, corner in enumerate(ring):
            drawn = lengths[(at + shift) % count]
            if corner.edge and abs(float(corner.edge[0]) - drawn) > EDGE_TOLERANCE_M:
                wrong.append((corner, drawn))
        ways.append(wrong)
    column = layout.columns.get("edge", 0)
    return [
        Problem(
            table.address(corner.edge[1], column),
            "problem.corner_edge_differs",
            {
                "stated": float(corner.edge[0]),
                "computed": drawn,
                "difference": abs(float(corner.edge[0]) - drawn),
            },
            "warning",
        )
        for corner, drawn in min(ways, key=len)
        if corner.edge
    ]
