"""The list of parcels beside the map: a page of it for the browser, and all of it as an Excel workbook.

It is served by pages, so that a hundred thousand parcels never go to a browser. Names stand in it only for
whoever may see them, and in the workbook only where they were asked for; either look is logged.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from gis.maps.style import STUCK
from gis.milestones import CLASS_COLOURS, CLASSES
from gis.project import accounts
from gis.project.days import HANOI
from gis.store.workbooks import Column, Sheet, workbook
from gis.web.card import land_use, unit_title
from gis.web.parcel_table_asked import FIRST_MOST, ListAsked
from gis.web.posted import HEADERS, as_json, posted
from gis.web.prepared import classes_of
from gis.web.search_routes import commune_names, land_index, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.routing import BaseRoute

    from gis.project import Project, Snapshot
    from gis.store.register import Household
    from gis.store.workbooks import Value
    from gis.texts import Texts
    from gis.web.parcel_table import Found
    from gis.web.posted import Posted

LIST: Final = "/danh-sach-thua"
WORKBOOK: Final = LIST + "/tai"
A_PAGE: Final = 50
HECTARE_M2: Final = 10_000
SEEN, SEEN_FILE = "list", "list_file"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOLDERS_TOLD: Final = 3
COLUMNS: Final = ("parcel", "commune", "class", "m2", "land_use", "households", "last")


def parcel_table_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The routes of the list.

    Args:
        project_of: The open project.
    """
    return [posted(LIST, project_of, a_page), posted(WORKBOOK, project_of, file)]


def said(found: Found, words: Texts) -> str:
    """How many parcels a list has and how many hectares, summed unrounded."""
    return words("parcel_list.count", count=len(found.places), ha=words.ha(found.sum_m2 / HECTARE_M2))


def a_page(posted: Posted) -> Response:
    """The rows from `first` on, how many there are, and their hectares."""
    asked = ListAsked(posted)
    found, first = asked.found, posted.number("first", FIRST_MOST)
    count = len(found.places)
    first = min(first, max(count - 1, 0)) // A_PAGE * A_PAGE
    rows = _rows(asked, found, first)
    shown = (
        posted.words("parcel_list.shown", first=first + 1, last=first + len(rows), count=count)
        if rows
        else ""
    )
    return as_json(
        {"rows": rows, "first": first, "count": count, "said": said(found, posted.words), "shown": shown}
    )


def _rows(asked: ListAsked, found: Found, first: int) -> list[dict[str, object]]:
    posted, snapshot = asked.posted, asked.snapshot
    places = found.places[first : first + A_PAGE]
    ids = [str(one) for one in snapshot.units.index[places]]
    posted.project.prepare(ids)
    holders = {one: [holding.household for holding in snapshot.state.of_parcel(one)] for one in ids}
    told = {household for some in holders.values() for household in some[:HOLDERS_TOLD]}
    names = named(posted, sorted(told), SEEN) if posted.visitor.may("names") else {}
    facts = zip(*(column[places] for column in land_index(snapshot).facts), strict=True)
    communes, words = commune_names(snapshot), posted.words
    return [
        {
            "key": one,
            "title": unit_title(kind, sheet, number, name, words),
            "commune": communes.get(commune, commune),
            "class": words(f"class.{class_}"),
            "colour": CLASS_COLOURS[class_],
            "stuck": class_ == STUCK,
            "m2": words.number(part_m2, 1) if part_m2 else "–",
            "land_use": use or "–",
            "use_name": land_use(use, words),
            "households": _holders(holders[one], names),
            "last": _last_day(snapshot, one, words),
        }
        for one, (kind, commune, sheet, number, name, use), class_, part_m2 in zip(
            ids,
            facts,
            [CLASSES[code] for code in classes_of(snapshot).codes[places].tolist()],
            found.part_m2[places].tolist(),
            strict=True,
        )
    ]


def _holders(households: Sequence[str], names: Mapping[str, Household]) -> list[list[str]]:
    """Code and name of the first holders, and how many more there are."""
    told = [[one, names[one].name if one in names else ""] for one in households[:HOLDERS_TOLD]]
    more = len(households) - len(told)
    return [*told, [f"+{more}", ""]] if more else told


def _last_day(snapshot: Snapshot, parcel_id: str, words: Texts) -> str:
    """The day on which something was last recorded of a parcel."""
    entries = snapshot.state.history.get(parcel_id, ())
    newest = next((one for one in reversed(entries) if one.seq <= snapshot.known), None)
    return words.date(newest.recorded_at.astimezone(HANOI).date()) if newest else "–"


def file(posted: Posted) -> Response:
    """All rows as a workbook; with names only for whoever may see them and asks for them."""
    asked = ListAsked(posted)
    with_names = posted.told.get("names") is True
    if with_names:
        posted.visitor.require("names")
    found, snapshot, words = asked.found, asked.snapshot, posted.words
    sheet = Sheet(
        words("parcel_list.title"),
        words("parcel_list.file_title", on=snapshot.on, said=said(found, words)),
        tuple(_columns(words, with_names=with_names)),
        list(_file_rows(asked, found, with_names=with_names)),
        (words("app.sample"),) if snapshot.plan.synthetic else (),
    )
    name = f"thua-dat-{snapshot.on.isoformat()}-{snapshot.known}.xlsx"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(workbook([sheet]), headers=headers, media_type=XLSX)


def _columns(words: Texts, *, with_names: bool) -> Iterator[Column]:
    widths = {
        "sheet": 8,
        "number": 10,
        "commune": 16,
        "class": 30,
        "m2": 14,
        "land_use": 12,
        "households": 26,
    }
    for name, width in widths.items():
        yield Column(words(f"parcel_list.col_{name}"), "m2" if name == "m2" else "text", width)
    if with_names:
        yield Column(words("parcel_list.col_names"), width=36)


def _file_rows(asked: ListAsked, found: Found, *, with_names: bool) -> Iterator[tuple[Value, ...]]:
    posted, snapshot = asked.posted, asked.snapshot
    holdings, _ = posted.project.land(snapshot)
    wanted = holdings[holdings["parcel_id"].isin(snapshot.units.index[found.places])]
    holders: dict[str, list[str]] = {}
    for parcel, household in zip(wanted["parcel_id"], wanted["household_id"], strict=True):
        holders.setdefault(str(parcel), []).append(str(household))
    names: Mapping[str, Household] = {}
    if with_names:
        names = posted.project.households({one for some in holders.values() for one in some})
        now = datetime.now(UTC)
        accounts.note_names(posted.project, posted.visitor.account_id, SEEN_FILE, sorted(names), now)
    units, communes = snapshot.units.iloc[found.places], commune_names(snapshot)
    columns = (units[name].fillna("") for name in ("commune", "sheet", "number", "name", "land_use"))
    rows = zip(units.index, *columns, snapshot.classes.iloc[found.places], strict=True)
    for place, (parcel, commune, sheet, number, name, use, class_) in zip(found.places, rows, strict=True):
        held = sorted(holders.get(str(parcel), ()))
        row: tuple[Value, ...] = (
            sheet,
            number if sheet else f"{number} {name}".strip(),
            communes.get(commune, commune),
            posted.words(f"class.{class_}"),
            float(found.part_m2[place]),
            use,
            ", ".join(held),
        )
        called = (names[one].name for one in held if one in names and names[one].name)
        yield (*row, ", ".join(called)) if with_names else row
