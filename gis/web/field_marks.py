"""A mark as a phone sends it, read into a request of the ledger; every reason against it at once.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import GisError, Problem, RefusedError
from gis.ledger.marks import Mark
from gis.vietnamese import parse_date
from gis.web.posted import json_object

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis.ledger.entry import Attachment

REQUEST_ID: Final = re.compile(r"[0-9a-f]{32}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
TEXT_MOST: Final = 120  # letters of a document's number, an id
PHOTOS_MOST: Final = 20
SEQ_MOST: Final = 10**12
CONFLICT: Final = "refused.written_since_seen"


class OtherAccountError(GisError):
    """A mark that one account made is sent by another, who does not answer for it."""

    message = "error.field_account"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mark of the field page.

    Args:
        request_id: Made when it was marked; the same for each try.
        account: Who marked it.
        parcel: Its id.
        milestone: An id of the project's list.
        on: The day it happened.
        document: Number of the minutes; "" for none.
        household: Whose holding; None: all that have not reached it.
        seen: The last entry of the parcel that its user saw.
        photos: Hashes of the photos that were sent before.
    """

    request_id: str
    account: str
    parcel: str
    milestone: str
    on: date
    document: str
    household: str | None
    seen: int
    photos: tuple[str, ...]

    def mark(self, attachments: Sequence[Attachment]) -> Mark:
        """The request of the ledger."""
        return Mark(
            (self.parcel,),
            self.milestone,
            self.on,
            document=self.document or None,
            household=self.household,
            all_holdings=self.household is None,
            seen={self.parcel: self.seen},
            attachments=tuple(dict.fromkeys(attachments)),
        )


def read_mark(body: bytes) -> Sent:
    """The mark of a request's body.

    Raises:
        RefusedError: With every part that is not what it must be.
        NotADateError: If the day is none.
    """
    told = json_object(body)
    wrong = [name for name, fits in _FITTING.items() if not fits(told.get(name))]
    if wrong:
        raise RefusedError(problems=[Problem("", "refused.field_mark", {"found": ", ".join(wrong)})])
    return Sent(
        request_id=str(told["request_id"]),
        account=str(told["account"]),
        parcel=str(told["parcel"]),
        milestone=str(told["milestone"]),
        on=parse_date(str(told["on"])),
        document=str(told["document"]).strip(),
        household=None if told["household"] is None else str(told["household"]),
        seen=int(str(told["seen"])),
        photos=tuple(str(one) for one in _texts(told["photos"])),
    )


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_MOST


def _is_id(value: object) -> bool:
    return _is_text(value) and bool(value)


def _is_seq(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= SEQ_MOST


def _are_photos(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= PHOTOS_MOST
        and all(isinstance(one, str) and SHA256.fullmatch(one) for one in value)
    )


_FITTING: Final = {
    "request_id": lambda value: isinstance(value, str) and bool(REQUEST_ID.fullmatch(value)),
    "account": _is_id,
    "parcel": _is_id,
    "milestone": _is_id,
    "on": _is_id,
    "document": _is_text,
    "household": lambda value: value is None or _is_id(value),
    "seen": _is_seq,
    "photos": _are_photos,
}


def conflict(problems: Sequence[Problem]) -> int:
    """The first entry that somebody wrote of the parcel since its user looked; 0 if that is not why.

    >>> conflict([Problem("7/12", "refused.written_since_seen", {"seq": 9})]), conflict([])
    (9, 0)
    """
    seqs = [int(str(problem.facts["seq"])) for problem in problems if problem.message == CONFLICT]
    return min(seqs, default=0)
