"""All files of an import judged together: layer by layer, among each other, and beside what is loaded.

Nothing is written. A check and an import are the same calls: what a check shows is what an import does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import geopandas as gpd
import pandas as pd
from shapely import box

from gis.boundaries.candidates import parse_reading
from gis.boundaries.checks import UNIT_KEY, check_features, check_parcels, check_same_keys, check_zones
from gis.boundaries.columns import recognise
from gis.boundaries.evidence import scene_of
from gis.boundaries.findings import findings
from gis.boundaries.judging import judge as detect_crs
from gis.boundaries.judging import placed_problem
from gis.clearance.areas import area_m2
from gis.errors import ImportRefusedError, Problem
from gis.project.loaded import merged
from gis.project.report import CrsReport, FileReport, Layer, by_owner, layer_report, list_report
from gis.project.sources import read_source
from gis.project.stated import NOTHING_STATED, Stated, commune_of, old_communes, require_known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gis.boundaries.columns import Columns
    from gis.boundaries.detective import Verdict
    from gis.boundaries.evidence import Scene
    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact
    from gis.plan import Plan
    from gis.project.loaded import Loaded
    from gis.project.sources import Source

LAYERS: Final[tuple[Layer, ...]] = ("parcels", "zones", "features")
_NO_KEY: Final = "problem.column_missing_"
# Land that rows share, which findings tell among themselves and beside what is loaded.
SHARED: Final = frozenset({"problem.same_land", "problem.shared_land", "problem.land_crowded"})


@dataclass(frozen=True, slots=True)
class Step:
    """How far a check or an import is.

    Args:
        stage: "reading", "checking", "comparing" or "writing".
        at: The number of this file or layer, from 1.
        of: How many there are.
        name: Of the file or layer.
    """

    stage: str
    at: int
    of: int
    name: str = ""


Told: TypeAlias = Callable[[Step], None]


def quiet(_: Step) -> None:
    """Nobody waits."""


@dataclass(frozen=True, eq=False)
class Rules:
    """What every layer is judged by.

    Args:
        plan: Its CRS and commune.
        columns: The recognition table.
        stated: What the user says of the files.
        loaded: The land that is there, None where files are judged by themselves.
        laid_beside: Whether what came is laid beside that land; if not, it only tells where files lie.
        remembered: What headers of an office's tracking list were confirmed to mean.
    """

    plan: Plan
    columns: Columns
    stated: Stated = NOTHING_STATED
    loaded: Loaded | None = None
    laid_beside: bool = True
    remembered: Mapping[str, str] | None = None

    @cached_property
    def scene(self) -> Scene:
        """What is known of the project's place: its commune's bounds, and the land that is loaded."""
        there = (self.loaded.zones.geometry, self.loaded.units.geometry) if self.loaded else ()
        return scene_of(self.plan, *there)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A layer judged by itself: the good rows in the project's CRS, and what is wrong with the others."""

    raw: RawLayer
    kind: Layer
    frame: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    crs: CrsReport


@dataclass(frozen=True, slots=True, eq=False)
class CheckedFiles:
    """What files came to.

    Args:
        reports: By file, in the order given.
        frames: The good rows by layer, of all files; zones by `zone_id`.
        digests: Name and sha256 of each file.
        stated: What the user said of them.
        effects: By layer how many units would be new and how many would change, where they can be imported.
    """

    reports: tuple[FileReport, ...]
    frames: dict[Layer, gpd.GeoDataFrame]
    digests: tuple[tuple[str, str], ...]
    stated: Stated = NOTHING_STATED
    effects: dict[Layer, tuple[int, int]] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, by file."""
        return tuple(problem for report in self.reports for problem in report.all_problems)


def check_files(
    rules: Rules, files: Sequence[Path], layer: Layer | None = None, told: Told = quiet
) -> CheckedFiles:
    """Files judged as an import of them all would; nothing is written.

    Args:
        rules: What they are judged by.
        files: Any files; each layer of each is judged.
        layer: What they are said to hold; None takes each layer for what it fits best.
        told: Called at every step.

    Raises:
        GisError: If what the user states means nothing in this project.
    """
    require_known(rules.stated, rules.plan)
    sources = []
    for at, path in enumerate(files, start=1):
        told(Step("reading", at, len(files), path.name))
        source = read_source(path, rules.remembered, rules.stated.drawing)
        sources.append(_no_list(source) if layer and source.tracking else source)
    every = [raw for source in sources for raw in source.layers]
    by_layer = []
    for at, raw in enumerate(every, start=1):
        told(Step("checking", at, len(every), raw.source))
        by_layer.append(judge(raw, rules, layer))
    left = iter(by_layer)
    judged = [[next(left) for _ in source.layers] for source in sources]
    sources = [_placed_shapes(one, of, rules.plan) for one, of in zip(sources, judged, strict=True)]
    frames = {kind: _laid_together(rules.plan, kind, by_layer) for kind in LAYERS}
    across: list[Problem] = []
    effects: dict[Layer, tuple[int, int]] = {}
    kinds = [kind for kind, frame in frames.items() if len(frame)]
    for at, kind in enumerate(kinds, start=1):
        told(Step("comparing", at, len(kinds)))
        found, effect = _across(rules, kind, frames[kind])
        # What is told of a zone stands once, whether parcels or features brought it up.
        across += [problem for problem in found if kind == LAYERS[0] or problem not in across]
        effects |= {kind: effect} if effect else {}
    return CheckedFiles(
        _reports(sources, judged, across),
        {kind: frames[kind] for kind in kinds},
        tuple(digest for source in sources for digest in source.digests),
        rules.stated,
        effects,
    )


def _no_list(source: Source) -> Source:
    """A tracking list where boundaries were asked for: refused, with the way that takes it."""
    problem = Problem(source.path.name, "problem.sheet_is_list")
    return replace(source, tracking=None, problems=(*source.problems, problem))


def judge(raw: RawLayer, rules: Rules, layer: Layer | None = None) -> Judged:
    """A layer judged by itself, as what it is said to be or as what it fits best."""
    verdict = detect_crs(raw, rules.columns, rules.scene, rules.stated.crs)
    kinds = [layer] if layer else LAYERS
    best = min((_judged_as(kind, raw, rules, verdict) for kind in kinds), key=_misfit)
    return best if best.kind != "parcels" else _of_commune(best, rules)


def _of_commune(judged: Judged, rules: Rules) -> Judged:
    """Parcels whose file names no old commune, where there are several: each has a sheet 1 of its own."""
    if commune_of(rules.stated, rules.plan) is not None or _names_commune(judged.raw, rules):
        return judged
    known = rules.plan.commune.old_communes
    facts: dict[str, Fact] = {"known": old_communes(rules.plan), "first": known[0].code}
    asked = Problem(judged.raw.source, "problem.commune_ask", facts)
    return replace(judged, frame=judged.frame.iloc[:0], problems=(asked, *judged.problems))


def _names_commune(raw: RawLayer, rules: Rules) -> bool:
    """Whether a layer has a column of the old commune, or no rows that would need one."""
    attributes = raw.frame.drop(columns="geometry")
    named, _ = recognise(attributes, raw.source, rules.columns, (), ("commune",))
    return bool(named) or attributes.empty


def _misfit(judged: Judged) -> tuple[int, bool, int]:
    """Smaller fits better; of two that fit alike the earlier of `LAYERS` is taken."""
    without_key = any(problem.message.startswith(_NO_KEY) for problem in judged.problems)
    refused = sum(problem.severity == "refused" for problem in judged.problems)
    return -len(judged.frame), without_key, refused if len(judged.frame) else 0


def _judged_as(kind: Layer, raw: RawLayer, rules: Rules, verdict: Verdict) -> Judged:
    epsg, crs = rules.plan.crs, rules.stated.crs
    if kind == "zones":
        frame, problems = check_zones(raw, rules.columns, epsg, crs, verdict)
    elif kind == "parcels":
        commune = commune_of(rules.stated, rules.plan)
        if commune is None and not _names_commune(raw, rules):
            commune = rules.plan.commune.code  # for the other columns' sake: `_of_commune` asks
        frame, problems = check_parcels(raw, rules.columns, epsg, commune, crs, verdict)
    else:
        # A feature's code is the office's own: it needs no old commune beside it.
        commune = rules.plan.commune.code
        frame, problems = check_features(raw, rules.columns, epsg, commune, crs, verdict)
    return Judged(raw, kind, frame, tuple(problems), CrsReport.of(verdict))


def _placed_shapes(source: Source, judged: Sequence[Judged], plan: Plan) -> Source:
    """What was told of a drawing while it was read, with its shapes where the drawing turned out to lie."""
    of_layer = by_owner(source.problems, [one.raw.source for one in judged])
    readings = [parse_reading(one.crs.chosen) if one.crs.chosen else None for one in judged]
    moved = {
        id(problem): placed_problem(problem, reading, plan.crs)
        for problems, reading in zip(of_layer, [*readings, None], strict=True)
        for problem in problems
    }
    return replace(source, problems=tuple(moved[id(problem)] for problem in source.problems))


def _laid_together(plan: Plan, kind: Layer, judged: Sequence[Judged]) -> gpd.GeoDataFrame:
    frames = [one.frame for one in judged if one.kind == kind]
    if not frames:
        return gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs=plan.crs))
    whole = pd.concat(frames, ignore_index=kind != "zones")
    return gpd.GeoDataFrame(whole, crs=plan.crs)


def _across(
    rules: Rules, kind: Layer, frame: gpd.GeoDataFrame
) -> tuple[list[Problem], tuple[int, int] | None]:
    """What is wrong between the rows, and beside the land there is; how many are new and how many change."""
    key = ("zone_id",) if kind == "zones" else UNIT_KEY
    problems = check_same_keys(frame, key)
    if rules.loaded is None or not rules.laid_beside:
        return problems, None
    place, units = rules.scene.place, rules.loaded.units
    outline = box(*place) if place else None
    if problems:  # two rows of one key cannot be laid beside what is there: the first of them counts
        twice = frame.reset_index().duplicated(list(key)).to_numpy()
        return [*problems, *findings(frame[~twice], kind, units, rules.loaded.zones, outline)], None
    effect, gone = None, frozenset[str]()
    try:
        whole = merged(rules.loaded, kind, frame, "", rules.stated)
    except ImportRefusedError as error:
        beside = error.problems
    else:
        beside, gone = whole.problems, whole.gone
        refused = any(problem.severity == "refused" for problem in beside)
        effect = None if refused else (whole.added, whole.changed)
    there = units[~units.index.isin(gone)]
    told = findings(frame, kind, there, rules.loaded.zones, outline)
    return [*told, *_placed(beside, kind, frame)], effect


def _placed(problems: Sequence[Problem], kind: Layer, frame: gpd.GeoDataFrame) -> list[Problem]:
    """What an import adds to the findings; a problem that names a zone stands at the row that brought it."""
    return [
        replace(problem, source=str(frame.loc[problem.source, "source"]))
        if kind == "zones" and problem.source in frame.index
        else problem
        for problem in problems
        if problem.message not in SHARED
    ]


def _reports(
    sources: Sequence[Source], judged: Sequence[Sequence[Judged]], across: Sequence[Problem]
) -> tuple[FileReport, ...]:
    """The report of each file; a problem that names no file stands with the first."""
    names = [source.path.name for source in sources]
    of_file = by_owner(across, names)
    reports = []
    for at, (source, found) in enumerate(zip(sources, judged, strict=True)):
        mine = [*source.problems, *of_file[at], *(of_file[-1] if at == 0 else ())]
        of_layer = by_owner(mine, [one.raw.source for one in found])
        whole = any(p.source == source.path.name and p.severity == "refused" for p in source.problems)
        layers = []
        for one, more in zip(found, of_layer, strict=False):
            areas = dict(zip(one.frame["source"], area_m2(one.frame.geometry), strict=True))
            problems = (*more, *one.problems)
            layers.append(layer_report(one.raw, one.kind, {} if whole else areas, problems, one.crs))
        layers += [list_report(source.tracking)] if source.tracking else []
        reports.append(FileReport(str(source.path), tuple(layers), tuple(of_layer[-1])))
    return tuple(reports)
