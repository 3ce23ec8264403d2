"""Which rows of a list are one household's, never by the name alone.

With the office's own code: that code. Else the number in the list (STT), the name and the hamlet
together; rows without a name below belong to the household above. Where there is no number, rows of
one name and hamlet are one household only while they follow each other: a name that comes back later
is another household, since two that were made one would lose one, and two that are one can be merged.
Pure: no file, no clock.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from gis.vietnamese import fold

_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


def name_key(text: str) -> str:
    """A name as it is compared: accents count, for Hoa and Hòa are two people; where a tone is set does not.

    >>> name_key("Lê Thị  HOÀ") == name_key("Lê Thị Hòa"), name_key("Hoa") == name_key("Hòa")
    (True, False)
    """
    apart = unicodedata.normalize("NFD", text).casefold()
    shown = "".join(c for c in apart if unicodedata.category(c) != "Cf")
    return " ".join(
        "".join(c for c in word if c not in _TONES) + "".join(c for c in word if c in _TONES)
        for word in shown.split()
    )


@dataclass
class Households:
    """The households met so far, from the top of the file.

    Args:
        by_name: Whether the user said that rows of one name and hamlet are always one household.
    """

    by_name: bool = False
    _last: str = ""
    _times: dict[str, int] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)

    def key(self, code: str, stt: str, name: str, hamlet: str) -> tuple[str, bool]:
        """The key of a row that names its household, and whether it came before, with others between."""
        plain = "|".join((name_key(name), name_key(hamlet)))
        if code:
            found = f"code:{fold(code)}"
        elif self.by_name:
            found = f"name:{plain}"
        elif stt:
            found = f"stt:{fold(stt)}|{fold(name)}|{fold(hamlet)}"
        else:
            found = self._unnumbered(plain)
        again = found != self._last and found in self._times and not (code or self.by_name)
        self._times[found] = self._times.get(found, 0) + 1
        self._names.setdefault(plain, set()).add(found)
        self._last = found
        return found, again

    def shared_names(self) -> int:
        """How many names with their hamlet stand for more than one household."""
        return sum(len(keys) > 1 for keys in self._names.values())

    def _unnumbered(self, plain: str) -> str:
        times = len([key for key in self._names.get(plain, ()) if key.startswith("row:")])
        if times and self._last == f"row:{times}|{plain}":
            return self._last
        return f"row:{times + 1}|{plain}"
