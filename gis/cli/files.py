"""The commands that read files: areas, check, import."""

from __future__ import annotations

from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from gis.boundaries.placing import read_crs
from gis.boundaries.shapes import polygons
from gis.clearance.areas import area_m2
from gis.cli.common import (
    DEFAULT_PROJECT,
    ByOption,
    JsonOption,
    ProjectOption,
    T,
    opened,
    out,
    print_json,
    say,
    say_problems,
    stamp,
    table,
    today,
)
from gis.cli.setup import parse_epsg
from gis.cli.statements import (
    CLOSED_M,
    BoundaryLayersOption,
    CloseGapsOption,
    CommuneOption,
    ConfirmOption,
    CrsOption,
    LabelLayersOption,
    ObjectOption,
    SheetOption,
    drawing_of,
    stated_of,
)
from gis.errors import DataError, GisError, SeveralLayersError, SyntheticProjectError
from gis.project.days import vietnam_day
from gis.project.holdings import import_holdings
from gis.project.intake import check_folder, check_for, import_checked
from gis.project.report import is_refused, to_json, with_refusals
from gis.store.files import read_vector, write_csv
from gis.vietnamese import parse_date
from gis.vn2000 import require_vn2000

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from gis.boundaries.layers import RawLayer
    from gis.errors import Problem
    from gis.project import Project
    from gis.project.checking import CheckedFiles, Step, Told
    from gis.project.intake import Imported
    from gis.project.report import FileReport, Layer, LayerReport
    from gis.store.database import Stamp

FilesArgument = Annotated[list[Path], typer.Argument(help=T("cli.option.files"))]
FromOption = Annotated[str | None, typer.Option("--on", help=T("cli.option.in_force"))]
MOST_SHOWN = 50
LAYERS: tuple[Layer, ...] = ("zones", "parcels", "features")
LOCAL_ACCOUNT = "quan-tri"  # without accounts, whoever sits at the machine is its administrator
import_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def areas(
    file: Annotated[Path, typer.Argument(help=T("cli.option.file"))],
    crs: Annotated[str, typer.Option("--crs", help=T("cli.option.crs"))],
    csv: Annotated[Path, typer.Option("--out", help=T("cli.option.out"))],
    layer: Annotated[str | None, typer.Option("--layer", help=T("cli.option.layer"))] = None,
) -> None:
    """Write one line per feature in file order: its planar VN-2000 area, empty where it has none."""
    epsg = parse_epsg(crs)
    require_vn2000(read_crs(f"EPSG:{epsg}"))
    raw, problems = _only_layer(file, layer)
    declared = f"EPSG:{epsg}" if raw.frame.crs is None else None
    shapes, found = polygons(raw, epsg, declared)
    areas_m2 = area_m2(shapes)
    rows = [
        (row, None if area != area else repr(float(area)))  # noqa: PLR0124 - NaN alone differs from itself
        for row, area in enumerate(areas_m2, start=1)
    ]
    write_csv(csv, ("row", "area_m2"), rows)
    say_problems([*problems, *found])
    say(T("cli.areas.done", count=len(rows), out=str(csv), total=float(areas_m2.sum())))
    if any(problem.severity == "refused" for problem in [*problems, *found]):
        raise typer.Exit(1)


def _only_layer(file: Path, layer: str | None) -> tuple[RawLayer, list[Problem]]:
    """The one layer of a file that areas are asked of."""
    layers, problems = read_vector(file, layer)
    if not layers:
        raise DataError(problems=problems, source=file.name)
    if len(layers) > 1:
        listed = ", ".join(one.layer for one in layers)
        raise SeveralLayersError(file=file.name, layers=listed)
    return layers[0], problems


def check(
    files: FilesArgument,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    crs: CrsOption = None,
    commune: CommuneOption = None,
    sheet: SheetOption = None,
    lines: BoundaryLayersOption = None,
    labels: LabelLayersOption = None,
    gaps: CloseGapsOption = CLOSED_M,
    confirm: ConfirmOption = None,
    place: ObjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge files together, beside what is loaded, as an import would; writes nothing."""
    stated = stated_of(crs, commune, drawing_of(sheet, lines, labels, gaps), confirm, place)
    with _progress() as told:
        checked = check_folder(project, files, today(), stated, told)
    if as_json:
        print_reports(checked.reports)
    else:
        say_reports(checked.reports)
    if is_refused(checked.reports):
        raise typer.Exit(1)


def print_reports(reports: Sequence[FileReport]) -> None:
    """One file's report as an object, those of several files as a list of them."""
    found = [to_json(report, T) for report in reports]
    print_json(found[0] if len(found) == 1 else found)


def say_reports(reports: Sequence[FileReport]) -> None:
    """Each file with its layers, its CRS where that is a question, and every problem."""
    for report in reports:
        count = sum(layer.features for layer in report.layers)
        named = dict.fromkeys(_crs_words(layer) for layer in report.layers)
        facts = {"count": count, "crs": ", ".join(named) or "–", "problems": len(report.all_problems)}
        out.print(T("cli.check.file", file=report.file, **facts), soft_wrap=True)
        for layer in report.layers:
            out.print("  " + layer_line(layer), soft_wrap=True)
        # Refusals first: nobody has to look for them among hundreds of remarks.
        listed = sorted(report.all_problems, key=lambda problem: problem.severity != "refused")
        for problem in listed[:MOST_SHOWN]:
            place = f"{T.place(problem.source)}: " if problem.source else ""
            out.print(f"  {place}{T(problem.message, **problem.facts)}", soft_wrap=True)
        if len(listed) > MOST_SHOWN:
            out.print("  " + T("cli.check.more", count=len(listed) - MOST_SHOWN), soft_wrap=True)
        for layer in report.layers:
            if layer.asks_crs:
                say_candidates(layer)
    out.print(T("cli.check.refused" if is_refused(reports) else "cli.check.usable"), soft_wrap=True)


def _crs_words(layer: LayerReport) -> str:
    """The CRS of a layer in a word or two."""
    if layer.crs.chosen:
        return layer.crs.chosen
    return T("cli.check.crs_asked" if layer.crs.declared else "cli.check.no_crs")


def say_candidates(layer: LayerReport) -> None:
    """The ranked table of readings, each with the id by which `--crs` takes it."""
    heads = (("id", "left"), ("crs", "left"), ("distance", "right"), ("reasons", "left"))
    rows = [
        (
            one.id,
            one.reading.name,
            f"{T.number(one.distance_m / 1000, 1)} km" if isfinite(one.distance_m) else "–",
            "; ".join(T(reason.message, **reason.facts) for reason in one.reasons),
        )
        for one in layer.crs.candidates
    ]
    title = T("cli.check.candidates", layer=layer.source)
    table(title, [(T(f"intake.col_{name}"), side) for name, side in heads], rows)


def layer_line(layer: LayerReport) -> str:
    """What of a layer can be taken: its rows in the file, the usable and the refused ones, square metres."""
    if layer.kind == "list":
        return T(
            "cli.check.list",
            households=layer.households,
            parcels=layer.parcels,
            rows=layer.features,
            imported=layer.imported,
            refused=layer.refused_rows,
            area=layer.area_m2,
        )
    return T(
        "cli.check.layer",
        kind=T(f"cli.layer.{layer.kind}"),
        name=layer.name or layer.source,
        features=layer.features,
        imported=layer.imported,
        refused=layer.refused_rows,
        area=layer.area_m2,
    )


@contextmanager
def _progress() -> Iterator[Told]:
    """A line on stderr that says what is being done, where somebody looks at it."""
    with Console(stderr=True, highlight=False).status(T("cli.import.reading")) as status:

        def told(step: Step) -> None:
            status.update(T(f"intake.step_{step.stage}", at=step.at, of=step.of, name=step.name))

        yield told


def _import_command(layer: Layer) -> Callable[..., None]:
    """The command that imports one layer."""

    def import_(
        files: FilesArgument,
        by: ByOption = LOCAL_ACCOUNT,
        project: ProjectOption = DEFAULT_PROJECT,
        on: FromOption = None,
        *,
        crs: CrsOption = None,
        commune: CommuneOption = None,
        sheet: SheetOption = None,
        lines: BoundaryLayersOption = None,
        labels: LabelLayersOption = None,
        gaps: CloseGapsOption = CLOSED_M,
        confirm: ConfirmOption = None,
        place: ObjectOption = None,
        as_json: JsonOption = False,
    ) -> None:
        held, request = opened(project), stamp(by)
        day = None if on is None else parse_date(on)
        if held.plan.synthetic:
            raise SyntheticProjectError
        stated = stated_of(crs, commune, drawing_of(sheet, lines, labels, gaps), confirm, place)
        with _progress() as told:
            checked = check_for(held, files, vietnam_day(request.now), layer, stated, told)
            done = _taken(held, layer, checked, request, day, told, as_json=as_json)
        say_problems(done.warnings)
        facts = {"count": done.count, "added": done.added, "changed": done.changed}
        seqs = ", ".join(str(seq) for seq in done.seqs) or "–"
        said = T("cli.imported", layer=T(f"cli.layer.{layer}"), seqs=seqs, **facts)
        if as_json:
            print_reports(checked.reports)
            say(said)
        else:
            out.print(said)

    return import_


def _taken(
    project: Project,
    layer: Layer,
    checked: CheckedFiles,
    request: Stamp,
    day: date | None,
    told: Told,
    *,
    as_json: bool,
) -> Imported:
    """The import of checked files; a script reads the reports of a refused one, too."""
    try:
        return import_checked(project, layer, checked, request, day, told)
    except GisError as error:
        if as_json:
            print_reports(with_refusals(checked.reports, error.problems))
        raise


for _layer in LAYERS:
    import_app.command(_layer, help=T(f"cli.import_{_layer}.help"))(_import_command(_layer))


@import_app.command("holdings", help=T("cli.import_holdings.help"))
def import_holdings_(
    files: FilesArgument, by: ByOption = LOCAL_ACCOUNT, project: ProjectOption = DEFAULT_PROJECT
) -> None:
    """Import each household's part of each parcel."""
    done = import_holdings(opened(project), files, stamp(by))
    say_problems(done.warnings)
    out.print(T("cli.imported_holdings", count=done.count, written=len(done.seqs)))


COMMANDS: dict[str, Callable[..., None]] = {"areas": areas, "check": check}
