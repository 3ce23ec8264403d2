"""What a script of our pages asks by POST: a small JSON object in, JSON or one sentence out.

What people type may be a name; it comes in the body, as addresses are written to logs.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.responses import Response
from starlette.routing import Route

from gis.access import NoSessionError, NotAllowedError
from gis.errors import GisError, WrongViewError
from gis.texts import Texts
from gis.web.login_pages import language_of
from gis.web.map_params import day_of, seq_of
from gis.web.visitors import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from gis.project import Project, Snapshot
    from gis.web.visitors import Visitor

MOST_BYTES: Final = 20_000
GZIP_FROM_BYTES: Final = 1_000
HEADERS: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Posted:
    """A request of a page's script.

    Args:
        told: Its body.
        project: The open project.
        visitor: Whoever the door let in.
        words: Language.
    """

    told: Mapping[str, object]
    project: Project
    visitor: Visitor
    words: Texts

    def text(self, name: str, most: int) -> str:
        """A text of the body; "" where it is absent.

        Raises:
            WrongViewError: If it is no text, or a longer one. It is not repeated: it may be a name.
        """
        value = self.told.get(name) or ""
        if not isinstance(value, str) or len(value) > most:
            raise WrongViewError(name=name, found="…", expected=f"≤ {most}")
        return value

    def number(self, name: str, most: int) -> int:
        """A whole number from 0 on; 0 where it is absent.

        Raises:
            WrongViewError: If it is none, or a larger one.
        """
        value = self.told.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise WrongViewError(name=name, found=repr(value)[:20], expected=f"0…{most}")
        return value

    @cached_property
    def snapshot(self) -> Snapshot:
        """The moment that is asked about: the day `on`, by the ledger up to `known`, absent the head.

        Raises:
            WrongViewError: If one of them is no day or no seq.
        """
        known = self.told.get("known")
        return self.project.snapshot(
            day_of(self.text("on", 10)), None if known is None else seq_of(str(known)[:20])
        )


def posted(path: str, project_of: Callable[[], Project], answer: Callable[[Posted], Response]) -> Route:
    """A route that answers a script of our pages.

    Args:
        path: Its address.
        project_of: The open project.
        answer: Of what was asked; a `GisError` of it is said in one sentence.
    """

    async def handle(request: Request) -> Response:
        body = await small_body(request)
        if body is None:
            sentence = Texts(language_of(request.query_params.get("lang")))("account.too_large")
            return json_response(request, {"error": sentence}, 413)
        return await to_thread.run_sync(_answered, request, body, project_of, answer)

    return Route(path, handle, methods=["POST"])


async def small_body(request: Request, most: int = MOST_BYTES) -> bytes | None:
    """A small body; None where there is far more than a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return body


def _answered(
    request: Request, body: bytes, project_of: Callable[[], Project], answer: Callable[[Posted], Response]
) -> Response:
    told = json_object(body)
    language = told.get("lang")
    words = Texts(language_of(language if isinstance(language, str) else None))
    try:
        visitor = asking(request)
        if not visitor.is_authenticated:
            raise NoSessionError  # the door asks first; a route that stands alone asks too
        visitor.require("see")
        project = project_of()
        words = words.of(project.plan)
        found = answer(Posted(told, project, visitor, words))
    except GisError as error:
        status = (
            401 if isinstance(error, NoSessionError) else 403 if isinstance(error, NotAllowedError) else 400
        )
        return json_response(request, {"error": words.error(error)}, status)
    return packed(request, found)


def json_object(body: bytes) -> Mapping[str, object]:
    r"""The JSON object of a body; an empty one where it is something else.

    >>> json_object(b'{"q": "7/12"}'), json_object(b'{"q": "half a letter: \\ud800"}')
    ({'q': '7/12'}, {})
    """
    try:
        told = json.loads(body)
        json.dumps(told, ensure_ascii=False).encode()  # half a letter is in no answer and no file
    except (ValueError, RecursionError):  # no JSON, bytes that are no UTF-8, or a tower of brackets
        return {}
    return told if isinstance(told, dict) else {}


def as_json(content: object) -> Response:
    """An answer that no cache keeps."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, headers=HEADERS, media_type="application/json")


def json_response(
    request: Request, content: object, status: int = 200, headers: Mapping[str, str] = HEADERS
) -> Response:
    """JSON, packed for those who can read that."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return packed(request, Response(body, status, dict(headers), media_type="application/json"))


def packed(request: Request, response: Response) -> Response:
    """A JSON response as it goes out: larger ones packed where the browser reads that."""
    body = bytes(response.body)
    if (
        response.media_type != "application/json"
        or len(body) < GZIP_FROM_BYTES
        or "gzip" not in request.headers.get("accept-encoding", "")
    ):
        return response
    headers = dict(response.headers) | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    headers.pop("content-length", None)
    return Response(gzip.compress(body, mtime=0), response.status_code, headers, response.media_type)
