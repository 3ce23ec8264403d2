"""Money by đợt, and payments that are late.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.accounts import Sums
from gis.ledger.batches import batches
from gis.ledger.settling import settle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gis.deadlines import Deadlines, Rule
    from gis.ledger.accounts import Account, Line
    from gis.ledger.batches import Batch, Document
    from gis.ledger.settling import Piece
    from gis.ledger.state import State

# Where an approval names no đợt, its term is that of this regime; every regime says 30 days today.
DEFAULT_REGIME: Final = "luat-2024"
APPROVED: Final = "plan_approved"
PAID: Final = "paid"


@dataclass(frozen=True, slots=True)
class BatchMoney:
    """Money of a đợt; without one, of what a decision approved; with neither, the rest.

    `households` counts those whose money it is.
    """

    batch: str | None
    decision: str | None
    sums: Sums
    households: int


@dataclass(frozen=True, slots=True)
class Late:
    """Approved money that was neither paid nor deposited by its last day.

    Args:
        household: Whose.
        approval: The line that approved it.
        batch: Its đợt, if one is known.
        effective: The day from which the term runs.
        last_day: The last day that was in time.
        unpaid_vnd: Whole đồng of that approval that are open.
        days_late: Days from the last day to the day of the figures.
    """

    household: str
    approval: Line
    batch: str | None
    effective: date
    last_day: date
    unpaid_vnd: int
    days_late: int


@dataclass(frozen=True, slots=True)
class _Papers:
    """Which đợt a line belongs to, by its own word or by its document's number."""

    known: Mapping[str, Batch]
    by_number: Mapping[str, set[str]]

    @classmethod
    def of(cls, state: State) -> _Papers:
        known = batches(state)
        numbers: dict[str, set[str]] = {}
        for name, batch in known.items():
            for document in batch.documents:
                numbers.setdefault(document.number, set()).add(name)
        return cls(known, numbers)

    def batch_of(self, line: Line) -> str | None:
        """The đợt of a line; None where none is known, or two have a document of that number."""
        if line.batch is not None:
            return line.batch
        found = self.by_number.get(line.document or "", set())
        return next(iter(found)) if len(found) == 1 else None

    def decision_of(self, line: Line) -> Document | None:
        """The đợt's document that approved a line."""
        batch = self.known.get(self.batch_of(line) or "")
        found = [d for d in batch.documents if d.milestone == APPROVED] if batch else []
        same = [d for d in found if d.number == line.document] or [d for d in found if d.on == line.on]
        return same[0] if same else None

    def group_of(self, piece: Piece) -> tuple[str | None, str | None]:
        """The đợt of a piece of money, or the number of the decision that approved it."""
        batch = self.batch_of(piece.line)
        if batch is None and piece.approval is not None:
            batch = self.batch_of(piece.approval)
        if batch is not None or piece.approval is None:
            return batch, None
        return None, piece.approval.document


def by_batch(state: State, accounts: Mapping[str, Account]) -> tuple[BatchMoney, ...]:
    """Money of each đợt or decision; together exactly the accounts.

    A payment that names no đợt belongs to the one whose approval it settles (`settling.settle`).

    Args:
        state: Of the day: its đợt and their documents.
        accounts: As `accounts.accounts` gives them.

    Returns:
        The đợt in the order in which they were recorded, then decisions by their first day and
        number, last what settles no approval.
    """
    papers = _Papers.of(state)
    sums: dict[tuple[str | None, str | None], Sums] = {}
    households: dict[tuple[str | None, str | None], set[str]] = {}
    first: dict[tuple[str | None, str | None], date] = {}
    for name, account in accounts.items():
        for piece in settle(account.lines).pieces:
            group = papers.group_of(piece)
            sums[group] = sums.get(group, Sums()) + Sums(**{piece.act: piece.amount_vnd})
            households.setdefault(group, set()).add(name)
            day = (piece.approval or piece.line).on
            first[group] = min(first.get(group, day), day)
    order = {batch: place for place, batch in enumerate(papers.known)}

    def rank(group: tuple[str | None, str | None]) -> tuple[int, int, str, str]:
        batch, decision = group
        if batch is not None:
            return 0, order.get(batch, len(order)), "", batch
        if decision is not None:
            return 1, 0, first[group].isoformat(), decision
        return 2, 0, "", ""

    return tuple(
        BatchMoney(group[0], group[1], sums[group], len(households[group]))
        for group in sorted(sums, key=rank)
    )


def late_payments(
    state: State, accounts: Mapping[str, Account], deadlines: Deadlines = DEFAULT_DEADLINES
) -> tuple[Late, ...]:
    """Approved money that was neither paid nor deposited when its term ended.

    Args:
        state: Of the day.
        accounts: As `accounts.accounts` gives them.
        deadlines: The regimes; the term is their rule from `plan_approved` to `paid`.

    Returns:
        The latest first, then the larger.
    """
    late = (one for one in unpaid(state, accounts, deadlines) if one.days_late > 0)
    return tuple(sorted(late, key=lambda one: (-one.days_late, -one.unpaid_vnd, one.household)))


def unpaid(
    state: State, accounts: Mapping[str, Account], deadlines: Deadlines = DEFAULT_DEADLINES
) -> tuple[Late, ...]:
    """Approved money that is neither paid nor deposited, late or not: by household, the oldest first.

    Of what may still be paid in time `days_late` is 0 or less.
    """
    papers = _Papers.of(state)
    found = []
    for name, account in accounts.items():
        for line, open_vnd in settle(account.lines).open_vnd:
            decision = papers.decision_of(line)
            effective = decision.effective if decision else line.on
            batch = papers.batch_of(line)
            opened = papers.known.get(batch or "")
            regime = opened.regime if opened else DEFAULT_REGIME
            last = payment_rule(deadlines, regime).last_day(effective, farm=False)
            found.append(Late(name, line, batch, effective, last, open_vnd, (state.on - last).days))
    return tuple(found)


def payment_rule(deadlines: Deadlines, regime: str) -> Rule:
    """The term of payment of a regime; where it has none, that of the shipped default."""
    for table, name in ((deadlines, regime), (DEFAULT_DEADLINES, DEFAULT_REGIME)):
        for rule in table.regimes[name].rules if name in table.regimes else ():
            if (rule.after, rule.until, rule.kind) == (APPROVED, PAID, "within"):
                return rule
    raise KeyError(regime)
