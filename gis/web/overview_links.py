"""The addresses behind the overview's figures: lists, the picture, the presentation. They name nobody.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from datetime import date

LISTS: Final = "/so-lieu/"
PICTURE: Final = "/tong-quan.png"
PRESENTATION: Final = "/trinh-chieu"


@dataclass(frozen=True, slots=True)
class Links:
    """Where the lists of a moment stand.

    Args:
        on: The day, included.
        known: The last seq that counts, so that an address shows the same for ever.
        language: Of the reader.
    """

    on: date
    known: int
    language: str

    @property
    def _moment(self) -> dict[str, str | int]:
        return {"on": self.on.isoformat(), "known": self.known, "lang": self.language}

    def to(self, what: str, **facts: str | None) -> str:
        """The list behind a figure.

        >>> from datetime import date
        >>> Links(date(2026, 3, 1), 12, "vi").to("ban-giao", zone="ccn-hoang-son", first=None)
        '/so-lieu/ban-giao?on=2026-03-01&known=12&lang=vi&zone=ccn-hoang-son'
        """
        given = {name: value for name, value in facts.items() if value is not None}
        return f"{LISTS}{what}?{urlencode(self._moment | given)}"

    def picture(self) -> str:
        """The picture to send."""
        return f"{PICTURE}?{urlencode(self._moment)}"

    def presentation(self, *, present: bool) -> str:
        """The presentation: of this moment, or of the present, which it then follows."""
        moment = {"lang": self.language} if present else self._moment
        return f"{PRESENTATION}?{urlencode(moment)}"


def figure(text: str, address: str | None, said: str = "") -> str:
    """A figure that opens the list behind it; the figure alone where there is none.

    Args:
        text: The figure; escaped here.
        address: Of the list.
        said: What a screen reader says of the link, where the figure alone says too little.
    """
    if address is None:
        return escape(text)
    label = f' aria-label="{escape(said)}"' if said else ""
    return (
        f'<a class="ov-fig" href="{escape(address)}" target="_blank" rel="noopener"{label}>{escape(text)}</a>'
    )
