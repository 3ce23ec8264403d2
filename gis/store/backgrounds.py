"""A background for the map, where a project has one: tiles of a local MBTiles file, or of a server.

`background.toml` in the project's folder says which; without it there is none and nothing leaves this
machine. A server is asked by us and never by the browsers, so it learns nothing of who looks where.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tomllib
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from gis.errors import BadBackgroundError
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from pathlib import Path

BACKGROUND_FILE: Final = "background.toml"
MAX_ZOOM: Final = 19
MOST_BYTES: Final = 2_000_000
TIMEOUT_SECONDS: Final = 8
VERSION_BYTES: Final = 8
_KEYS: Final = {"file": str, "url": str, "attribution": str, "max_zoom": int}
_PICTURES: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Background:
    """Where the tiles of a background come from.

    Args:
        file: An MBTiles file of pictures, or None.
        url: A template with {z}, {x} and {y} of a server, or None.
        attribution: Whose picture it is, as the map says it.
        max_zoom: The deepest zoom that there are tiles of.
    """

    file: Path | None
    url: str | None
    attribution: str = ""
    max_zoom: int = MAX_ZOOM


def read_background(folder: Path) -> Background | None:
    """The background that a project's folder asks for; None where it asks for none.

    Raises:
        BadBackgroundError: If `background.toml` says it in another way than it must.
    """
    path = folder / BACKGROUND_FILE
    if not path.is_file():
        return None
    try:
        told: dict[str, Any] = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadBackgroundError(reason=str(error)) from None
    wrong = [key for key, value in told.items() if type(value) is not _KEYS.get(key)]
    if wrong or ("file" in told) == ("url" in told):
        raise BadBackgroundError(reason=", ".join(wrong or ["file / url"]))
    about = {key: told[key] for key in ("attribution", "max_zoom") if key in told}
    if "file" in told:
        file = (folder / told["file"]).resolve()
        if not file.is_relative_to(folder.resolve()) or not file.is_file():
            raise BadBackgroundError(reason=told["file"])
        return Background(file, None, **about)
    if urlsplit(told["url"]).scheme not in {"http", "https"} or not all(
        f"{{{part}}}" in told["url"] for part in "zxy"
    ):
        raise BadBackgroundError(reason=told["url"])
    return Background(None, told["url"], **about)


def version_of(background: Background) -> str:
    """A short name of what the tiles come from: another setting or another file has another one."""
    told = repr(background)
    if background.file:
        written = background.file.stat()
        told += f"{written.st_mtime_ns} {written.st_size}"
    return hashlib.blake2b(told.encode(), digest_size=VERSION_BYTES).hexdigest()


def read_tile(background: Background, zoom: int, column: int, row: int) -> tuple[bytes, str] | None:
    """A tile's picture and its media type; None where there is none, or the server does not give it.

    Args:
        background: Where it comes from.
        zoom: As in web maps.
        column: From the west.
        row: From the north.
    """
    if background.file:
        content = _of_file(background.file, zoom, column, row)
    else:
        content = _of_server(str(background.url).format(z=zoom, x=column, y=row))
    kind = next((kind for start, kind in _PICTURES.items() if content and content.startswith(start)), None)
    return (content, kind) if content and kind else None


def _of_file(file: Path, zoom: int, column: int, row: int) -> bytes | None:
    """MBTiles count rows from the south."""
    query = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute(query, (zoom, column, 2**zoom - 1 - row)).fetchone()
    except sqlite3.Error:
        return None
    return bytes(found[0]) if found else None


def _of_server(address: str) -> bytes | None:
    asked = urllib.request.Request(address, headers={"User-Agent": "gpmb"})  # noqa: S310 - http(s) alone
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read(MOST_BYTES + 1)
    except (urllib.error.URLError, TimeoutError, OSError):
        return None
    return content if len(content) <= MOST_BYTES else None
