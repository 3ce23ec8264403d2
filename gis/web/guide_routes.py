"""The routes of the guide: the pages of `docs/` that an office reads, with their pictures, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gis.errors import GisError
from gis.store.text_files import read_text
from gis.texts import Texts
from gis.web.guide import GUIDE, guide_html

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

DOCS: Final = Path(__file__).parents[2] / "docs"
FIRST: Final = "huong-dan.md"
PICTURES: Final = "img/huong-dan"
# What the guide leads to; what is not here is not served.
PAGES: Final = (
    "bang-ma.md",
    "dinh-dang.md",
    "he-toa-do.md",
    "kiem-tra-so.md",
    "sao-luu.md",
    "tai-khoan.md",
    "thuc-dia.md",
)
SCRIPT: Final = "verify_ledger.py"
HEADERS: Final = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}


def guide_routes() -> list[BaseRoute]:
    """The guide at `/huong-dan/`, each page that it leads to beside it."""

    async def moved(_: Request) -> Response:
        return RedirectResponse(GUIDE)

    def page(name: str) -> Route:
        async def answer(_: Request) -> Response:
            return await to_thread.run_sync(_page, name)

        return Route(GUIDE + ("" if name == FIRST else name), answer)

    return [
        Route(GUIDE.rstrip("/"), moved),
        *(page(name) for name in (FIRST, *PAGES, SCRIPT)),
        Mount(GUIDE + PICTURES, StaticFiles(directory=DOCS / PICTURES)),
    ]


def _page(name: str) -> Response:
    words = Texts()
    try:
        text = read_text(DOCS / name)
    except GisError as error:  # an installation without its documents
        return PlainTextResponse(words.error(error) + "\n", 404, headers=HEADERS)
    if name == SCRIPT:
        return PlainTextResponse(text, headers=HEADERS)
    return HTMLResponse(guide_html(text, words, is_first=name == FIRST), headers=HEADERS)
