"""What a person says of files and of their land where the files do not. Pure: no file, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gis.boundaries.candidates import parse_reading
from gis.boundaries.drawing import DrawingOptions
from gis.errors import Problem, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.plan import Plan


@dataclass(frozen=True, slots=True)
class Stated:
    """What holds for all files of one call.

    Args:
        crs: Id of a reading of their numbers: "EPSG:5897", "EPSG:3405:swapped".
        commune: Code of the old commune of parcels whose file has no column for it.
        drawing: What drawings do not say themselves: their sheet, the layers that count, the gaps to close.
        confirmed: The new parcels, by label (commune/sheet/number), whose questions were answered with yes.
        objects: By seq of a listed object (graves, a house), the label of the new parcel it stands on.
    """

    crs: str | None = None
    commune: str | None = None
    drawing: DrawingOptions = field(default_factory=DrawingOptions)
    confirmed: frozenset[str] = frozenset()
    objects: Mapping[int, str] = field(default_factory=dict)


NOTHING_STATED: Final = Stated()


def require_known(stated: Stated, plan: Plan) -> None:
    """Refuse a statement that means nothing in this project.

    Raises:
        UnknownCrsError: If its CRS is none.
        RefusedError: If its commune is no old commune of the plan.
    """
    if stated.crs is not None:
        parse_reading(stated.crs)
    known = {one.code for one in plan.commune.old_communes}
    if stated.commune is not None and stated.commune not in known:
        facts = {"found": stated.commune, "known": old_communes(plan)}
        raise RefusedError(problems=[Problem("", "problem.commune_unknown", dict(facts))])


def old_communes(plan: Plan) -> str:
    """The old communes of a plan as a person chooses from them.

    >>> from gis.plan import empty_plan_text, parse_plan
    >>> old_communes(parse_plan(empty_plan_text(), "project.toml"))[:32]
    '15895 Hoằng Trinh, 15910 Hoằng X'
    """
    return ", ".join(f"{one.code} {one.name}" for one in plan.commune.old_communes)


def commune_of(stated: Stated, plan: Plan) -> str | None:
    """The old commune of parcels whose file names none: the stated one, else the plan's only one."""
    known = plan.commune.old_communes
    return stated.commune or (known[0].code if len(known) == 1 else None)
