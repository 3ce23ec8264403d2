"""In which CRS, axis order and unit a file's numbers are: every reading tried, ranked with its reasons.

A reading is chosen only where nothing else is left to believe: where it alone lands near the commune, where
corners of loaded land confirm it, or where the file's label and the plan name the same CRS and nothing speaks
against it. Else its user is asked. Pure: no file, no clock, no network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.boundaries.candidates import READINGS, Reading, land
from gis.boundaries.evidence import (
    NEAR_M,
    AreaFit,
    area_fit,
    beyond_m,
    least_matched,
    matched_corners,
    sample_of,
)
from gis.boundaries.labels import label_of
from gis.boundaries.reasons import reasons
from gis.boundaries.shifts import steady_shift_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from gis.boundaries.evidence import Sample, Scene
    from gis.boundaries.labels import Label
    from gis.boundaries.reasons import Reason

# A label is in place where most of its land is; a wrong one shows where its land sticks out and another's
# does not.
INSIDE_SHARE: Final = 0.5
ALONE_SHARE: Final = 0.9
STICKS_OUT: Final = 0.05
# Rivals are so many times worse on the corners of loaded land; by chance they have none.
FEWER_MATCHED: Final = 4
FAR_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a file's numbers, and what speaks for and against it.

    Args:
        reading: CRS, axis order and unit; its `id` is what a user states.
        distance_m: Of the land from the commune's bounds, the middle one of all rows; 0 inside.
        inside: Share of rows that lie within the bounds, 0 to 1.
        offset_m: How far the land lies from where the first candidate puts it.
        area: Drawn against stated areas, None where the file states none.
        matched: Share of corners that stand on corners of loaded land, None where none is loaded.
        shift_m: By how much they all stand beside them, the same way; None where they do not.
        score: 0 to 1, by which candidates are ranked.
        usable: Whether it may be chosen at all; a withdrawn CRS may not.
        reasons: In the order of their weight.
    """

    reading: Reading
    distance_m: float
    inside: float = 0.0
    offset_m: float = 0.0
    area: AreaFit | None = None
    matched: float | None = None
    shift_m: float | None = None
    score: float = 0.0
    usable: bool = True
    reasons: tuple[Reason, ...] = ()

    @property
    def id(self) -> str:
        """What a user states to choose it: "EPSG:3405:swapped"."""
        return self.reading.id

    @property
    def is_near(self) -> bool:
        """Whether its land is in the commune or about it."""
        return self.distance_m <= NEAR_M


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a layer's numbers mean, or all that they can mean.

    Args:
        chosen: The reading to go by; None: ask.
        label: What the file states as its CRS, None where it states none.
        candidates: Ranked, the best first: all that land near, the label's, and the nearest of the others.
        margin: Score of the first candidate less that of the second, 0 to 1.
        confirmed: Whether more than the label speaks for the choice: corners of loaded land, areas, or
            that nothing else lands near.
        stated: Whether a user chose.
    """

    chosen: Reading | None
    label: Label | None
    candidates: tuple[Candidate, ...] = ()
    margin: float = 0.0
    confirmed: bool = False
    stated: bool = False

    @property
    def declared(self) -> str | None:
        """What the file states: "EPSG:5897" where that is a known one, else its name; None: nothing."""
        if self.label is None:
            return None
        return self.label.reading.id if self.label.reading else self.label.name

    def candidate(self, reading: Reading | None) -> Candidate | None:
        """The candidate of a reading, None where it is not among those that are shown."""
        return next((one for one in self.candidates if one.reading == reading), None)

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """Those that a user may be asked to choose from: near, and usable."""
        return tuple(one for one in self.candidates if one.is_near and one.usable)


def detect(
    shapes: gpd.GeoSeries,
    declared: CRS | None,
    areas_m2: pd.Series | None,
    scene: Scene,
    stated: Reading | None = None,
) -> Verdict:
    """What a layer's numbers mean in a project's scene.

    Args:
        shapes: The layer's geometry as the file has it; its own CRS is not looked at.
        declared: The CRS that the file states, None where it states none.
        areas_m2: What the file's columns say of each row's area, on the index of `shapes`.
        scene: The project's CRS, place and loaded land.
        stated: What the user says they are; it is chosen, and the table told all the same.

    Returns:
        Without candidates where the layer has nothing that lies anywhere.

    >>> from gis.boundaries.evidence import Scene
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> plot = gpd.GeoSeries([box(588000, 2201000, 588100, 2201200)])
    >>> scene = Scene(5897, (584_560, 2_196_841, 590_773, 2_204_712))
    >>> verdict = detect(plot, None, None, scene)
    >>> verdict.chosen, [one.id for one in verdict.choices][:2]
    (None, ['EPSG:5897', 'EPSG:3405'])
    """
    return conclude(look(shapes, areas_m2, scene), label_of(declared), stated)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A layer's numbers tried in every way, before anybody says what they are.

    Args:
        sample: Rows of the layer.
        scene: The project's CRS, place and loaded land.
        tried: The readings that land near, and the nearest few of the others.
    """

    sample: Sample
    scene: Scene
    tried: tuple[Candidate, ...]


def look(shapes: gpd.GeoSeries, areas_m2: pd.Series | None, scene: Scene) -> Look:
    """A layer's numbers tried in every way; arguments as of `detect`."""
    sample = sample_of(shapes, areas_m2)
    if not len(sample.shapes):
        return Look(sample, scene, ())
    gaps = [beyond_m(land(one, sample.few, scene.epsg), scene.box) for one in READINGS]
    away = np.array([np.median(one) for one in gaps])
    order = [row for row in np.argsort(away, kind="stable").tolist() if np.isfinite(away[row])]
    # A layer may reach far beyond the commune: near is what has any of its rows near.
    near = [row for row in order if gaps[row].min() <= NEAR_M]
    far = [row for row in order if row not in near][:FAR_SHOWN]
    return Look(sample, scene, tuple(_tried(READINGS[row], sample, scene) for row in [*near, *far]))


def conclude(seen: Look, label: Label | None, stated: Reading | None = None) -> Verdict:
    """What a layer's numbers mean, by what its file and its user say of them."""
    sample, scene = seen.sample, seen.scene
    if not seen.tried:
        return Verdict(stated, label, stated=stated is not None)
    known = {one.reading for one in seen.tried}
    named = dict.fromkeys(one for one in (stated, label.reading if label else None) if one is not None)
    tried = [*seen.tried, *(_tried(one, sample, scene) for one in named if one not in known)]
    best = _confirmed_by_land(tried)
    ranked = _ranked([replace(one, score=_score(one, best, tried)) for one in tried], label, scene)
    chosen, confirmed = _choice(ranked, best, label, scene)
    margin = ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)
    told = tuple(_told(one, ranked[0], label, scene, sample) for one in ranked)
    verdict = Verdict(chosen, label, told, round(margin, 3), confirmed)
    return verdict if stated is None else replace(verdict, chosen=stated, stated=True, confirmed=False)


def _tried(reading: Reading, sample: Sample, scene: Scene) -> Candidate:
    """A reading with all that can be measured of it."""
    places = land(reading, sample.centres, scene.epsg)
    away = beyond_m(places, scene.box)
    one = Candidate(reading, float(np.median(away)), float((away == 0).mean()), usable=not reading.withdrawn)
    if not one.is_near:
        return one
    matched = None
    if len(scene.corners):
        count = matched_corners(reading, sample, scene)
        matched = count / len(sample.corners) if count >= least_matched(sample, scene) else 0.0
    shift = steady_shift_m(reading, sample, scene) if matched == 0 else None
    return replace(one, area=area_fit(reading, sample, scene.epsg), matched=matched, shift_m=shift)


def _confirmed_by_land(tried: Sequence[Candidate]) -> Candidate | None:
    """The one whose corners stand on corners of loaded land, as no other's do."""
    order = sorted(tried, key=lambda one: -(one.matched or 0.0))
    if not order or not order[0].matched:
        return None
    second = order[1].matched or 0.0 if len(order) > 1 else 0.0
    return order[0] if second * FEWER_MATCHED <= order[0].matched else None


def _outdone(one: Candidate, tried: Sequence[Candidate]) -> bool:
    """Whether its areas surely differ from the stated ones while another's agree."""
    differs = one.area is not None and one.area.differs
    return differs and any(other.is_near and other.area and other.area.fits for other in tried)


def _score(one: Candidate, best: Candidate | None, tried: Sequence[Candidate]) -> float:
    """How much of its land lies in the commune, halved by areas, cut to a tenth by loaded land."""
    score = one.inside
    if one.is_near:
        score = max(score, 0.01)
    if _outdone(one, tried):
        score *= 0.5
    if best is not None and best.reading != one.reading:
        score *= 0.1
    return round(score if one.usable else score * 0.5, 3)


def _ranked(tried: Sequence[Candidate], label: Label | None, scene: Scene) -> list[Candidate]:
    """The best first; equal ones: the label's, the project's own CRS, then as the list of readings goes."""
    places = {reading: place for place, reading in enumerate(READINGS)}
    own = label.reading if label else None

    def rank(one: Candidate) -> tuple[float, float, bool, bool, int]:
        far = 0.0 if one.is_near else one.distance_m
        is_project = one.reading.epsg == scene.epsg
        return (-one.score, far, one.reading != own, not is_project, places.get(one.reading, len(places)))

    return sorted(tried, key=rank)


def _choice(
    ranked: Sequence[Candidate], best: Candidate | None, label: Label | None, scene: Scene
) -> tuple[Reading | None, bool]:
    """The reading to go by, if one may be believed without asking, and whether more than a label says so."""
    near = [one for one in ranked if one.is_near]
    if best is not None:
        return _choice_by_land(best, label)
    if label is None:
        alone = len(near) == 1 and near[0].usable and near[0].inside >= ALONE_SHARE
        # What PROJ knows to some metres only is never believed by itself.
        return (near[0].reading, True) if alone and not near[0].reading.accuracy_m else (None, False)
    named = next((one for one in near if one.reading == label.reading), None)
    if named is None or not named.usable or named.inside < INSIDE_SHARE or named.reading.accuracy_m:
        return None, False
    rivals = [one for one in near if one.reading != named.reading]
    if not rivals:
        return named.reading, True
    sticks_out = any(one.inside > named.inside + STICKS_OUT for one in rivals)
    if named.reading != Reading(scene.epsg) or sticks_out or _outdone(named, near):
        return None, False
    confirmed = all(_outdone(one, near) for one in rivals)
    return (named.reading, confirmed) if confirmed or scene.believes_label else (None, False)


def _choice_by_land(best: Candidate, label: Label | None) -> tuple[Reading | None, bool]:
    """What corners of loaded land say, unless the file's label says another CRS."""
    agrees = label is None or (label.reading is not None and label.reading.epsg == best.reading.epsg)
    return (best.reading, True) if agrees and best.usable and best.inside > 0 else (None, False)


def _told(one: Candidate, first: Candidate, label: Label | None, scene: Scene, sample: Sample) -> Candidate:
    """A candidate with its reasons and its distance from the first one's land."""
    here: NDArray[np.float64] = land(one.reading, sample.few, scene.epsg)
    there = land(first.reading, sample.few, scene.epsg)
    with np.errstate(invalid="ignore"):
        gaps = np.hypot(*(here - there).T)
    offset = float(np.median(gaps)) if np.isfinite(gaps).all() else float("inf")
    told = replace(one, offset_m=offset)
    return replace(told, reasons=reasons(told, label, scene))
