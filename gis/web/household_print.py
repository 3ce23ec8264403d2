"""A household on paper: one printable A4 page of what the screen shows, without the words of notes.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.accounts import account
from gis.ledger.household_story import joined, milestone_lines, obstacle_lines, story
from gis.ledger.visits import visits_of
from gis.project.days import HANOI
from gis.web import household_tables as tables
from gis.web import household_view as view
from gis.web import next_view
from gis.web.proof import STYLE as PAPER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gis.ledger.next_steps import Outlook
    from gis.ledger.state import HoldingState
    from gis.project import Snapshot
    from gis.project.people import Person
    from gis.texts import Texts

STYLE: Final = (
    PAPER
    + """
header { text-align: left; }
h3 { font-size: 14px; margin: 12px 0 3px; }
h4 { margin: 6px 0 0; }
ul, ol { margin: 2px 0; padding-left: 18px; }
small { color: #444; }
td small, li small { display: block; }
td div small { display: inline; }
.gp-next { border: 1.5px solid #111; padding: 6px 10px; margin: 8px 0; }
.gp-next h3 { margin: 0; }
.gp-by { border: 1px solid #111; border-radius: 9px; padding: 0 6px; white-space: nowrap; }
.gp-sums { display: flex; flex-wrap: wrap; gap: 4px 24px; }
.gp-sums span { display: block; font-size: 12px; }
.swatch { display: none; }
.gp-list { list-style: none; padding: 0; }
.gp-part { break-inside: auto; }
.gp-scroll { overflow-x: auto; }
td:first-child { white-space: nowrap; }
"""
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed of a household.

    Args:
        snapshot: Of the day.
        person: Whose.
        aliases: Of a household that was entered twice, the id that counts.
        outlook: What is next; None: nothing.
    """

    snapshot: Snapshot
    person: Person
    aliases: Mapping[str, str]
    outlook: Outlook | None


def household_html(printed: Printed, printed_at: datetime, words: Texts) -> str:
    """The whole page; it names the household: for the clearance team alone."""
    person, snapshot = printed.person, printed.snapshot
    plan, label = snapshot.plan, f"{words('people.title')} {person.household_id}"
    sample = f'<p class="sample">{escape(words("app.sample"))}</p>' if plan.synthetic else ""
    clocks = words("proof.clocks", on=snapshot.on, known=snapshot.known)
    communes = {old.code: old.name for old in plan.commune.old_communes}
    batches = [f"{one.batch} · {one.name}" for one in joined(snapshot.state, person.ids)]
    made = words("proof.made", at=printed_at.astimezone(HANOI))
    body = (
        f"{sample}<header><p>{escape(words('proof.commune', name=plan.commune.name))} · {escape(clocks)}</p>"
        f"{view.head_html(person, communes, batches, words)}</header>"
        f"{next_view.outlook_html(printed.outlook, snapshot.boundaries.labels, words, _outside(printed))}"
        f"{_tables(printed, words)}"
        f"<footer><p>{escape(words('people.team_only'))} {escape(made)}</p></footer>"
    )
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        f"<title>{escape(label)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def _held(printed: Printed) -> dict[str, list[HoldingState]]:
    """Its holdings by parcel, under all of its ids."""
    state, ids = printed.snapshot.state, printed.person.ids
    told = sorted({parcel for one in ids for parcel in state.told_of.get(one, ()) if parcel is not None})
    held = {parcel: [one for one in state.of_parcel(parcel) if one.household in ids] for parcel in told}
    return {parcel: own for parcel, own in held.items() if own}


def _outside(printed: Printed) -> list[str]:
    """Its parcels that lie in no zone."""
    inside = printed.snapshot.boundaries.parts_m2
    return [parcel for parcel in _held(printed) if parcel not in inside]


def _tables(printed: Printed, words: Texts) -> str:
    snapshot, person = printed.snapshot, printed.person
    labels, told = snapshot.boundaries.labels, story(snapshot.state, person.ids)
    held = [
        tables.held_parcel(snapshot, parcel, own, None, words)
        for parcel, own in _held(printed).items()
        if parcel in snapshot.units.index
    ]
    visits = [one for made in visits_of(snapshot.state, person.ids).values() for one in made]
    visits.sort(key=lambda one: (one.on, one.seq), reverse=True)
    money = account(snapshot.state, person.household_id, printed.aliases)
    return (
        tables.holdings_html(held, len(held), words)
        + tables.milestones_html(milestone_lines(told, snapshot.state), labels, words)
        + tables.money_html(money, "", words)
        + tables.obstacles_html(obstacle_lines(told, snapshot.state), labels, _no_words, words)
        + tables.visits_html(visits, labels, _no_words, words)
    )


def _no_words(_: int) -> str:
    """Paper leaves the hall: what was written of a talk stays in the register."""
    return ""
