"""What a command line says of files and of the land in them, where the files do not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gis.boundaries.candidates import parse_reading
from gis.boundaries.drawing import DrawingOptions
from gis.boundaries.noding import NEAR_M, SAME_PLACE_M
from gis.cli.common import T
from gis.errors import Problem, RefusedError
from gis.project.stated import Stated

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOSED_M = SAME_PLACE_M
CrsOption = Annotated[str | None, typer.Option("--crs", help=T("cli.option.crs_candidate"))]
CommuneOption = Annotated[str | None, typer.Option("--commune", help=T("cli.option.commune"))]
SheetOption = Annotated[str | None, typer.Option("--sheet", help=T("cli.option.sheet"))]
BoundaryLayersOption = Annotated[
    list[str] | None, typer.Option("--boundary-layers", help=T("cli.option.boundary_layers"))
]
LabelLayersOption = Annotated[
    list[str] | None, typer.Option("--label-layers", help=T("cli.option.label_layers"))
]
CloseGapsOption = Annotated[
    float,
    typer.Option("--close-gaps", min=0, max=NEAR_M, show_default=False, help=T("cli.option.close_gaps")),
]
ConfirmOption = Annotated[list[str] | None, typer.Option("--confirm", help=T("cli.option.confirm_parcel"))]
ObjectOption = Annotated[list[str] | None, typer.Option("--object", help=T("cli.option.object_place"))]


def stated_of(
    crs: str | None,
    commune: str | None,
    drawing: DrawingOptions,
    confirm: Sequence[str] | None,
    place: Sequence[str] | None,
) -> Stated:
    """The options of a command as one statement.

    Raises:
        UnknownCrsError: If the CRS is no id of a reading.
        RefusedError: If a place of an object cannot be read.
    """
    return Stated(
        crs=None if crs is None else parse_reading(crs).id,
        commune=None if commune is None else commune.strip(),
        drawing=drawing,
        confirmed=frozenset(text.strip() for text in confirm or ()),
        objects=dict(object_place(text) for text in place or ()),
    )


def drawing_of(
    sheet: str | None, lines: Sequence[str] | None, labels: Sequence[str] | None, gaps_m: float
) -> DrawingOptions:
    """What a command line says of drawings."""
    return DrawingOptions(_layers(lines), _layers(labels), sheet.strip() if sheet else None, gaps_m)


def _layers(names: Sequence[str] | None) -> frozenset[str] | None:
    """The names of several options, or of one with commas; None where nothing was said.

    >>> sorted(_layers(["RANH, RANH_THUA", "10"]))
    ['10', 'RANH', 'RANH_THUA']
    """
    found = frozenset(name.strip() for text in names or () for name in text.split(",") if name.strip())
    return found or None


def object_place(text: str) -> tuple[int, str]:
    """The seq of a listed object and its new parcel, of "1234=15910/2/163b".

    Raises:
        RefusedError: If it is not that.
    """
    seq, _, label = text.partition("=")
    if not (seq.strip().isdigit() and label.strip()):
        raise RefusedError(problems=[Problem("", "problem.bad_object_place", {"found": text})])
    return int(seq), label.strip()
