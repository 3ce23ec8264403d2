"""Checked files as HTML and as a workbook: what of each layer can be taken, where it lies, what is wrong.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
import re
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from gis.project.report import FAMILIES, family
from gis.store.workbooks import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.boundaries.detective import Candidate
    from gis.errors import Problem
    from gis.project.report import FileReport, LayerReport
    from gis.store.workbooks import Kind, Value
    from gis.texts import Texts

ROWS_SHOWN: Final = 200
# "(--confirm 15910/7/1)", "(như --sheet 12)": a page has fields for these.
_OPTION: Final = re.compile(r" \([^()]*--[a-z][^()]*\)")
M2_PER_HA: Final = 10_000
M_PER_KM: Final = 1_000


def by_stake(problems: Sequence[Problem]) -> list[Problem]:
    """Problems by the land at stake, the most first; then what is refused, then in the files' order.

    >>> from gis.errors import Problem
    >>> small, large = Problem("a", "x", area_m2=1.0), Problem("b", "x", area_m2=20.0)
    >>> [one.source for one in by_stake([Problem("c", "x"), small, large])]
    ['b', 'a', 'c']
    """
    return sorted(problems, key=lambda one: (-(one.area_m2 or 0.0), one.severity != "refused"))


def asks(problem: Problem) -> bool:
    """Whether a problem is the question which CRS is right, which the page asks in its own way."""
    return problem.message.startswith("problem.crs_ask_")


def families(problems: Sequence[Problem]) -> list[str]:
    """What the problems are about, in the order of `FAMILIES`."""
    found = {family(problem) for problem in problems}
    return [name for name in FAMILIES if name in found]


def file_name(report: FileReport) -> str:
    """A file without its folder."""
    return PurePath(report.file).name


def summary_html(reports: Sequence[FileReport], words: Texts) -> str:
    """A block a file, a line a layer: what is in the file, what can be used, what is refused."""
    return "".join(_file_html(report, words) for report in reports)


def _file_html(report: FileReport, words: Texts) -> str:
    asks = any(layer.asks_crs for layer in report.layers)
    state = "asked" if asks else "refused" if report.refused else "usable"
    lines = "".join(f"<li>{_layer_html(layer, words)}</li>" for layer in report.layers)
    lines = lines or f"<li>{escape(words('intake.no_layer'))}</li>"
    return (
        f'<section class="gp-intake {state}"><h3>{escape(file_name(report))}'
        f"<span>{escape(words(f'intake.file_{state}'))}</span></h3><ul>{lines}</ul></section>"
    )


def _layer_html(layer: LayerReport, words: Texts) -> str:
    unit = words(f"intake.unit_{layer.kind}")
    said = words(
        "intake.layer",
        unit=unit,
        features=layer.features,
        imported=layer.imported,
        refused=layer.refused_rows,
        area=layer.area_m2,
    )
    named = f"<b>{escape(layer.name)}</b>: " if layer.name else ""
    aside = [crs_words(layer, words)]
    if layer.encoding:
        aside.append(words("intake.encoding", encoding=layer.encoding))
    return f"{named}{escape(said)}<em>{escape(' · '.join(aside))}</em>"


def crs_words(layer: LayerReport, words: Texts) -> str:
    """Where a layer was placed, and why, in a sentence."""
    crs = layer.crs
    if layer.asks_crs:
        return words("intake.crs_asked")
    if crs.chosen is None:
        return words("intake.crs_none")
    name = next((one.reading.name for one in crs.candidates if one.id == crs.chosen), crs.chosen)
    if crs.stated:
        return words("intake.crs_stated", crs=name, declared=crs.declared)
    if crs.declared is None:
        return words("intake.crs_found", crs=name)
    if crs.declared != crs.chosen:
        return words("intake.crs_instead", crs=name, declared=crs.declared)
    return words("intake.crs_confirmed" if crs.confirmed else "intake.crs_declared", crs=name)


def distance(candidate: Candidate, words: Texts) -> str:
    """How far from the commune a reading puts the land."""
    if not math.isfinite(candidate.distance_m):
        return words("intake.nowhere")
    if candidate.distance_m == 0:
        return words("intake.in_commune")
    return f"{words.number(candidate.distance_m / M_PER_KM, 1)} km"


def candidates_html(layer: LayerReport, words: Texts) -> str:
    """The ranked table: each reading with its distance from the commune and what speaks for or against it."""
    rows = []
    for rank, one in enumerate(layer.crs.candidates, start=1):
        reasons = "; ".join(words(reason.message, **reason.facts) for reason in one.reasons)
        chosen = ' class="chosen"' if one.id == layer.crs.chosen else ""
        rows.append(
            f'<tr{chosen}><td class="num">{rank}</td><td><b>{escape(choice_words(one, words))}</b></td>'
            f'<td class="num">{escape(distance(one, words))}</td>'
            f"<td>{escape(reasons)}</td></tr>"
        )
    heads = "".join(
        f'<th class="{side}">{escape(words(f"intake.col_{name}"))}</th>'
        for name, side in (("rank", "num"), ("crs", "text"), ("distance", "num"), ("reasons", "text"))
    )
    return (
        f'<div class="gp-scroll" tabindex="0"><table class="gp-table small gp-candidates">'
        f"<caption>{escape(layer.source)}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def choice_words(candidate: Candidate, words: Texts) -> str:
    """A reading as a choice of a radio."""
    swapped = f" – {words('intake.swapped')}" if candidate.reading.swapped else ""
    unit = f" – {candidate.reading.unit}" if candidate.reading.unit in {"km", "mm"} else ""
    return f"{candidate.reading.name}{swapped}{unit}"


def problems_html(problems: Sequence[Problem], words: Texts, only_file: str = "") -> str:
    """The first problems as a table that reads as a list on a phone.

    Args:
        problems: In their order.
        words: Language of the page.
        only_file: The name of the one file that there is, which needs not be said on each line.
    """
    rows = "".join(_problem_html(problem, words, only_file) for problem in problems[:ROWS_SHOWN])
    heads = "".join(
        f'<th class="{side}">{escape(words(f"intake.col_{name}"))}</th>'
        for name, side in (("severity", "text"), ("area", "num"), ("where", "text"), ("what", "text"))
    )
    left = len(problems) - ROWS_SHOWN
    more = f'<p class="gp-foot">{escape(words("intake.more", count=left))}</p>' if left > 0 else ""
    return (
        '<div class="gp-scroll tall" tabindex="0"><table class="gp-table small gp-problems"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _problem_html(problem: Problem, words: Texts, only_file: str) -> str:
    area = "–" if not problem.area_m2 else words.m2(problem.area_m2)
    mark = f'<span class="gp-mark {problem.severity}">{escape(words(f"intake.{problem.severity}"))}</span>'
    place = problem.source.removeprefix(only_file).removeprefix(", ") if only_file else problem.source
    where, said = escape(words.place(place) or "–"), escape(sentence(problem, words))
    return f'<tr><td>{mark}</td><td class="num">{escape(area)}</td><td>{where}</td><td>{said}</td></tr>'


def sentence(problem: Problem, words: Texts) -> str:
    """What a problem says, without its place and without the option of a command that would answer it."""
    said = _OPTION.sub("", words(problem.message, **problem.facts))
    return said[:1].upper() + said[1:]


def legend_html(shown: int, total: int, words: Texts) -> str:
    """What the map's looks mean, and how many problems have a place on it."""
    looks = "".join(
        f'<li><span class="gp-look {name}"></span><span>{escape(words(f"intake.look_{name}"))}</span></li>'
        for name in ("refused", "warning", "came", "loaded")
    )
    said = words("intake.on_map", shown=shown, total=total)
    return f'<ul class="gp-legend">{looks}</ul><p class="gp-foot">{escape(said)}</p>'


def problem_sheets(reports: Sequence[FileReport], words: Texts) -> list[Sheet]:
    """The workbook of a check: the problems by hectares at stake, then the layers. No names of people."""
    problems = by_stake([problem for report in reports for problem in report.all_problems])
    title = words("intake.sheet_title", files=", ".join(file_name(report) for report in reports))
    heads = ("number", "severity", "family", "where", "what", "area", "hectares")
    kinds: tuple[Kind, ...] = ("int", "text", "text", "text", "text", "m2", "ha")
    widths = (6, 12, 20, 42, 80, 16, 14)
    columns = [
        Column(words(f"intake.col_{head}"), kind, width)
        for head, kind, width in zip(heads, kinds, widths, strict=True)
    ]
    rows = [_problem_row(number, problem, words) for number, problem in enumerate(problems, start=1)]
    return [
        Sheet(words("intake.sheet_problems"), title, tuple(columns), rows),
        _layer_sheet(reports, title, words),
    ]


def _problem_row(number: int, problem: Problem, words: Texts) -> list[Value]:
    area = problem.area_m2
    return [
        number,
        words(f"intake.{problem.severity}"),
        words(f"intake.family_{family(problem)}"),
        words.place(problem.source),
        sentence(problem, words),
        area,
        None if area is None else area / M2_PER_HA,
    ]


def _layer_sheet(reports: Sequence[FileReport], title: str, words: Texts) -> Sheet:
    heads = (
        "file",
        "layer",
        "kind",
        "features",
        "imported",
        "refused_rows",
        "area_used",
        "crs",
        "declared",
        "encoding",
    )
    kinds: tuple[Kind, ...] = ("text", "text", "text", "int", "int", "int", "m2", "text", "text", "text")
    rows: list[list[Value]] = [
        [
            file_name(report),
            layer.name,
            words(f"cli.layer.{layer.kind}"),
            layer.features,
            layer.imported,
            layer.refused_rows,
            layer.area_m2,
            layer.crs.chosen,
            layer.crs.declared,
            layer.encoding,
        ]
        for report in reports
        for layer in report.layers
    ]
    columns = (Column(words(f"intake.col_{head}"), kind, 18) for head, kind in zip(heads, kinds, strict=True))
    return Sheet(words("intake.sheet_layers"), title, tuple(columns), rows)
