"""Why a parcel is cleared, or is not: each condition with the entries that it rests on.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.ledger.state import ParcelState
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class Ground:
    """One condition: whether it is met, by which entries, and what keeps it from being met.

    Args:
        condition: "held", "handed_over", "no_obstacle" or "no_object".
        met: Whether it holds on the day.
        seqs: The entries that it rests on.
        missing: The households, or the obstacles' and objects' categories, that stand against it.
        decides: Whether "cleared" depends on it; the others are told beside it.
    """

    condition: str
    met: bool
    seqs: tuple[int, ...]
    missing: tuple[str, ...]
    decides: bool


def held(found: ParcelState) -> Ground:
    """Somebody holds it."""
    seqs = tuple(holding.seq for holding in found.holdings)
    return Ground("held", bool(seqs), seqs, (), decides=True)


def handed_over(found: ParcelState) -> Ground:
    """Every holding of it was handed over: this, and only this, is "cleared"."""
    missing = tuple(h.household for h in found.holdings if CLEARED_MILESTONE not in h.milestones)
    seqs = tuple(h.milestones[CLEARED_MILESTONE].seq for h in found.holdings if h.household not in missing)
    return Ground("handed_over", bool(found.holdings) and not missing, seqs, missing, decides=True)


def no_obstacle(found: ParcelState) -> Ground:
    """Nothing stands in the way."""
    seqs = tuple(obstacle.seq for obstacle in found.obstacles)
    categories = tuple(obstacle.category for obstacle in found.obstacles)
    return Ground("no_obstacle", not seqs, seqs, categories, decides=False)


def no_object(found: ParcelState) -> Ground:
    """Nothing that was listed is left on it: then handed-over land is clean land."""
    seqs = tuple(listed.seq for listed in found.objects)
    categories = tuple(dict.fromkeys(listed.category for listed in found.objects))
    return Ground("no_object", not seqs, seqs, categories, decides=False)


CONDITIONS: Final[tuple[Callable[[ParcelState], Ground], ...]] = (held, handed_over, no_obstacle, no_object)


def grounds(state: State, parcel: str) -> tuple[Ground, ...]:
    """Each condition of a parcel on the state's day, those that decide first."""
    found = state.by_parcel.get(parcel) or ParcelState()
    return tuple(condition(found) for condition in CONDITIONS)
