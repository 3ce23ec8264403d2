"""How old the last backup is, in one line for the overview. Pure: no file, no clock."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Final

from gis.project.days import HANOI
from gis.web.guide import GUIDE

if TYPE_CHECKING:
    from datetime import datetime

    from gis.errors import GisError
    from gis.store.backups import LastBackup
    from gis.texts import Texts

OLD: Final = timedelta(days=2)  # a daily one that was missed once
HOUR: Final = timedelta(hours=1)
HOW: Final = GUIDE + "sao-luu.md"


def backup_html(last: LastBackup | None, refusal: GisError | None, now: datetime, words: Texts) -> str:
    """The line: when the last backup was made; amber where there is none, an old one, or the last try failed.

    Args:
        last: The newest backup that the project knows of.
        refusal: Why the last daily one of this process was not made.
        now: The clock.
        words: Language.
    """
    pieces = [words("backup_line.none") if last is None else _age(last, now, words)]
    if refusal is not None:
        pieces.append(words("backup_line.failed", why=words.error(refusal)))
    bad = last is None or refusal is not None or not timedelta() <= now - last.at < OLD
    said = escape(" ".join(pieces))
    if not bad:
        return f'<p class="gp-backup">{said}</p>'
    how = f'<a href="{HOW}" target="_blank" rel="noopener">{escape(words("backup_line.how"))}</a>'
    return f'<p class="gp-backup bad">{said} {how}</p>'


def _age(last: LastBackup, now: datetime, words: Texts) -> str:
    age = now - last.at
    if age < timedelta():
        return words("backup_line.ahead", at=last.at.astimezone(HANOI))
    hours, days = int(age / HOUR), age.days
    ago = words("backup_line.days", count=days) if days else words("backup_line.hours", count=hours)
    return words("backup_line.last", ago=ago, at=last.at.astimezone(HANOI), seq=last.seq)
