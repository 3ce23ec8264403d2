"""The first screen's own HTML: which project is open, the three ways, and what one of them came to.

Pure: no file, no clock.
"""

from __future__ import annotations

import sys
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Final

from gis.project.days import HANOI

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.errors import Problem
    from gis.store.restoring import Restored
    from gis.store.shelf import Shelved
    from gis.texts import Texts

BEGIN: Final = "bat-dau"
START: Final = "py start.py" if sys.platform == "win32" else "python3 start.py"


def begin_link(said: str, words: Texts) -> str:
    """A link to the first screen; a page that is open keeps nothing of itself on the way."""
    return f'<a href="{BEGIN}?lang={words.language}" target="_self">{escape(said)}</a>'


def start_command(folder: Path) -> str:
    """The command that starts the app on a project.

    >>> from pathlib import PurePosixPath
    >>> start_command(PurePosixPath("/srv/hoang son")).endswith('start.py --project "/srv/hoang son"')
    True
    """
    return f'{START} --project "{folder}"'


def open_now(folder: Path, *, synthetic: bool, words: Texts) -> str:
    """Which project the app shows."""
    said = words("begin.now_sample" if synthetic else "begin.now_real", folder=str(folder))
    return f'<p class="gp-lead">{escape(said)}</p>'


def way(title: str, about: str) -> str:
    """The head of one of the three ways."""
    return f'<div class="bg-way"><h2>{escape(title)}</h2><p>{escape(about)}</p></div>'


def others_html(folder: Path, words: Texts) -> str:
    """What an administrator of a server with accounts does instead: the same ways by commands."""
    commands = (
        ("begin.by_init", "python -m gis init FOLDER"),
        ("begin.by_restore", "python -m gis restore BACKUP --project FOLDER"),
        ("begin.by_start", f"{START} --project FOLDER"),
    )
    items = "".join(f"<li>{escape(words(said))}<code>{escape(typed)}</code></li>" for said, typed in commands)
    said = words("begin.others", folder=str(folder))
    return f'<div class="gp-empty"><p>{escape(said)}</p><ol>{items}</ol></div>'


def backup_label(one: Shelved, words: Texts) -> str:
    """A backup in a list: when it was made, up to which entry, and whether it asks for a passphrase."""
    said = "begin.backup_locked" if one.encrypted else "begin.backup_open"
    return words(said, at=one.made_at.astimezone(HANOI), seq=one.seq)


def done_html(sentences: Sequence[str], address: str, label: str, words: Texts) -> str:
    """What was done, and the way on."""
    said = "".join(f"<p>{escape(one)}</p>" for one in sentences)
    return (
        f'<div class="gp-done" role="status">{said}<p class="gp-links">'
        f'<a href="{address}?lang={words.language}" target="_self">{escape(label)}</a></p></div>'
    )


def restored_words(done: Restored, folder: Path, problems: Sequence[Problem], words: Texts) -> list[str]:
    """What came back, and what is odd about it."""
    at = datetime.fromisoformat(done.manifest.made_at).astimezone(HANOI)
    said = [words("begin.restored", folder=str(folder), at=at, seq=done.manifest.seq)]
    return said + [words.problem(problem) for problem in problems]
