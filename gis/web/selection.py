"""The parcels that a page has chosen together: how they come in and out, each with what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.batches import holdings_of
from gis.ledger.bulk_marks import Chosen
from gis.maps.choosing import CHOSEN_MOST, RULES, TooManyChosenError, units_inside
from gis.project import people
from gis.web.chosen_sets import chosen_sets
from gis.web.prepared import prepared_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.maps.folium_map import ChosenSet
    from gis.project import Snapshot
    from gis.web.common import View
    from gis.web.map_view import Drawn

CHOSEN: Final = "many-parcels"
REVIEW: Final = "many-review"
SAID: Final = "many-said"
RULE: Final = "many-rule"
SIDE: Final = "many-side"
LAST_RING: Final = "many-ring"
CARD, MANY = "card", "many"


@dataclass(frozen=True, slots=True)
class Said:
    """What the last way of choosing came to: the id of a text with its facts, and remarks in words."""

    message: str
    facts: Mapping[str, object]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastRing:
    """What was drawn last and the parcels that came in by it, so that another rule can be tried."""

    drawn: Drawn
    rule: str
    added: frozenset[str]


def chosen() -> dict[str, Chosen]:
    """What is chosen, by parcel, in the order of choosing."""
    found: dict[str, Chosen] = st.session_state.setdefault(CHOSEN, {})
    return found


def chosen_set() -> ChosenSet | None:
    """What is chosen, as the map asks for it."""
    return chosen_sets.keep(chosen())


def choose(parcels: Iterable[str], snapshot: Snapshot) -> int:
    """Add parcels with all their holdings; the page shows them.

    Args:
        parcels: Their ids.
        snapshot: In which they were seen: what is written of them later refuses a mark.

    Returns:
        How many were not chosen before.

    Raises:
        TooManyChosenError: If one transaction would not take them all; nothing is added then.
    """
    return _add(Chosen(parcel, snapshot.known) for parcel in parcels)


def _add(many: Iterable[Chosen]) -> int:
    kept, fresh = dict(chosen()), 0
    for new in many:
        old = kept.get(new.parcel)
        fresh += old is None
        kept[new.parcel] = old.with_(new) if old else new
    if len(kept) > CHOSEN_MOST:
        raise TooManyChosenError(count=len(kept), most=CHOSEN_MOST)
    _keep(kept)
    return fresh


def drop(parcels: Iterable[str]) -> int:
    """Take parcels out; how many were in."""
    kept = dict(chosen())
    gone = sum(kept.pop(parcel, None) is not None for parcel in parcels)
    _keep(kept)
    return gone


def keep_only(parcels: Iterable[str]) -> int:
    """Keep what is chosen of some parcels; how many others went."""
    wanted = set(parcels)
    return drop([parcel for parcel in chosen() if parcel not in wanted])


def clear() -> None:
    """Choose nothing."""
    _keep({})


def look_again(snapshot: Snapshot) -> None:
    """What is chosen counts as seen now."""
    _keep({one.parcel: Chosen(one.parcel, snapshot.known, one.households) for one in chosen().values()})


def _keep(kept: dict[str, Chosen]) -> None:
    """Hold another list; what was reviewed of the one before is out of date."""
    st.session_state[CHOSEN] = kept
    st.session_state.pop(REVIEW, None)
    st.session_state.pop(LAST_RING, None)
    st.session_state[SIDE] = MANY


def say(message: str, *remarks: str, **facts: object) -> None:
    """Keep what a way of choosing came to, for the panel."""
    st.session_state[SAID] = Said(message, facts, remarks)


def rule() -> str:
    """By which rule a drawn line chooses."""
    return str(st.session_state.get(RULE, RULES[0]))


def toggle(parcel: str, snapshot: Snapshot) -> None:
    """A click in the mode of choosing many: the parcel comes in, or goes out."""
    if parcel in chosen():
        drop([parcel])
        say("chosen.clicked_out", parcel=snapshot.boundaries.labels[parcel])
    else:
        choose([parcel], snapshot)
        say("chosen.clicked_in", parcel=snapshot.boundaries.labels[parcel])


def take_drawn(drawn: Drawn, snapshot: Snapshot) -> None:
    """Add the parcels inside a line; drawn once more by another rule, it replaces what it added before.

    Raises:
        RingError: If nobody can tell what is inside.
        TooManyChosenError: If it is too much for one transaction.
    """
    prepared = prepared_units.of(snapshot)
    inside = units_inside(prepared, drawn.ring, rule())
    parcels = prepared.parcel_ids[inside.units].tolist()
    before: LastRing | None = st.session_state.get(LAST_RING)
    if before is not None and before.drawn == drawn:
        drop(before.added)
    known = frozenset(chosen())
    fresh = choose(parcels, snapshot)
    st.session_state[LAST_RING] = LastRing(drawn, rule(), frozenset(parcels) - known)
    say(
        f"chosen.drawn_{rule()}",
        found=len(parcels),
        fresh=fresh,
        left_out=inside.left_out,
        features=inside.features,
    )


def choose_household(shown: View, household: str) -> int:
    """Add all that a household holds under any of its ids, and of shared parcels its own part only.

    Returns:
        How many parcels it holds.
    """
    snapshot = shown.snapshot
    held = holdings_of(snapshot.state, [household], aliases=people.aliases(shown.project))
    holdings = held.get(household, ())
    _add(Chosen(one.parcel, snapshot.known, frozenset({one.household})) for one in holdings)
    return len({one.parcel for one in holdings})
