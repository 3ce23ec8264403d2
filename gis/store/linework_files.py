"""DXF and DGN layers as GDAL gives them: entities of every kind become polygons with their labels.

Every entity is counted once: used as a line, a closed shape or a text, or left out for a reason that is told.
GDAL strokes arcs, circles, splines and bulges into short lines before they come here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Point, Polygon

from gis.boundaries.drawing import DRAWINGS, DrawingOptions, Text, parcels_of
from gis.boundaries.fields import text_of
from gis.errors import Problem

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact

# Fills and faces: drawn over boundaries, never boundaries themselves where there are lines.
_FILLS: Final = ("AcDbHatch", "AcDbTrace", "AcDbFace", "AcDbSolid", "AcDbWipeout")
_NOTHING_SAID: Final = DrawingOptions()


@dataclass(slots=True)
class _Entities:
    """A drawing's entities by what they are; `owner` of each shape is its entity."""

    shapes: list[LineString | Polygon] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)
    fills: dict[int, list[Polygon]] = field(default_factory=dict)


def drawing_layer(raw: RawLayer, options: DrawingOptions = _NOTHING_SAID) -> tuple[RawLayer, list[Problem]]:
    """The layer of polygons that a DXF or DGN layer draws, and everything that is wrong with the drawing.

    Args:
        raw: Entities as GDAL gives them, texts decoded.
        options: What the user says of the drawing.

    Returns:
        A layer of polygons with the columns of `gis.boundaries.drawing.COLUMNS` that were found, and the
        problems. A layer of another format, or without a line or shape that could bound anything, comes
        back as it is.
    """
    if raw.driver not in DRAWINGS:
        return raw, []
    entities = _sorted_out(raw.frame, options)
    if not entities.shapes:
        return raw, []
    stem = raw.file.rpartition(".")[0]
    parcels = parcels_of(entities.shapes, entities.texts, raw.source, stem, options)
    if parcels.frame.empty:
        return raw, list(parcels.problems)
    frame = parcels.frame.set_crs(raw.frame.crs) if raw.frame.crs is not None else parcels.frame
    problems = [*_counted(raw, entities, parcels.frame), *_left_out(raw, entities), *parcels.problems]
    return replace(raw, frame=frame, unreadable={}), problems


def _sorted_out(frame: gpd.GeoDataFrame, options: DrawingOptions) -> _Entities:
    """Every entity once: as shapes, as a text, or left out with its reason."""
    found = _Entities()
    columns = [_column(frame, name) for name in ("PaperSpace", "SubClasses", "Text")]
    layers = _layers(frame)
    for row, (shape, paper, classes, words) in enumerate(zip(frame.geometry, *columns, strict=True)):
        text = text_lines(words)
        if paper and paper not in {"0", "False"}:
            found.left[row] = "paper"
        elif shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
            found.left[row] = "empty"
        elif shape.geom_type == "Point" and text:
            found.texts.append(Text(text, layers[row], Point(shape.x, shape.y)))
        elif options.lines is not None and layers[row] not in options.lines:
            found.left[row] = "layer"
        else:
            _take_shapes(found, row, shapely.force_2d(shape), fill=any(one in classes for one in _FILLS))
    if found.shapes:
        found.left |= dict.fromkeys(found.fills, "fill")
    else:
        # A program that writes polygons as fills alone (GDAL's own writer) means them.
        found.owner = [row for row, parts in found.fills.items() for _ in parts]
        found.shapes = [part for parts in found.fills.values() for part in parts]
    return found


def _take_shapes(found: _Entities, row: int, shape: BaseGeometry, *, fill: bool) -> None:
    """The lines and polygons of one entity; points and lines without length are no boundary."""
    parts = _parts(shape)
    polygons = [part for part in parts if isinstance(part, Polygon) and part.area > 0]
    lines = [part for part in parts if isinstance(part, LineString) and part.length > 0]
    if fill and polygons:
        found.fills[row] = polygons
        return
    if not polygons and not lines:
        found.left[row] = "point" if shape.geom_type in {"Point", "MultiPoint"} else "no_length"
        return
    found.shapes += [*polygons, *lines]
    found.owner += [row] * (len(polygons) + len(lines))


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """All single geometries of a shape, however its collections nest."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [part for one in shape.geoms for part in _parts(one)]


def _column(frame: gpd.GeoDataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * len(frame)
    values: list[Any] = frame[name].tolist()
    return ["" if value is None or value is pd.NA or value != value else str(value) for value in values]  # noqa: PLR0124 - NaN


def _layers(frame: gpd.GeoDataFrame) -> list[str]:
    """Layer (DXF) or level (DGN) of each entity."""
    name = "Layer" if "Layer" in frame.columns else "Level"
    if name not in frame.columns:
        return [""] * len(frame)
    return [text_of(value) for value in frame[name].tolist()]


def text_lines(words: str) -> str:
    r"""The words of a text entity, lines by line breaks; "\P" is how DXF breaks a line.

    >>> text_lines("163\\P245.7")
    '163\n245.7'
    """
    lines = words.replace("\\P", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def _counted(raw: RawLayer, entities: _Entities, polygons: gpd.GeoDataFrame) -> list[Problem]:
    """What a drawing's entities came to: lines + shapes + texts + left out = entities."""
    drawn = set(entities.owner)
    facts: dict[str, Fact] = {
        "entities": len(raw.frame),
        "drawn": len(drawn),
        "texts": len(entities.texts),
        "left": len(entities.left),
        "polygons": len(polygons),
        "numbered": int((polygons["number"] != "").sum()) if "number" in polygons.columns else 0,
    }
    return [Problem(raw.source, "problem.drawing_read", facts, "warning")]


def _left_out(raw: RawLayer, entities: _Entities) -> list[Problem]:
    """Entities that are not used, by reason and layer; those that no reader decodes, each by itself."""
    layers = _layers(raw.frame)
    counts = Counter((reason, layers[row]) for row, reason in entities.left.items())
    problems = []
    for (reason, layer), count in sorted(counts.items()):
        facts: dict[str, Fact] = {"layer": layer, "count": count}
        problems.append(Problem(raw.source, f"problem.drawing_left_{reason}", facts, "warning"))
    for row, reason in raw.unreadable.items():
        facts = {"layer": layers[row], "reason": reason}
        problems.append(Problem(raw.source, "problem.drawing_entity_lost", facts))
    return problems
