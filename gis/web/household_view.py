"""Households as HTML: a line of the list, the head of one, its history, two beside each other.

Names are shown to the clearance team only and never stand in an address. Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.entry import parse_time
from gis.project.days import HANOI

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.project.people import Person
    from gis.store.register import Household
    from gis.store.register_changes import Change
    from gis.texts import Texts

_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~:$^])")


def plain(text: str) -> str:
    r"""A text whose signs mean nothing in the Markdown of a button or an option.

    >>> plain("An [red] *")
    'An \\[red\\] \\*'
    """
    return _MARKS.sub(r"\\\1", text)


def name_of(household: Household, words: Texts) -> str:
    """The name, or that it was erased."""
    return household.name if household.erased_at is None else words("people.erased_name")


def home_of(household: Household, communes: Mapping[str, str], words: Texts) -> str:
    """Hamlet and old commune as far as they are known."""
    commune = communes.get(household.commune, household.commune)
    return ", ".join(piece for piece in (household.hamlet, commune) if piece) or words("people.no_hamlet")


@dataclass(frozen=True, slots=True)
class Land:
    """How many parcels a household holds, under all of its ids.

    Args:
        parcels: All of them.
        handed: Those that it handed over.
        outside: Those that lie in no zone and are not handed over: nothing is next for them.
    """

    parcels: int
    handed: int
    outside: int = 0


def land_words(land: Land, words: Texts) -> list[str]:
    """How far its land is; land of which nothing is asked is named, or the rest would look forgotten."""
    if not land.parcels:
        return [words("people.no_land")]
    said = [words("people.land", count=land.parcels, handed=land.handed)]
    return [*said, words("people.land_outside", count=land.outside)] if land.outside else said


def line(person: Person, land: Land, following: str, communes: Mapping[str, str], words: Texts) -> str:
    """A household's line in the list, as the Markdown of its button; `following` says what is next."""
    household = person.household
    told = [person.household_id, home_of(household, communes, words), *land_words(land, words)]
    told += [words("people.with_officer", officer=household.officer)] if household.officer else []
    told += [words("people.with_members", count=len(person.members))] if person.members else []
    said = f"**{plain(name_of(household, words))}** {plain(' · '.join(told))}"
    return f"{said} *{plain(following)}*" if following else said


def option(person: Person, communes: Mapping[str, str], words: Texts) -> str:
    """A household as one of several to choose from."""
    household = person.household
    told = (name_of(household, words), person.household_id, home_of(household, communes, words))
    return plain(" · ".join(told))


def head_html(person: Person, communes: Mapping[str, str], batches: Sequence[str], words: Texts) -> str:
    """Who it is, where, in whose charge, in which đợt, and under which other codes it was entered."""
    household = person.household
    told = [person.household_id, home_of(household, communes, words)]
    officer = household.officer or words("people.no_officer")
    kind = escape(words(f"people.kind_{household.kind}"))
    lines = [" · ".join(told), words("people.in_charge", officer=officer)]
    lines += [words("people.in_batches", batches="; ".join(batches))] if batches else []
    if person.members:
        lines.append(words("people.members", ids=", ".join(person.members)))
    said = "".join(f"<p>{escape(one)}</p>" for one in lines)
    name = escape(name_of(household, words))
    return f'<div class="gp-card-head"><h1>{name}</h1><span class="gp-chip">{kind}</span>{said}</div>'


def erased_html(household: Household, words: Texts) -> str:
    """That the data was erased, and when; nothing where it was not."""
    if household.erased_at is None:
        return ""
    on = parse_time(household.erased_at).astimezone(HANOI).date()
    return f'<div class="gp-hint">{escape(words("people.erased_on", on=on))}</div>'


def history_html(changes: Sequence[Change], words: Texts) -> str:
    """Who changed what and when, the newest first."""
    if not changes:
        return f'<p class="gp-note">{escape(words("people.no_history"))}</p>'
    rows = "".join(
        f"<tr><td>{words.day_time(parse_time(change.at).astimezone(HANOI))}</td>"
        f"<td>{escape(words(f'people.field_{change.field}'))}</td>"
        f"<td>{_value(change.field, change.before, words)} → {_value(change.field, change.after, words)}</td>"
        f"<td>{escape(change.by)}</td></tr>"
        for change in reversed(changes)
    )
    names = ("at", "field", "change", "by")
    heads = "".join(f"<th>{escape(words(f'people.col_{name}'))}</th>" for name in names)
    return (
        '<div class="gp-scroll" tabindex="0"><table class="gp-table small"><thead><tr>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _value(field: str, value: str | None, words: Texts) -> str:
    if not value:
        return "–"
    return escape(words(f"people.kind_{value}") if field == "kind" else value)


def beside_html(
    people: Sequence[Person],
    parcels: Sequence[Sequence[str]],
    communes: Mapping[str, str],
    words: Texts,
) -> str:
    """Two households beside each other, before they become one.

    Args:
        people: The two.
        parcels: How the parcels of each are called.
        communes: Names of the old communes by code.
        words: Language.
    """
    cells = {
        "name": [name_of(one.household, words) for one in people],
        "kind": [words(f"people.kind_{one.household.kind}") for one in people],
        "hamlet": [home_of(one.household, communes, words) for one in people],
        "officer": [one.household.officer or "–" for one in people],
    }
    rows = "".join(
        f"<tr><th>{escape(words(f'people.field_{name}'))}</th>"
        + "".join(f"<td>{escape(text)}</td>" for text in texts)
        + "</tr>"
        for name, texts in cells.items()
    )
    land = "".join(f"<td>{'<br>'.join(escape(label) for label in called) or '–'}</td>" for called in parcels)
    heads = "".join(f"<th>{escape(one.household_id)}</th>" for one in people)
    return (
        f'<div class="gp-scroll" tabindex="0"><table class="gp-table small">'
        f"<thead><tr><th></th>{heads}</tr></thead>"
        f"<tbody>{rows}<tr><th>{escape(words('people.col_parcels'))}</th>{land}</tr></tbody></table></div>"
    )
