"""The commands that read files: areas, check, import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.boundaries.checks import check_features, check_parcels, check_zones
from gis.boundaries.shapes import polygons, read_crs
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
    problem_json,
    say,
    say_problems,
    stamp,
)
from gis.cli.setup import parse_epsg
from gis.errors import DataError, SeveralLayersError
from gis.project.holdings import import_holdings
from gis.project.intake import columns_of, import_layer
from gis.project.project import read_plan
from gis.store.files import read_vector, write_csv
from gis.vietnamese import parse_date
from gis.vn2000 import require_vn2000

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.boundaries.columns import Columns
    from gis.boundaries.layers import RawLayer
    from gis.errors import Problem
    from gis.plan import Plan
    from gis.project.intake import Layer

FilesArgument = Annotated[list[Path], typer.Argument(help=T("cli.option.files"))]
FromOption = Annotated[str | None, typer.Option("--on", help=T("cli.option.in_force"))]
CrsOption = Annotated[str | None, typer.Option("--crs", help=T("cli.option.crs"))]
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
    files: FilesArgument, project: ProjectOption = DEFAULT_PROJECT, *, as_json: JsonOption = False
) -> None:
    """Read files as an import would, and say everything that is wrong; writes nothing."""
    plan, columns = read_plan(project), columns_of(project)
    reports = [_report(file, plan, columns) for file in files]
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            count = sum(layer["features"] for layer in report["layers"])
            crs = ", ".join(
                dict.fromkeys(layer["crs"] or T("cli.check.no_crs") for layer in report["layers"])
            )
            facts = {"count": count, "crs": crs or "–", "problems": len(report["problems"])}
            out.print(T("cli.check.file", file=report["file"], **facts), soft_wrap=True)
            for problem in report["problems"]:
                out.print(f"  {problem['source']}: {problem['message']}", soft_wrap=True)
    if any(problem["severity"] == "refused" for report in reports for problem in report["problems"]):
        raise typer.Exit(1)


def _report(file: Path, plan: Plan, columns: Columns) -> dict[str, Any]:
    layers, problems = read_vector(file)
    listed = [problem_json(problem) for problem in problems]
    described = []
    for raw in layers:
        crs = raw.frame.crs
        listed += [problem_json(problem) for problem in _judged(raw, plan, columns)]
        described.append(
            {
                "name": raw.layer,
                "driver": raw.driver,
                "encoding": raw.encoding,
                "features": len(raw.frame),
                "crs": None if crs is None else crs.to_string()[:60],
            }
        )
    return {"file": str(file), "layers": described, "problems": listed}


def _judged(raw: RawLayer, plan: Plan, columns: Columns) -> list[Problem]:
    """What an import would say of a layer: as zones, parcels or features, whichever it fits best."""
    tries = (
        check_parcels(raw, columns, plan.crs, plan.commune.code)[1],
        check_zones(raw, columns, plan.crs)[1],
        check_features(raw, columns, plan.crs, plan.commune.code)[1],
    )
    return min(tries, key=lambda problems: sum(problem.severity == "refused" for problem in problems))


def _import_command(layer: Layer) -> Callable[..., None]:
    """The command that imports one layer."""

    def import_(
        files: FilesArgument,
        by: ByOption = LOCAL_ACCOUNT,
        project: ProjectOption = DEFAULT_PROJECT,
        on: FromOption = None,
        crs: CrsOption = None,
    ) -> None:
        held = opened(project)
        day = None if on is None else parse_date(on)
        declared = None if crs is None else f"EPSG:{parse_epsg(crs)}"
        with out.status(T("cli.import.reading")):
            done = import_layer(held, layer, files, stamp(by), day, declared)
        say_problems(done.warnings)
        facts = {"count": done.count, "added": done.added, "changed": done.changed}
        seqs = ", ".join(str(seq) for seq in done.seqs) or "–"
        out.print(T("cli.imported", layer=T(f"cli.layer.{layer}"), seqs=seqs, **facts))

    return import_


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
