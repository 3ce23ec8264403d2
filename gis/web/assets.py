"""Our own scripts, styles and vendored files: where they are and under which path they are served."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import streamlit

STATIC: Final = Path(__file__).parent / "static"


def _version() -> str:
    """Twelve hex digits of the content, so that a browser may keep every file for ever."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


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
