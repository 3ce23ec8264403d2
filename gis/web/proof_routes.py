"""The route of the proof card: a page of its own, to be printed."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from anyio import to_thread
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gis.errors import GisError, UnknownParcelError
from gis.project.proof import proof
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web.map_params import day_of, seq_of
from gis.web.proof import proof_html

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.project import Project

PATH: Final = "/phieu-can-cu/"
HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def proof_link(parcel_id: str, on: date, known: int, language: str, *, names: bool = False) -> str:
    """The address of a parcel's proof card; it names nobody.

    >>> from datetime import date
    >>> proof_link("P000001", date(2026, 3, 1), 12, "vi")
    '/phieu-can-cu/P000001?on=2026-03-01&known=12&lang=vi'
    """
    asked = {"on": on.isoformat(), "known": known, "lang": language} | ({"ten": 1} if names else {})
    return f"{PATH}{quote(parcel_id, safe='')}?{urlencode(asked)}"


def proof_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The route of the proof card.

    Args:
        project_of: The open project.
    """

    async def answer(request: Request) -> Response:
        return await to_thread.run_sync(_answer, request, project_of)

    return [Route(PATH + "{parcel_id}", answer)]


def _answer(request: Request, project_of: Callable[[], Project]) -> Response:
    asked = request.query_params
    language = asked.get("lang", DEFAULT_LANGUAGE)
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    words = Texts(language)
    try:
        project = project_of()
        words = words.of(project.plan)
        on = day_of(asked.get("on"))
        known = seq_of(asked["known"]) if "known" in asked else None
        found = proof(project, request.path_params["parcel_id"], on, known)
        households = {h for line in found.lines if (h := getattr(line.entry.fact, "household", None))}
        names = project.households(households) if asked.get("ten") == "1" else {}
        page = proof_html(found, names, datetime.now(UTC), words)
    except GisError as error:
        status = 404 if isinstance(error, UnknownParcelError) else 400
        return HTMLResponse(_sentence(words.error(error)), status, headers=HEADERS)
    return HTMLResponse(page, headers=HEADERS)


def _sentence(text: str) -> str:
    return f'<!doctype html><meta charset="utf-8"><p>{escape(text)}</p>'
