"""The overview's routes: the lists behind its figures, the picture to send, the meeting-room screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from gis.errors import GisError, WrongViewError
from gis.project.batches import deadlines_of, land_of, what_is_due
from gis.project.days import vietnam_day
from gis.project.people import aliases
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web.map_params import day_of, seq_of
from gis.web.overview_figures import overview
from gis.web.overview_links import LISTS, PICTURE, PRESENTATION, Links
from gis.web.overview_listed import Asked, require_known
from gis.web.overview_lists import LISTS as LISTS_BY_NAME
from gis.web.overview_pages import A_PAGE, list_html, presentation_html
from gis.web.overview_picture import picture_png

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.ledger.due import Due
    from gis.project import Project, Snapshot
    from gis.web.overview_figures import Overview

HEADERS: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def overview_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The routes of the overview.

    Args:
        project_of: The open project.
    """

    def route(path: str, content_of: Callable[[Request, Project, Texts], Response]) -> Route:
        async def answer(request: Request) -> Response:
            return await to_thread.run_sync(_answer, request, project_of, content_of)

        return Route(path, answer)

    return [
        route(LISTS + "{what}", _list),
        route(PICTURE, _picture),
        route(PRESENTATION, _presentation),
    ]


def _answer(
    request: Request,
    project_of: Callable[[], Project],
    content_of: Callable[[Request, Project, Texts], Response],
) -> Response:
    """What a route gives, or one sentence."""
    language = request.query_params.get("lang", DEFAULT_LANGUAGE)
    words = Texts(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        project = project_of()
        return content_of(request, project, words.of(project.plan))
    except GisError as error:
        return PlainTextResponse(words.error(error) + "\n", 400, headers=HEADERS)


def _found(request: Request, project: Project) -> Overview:
    """The figures of the day that an address names; without one, of the present."""
    asked = request.query_params
    on = day_of(asked["on"]) if "on" in asked else vietnam_day(datetime.now(UTC))
    known = seq_of(asked["known"]) if "known" in asked else None
    return overview(project.snapshot(on, known), aliases(project))


def _presentation(request: Request, project: Project, words: Texts) -> Response:
    fresh = "on" not in request.query_params and "known" not in request.query_params
    return HTMLResponse(presentation_html(_found(request, project), words, fresh=fresh), headers=HEADERS)


def _picture(request: Request, project: Project, words: Texts) -> Response:
    found = _found(request, project)
    name = f"gpmb-{found.on.isoformat()}-{found.snapshot.known}.png"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(picture_png(found, words), media_type="image/png", headers=headers)


def _list(request: Request, project: Project, words: Texts) -> Response:
    what = request.path_params["what"]
    if what not in LISTS_BY_NAME:
        raise WrongViewError(name="so-lieu", found=what, expected=", ".join(LISTS_BY_NAME))
    found, asked = _found(request, project), _asked(request.query_params)
    require_known(asked, found)
    rows = _due(project, found.snapshot, found.aliases) if what == "den-han" else ()
    listed = LISTS_BY_NAME[what](found, asked, rows, words)
    first = seq_of(request.query_params.get("from", "0"), "from")
    links = Links(found.on, found.snapshot.known, words.language)
    given = {name: value for name, value in request.query_params.items() if name in Asked.__slots__}

    def page(start: int) -> str | None:
        exists = 0 <= start < len(listed.rows) and start != first
        return links.to(what, **given, **{"from": str(start)}) if exists else None

    pages = (page(max(first - A_PAGE, 0)) if first else None, page(first + A_PAGE))
    return HTMLResponse(list_html(found, listed, first, pages, words), headers=HEADERS)


def _asked(given: Mapping[str, str]) -> Asked:
    """What an address asks of a list, read strictly."""
    return Asked(
        zone=given.get("zone"),
        first=_day(given, "first"),
        last=_day(given, "last"),
        category=given.get("category"),
        age=seq_of(given["age"], "age") if "age" in given else None,
        status=given.get("status"),
        kind=given.get("kind"),
    )


def _day(given: Mapping[str, str], name: str) -> date | None:
    if name not in given:
        return None
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        raise WrongViewError(name=name, found=given[name], expected="YYYY-MM-DD") from None


def _due(project: Project, snapshot: Snapshot, merged: Mapping[str, str]) -> tuple[Due, ...]:
    deadlines = deadlines_of(project.folder, [step.id for step in snapshot.plan.milestones])
    return what_is_due(snapshot, deadlines, land_of(snapshot), aliases=merged)
