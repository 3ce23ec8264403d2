"""Our own scripts, styles and vendored files: where they are and under which path they are served."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"


def _version() -> str:
    """Twelve hex digits of the content, so that a browser may keep every file for ever."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


BASE: Final = f"/assets/{_version()}"
