"""The routes of the field page: the page, what it asks, photos of minutes, and marks.

A mark comes with the id of its request: sent twice, it is written once. Names go out only to whoever may
see them, and never in an address. Photos come before the mark that names them.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote

from anyio import to_thread
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from gis.access import NoSessionError, NotAllowedError
from gis.errors import (
    AttachmentErasedError,
    AttachmentGoneError,
    AttachmentUnknownError,
    GisError,
    NotADateError,
    Problem,
    RefusedError,
    RequestReusedError,
    UnknownParcelError,
)
from gis.project import accounts, attachments
from gis.project.days import vietnam_day
from gis.store.attachments import LIMITS
from gis.store.database import Stamp
from gis.texts import Texts
from gis.web import field_answers
from gis.web.assets import STATIC
from gis.web.field_answers import LIST_MOST, Asking
from gis.web.field_marks import TEXT_MOST, OtherAccountError, conflict, read_mark
from gis.web.field_page import PAGE, POLICY, page_html
from gis.web.login_pages import language_of
from gis.web.posted import json_response, small_body
from gis.web.visitors import asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.errors import Fact
    from gis.project import Project
    from gis.web.field_answers import Answer

WORKER: Final = PAGE + "/sw.js"
FIND: Final = PAGE + "/tim"
PARCEL: Final = PAGE + "/thua/"
SHEETS: Final = PAGE + "/to"
LIST: Final = PAGE + "/danh-sach"
PHOTO: Final = PAGE + "/anh"
MARK: Final = PAGE + "/danh-dau"
IN_MEMORY_BYTES: Final = 2_000_000
SEEN: Final = "field"
HEADERS: Final = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
_STATUS: Final[tuple[tuple[type[GisError], int], ...]] = (
    (NoSessionError, 401),
    (NotAllowedError, 403),
    (UnknownParcelError, 404),
    (OtherAccountError, 409),
    (RequestReusedError, 409),
    (RefusedError, 422),
    (NotADateError, 422),
    (AttachmentUnknownError, 422),
    (AttachmentGoneError, 422),
    (AttachmentErasedError, 422),
)


def field_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The routes of the field page.

    Args:
        project_of: The open project.
    """

    def route(path: str, answer: Callable[[Ask], Response], method: str = "GET") -> Route:
        async def handle(request: Request) -> Response:
            body = await small_body(request) if method == "POST" else b""
            if body is None:
                return _json(request, {"error": _words(request)("account.too_large")}, 413)
            return await to_thread.run_sync(_answered, answer, project_of, request, body)

        return Route(path, handle, methods=[method])

    async def photo(request: Request) -> Response:
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > LIMITS.bytes + 1:
                    break  # one byte too many is enough to refuse it
                await to_thread.run_sync(file.write, chunk[: LIMITS.bytes + 1])
            file.seek(0)
            keep = partial(_photo, file=cast("IO[bytes]", file))
            return await to_thread.run_sync(_answered, keep, project_of, request, b"")

    return [
        route(PAGE, _page),
        Route(WORKER, _worker),
        route(FIND, _find, "POST"),
        route(PARCEL + "{parcel}", _parcel),
        route(SHEETS, _sheets),
        route(LIST, _list),
        Route(PHOTO, photo, methods=["POST"]),
        route(MARK, _mark, "POST"),
    ]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and what holds while it is answered.

    Args:
        request: The request.
        sent: Its body, where it may have one.
        asking: Who asks, in which language, of which project today.
    """

    request: Request
    sent: bytes
    asking: Asking

    def named(self, answer: Answer) -> dict[str, object]:
        """What is told, once it is noted whose names it tells."""
        project, visitor = self.asking.project, self.asking.visitor
        accounts.note_names(project, visitor.account_id, SEEN, answer.named, _now())
        return answer.content


def _now() -> datetime:
    return datetime.now(UTC)


def _words(request: Request) -> Texts:
    return Texts(language_of(request.query_params.get("lang")))


def _answered(
    answer: Callable[[Ask], Response], project_of: Callable[[], Project], request: Request, sent: bytes
) -> Response:
    """An answer, or why there is none: a sentence, and all reasons where there are several."""
    words = _words(request)
    try:
        visitor = asking(request)
        if not visitor.is_authenticated:
            raise NoSessionError  # the door asks first; a route that stands alone asks too
        project = project_of()
        words = words.of(project.plan)
        snapshot = project.snapshot(vietnam_day(_now()))
        return answer(Ask(request, sent, Asking(project, snapshot, visitor, words)))
    except GisError as error:
        return _json(request, _refusal(error, words), _status(error))


def _status(error: GisError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def _refusal(error: GisError, words: Texts) -> dict[str, object]:
    reasons = [words.problem(problem) for problem in error.problems]
    return {
        "error": words.error(error),
        "reasons": reasons if len(reasons) > 1 else [],
        "conflict": conflict(error.problems),
    }


def _json(request: Request, content: object, status: int = 200) -> Response:
    return json_response(request, content, status, HEADERS)


def _page(ask: Ask) -> Response:
    found = ask.asking
    html = page_html(found.project.plan, found.visitor, found.words)
    body, headers = html.encode(), HEADERS | {"Vary": "Cookie"}
    if "gzip" in ask.request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, mtime=0)
        headers |= {"Content-Encoding": "gzip"}
    return HTMLResponse(body, headers=headers)


async def _worker(_: Request) -> Response:
    # It stands above the page's own address only if it is told so.
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": PAGE, "Content-Security-Policy": POLICY}
    return FileResponse(STATIC / "field" / "sw.js", media_type="text/javascript", headers=headers)


def _find(ask: Ask) -> Response:
    """What is searched for comes in the body: it may be a name, and an address is written to logs."""
    text = ask.sent.decode("utf-8", "replace")[:TEXT_MOST]
    return _json(ask.request, ask.named(field_answers.found(ask.asking, text)))


def _parcel(ask: Ask) -> Response:
    parcel_id = ask.request.path_params["parcel"]
    told = field_answers.parcel(ask.asking, parcel_id)
    if told is None:
        on = ask.asking.snapshot.on.isoformat()
        raise UnknownParcelError(parcel=parcel_id[:TEXT_MOST], on=on)
    return _json(ask.request, ask.named(told))


def _sheets(ask: Ask) -> Response:
    snapshot = ask.asking.snapshot
    rows = field_answers.sheets(snapshot)
    return _json(ask.request, {"sheets": rows, "units": len(snapshot.units)})


def _list(ask: Ask) -> Response:
    snapshot, asked = ask.asking.snapshot, ask.request.query_params
    ids = field_answers.in_sheet(snapshot, asked.get("commune"), asked.get("sheet"))
    if len(ids) > LIST_MOST:
        facts: dict[str, Fact] = {"found": len(ids), "limit": LIST_MOST}
        raise RefusedError(problems=[Problem("", "refused.field_list", facts)])
    return _json(ask.request, field_answers.listed(ask.asking, ids))


def _photo(ask: Ask, file: IO[bytes]) -> Response:
    """Keep a photo, for a mark to name it by its hash."""
    ask.asking.visitor.require("write")
    name = unquote(ask.request.headers.get("x-file-name", ""), errors="replace") or "?"
    stamp = Stamp(ask.asking.visitor.account_id, "", _now())
    kept = attachments.attach_stream(ask.asking.project, file, name, stamp)
    return _json(ask.request, {"sha256": kept.sha256, "bytes": kept.bytes})


def _mark(ask: Ask) -> Response:
    """Write a mark, once; what is told afterwards is the parcel as it then stands."""
    found = ask.asking
    found.visitor.require("write")
    sent = read_mark(ask.sent)
    if sent.account != found.visitor.account_id:
        raise OtherAccountError(account=sent.account, now=found.visitor.account_id)
    photos = [attachments.find(found.project, one).attachment for one in sent.photos]
    receipt = found.project.do(sent.mark(photos), Stamp(found.visitor.account_id, sent.request_id, _now()))
    warnings = dict.fromkeys(found.words.problem(warning) for warning in receipt.warnings)
    return _json(
        ask.request, {"seqs": receipt.seqs, "repeated": receipt.repeated, "warnings": list(warnings)}
    )
