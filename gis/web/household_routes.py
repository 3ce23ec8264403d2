"""The route of a household on paper: a page of its own, for whoever may see names."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from anyio import to_thread
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gis.access import NotAllowedError
from gis.errors import GisError
from gis.project import accounts, people
from gis.project.batches import deadlines_of
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web.household_print import Printed, household_html
from gis.web.map_params import day_of, seq_of
from gis.web.next_rows import outlooks_on
from gis.web.proof_routes import HEADERS
from gis.web.visitors import asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.project import Project

PATH: Final = "/phieu-ho/"
FORBIDDEN: Final = 403
WRONG: Final = 400


def household_link(household_id: str, on: date, known: int, language: str) -> str:
    """The address of a household on paper; it names nobody.

    >>> from datetime import date
    >>> household_link("H1", date(2026, 3, 1), 12, "vi")
    '/phieu-ho/H1?on=2026-03-01&known=12&lang=vi'
    """
    asked = {"on": on.isoformat(), "known": known, "lang": language}
    return f"{PATH}{quote(household_id, safe='')}?{urlencode(asked)}"


def household_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The route of a household on paper.

    Args:
        project_of: The open project.
    """

    async def answer(request: Request) -> Response:
        return await to_thread.run_sync(_answer, request, project_of)

    return [Route(PATH + "{household_id}", answer)]


def _answer(request: Request, project_of: Callable[[], Project]) -> Response:
    asked, visitor, now = request.query_params, asking(request), datetime.now(UTC)
    language = asked.get("lang", DEFAULT_LANGUAGE)
    words = Texts(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        visitor.require("names")
        project = project_of()
        words = words.of(project.plan)
        known = seq_of(asked["known"]) if "known" in asked else None
        snapshot = project.snapshot(day_of(asked.get("on")), known)
        person = people.person(project, request.path_params["household_id"])
        accounts.note_names(project, visitor.account_id, "household_print", [person.household_id], now)
        deadlines = deadlines_of(project.folder, [step.id for step in snapshot.plan.milestones])
        outlook = outlooks_on(project, snapshot, deadlines).get(person.household_id)
        printed = Printed(snapshot, person, people.aliases(project), outlook)
        page = household_html(printed, now, words)
    except GisError as error:
        status = FORBIDDEN if isinstance(error, NotAllowedError) else WRONG
        said = f'<!doctype html><meta charset="utf-8"><p>{escape(words.error(error))}</p>'
        return HTMLResponse(said, status, headers=HEADERS)
    return HTMLResponse(page, headers=HEADERS)
