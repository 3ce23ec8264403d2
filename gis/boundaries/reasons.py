"""What speaks for and against each reading, in words: the ranked table that a user is asked with.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.boundaries.detective import Candidate, Verdict
    from gis.boundaries.evidence import Scene
    from gis.boundaries.labels import Label
    from gis.errors import Fact
    from gis.texts import Texts


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against a candidate: a text and its facts."""

    message: str
    facts: dict[str, Fact] = field(default_factory=dict)


def reasons(one: Candidate, label: Label | None, scene: Scene) -> tuple[Reason, ...]:
    """All that speaks for and against a candidate, the strongest first."""
    told = [*_of_name(one, label, scene), *_of_place(one, scene), *_of_reading(one)]
    if one.area is not None:
        fits = "crs.area_fits" if one.area.fits else "crs.area_is"
        told.append(Reason(fits, {"ratio": one.area.ratio, "count": one.area.count}))
    if one.offset_m and one.is_near:
        told.append(Reason("crs.offset", {"metres": one.offset_m}))
    return tuple(told)


def _of_name(one: Candidate, label: Label | None, scene: Scene) -> Iterator[Reason]:
    if label is not None and label.reading == one.reading:
        yield Reason("crs.is_label")
    if one.reading.epsg == scene.epsg:
        yield Reason("crs.is_project")
    if one.reading.withdrawn:
        yield Reason("crs.withdrawn", {"instead": f"EPSG:{one.reading.withdrawn}"})


def _of_place(one: Candidate, scene: Scene) -> Iterator[Reason]:
    if one.matched:
        yield Reason("crs.on_land", {"share": one.matched})
    elif one.shift_m:
        yield Reason("crs.shifted", {"metres": one.shift_m})
    elif one.matched is not None:
        yield Reason("crs.off_land")
    if not scene.is_known:
        yield Reason("crs.no_place")
    elif not math.isfinite(one.distance_m):
        yield Reason("crs.nowhere")
    elif one.is_near:
        yield Reason("crs.inside", {"share": one.inside})
    else:
        yield Reason("crs.far", {"km": one.distance_m / 1000})


def _of_reading(one: Candidate) -> Iterator[Reason]:
    if one.reading.swapped:
        yield Reason("crs.swapped")
    if one.reading.unit in {"km", "mm"}:
        yield Reason("crs.unit", {"unit": one.reading.unit})
    if one.reading.accuracy_m:
        yield Reason("crs.inexact", {"accuracy": one.reading.accuracy_m})


class Row(NamedTuple):
    """One line of the ranked table, in a reader's language."""

    id: str
    name: str
    distance: str
    reasons: str


def verdict_rows(verdict: Verdict, texts: Texts) -> list[Row]:
    """The ranked table in words, the best reading first; empty where there was nothing to place.

    Args:
        verdict: Of a layer.
        texts: The reader's language.
    """
    return [
        Row(
            one.id,
            one.reading.name,
            texts("crs.km", km=one.distance_m / 1000) if math.isfinite(one.distance_m) else "–",
            "; ".join(texts(reason.message, **reason.facts) for reason in one.reasons),
        )
        for one in verdict.candidates
    ]


def verdict_json(verdict: Verdict, texts: Texts) -> dict[str, Any]:
    """The verdict as `check --json` prints it; a distance without end is null."""

    def number(value: float | None, digits: int) -> float | None:
        return None if value is None or not math.isfinite(value) else round(value, digits)

    return {
        "chosen": verdict.chosen.id if verdict.chosen else None,
        "declared": verdict.declared,
        "margin": verdict.margin,
        "confirmed": verdict.confirmed,
        "stated": verdict.stated,
        "candidates": [
            {
                "id": one.id,
                "name": one.reading.name,
                "distance_m": number(one.distance_m, 1),
                "inside": number(one.inside, 4),
                "offset_m": number(one.offset_m, 1),
                "area_ratio": number(one.area.ratio if one.area else None, 6),
                "matched": number(one.matched, 4),
                "shift_m": number(one.shift_m, 2),
                "score": one.score,
                "usable": one.usable,
                "reasons": [texts(reason.message, **reason.facts) for reason in one.reasons],
            }
            for one in verdict.candidates
        ],
    }
