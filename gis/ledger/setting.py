"""What every command knows beside the ledger, and what makes something a command.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from gis.errors import Problem, RefusedError
from gis.milestones import MILESTONES
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from gis.ledger.entry import Attachment, Draft, Entry
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class Setting:
    """What commands must know beside the ledger.

    Args:
        parcels: The parcels and public features of the boundaries in force.
        starts: The first day that an entry may be of.
        today: The last day that an entry may be of.
        labels: How a person calls a parcel, by parcel id; the id itself where absent.
        areas_m2: Drawn area by parcel id, square metres, where a command asks for it; of a parcel on no map
            what else governs it.
        zones: Ids of the plan's zones.
        milestones: The project's list, in its usual order.
        optional: Those of them that may be waived.
        aliases: Of each household that was entered twice, the id that counts.
    """

    parcels: Collection[str]
    starts: date
    today: date
    labels: Mapping[str, str] = field(default_factory=dict)
    areas_m2: Mapping[str, float] = field(default_factory=dict)
    zones: Collection[str] = ()
    milestones: Sequence[str] = MILESTONES
    optional: Collection[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def label(self, parcel: str) -> str:
        """How a person calls a parcel."""
        return self.labels.get(parcel, parcel)

    def root(self, household: str) -> str:
        """The id that counts of a household."""
        return self.aliases.get(household, household)


class Command(Protocol):
    """A request of a user: it becomes drafts against the ledger as it is, or is refused."""

    def decide(self, state: State, setting: Setting) -> Sequence[Draft]:
        """What is to be written, all or none.

        Raises:
            RefusedError: With every reason; nothing is written.
        """
        ...

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """Whether entries of the same request id say what this one asks for: then it was sent twice."""
        ...


@runtime_checkable
class Worded(Protocol):
    """A command with free words, which each of its entries that keeps any has a fingerprint of."""

    words_in: ClassVar[str]  # the name of the command's own field


@runtime_checkable
class OfAll(Protocol):
    """A command that may mean all holders of a parcel: whom it means, only the ledger tells."""

    def leaves_out(self, state: State, written: Sequence[Entry]) -> bool:
        """Whether a holder that it means is not among the entries of its id, nor was there before."""
        ...


def has_scans(entry: Entry, asked: Sequence[Attachment]) -> bool:
    """Whether an entry has all scans that a request brings; sent again without them it says no more."""
    return set(asked) <= set(entry.attachments)


def document_number(typed: str | None) -> str | None:
    r"""A document's number as the ledger keeps it; None where nothing was typed.

    >>> document_number(" BB-1 "), document_number("Bi\u0065\u0302n b\u1ea3n 1"), document_number(" ")
    ('BB-1', 'Biên bản 1', None)
    """
    return nfc(typed or "").strip() or None


def require_none(problems: Sequence[Problem]) -> None:
    """Go on where nothing is wrong; a remark (severity "warning") is nothing wrong.

    Raises:
        RefusedError: With the problems, if there are any.
    """
    if any(problem.severity == "refused" for problem in problems):
        raise RefusedError(problems=problems)


def day_problems(on: date, setting: Setting) -> list[Problem]:
    """Nothing happens after today or before the project's first day."""
    found = on.isoformat()
    if on > setting.today:
        return [Problem("", "refused.future_day", {"on": found, "today": setting.today.isoformat()})]
    if on < setting.starts:
        return [Problem("", "refused.early_day", {"on": found, "starts": setting.starts.isoformat()})]
    return []


def is_text(text: str) -> bool:
    r"""Whether a text is whole Unicode, without halves of letters.

    >>> is_text("BB số 1"), is_text("\udcff")
    (True, False)
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def text_problems(*texts: str | None) -> list[Problem]:
    """A text is kept for ever: no stray bytes of another encoding in it."""
    return [
        Problem("", "refused.bad_text", {"found": ascii(text)})
        for text in texts
        if text is not None and not is_text(text)
    ]


def words_of(note: str | None, name: str = "note") -> tuple[tuple[str, str], ...]:
    """A draft's words from what a user typed, none from nothing."""
    return ((name, note.strip()),) if note and note.strip() else ()


def require_reason(reason: str) -> None:
    """A reason in words, for what is cancelled.

    Raises:
        RefusedError: If there is none.
    """
    if not reason.strip():
        raise RefusedError(problems=[Problem("", "refused.missing_reason")])
    if not is_text(reason):
        raise RefusedError(problems=[Problem("", "refused.bad_text", {"found": ascii(reason)})])


def require_account(account: str) -> None:
    """An account that answers for what is written.

    Raises:
        RefusedError: If there is none.
    """
    if not account.strip():
        raise RefusedError(problems=[Problem("", "refused.missing_account")])
    if not is_text(account):
        raise RefusedError(problems=[Problem("", "refused.bad_text", {"found": ascii(account)})])
