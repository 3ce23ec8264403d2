"""Our own scripts, styles and vendored files: where they are and under which path they are served.

A page names its style sheet and does not carry it: the browser fetches each once, and no run of a page sends
it again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import streamlit

from gis.maps.folium_map import SCRIPTS

STATIC: Final = Path(__file__).parent / "static"
# The style sheets that stand beside the code of their pages, by name.
PAGE_STYLES: Final = {path.name: path for path in sorted(Path(__file__).parent.glob("*.css"))}


def _version() -> str:
    """Twelve hex digits of the content, so that a browser may keep every file for ever."""
    digest = hashlib.sha256()
    served = sorted(path for path in STATIC.rglob("*") if path.is_file())
    for path in (*served, *PAGE_STYLES.values()):
        name = path.relative_to(STATIC.parent).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def style_sheet(name: str) -> str:
    """HTML for `st.html` that gives a page one of our style sheets.

    Args:
        name: Of a file beside the pages' code, or of one among the static files.

    Raises:
        FileNotFoundError: If there is no such file.

    >>> style_sheet("style.css").endswith('/pages/style.css");</style>')
    True
    """
    if name in PAGE_STYLES:
        return f'<style>@import url("{BASE}/pages/{name}");</style>'
    if not (STATIC / name).is_file():
        raise FileNotFoundError(name)
    return f'<style>@import url("{BASE}/{name}");</style>'


@cache
def map_bundle() -> bytes:
    """The map's scripts as one: st_folium fetches them one after the other, a way there and back for each."""
    return b"\n".join((STATIC / f"{name}.js").read_bytes() for name in SCRIPTS)


def module_loader(name: str) -> str:
    """A page's component in a few words: its script is one of ours, which the browser fetches once.

    Args:
        name: Of a module whose default export may be called at any time and any number of times.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    if not (STATIC / name).is_file():
        raise FileNotFoundError(name)
    address = f'location.origin + "{BASE}/{name}"'
    return (
        f"const script = import({address});\n"
        "export default (component) => { script.then((module) => module.default(component)); };"
    )


def own_text(name: str) -> str:
    """One of our own scripts or style sheets, for a page that carries it inside."""
    return (STATIC / name).read_text("utf-8")


def font_file() -> Path:
    """The pages' own font, which comes with Streamlit and has all Vietnamese letters.

    Raises:
        FileNotFoundError: If Streamlit comes without it.
    """
    found = sorted((Path(streamlit.__file__).parent / "static").rglob("SourceSansVF-Upright*.woff2"))
    if not found:
        raise FileNotFoundError("SourceSansVF-Upright.woff2")
    return found[0]


BASE: Final = f"/assets/{_version()}"
