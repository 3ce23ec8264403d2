"""The layers of the map on a page and in the routes: what they show, their legend, and its hectares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gis.maps.layers import CLASS_LAYER, NONE, OTHER, SEVERAL, Paint
from gis.maps.style import OUTLINE, LegendRow, legend_rows
from gis.project import shared
from gis.project.map_layers import PAINTS
from gis.store.register import read_version
from gis.web.card import land_use
from gis.web.prepared import Kept, classes_of

if TYPE_CHECKING:
    from gis.project import Project, Snapshot
    from gis.texts import Texts

PAINTS_KEPT: Final = 24
_paints: Final[Kept[Paint]] = Kept(PAINTS_KEPT)


def paint_of(project: Project, snapshot: Snapshot, layer: str) -> Paint:
    """A layer of a snapshot, made at the first call and kept while neither ledger nor register changes.

    Raises:
        KeyError: If there is no layer of that name.
    """
    if layer == CLASS_LAYER:
        return classes_of(snapshot)
    make = PAINTS[layer]
    with project.ledger.reading() as connection:
        register = read_version(connection)
    key = (project.folder, layer, snapshot.boundary_sha, snapshot.on, snapshot.known, snapshot.head.hash)
    return _paints.get((*key, register), lambda: make(project, snapshot))


def shared_paint(snapshot: Snapshot, layer: str) -> Paint:
    """A layer of the project that this process serves; see `paint_of`."""
    if layer == CLASS_LAYER:
        return classes_of(snapshot)
    if layer not in PAINTS:
        raise KeyError(layer)
    return paint_of(shared(), snapshot, layer)


def layer_rows(paint: Paint, snapshot: Snapshot, words: Texts) -> tuple[LegendRow, ...]:
    """The legend of a layer with its hectares inside the zones, a row a code."""
    if paint.layer == CLASS_LAYER:
        return legend_rows(words, snapshot.totals[0].by_class_ha)
    cells = snapshot.boundaries.cells
    m2 = np.bincount(paint.codes[cells.unit], weights=cells.part_m2, minlength=len(paint.names))
    titles = paint.titles or ("",) * len(paint.names)
    return tuple(
        LegendRow(
            name,
            title or _label(paint.layer, name, words),
            fill,
            paint.hatch if at in paint.hatched else OUTLINE,
            stuck=at in paint.hatched,
            area_ha=float(m2[at]) / 10_000,
        )
        for at, (name, title, fill) in enumerate(zip(paint.names, titles, paint.fills, strict=True))
    )


def _label(layer: str, name: str, words: Texts) -> str:
    if name in (OTHER, SEVERAL):
        return words(f"layer.{name}")
    if name == NONE:
        return words(f"layer.none_{layer}")
    if layer == "land_use":
        return land_use(name, words)
    if layer == "findings":
        return words(f"finding.{name}")
    return words(f"obstacle.{name}" if layer == "obstacle" else f"age.{name}")
