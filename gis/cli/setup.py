"""The commands that make a project: the sample, or an empty one for real data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.cli.common import T, out
from gis.errors import BadCrsError
from gis.project import Project
from gis.project.beginning import begin
from gis.sample import build
from gis.store.folders import require_empty
from gis.store.sample_files import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_SEED = 2025
FolderArgument = Annotated[Path, typer.Argument(help=T("cli.option.folder"))]


def demo(
    folder: FolderArgument,
    seed: Annotated[int, typer.Option("--seed", min=0, help=T("cli.option.seed"))] = DEFAULT_SEED,
) -> None:
    """Make the sample: its files, and the ledger that follows from them."""
    require_empty(folder)
    with out.status(T("cli.demo.building")):
        write_sample(build(seed), folder)
        project = Project.open(folder)
    snapshot_head = project.refresh()
    out.print(T("cli.demo.done", folder=str(folder), entries=snapshot_head.seq))
    out.print(T("app.sample"))


def init(
    folder: FolderArgument,
    crs: Annotated[str, typer.Option("--crs", help=T("cli.option.crs"))] = "EPSG:5897",
    name: Annotated[str, typer.Option("--name", help=T("cli.option.name"))] = "Hoàng Sơn",
) -> None:
    """Make an empty project for real data, outside the repository."""
    begin(folder, name, parse_epsg(crs))
    out.print(T("cli.init.done", folder=str(folder)), soft_wrap=True)


def parse_epsg(text: str) -> int:
    """The number of "EPSG:5897" or "5897".

    Raises:
        BadCrsError: If it is neither.
    """
    found = re.fullmatch(r"(?:EPSG:)?(\d{4,5})", text.strip(), re.IGNORECASE)
    if found is None:
        raise BadCrsError(found=text)
    return int(found[1])


COMMANDS: dict[str, Callable[..., None]] = {"demo": demo, "init": init}
