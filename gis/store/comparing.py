"""The second reader against the first: every point on which they disagree about a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.store.fiona_files import FIONA_ERRORS, LayerFacts, first_texts, layer_facts, layer_names
from gis.store.gdal_messages import messages, reason

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from gis.errors import Fact, Severity

_TEXTS_COMPARED: Final = 50


def compare_names(path: Path, file: str, names: list[str]) -> tuple[list[Problem], set[str]]:
    """The problem of layers that only one reader finds, and the layers that both find."""
    told: list[Problem] = []
    try:
        with messages(file, told):
            second = layer_names(path)
    except FIONA_ERRORS as error:
        facts: dict[str, Fact] = {"reason": reason(error)}
        return [*told, Problem(file, "problem.second_reader_failed", facts)], set()
    if sorted(second) == sorted(names):
        return told, set(names)
    facts = {"first": ", ".join(names), "second": ", ".join(second)}
    # The two have different KML drivers, which name and group folders in their own ways.
    severity: Severity = "warning" if path.suffix.lower() == ".kml" else "refused"
    told.append(Problem(file, "problem.readers_differ_layers", facts, severity))
    return told, set(names) & set(second)


def compare(path: Path, source: str, first: LayerFacts) -> list[Problem]:
    """Every point on which the second reader disagrees with the first."""
    problems: list[Problem] = []
    try:
        with messages(source, problems):
            second = layer_facts(path, first.name)
    except FIONA_ERRORS as error:
        return [*problems, Problem(source, "problem.second_reader_failed", {"reason": reason(error)})]
    same_driver = first.driver == second.driver
    # Two drivers see a format in two ways; one driver that sees a file in two ways sees a damaged file.
    severity: Severity = "refused" if same_driver else "warning"
    if not same_driver:
        facts: dict[str, Fact] = {"first": first.driver, "second": second.driver}
        problems.append(Problem(source, "problem.readers_differ_driver", facts, "warning"))
    if first.count != second.count:
        facts = {"first": first.count, "second": second.count}
        problems.append(Problem(source, "problem.readers_differ_count", facts, severity))
    if not _same_crs(first, second):
        names = [one.crs.name if one.crs else None for one in (first, second)]
        facts = {"first": names[0], "second": names[1]}
        problems.append(Problem(source, "problem.readers_differ_crs", facts))
    for name, one, other in _column_differences(first, second) if same_driver else ():
        facts = {"column": name, "first": one, "second": other}
        problems.append(Problem(source, "problem.readers_differ_column", facts, "warning"))
    return problems


def _same_crs(first: LayerFacts, second: LayerFacts) -> bool:
    if first.crs is None or second.crs is None:
        return first.crs is second.crs
    codes = first.crs.to_epsg(), second.crs.to_epsg()
    return (codes[0] is not None and codes[0] == codes[1]) or first.crs.equals(
        second.crs, ignore_axis_order=True
    )


def _column_differences(first: LayerFacts, second: LayerFacts) -> list[tuple[str, str | None, str | None]]:
    one, other = dict(first.columns), dict(second.columns)
    return [
        (n, one.get(n), other.get(n)) for n in dict.fromkeys([*one, *other]) if one.get(n) != other.get(n)
    ]


def compare_texts(path: Path, source: str, first: LayerFacts, frame: gpd.GeoDataFrame) -> list[Problem]:
    """Columns whose letters the second reader decodes otherwise: the first difference of each."""
    columns = [name for name, kind in first.columns if kind == "str" and name in frame.columns]
    try:
        with messages(source, []):  # said already to `compare`, which reads the same layer
            rows = first_texts(path, first.name, columns, _TEXTS_COMPARED)
    except FIONA_ERRORS:
        return []  # named already by `compare`
    problems = []
    for name in columns:
        for row, (one, other) in enumerate(zip(frame[name], (r[name] for r in rows), strict=False)):
            # JSON within a text comes decoded from one reader only: no question of letters.
            if isinstance(one, str) and isinstance(other, str) and one != other:
                facts: dict[str, Fact] = {"column": name, "row": row + 1, "first": one, "second": other}
                problems.append(Problem(source, "problem.readers_differ_text", facts, "warning"))
                break
    return problems
