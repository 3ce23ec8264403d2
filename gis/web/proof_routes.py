"""The route of the proof card: a page of its own, to be printed."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from anyio import to_thread
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gis.access import NotAllowedError
from gis.errors import GisError, UnknownParcelError
from gis.project import accounts
from gis.project.proof import proof, without_words
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web.map_params import day_of, seq_of
from gis.web.proof import proof_html
from gis.web.visitors import asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.project import Project

PATH: Final = "/phieu-can-cu/"
_STATUS: Final = {UnknownParcelError: 404, NotAllowedError: 403}
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
    asked, visitor = request.query_params, asking(request)
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
        names = {}
        if asked.get("ten") == "1":
            visitor.require("names")
            names = project.households(households)
            accounts.note_names(project, visitor.account_id, "proof", sorted(names), datetime.now(UTC))
        found = found if visitor.may("names") else without_words(found)
        page = proof_html(found, names, datetime.now(UTC), words)
    except GisError as error:
        status = _STATUS.get(type(error), 400)
        return HTMLResponse(_sentence(words.error(error)), status, headers=HEADERS)
    return HTMLResponse(page, headers=HEADERS)


def _sentence(text: str) -> str:
    return f'<!doctype html><meta charset="utf-8"><p>{escape(text)}</p>'
