"""The routes of a sheet for the field: the workbook, and the page to print. Only who writes gets one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from anyio import to_thread
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gis.access import NotAllowedError
from gis.errors import GisError, WrongViewError
from gis.project import accounts
from gis.project.charges import charges
from gis.project.days import vietnam_day
from gis.project.field_sheet import DEFAULT_MILESTONES, printed
from gis.project.field_sheet_table import People, field_table
from gis.store.field_workbook import field_workbook
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web.field_sheet_view import print_html
from gis.web.map_params import day_of, is_names, seq_of
from gis.web.proof_routes import HEADERS
from gis.web.visitors import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.project import Project
    from gis.project.field_sheet import Printed

PATH: Final = "/phieu-di-thon/"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET: Final = re.compile(r"[0-9a-f]{8}")
_HOUSEHOLDS: Final = re.compile(r"[A-Za-z0-9._/-]{1,40}(,[A-Za-z0-9._/-]{1,40}){0,299}")


def sheet_links(
    sheet: str,
    moment: tuple[date, int],
    households: Sequence[str],
    milestones: Sequence[str],
    language: str,
    *,
    names: bool,
) -> tuple[str, str]:
    """The addresses of a sheet's workbook and of its page to print; they hold codes and name nobody.

    >>> from datetime import date
    >>> sheet_links("7f3a09bc", (date(2026, 3, 1), 12), ["H1"], ["handed_over"], "vi", names=False)[1]
    '/phieu-di-thon/7f3a09bc?on=2026-03-01&known=12&lang=vi&ho=H1&moc=handed_over'
    """
    on, known = moment
    asked: dict[str, str | int] = {"on": on.isoformat(), "known": known, "lang": language}
    asked |= {"ho": ",".join(households), "moc": ",".join(milestones)} | ({"ten": 1} if names else {})
    query = urlencode(asked, safe=",")
    return f"{PATH}{sheet}.xlsx?{query}", f"{PATH}{sheet}?{query}"


def field_sheet_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The routes of sheets.

    Args:
        project_of: The open project.
    """

    async def answer(request: Request) -> Response:
        return await to_thread.run_sync(_answer, request, project_of)

    return [Route(PATH + "{sheet}.xlsx", answer), Route(PATH + "{sheet}", answer)]


def _answer(request: Request, project_of: Callable[[], Project]) -> Response:
    language = request.query_params.get("lang", DEFAULT_LANGUAGE)
    words = Texts(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        project = project_of()
        words = words.of(project.plan)
        asking(request).require("write")
        found = _asked(request, project)
        people = _people(request, project, found)
        if request.url.path.endswith(".xlsx"):
            content = field_workbook(field_table(found, people, project.plan, words))
            name = f"phieu-di-thon-{found.issue.sheet}.xlsx"
            headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(content, media_type=XLSX, headers=headers)
        page = print_html(found, people, project.plan, vietnam_day(datetime.now(UTC)), words)
    except GisError as error:
        status = 403 if isinstance(error, NotAllowedError) else 400
        said = f'<!doctype html><meta charset="utf-8"><p>{escape(words.error(error))}</p>'
        return HTMLResponse(said, status, headers=HEADERS)
    return HTMLResponse(page, headers=HEADERS)


def _asked(request: Request, project: Project) -> Printed:
    """The sheet that an address names, read strictly."""
    given, sheet = request.query_params, request.path_params["sheet"]
    if not _SHEET.fullmatch(sheet):
        raise WrongViewError(name=PATH, found=sheet, expected="7f3a09bc")
    households, milestones = given.get("ho", ""), given.get("moc", ",".join(DEFAULT_MILESTONES))
    if not _HOUSEHOLDS.fullmatch(households):
        raise WrongViewError(name="ho", found=households[:60], expected="H1,H2,…")
    if not is_names(milestones):
        raise WrongViewError(name="moc", found=milestones[:60], expected="a,b,c")
    moment = (day_of(given.get("on")), seq_of(given.get("known")))
    return printed(project, sheet, moment, households.split(","), milestones.split(","))


def _people(request: Request, project: Project, found: Printed) -> People:
    """The names, where they are asked for by somebody who may see them; that they were exported is logged."""
    visitor = asking(request)
    charged = charges(project)
    if request.query_params.get("ten") != "1":
        return People({}, charged)
    visitor.require("names")
    names = project.households({row.key.household for row in found.rows})
    accounts.note_names(project, visitor.account_id, "field_sheet", sorted(names), datetime.now(UTC))
    return People(names, charged)
