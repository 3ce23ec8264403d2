"""What a file came to: its layers, the rows that can be taken, and everything that is wrong.

The law of every layer: features = imported + refused rows. Pure: no file, no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.boundaries.detective import Candidate, Verdict
    from gis.boundaries.layers import RawLayer
    from gis.errors import Problem
    from gis.sheets.tracking import TrackingList
    from gis.texts import Texts

Layer: TypeAlias = Literal["zones", "parcels", "features"]
Kind: TypeAlias = Literal["zones", "parcels", "features", "list"]
# What a problem is about, by the words in its id, the first that fits; a page filters by them.
_FAMILIES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("crs", ("crs", "axes", "degrees", "transformation", "outside_vietnam", "datum")),
    ("text", ("encoding", "letter", "text", "unsure", "decode", "legacy")),
    ("area", ("area_", "areas_", "legal", "drawn_otherwise")),
    (
        "land",
        ("land", "overlap", "gap", "sliver", "duplicate", "outside", "zone_", "redrawn", "shared", "twin"),
    ),
    ("key", ("key", "column", "label", "number", "commune")),
    ("shape", ("geometry", "ring", "polygon", "hole", "part_in", "interior", "repair", "height", "curve")),
)
FAMILIES: Final = (*(family for family, _ in _FAMILIES), "file")


@dataclass(frozen=True, slots=True)
class CrsReport:
    """Where a layer was placed.

    Args:
        chosen: Id of the CRS that its coordinates were read in, None where none was chosen.
        declared: The CRS that the file states, None where it states none.
        margin: How much better the chosen one fits than the next, as the detective scores; None unasked.
        candidates: Every reading that was considered, the best first.
        confirmed: Whether more than the file's label speaks for the chosen one.
        stated: Whether a user chose it.
    """

    chosen: str | None = None
    declared: str | None = None
    margin: float | None = None
    candidates: tuple[Candidate, ...] = ()
    confirmed: bool = False
    stated: bool = False

    @classmethod
    def of(cls, verdict: Verdict) -> CrsReport:
        """What the detective found."""
        chosen = verdict.chosen.id if verdict.chosen else None
        said = (verdict.confirmed, verdict.stated)
        return cls(chosen, verdict.declared, verdict.margin, verdict.candidates, *said)

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """Those that a user may be asked to choose from."""
        return tuple(one for one in self.candidates if one.is_near and one.usable)


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One layer of a file.

    Args:
        source: File and layer, as its problems begin: "lots.gpkg, thua_dat".
        name: Name of the layer.
        kind: What it was taken for.
        features: Rows of the layer in the file.
        imported: Rows that can be taken: none of the problems refuses them.
        area_m2: Drawn area of those rows in the project's CRS, square metres.
        problems: Everything that is wrong with it.
        crs: Where it was placed.
        encoding: Of its texts, None where the format has none.
        driver: The reader's name of the format.
        households: Of an office's tracking list; 0 of boundaries.
        parcels: Of an office's tracking list; 0 of boundaries.
    """

    source: str
    name: str
    kind: Kind
    features: int
    imported: int
    area_m2: float
    problems: tuple[Problem, ...] = ()
    crs: CrsReport = field(default_factory=CrsReport)
    encoding: str | None = None
    driver: str = ""
    households: int = 0
    parcels: int = 0

    @property
    def refused_rows(self) -> int:
        """Rows of the file that cannot be taken."""
        return self.features - self.imported

    @property
    def asks_crs(self) -> bool:
        """Whether its user must say which candidate is right."""
        return self.crs.chosen is None and len(self.crs.candidates) > 0


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: its layers, and what is wrong with the file itself.

    Args:
        file: As its user named it.
        layers: In the file's order; one that cannot be read whole is not among them.
        problems: Of the file as a whole, or of layers that cannot be read.
    """

    file: str
    layers: tuple[LayerReport, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Of the file first, then of its layers."""
        return (*self.problems, *(problem for layer in self.layers for problem in layer.problems))

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Every reason why the file is not imported; of a file without any layer all that was found."""
        if not self.layers:
            return self.problems
        return tuple(problem for problem in self.all_problems if problem.severity == "refused")


def is_refused(reports: Iterable[FileReport]) -> bool:
    """Whether anything in them forbids an import."""
    return any(report.refused for report in reports)


def family(problem: Problem) -> str:
    """What a problem is about: one of `FAMILIES`.

    >>> from gis.errors import Problem
    >>> family(Problem("a.shp", "problem.crs_missing")), family(Problem("a.shp", "problem.key_twice"))
    ('crs', 'key')
    """
    name = problem.message.rpartition(".")[2]
    return next((about for about, words in _FAMILIES if any(word in name for word in words)), "file")


def layer_report(
    raw: RawLayer,
    kind: Layer,
    drawn_m2: Mapping[str, float],
    problems: Sequence[Problem],
    crs: CrsReport,
) -> LayerReport:
    """A layer's report: what of it can be taken after all its problems.

    Args:
        raw: The layer as its file holds it.
        kind: What it was taken for.
        drawn_m2: Drawn area of each good row by its source, square metres.
        problems: Of the layer and its rows.
        crs: Where it was placed.
    """
    refused = {problem.source for problem in problems if problem.severity == "refused"}
    whole = raw.source in refused or raw.file in refused
    taken = {} if whole else {source: area for source, area in drawn_m2.items() if source not in refused}
    return LayerReport(
        source=raw.source,
        name=raw.layer,
        kind=kind,
        features=len(raw.frame),
        imported=len(taken),
        area_m2=float(sum(taken.values())),
        problems=tuple(problems),
        crs=crs,
        encoding=raw.encoding,
        driver=raw.driver,
    )


def list_report(tracking: TrackingList) -> LayerReport:
    """The report of an office's tracking list: its rows, and their recovered area as its only land."""
    figures = tracking.computed
    return LayerReport(
        source=tracking.file,
        name=", ".join(table.sheet for table in tracking.tables if table.sheet),
        kind="list",
        features=tracking.counts.rows + tracking.counts.refused,
        imported=tracking.counts.rows,
        area_m2=float(figures.get("recovered_area_m2", 0)),
        problems=tracking.problems,
        households=int(figures.get("households", 0)),
        parcels=int(figures.get("parcels", 0)),
    )


def with_refusals(reports: Sequence[FileReport], problems: Sequence[Problem]) -> tuple[FileReport, ...]:
    """The reports with problems that came later, each at the file that it names, else at the first."""
    known = {(problem.source, problem.message) for report in reports for problem in report.all_problems}
    fresh = [problem for problem in problems if (problem.source, problem.message) not in known]
    later = by_owner(fresh, [report.file.replace("\\", "/").rpartition("/")[2] for report in reports])
    return tuple(
        replace(report, problems=(*report.problems, *later[at], *(later[-1] if at == 0 else ())))
        for at, report in enumerate(reports)
    )


def by_owner(problems: Iterable[Problem], sources: Sequence[str]) -> list[list[Problem]]:
    """Problems by the file or layer that they name, the longest name that fits; the last list is the others'.

    >>> from gis.errors import Problem
    >>> found = by_owner([Problem("a.gpkg, thua, feature 3", "problem.x")], ["a.gpkg", "a.gpkg, thua"])
    >>> [len(one) for one in found]
    [0, 1, 0]
    """
    found: list[list[Problem]] = [[] for _ in range(len(sources) + 1)]
    for problem in problems:
        named = [at for at, source in enumerate(sources) if _is_of(problem, source)]
        found[max(named, key=lambda at: len(sources[at])) if named else -1].append(problem)
    return found


def _is_of(problem: Problem, source: str) -> bool:
    return problem.source == source or problem.source.startswith(f"{source}, ")


def to_json(report: FileReport, texts: Texts) -> dict[str, Any]:
    """A report as scripts read it.

    `refused` lists every reason against the file: it is empty where the file can be imported. Problems of
    the file itself stand with its first layer, where it has one.
    """
    layers = [_layer_json(layer, texts) for layer in report.layers]
    if layers:
        layers[0]["problems"] = [problem_json(p, texts) for p in report.problems] + layers[0]["problems"]
    refused = [problem_json(problem, texts) for problem in report.refused]
    return {"file": report.file, "layers": layers, "refused": refused}


def _layer_json(layer: LayerReport, texts: Texts) -> dict[str, Any]:
    crs = layer.crs
    return {
        "name": layer.name,
        "features": layer.features,
        "imported": layer.imported,
        "problems": [problem_json(problem, texts) for problem in layer.problems],
        "crs": {
            "chosen": crs.chosen,
            "declared": crs.declared,
            "margin": crs.margin,
            "candidates": [_candidate_json(candidate, texts) for candidate in crs.candidates],
        },
        "encoding": layer.encoding,
        "area_m2": layer.area_m2,
    }


def _candidate_json(one: Candidate, texts: Texts) -> dict[str, Any]:
    """A reading with its measures; a distance that is none (off the projection) is null."""
    return {
        "id": one.id,
        "name": one.reading.name,
        "distance_m": _finite(one.distance_m),
        "inside": one.inside,
        "offset_m": _finite(one.offset_m),
        "matched": one.matched,
        "score": one.score,
        "usable": one.usable,
        "reasons": [texts(reason.message, **reason.facts) for reason in one.reasons],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def problem_json(problem: Problem, texts: Texts) -> dict[str, Any]:
    """A problem as JSON: where, its sentence, id and severity, and the square metres at stake if known."""
    return {
        "source": texts.place(problem.source),
        "message": texts(problem.message, **problem.facts),
        "id": problem.message,
        "severity": problem.severity,
        "area_m2": problem.area_m2,
    }
