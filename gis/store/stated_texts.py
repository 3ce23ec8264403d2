"""How many features a text file has by its own marks (JSON, XML, MIF, DXF), and whether it has its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from gis.errors import Problem
from gis.store.formats import parts
from gis.store.gdal_messages import reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A larger JSON is not parsed a third time: it would take several times its size in memory.
_MOST_PARSED: Final = 100 << 20
_TAIL: Final = 1 << 10
_MIF_SHAPES: Final = frozenset(
    {"none", "point", "line", "pline", "region", "arc", "text", "rect", "roundrect", "ellipse"}
    | {"multipoint", "collection"}
)


def check_json(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """GeoJSON and ESRI JSON parsed once more: the members of `features`, and nothing behind the end."""
    if path.stat().st_size > _MOST_PARSED:
        return []
    content = path.read_bytes()
    try:
        document = json.loads(content)
    except json.JSONDecodeError as error:
        # A newline-delimited file may be called .geojson or .json too.
        if error.msg == "Extra data":
            return check_json_lines(path, file, counts)
        return [Problem(file, "problem.json_broken", {"reason": reason(error)})]
    except (ValueError, RecursionError) as error:
        return [Problem(file, "problem.json_broken", {"reason": reason(error)})]
    if not isinstance(document, dict) or document.get("type", "FeatureCollection") != "FeatureCollection":
        return []
    problems = []
    if document.get("exceededTransferLimit") or (document.get("properties") or {}) == {
        "exceededTransferLimit": True
    }:
        problems.append(Problem(file, "problem.transfer_limit"))
    features = document.get("features")
    if isinstance(features, list):
        problems += _lost(file, len(features), sum(counts.values()))
    return problems


def check_json_lines(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Lines of newline-delimited GeoJSON: each must be one whole text; nothing tells how many there were."""
    features = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            text = line.strip(b" \t\r\n\x1e")
            if not text:
                continue
            try:
                features += _features_in(json.loads(text))
            except (ValueError, RecursionError) as error:
                return [Problem(f"{file}, line {number}", "problem.json_broken", {"reason": reason(error)})]
    unproven = Problem(file, "problem.count_unproven", {"count": features}, "warning")
    return _lost(file, features, sum(counts.values())) or [unproven]


def _features_in(document: Any) -> int:  # noqa: ANN401 - what JSON holds
    inner = document.get("features") if isinstance(document, dict) else None
    return len(inner) if isinstance(inner, list) else 1


def check_kml(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Placemarks of a KML; what a NetworkLink points at is not in the file."""
    found = _Elements()
    problem = found.parse(path, file)
    if problem:
        return [problem]
    stated, read = found.count("Placemark"), sum(counts.values())
    problems = _lost(file, stated, min(stated, read))  # overlays count as features, too
    if found.count("NetworkLink"):
        problems.append(Problem(file, "problem.kml_links", {"count": found.count("NetworkLink")}, "warning"))
    return problems


def check_gml(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Features of a GML: what stands directly in a featureMember, featureMembers or member."""
    found = _Elements()
    problem = found.parse(path, file)
    if problem:
        return [problem]
    return _lost(file, found.members, sum(counts.values())) if found.members else []


class _Elements:
    """The elements of an XML file, counted by name without their prefix. Entities of its own are refused."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._path: list[str] = []
        self.members = 0

    def count(self, name: str) -> int:
        return self._names.get(name, 0)

    def parse(self, path: Path, file: str) -> Problem | None:
        """Read to the end; the reason why that is not possible."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity
        try:
            with path.open("rb") as stream:
                parser.ParseFile(stream)
        except (expat.ExpatError, _EntityError, LookupError, ValueError) as error:
            return Problem(file, "problem.xml_broken", {"reason": reason(error)})
        return None

    def _start(self, name: str, _: object) -> None:
        plain = name.rpartition(":")[2]
        if self._path and self._path[-1] in {"featureMember", "featureMembers", "member"}:
            self.members += 1
        self._path.append(plain)
        self._names[plain] = self._names.get(plain, 0) + 1

    def _end(self, _: str) -> None:
        self._path.pop()

    @staticmethod
    def _entity(name: str, *_: object) -> None:
        raise _EntityError(f"ENTITY {name}")


class _EntityError(Exception):
    """An XML declares an entity: no program that writes boundaries does, an attack would."""


def check_mif(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Shapes of a MIF by their first words, and the rows of its MID beside them."""
    shapes, columns, data = 0, 0, False
    with path.open("rb") as stream:
        for line in stream:
            words = line.split(None, 1)
            word = words[0].lower().decode("latin-1") if words else ""
            if not data:
                data = word == "data"
                columns = int(words[1]) if word == "columns" and words[1].strip().isdigit() else columns
            elif word in _MIF_SHAPES:
                shapes += 1
    problems = _lost(file, shapes, sum(counts.values()))
    for mid in [one for one in parts(path) if columns]:
        rows, blank = _rows(mid)
        if not rows <= shapes <= rows + blank:
            facts = {"shapes": shapes, "rows": rows}
            problems.append(Problem(file, "problem.mif_parts_differ", facts))
    return problems


def _rows(mid: Path) -> tuple[int, int]:
    """Rows of a MID: its lines, less those that a quotation continues; and blank ones, which may be rows."""
    rows, blank, quoted = 0, 0, False
    with mid.open("rb") as stream:
        for line in stream:
            if not quoted and not line.strip():
                blank += 1
                continue
            rows += not quoted
            quoted ^= line.count(b'"') % 2 == 1
    return rows, blank


def check_dxf(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """A DXF ends with the word EOF; one that does not was cut off."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        last = stream.read().split()
    if counts and last and last[-1].upper() == b"EOF":
        return []
    return [Problem(file, "problem.end_missing")]


def _lost(file: str, stated: int, found: int) -> list[Problem]:
    if stated == found:
        return []
    return [Problem(file, "problem.features_lost", {"stated": stated, "found": found})]
