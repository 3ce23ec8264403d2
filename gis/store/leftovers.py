"""What a program that was killed left behind half made: it may hold names, and it takes room."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

# Another program may be at work beside this one; none takes a day.
STALE: Final = timedelta(days=1)


def sweep(folder: Path, pattern: str, now: datetime) -> None:
    """Remove what is called so in a folder and was left more than a day ago.

    Args:
        folder: Where to look.
        pattern: Of names, as `Path.glob` takes it.
        now: The clock.
    """
    for path in list(folder.glob(pattern)):
        try:
            if now.timestamp() - path.lstat().st_mtime <= STALE.total_seconds():
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError:
            continue  # not ours to remove, or gone already
