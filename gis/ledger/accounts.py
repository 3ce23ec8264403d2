"""Each household's account: what was approved, paid and deposited, and what remains, to the đồng.

Money stands in the ledger in two ways, and both count: as the amount of a milestone `plan_approved` or
`paid` (of one parcel), and as an entry of the kind `money`. A withdrawal takes money out of the
deposit (tiền gửi) and gives it to the household: deposited falls, paid rises, what remains stays.
Approvals only add (phương án bổ sung); a lower amount is a void and a new entry.

So always approved = paid + deposited + remaining; what is below 0 is overpaid and shown as that.
Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.ledger.facts import Milestone, Money, Opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gis.ledger.entry import Entry
    from gis.ledger.state import State

ACTS: Final = ("approved", "paid", "deposited", "withdrawn")
ACT_OF_MILESTONE: Final[Mapping[str, str]] = MappingProxyType({"plan_approved": "approved", "paid": "paid"})
NO_ALIASES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a household's money, as one entry says it.

    Args:
        seq: Of the entry.
        on: The day it happened; of an opening entry whose day is unknown, the last it can have been.
        act: One of `ACTS`.
        amount_vnd: Whole đồng, not negative.
        household: As the entry names it, before any merger.
        parcel: None: for all that the household holds.
        document: Number of the decision or payment list.
        batch: The đợt that the entry names.
    """

    seq: int
    on: date
    act: str
    amount_vnd: int
    household: str
    parcel: str | None
    document: str | None
    batch: str | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Approved, paid and deposited money in whole đồng, and what remains of the first.

    >>> Sums(100, 60, 30).remaining, (Sums(100, 60, 30) + Sums(0, 20, 0)).overpaid
    (10, 10)
    """

    approved: int = 0
    paid: int = 0
    deposited: int = 0

    @property
    def settled(self) -> int:
        """Paid or deposited."""
        return self.paid + self.deposited

    @property
    def remaining(self) -> int:
        """Approved and neither paid nor deposited; below 0 where more left the till than was approved."""
        return self.approved - self.paid - self.deposited

    @property
    def overpaid(self) -> int:
        """What was paid or deposited beyond what is approved; 0 where nothing was."""
        return max(-self.remaining, 0)

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.approved + other.approved, self.paid + other.paid, self.deposited + other.deposited)


@dataclass(frozen=True, slots=True)
class Account:
    """A household's money: its sums, and the lines that make them, by day and then by seq."""

    household: str
    sums: Sums
    lines: tuple[Line, ...]

    @property
    def approved(self) -> int:
        """Whole đồng approved, supplements included."""
        return self.sums.approved

    @property
    def paid(self) -> int:
        """Whole đồng that the household has, withdrawals included."""
        return self.sums.paid

    @property
    def deposited(self) -> int:
        """Whole đồng that lie in the deposit."""
        return self.sums.deposited

    @property
    def remaining(self) -> int:
        """Whole đồng approved and neither paid nor deposited."""
        return self.sums.remaining


def line_of(entry: Entry) -> Line | None:
    """The movement of money that an entry says; None where it says none."""
    fact = entry.fact
    if entry.on is None:
        return None
    if isinstance(fact, Money):
        return Line(
            entry.seq,
            entry.on,
            fact.act,
            fact.amount_vnd,
            fact.household,
            fact.parcel,
            fact.document,
            fact.batch,
        )
    if isinstance(fact, Milestone | Opening) and fact.amount_vnd is not None:
        act = ACT_OF_MILESTONE.get(fact.milestone)
        batch = fact.batch if isinstance(fact, Milestone) else None
        if act is not None:
            return Line(
                entry.seq,
                entry.on,
                act,
                fact.amount_vnd,
                fact.household,
                fact.parcel,
                fact.document,
                batch,
            )
    return None


def sums_of(lines: Iterable[Line]) -> Sums:
    """What lines come to."""
    total = dict.fromkeys(ACTS, 0)
    for line in lines:
        total[line.act] += line.amount_vnd
    return sums_by_act(total)


def sums_by_act(total: Mapping[str, int]) -> Sums:
    """What movements come to, from the whole đồng of each of `ACTS`.

    >>> sums_by_act({"approved": 100, "paid": 60, "deposited": 30, "withdrawn": 20})
    Sums(approved=100, paid=80, deposited=10)
    """
    return Sums(
        total["approved"], total["paid"] + total["withdrawn"], total["deposited"] - total["withdrawn"]
    )


def accounts(state: State, aliases: Mapping[str, str] = NO_ALIASES) -> Mapping[str, Account]:
    """The account of every household of which the ledger tells money.

    Args:
        state: What holds on the day; entries of later days do not count.
        aliases: Of a household that was entered twice, the id that counts.

    Returns:
        By the household's id that counts, sorted.
    """
    lines: dict[str, list[Line]] = defaultdict(list)
    for parcel in state.history:
        for line in _lines(state, parcel):
            lines[aliases.get(line.household, line.household)].append(line)
    return MappingProxyType({household: _account(household, lines[household]) for household in sorted(lines)})


def account(state: State, household: str, aliases: Mapping[str, str] = NO_ALIASES) -> Account:
    """One household's account, empty where the ledger tells no money of it; see `accounts`."""
    ids, root = ids_of(household, aliases), aliases.get(household, household)
    parcels = dict.fromkeys(parcel for one in ids for parcel in state.told_of.get(one, ()))
    lines = [line for parcel in parcels for line in _lines(state, parcel) if line.household in ids]
    return _account(root, lines)


def ids_of(household: str, aliases: Mapping[str, str]) -> frozenset[str]:
    """All ids under which the ledger speaks of a household, by any one of them.

    >>> sorted(ids_of("H2", {"H2": "H1"})), sorted(ids_of("H1", {"H2": "H1"}))
    (['H1', 'H2'], ['H1', 'H2'])
    """
    root = aliases.get(household, household)
    return frozenset({root, *(one for one, kept in aliases.items() if kept == root)})


def first_ids(households: Iterable[str], aliases: Mapping[str, str]) -> dict[str, str]:
    """By the id that counts, the id under which each household is named first, in that order.

    >>> first_ids(["H3", "H2", "H1"], {"H2": "H1"})
    {'H3': 'H3', 'H1': 'H2'}
    """
    found: dict[str, str] = {}
    for household in households:
        found.setdefault(aliases.get(household, household), household)
    return found


def _account(household: str, lines: list[Line]) -> Account:
    ordered = tuple(sorted(lines, key=lambda line: (line.on, line.seq)))
    return Account(household, sums_of(ordered), ordered)


def _lines(state: State, parcel: str | None) -> Iterable[Line]:
    for entry in state.live(parcel):
        line = line_of(entry)
        if line is not None:
            yield line


def lowest_deposit(lines: Iterable[Line], since: date | None = None) -> int:
    """The least that lies in the deposit at the end of any day, whole đồng.

    Args:
        lines: Of one household, in any order.
        since: From the end of this day on; None: of all days.
    """
    by_day: dict[date, int] = defaultdict(int)
    sign = {"deposited": 1, "withdrawn": -1}
    for line in lines:
        by_day[line.on] += sign.get(line.act, 0) * line.amount_vnd
    balance, balances = 0, []
    before = 0
    for on in sorted(by_day):
        balance += by_day[on]
        if since is None or on >= since:
            balances.append(balance)
        else:
            before = balance
    # On the day itself what was there before counts too, where nothing else moved since.
    starts = [before] if since is None or since not in by_day else []
    return min([*starts, *balances])
