"""The matrix of households and milestones of an open project, and the filters of its lines.

Nothing in it is a name: who may see names asks the register for those of the lines that are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.ledger.batches import batches
from gis.ledger.matrix import matrix
from gis.project.people import Hamlet, persons
from gis.store.register import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.matrix import Level, Line
    from gis.project.project import Project
    from gis.project.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Place:
    """Where a household lives, the account in charge of it, and its place in the usual order of lists."""

    hamlet: Hamlet | None
    officer: str
    at: int


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


def places(project: Project) -> Mapping[str, Place]:
    """Hamlet and officer of every household that counts, by its id; in the order of `people.people`."""
    with project.ledger.reading() as connection:
        rows = read_rows(connection)
    return {
        one.household_id: Place(one.hamlet, one.household.officer, at) for at, one in enumerate(persons(rows))
    }


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
    known: Mapping[str, Place],
    snapshot: Snapshot,
    aliases: Mapping[str, str],
) -> Sequence[Line]:
    """The lines that a filter leaves, by hamlet and then as lists have them; who is unknown comes last."""
    batch = batches(snapshot.state).get(wanted.batch) if wanted.batch is not None else None
    members = {aliases.get(one, one) for one in batch.members} if batch else set()
    nowhere = Place(None, "", len(known))

    def is_wanted(line: Line) -> bool:
        place = known.get(line.household, nowhere)
        return (
            (wanted.hamlet is None or place.hamlet == wanted.hamlet)
            and (wanted.officer is None or place.officer == wanted.officer)
            and (wanted.batch is None or line.household in members)
            and (not wanted.stuck or line.stuck > 0)
            and (
                wanted.milestone is None or wanted.level is None or line.is_at(wanted.milestone, wanted.level)
            )
        )

    kept = [line for line in lines if is_wanted(line)]
    return sorted(kept, key=lambda line: (known.get(line.household, nowhere).at, line.household))
