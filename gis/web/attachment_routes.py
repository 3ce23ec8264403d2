"""The route of the scans and photos: one at a time, to whoever may see the pages.

They are files that somebody brought: nothing in them may run, and no copy stays in a browser or a
cache, so that one that is erased is gone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from anyio import to_thread
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from gis.access import NotAllowedError
from gis.errors import AttachmentAlteredError, AttachmentGoneError, AttachmentUnknownError, GisError
from gis.project import accounts, attachments
from gis.store.media_types import SHOWN_IN_BROWSER, SUFFIXES
from gis.texts import Texts
from gis.web.visitors import asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gis.project import Project
    from gis.store.attachments import Kept

PATH: Final = "/attachments/"
SAFE_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
UNKNOWN: Final = "application/octet-stream"
SHA_TOLD: Final = 12
_STATUS: Final = {
    AttachmentUnknownError: 404,
    AttachmentGoneError: 410,
    AttachmentAlteredError: 500,
    NotAllowedError: 403,
}


def attachment_link(sha256: str) -> str:
    """The address of an attachment on our own server.

    >>> attachment_link("ab12")
    '/attachments/ab12'
    """
    return PATH + sha256


def attachment_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The route of the attachments.

    Args:
        project_of: The open project.
    """

    async def attachment(request: Request) -> Response:
        return await to_thread.run_sync(_answer, request, project_of)

    return [Route(PATH + "{sha256}", attachment)]


def _answer(request: Request, project_of: Callable[[], Project]) -> Response:
    """The file, or one sentence: not for this reader, never known, erased, gone or altered."""
    visitor, sha256 = asking(request), request.path_params["sha256"]
    try:
        visitor.require("names")  # a scan shows who signed it
        project = project_of()
        kept = attachments.find(project, sha256)
        for _ in attachments.read(project, sha256):
            pass  # all of it is found right before the first byte goes out
        chunks = attachments.read(project, sha256)
        seen = [sha256[:SHA_TOLD]]
        accounts.note_names(project, visitor.account_id, "attachment", seen, datetime.now(UTC))
    except GisError as error:
        sentence = Texts().error(error) + "\n"
        return PlainTextResponse(sentence, _STATUS.get(type(error), 500), headers=SAFE_HEADERS)
    headers = SAFE_HEADERS | {"Content-Disposition": disposition(kept), "Content-Length": str(kept.bytes)}
    # A register that somebody altered must not tell a browser to run what is in a scan.
    kind = kept.type if kept.type in SUFFIXES else UNKNOWN
    return StreamingResponse(chunks, media_type=kind, headers=headers)


def disposition(kept: Kept) -> str:
    """The Content-Disposition (RFC 6266): shown where a browser can draw it by itself, else saved.

    The ending is that of the content, whatever the file was called.
    """
    how = "inline" if kept.type in SHOWN_IN_BROWSER else "attachment"
    suffix = SUFFIXES.get(kept.type, ".bin")
    name = kept.file_name.rpartition(".")[0] or kept.file_name
    return f"{how}; filename=\"{kept.sha256[:12]}{suffix}\"; filename*=UTF-8''{quote(name + suffix, safe='')}"
