"""Which payment settles which approval: for the parcel, the đợt and the day by which it was due.

A payment or deposit of a parcel settles what was approved for that parcel, then what was approved for
the household as a whole, then what is oldest; one of the household settles what is oldest. A
withdrawal pays out of the deposits, those of its own parcel first. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.accounts import Line


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one line of money that belongs to one approval.

    Args:
        act: "approved", "paid" or "deposited".
        amount_vnd: Whole đồng; below 0 only for a deposit that was withdrawn and is not there.
        line: The line it is a part of; of withdrawn money, the deposit's.
        approval: What it settles, itself for an approval; None: nothing that was approved.
    """

    act: str
    amount_vnd: int
    line: Line
    approval: Line | None

    @property
    def parcel(self) -> str | None:
        """The parcel whose money this is; None: the household's as a whole."""
        if self.approval is None or None not in (self.line.parcel, self.approval.parcel):
            return self.line.parcel
        return self.approval.parcel


@dataclass(frozen=True, slots=True)
class Settled:
    """A household's money in pieces, and what is open of each approval, the oldest first."""

    pieces: tuple[Piece, ...]
    open_vnd: tuple[tuple[Line, int], ...]


def settle(lines: Sequence[Line]) -> Settled:
    """The pieces of a household's lines: each approval, and each payment or deposit by what it settles.

    Args:
        lines: Of one account, by day and then by seq.
    """
    approvals = [line for line in lines if line.act == "approved"]
    parts, open_vnd = _match(approvals, [line for line in lines if line.act in {"paid", "deposited"}])
    pieces = [Piece("approved", line.amount_vnd, line, line) for line in approvals]
    pieces += _given_pieces(lines, parts)
    still = tuple((line, open_vnd[line.seq]) for line in approvals if open_vnd[line.seq])
    return Settled(tuple(pieces), still)


def _match(
    approvals: Sequence[Line], given: Sequence[Line]
) -> tuple[dict[int, list[tuple[Line | None, int]]], dict[int, int]]:
    """What each payment or deposit settles, and what is open of each approval; both by seq."""
    open_vnd = {line.seq: line.amount_vnd for line in approvals}
    left_vnd = {line.seq: line.amount_vnd for line in given}
    parts: dict[int, list[tuple[Line | None, int]]] = defaultdict(list)
    by_parcel: dict[str | None, list[Line]] = defaultdict(list)
    for line in approvals:
        by_parcel[line.parcel].append(line)
    for choose in (_own, _whole, _oldest):
        still = [line for line in approvals if open_vnd[line.seq]]
        for line in given:
            for approval in choose(line, by_parcel, still) if left_vnd[line.seq] else ():
                taken = min(left_vnd[line.seq], open_vnd[approval.seq])
                if taken:
                    parts[line.seq].append((approval, taken))
                    left_vnd[line.seq] -= taken
                    open_vnd[approval.seq] -= taken
    for seq, amount_vnd in left_vnd.items():
        if amount_vnd:
            parts[seq].append((None, amount_vnd))
    return parts, open_vnd


def _own(line: Line, by_parcel: Mapping[str | None, list[Line]], _: list[Line]) -> Sequence[Line]:
    return by_parcel.get(line.parcel, ()) if line.parcel is not None else ()


def _whole(line: Line, by_parcel: Mapping[str | None, list[Line]], still: list[Line]) -> Sequence[Line]:
    return still if line.parcel is None else by_parcel.get(None, ())


def _oldest(_: Line, __: Mapping[str | None, list[Line]], still: list[Line]) -> Sequence[Line]:
    return still


def _given_pieces(
    lines: Sequence[Line], parts: Mapping[int, Sequence[tuple[Line | None, int]]]
) -> Iterable[Piece]:
    """Payments and deposits in pieces; what was withdrawn of a deposit is paid."""
    drawn, beyond = _draw(lines)
    for line in lines:
        out_vnd = drawn.get(line.seq, 0)
        for approval, amount_vnd in parts.get(line.seq, ()):
            if line.act == "paid":
                yield Piece("paid", amount_vnd, line, approval)
                continue
            paid_vnd = min(out_vnd, amount_vnd)
            out_vnd -= paid_vnd
            if paid_vnd:
                yield Piece("paid", paid_vnd, line, approval)
            if amount_vnd > paid_vnd:
                yield Piece("deposited", amount_vnd - paid_vnd, line, approval)
    for line, amount_vnd in beyond:  # no command writes it, but no reading hides it
        yield Piece("paid", amount_vnd, line, None)
        yield Piece("deposited", -amount_vnd, line, None)


def _draw(lines: Sequence[Line]) -> tuple[dict[int, int], list[tuple[Line, int]]]:
    """What was withdrawn of each deposit, by its seq; and withdrawals beyond all deposits."""
    deposits = [line for line in lines if line.act == "deposited"]
    there = {line.seq: line.amount_vnd for line in deposits}
    beyond = []
    for line in lines:
        if line.act != "withdrawn":
            continue
        wanted = line.amount_vnd
        own = [d for d in deposits if line.parcel is not None and d.parcel == line.parcel]
        queue = deque([*own, *deposits])
        while wanted and queue:
            deposit = queue.popleft()
            taken = min(wanted, there[deposit.seq])
            there[deposit.seq] -= taken
            wanted -= taken
        if wanted:
            beyond.append((line, wanted))
    return {d.seq: d.amount_vnd - there[d.seq] for d in deposits}, beyond
