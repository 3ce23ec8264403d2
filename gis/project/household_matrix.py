"""The matrix of households and milestones of an open project, and the filters of its lines.

Nothing in it is a name: who may see names asks the register for those of the lines that are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.ledger.batches import batches
from gis.ledger.matrix import matrix
from gis.project.charges import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.matrix import Level, Line
    from gis.project.charges import Charge
    from gis.project.people import Hamlet
    from gis.project.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted; None asks nothing.

    Args:
        hamlet: Of this hamlet.
        officer: In charge of this officer; "" of none.
        batch: Members of this đợt.
        milestone: So far with this milestone as `level` says.
        level: See `gis.ledger.matrix.Level`; without it any.
        stuck: Only those with an open obstacle.
    """

    hamlet: Hamlet | None = None
    officer: str | None = None
    batch: str | None = None
    milestone: str | None = None
    level: Level | None = None
    stuck: bool = False


def parcels_in(snapshot: Snapshot, zone: str) -> frozenset[str]:
    """The units that lie in a zone of the plan, or of all with "commune"."""
    leaves = set(snapshot.plan.leaf_ids(zone))
    return frozenset(
        parcel for parcel, parts in snapshot.boundaries.parts_m2.items() if leaves.intersection(parts)
    )


def lines_of(snapshot: Snapshot, zone: str, aliases: Mapping[str, str]) -> tuple[Line, ...]:
    """A line for every household that holds land in a zone, of what it holds there; by id.

    Args:
        snapshot: Of the day.
        zone: Id of a zone of the plan; "commune" for all: a household in two zones is one line.
        aliases: Of a household that was entered twice, the id that counts.
    """
    milestones = [step.id for step in snapshot.plan.milestones]
    return matrix(snapshot.state, parcels_in(snapshot, zone), milestones, aliases)


def chosen(
    lines: Iterable[Line],
    wanted: Filter,
    known: Mapping[str, Charge],
    snapshot: Snapshot,
    aliases: Mapping[str, str],
) -> Sequence[Line]:
    """The lines that a filter leaves, in the order of `known`; who is unknown comes last.

    Args:
        lines: As `lines_of` gives them.
        wanted: The filter.
        known: As `gis.project.charges.charges` gives it: hamlet by hamlet.
        snapshot: Of the same day: its đợt.
        aliases: Of a household that was entered twice, the id that counts.
    """
    batch = batches(snapshot.state).get(wanted.batch) if wanted.batch is not None else None
    members = {aliases.get(one, one) for one in batch.members} if batch else set()
    order = {household: at for at, household in enumerate(known)}

    def is_wanted(line: Line) -> bool:
        charge = known.get(line.household, NOBODY)
        return (
            (wanted.hamlet is None or charge.hamlet == wanted.hamlet)
            and (wanted.officer is None or charge.officer == wanted.officer)
            and (wanted.batch is None or line.household in members)
            and (not wanted.stuck or line.stuck > 0)
            and (
                wanted.milestone is None or wanted.level is None or line.is_at(wanted.milestone, wanted.level)
            )
        )

    kept = [line for line in lines if is_wanted(line)]
    return sorted(kept, key=lambda line: (order.get(line.household, len(order)), line.household))
