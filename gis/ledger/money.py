"""Recording money of a household: approved, paid, deposited (tiền gửi), withdrawn from the deposit.

What a payment does beside its own entry: where the household then has all that is approved for it,
nothing being left in the deposit, its holdings that this money is for reach the milestone `paid` in
the same transaction; so does the holding of one parcel whose own approved money is all paid. A partial
payment marks nothing, a deposit never does: the household does not have that money. A withdrawal that
takes out the last of it does. The milestones carry no amount, so that no đồng counts twice.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger.accounts import ACTS, NO_ALIASES, Line, account, ids_of, lowest_deposit, sums_of
from gis.ledger.batches import unknown_batch
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding, Milestone, Money
from gis.ledger.marks import Mark
from gis.ledger.rules import MOST_VND
from gis.ledger.setting import day_problems, document_number, has_scans, require_none, text_problems
from gis.ledger.settling import settle
from gis.ledger.warnings import beyond_approval, holding_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.accounts import Account
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State

DOCUMENT_MOST: Final = 80
PAID: Final = "paid"
APPROVED_MILESTONE: Final = "plan_approved"


@dataclass(frozen=True, slots=True)
class RecordMoney:
    """A request to record money of a household.

    Args:
        household: Whose.
        act: One of `gis.ledger.accounts.ACTS`.
        amount_vnd: Whole đồng, above 0.
        on: The day of the decision, the payment, the deposit or the withdrawal.
        document: Number of the decision, payment list or deposit slip.
        parcel: Of this parcel; None: for all that the household holds.
        batch: The đợt that it belongs to.
        attachments: Scans, stored before.
        aliases: Of a household that was entered twice, the id that counts.
        seen: The last seq that told of the household's money when its user looked; None: not asked.
    """

    household: str
    act: str
    amount_vnd: int
    on: date
    document: str | None = None
    parcel: str | None = None
    batch: str | None = None
    attachments: tuple[Attachment, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=lambda: NO_ALIASES)
    seen: int | None = None

    @property
    def ids(self) -> frozenset[str]:
        """All ids under which the ledger speaks of the household."""
        return ids_of(self.household, self.aliases)

    @property
    def fact(self) -> Money:
        """What is said of the money."""
        return Money(self.parcel, self.household, self.act, self.amount_vnd, self.number, self.batch)

    @property
    def number(self) -> str | None:
        """The document's number as it is kept."""
        return document_number(self.document)

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The entry of the money, and milestones `paid` where it completes what is approved.

        Raises:
            RefusedError: With every reason.
        """
        before = account(state, self.household, self.aliases)
        problems = [p for rule in MONEY_RULES for p in rule(self, setting)]
        problems += [p for rule in ACCOUNT_RULES for p in rule(state, before, self, setting)]
        require_none(problems)
        warnings = tuple(p for rule in MONEY_WARNINGS for p in rule(before, self))
        money = Draft(self.on, self.fact, self.attachments, warnings)
        return (money, *_completed(state, before, self, setting))

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same money of the same household on the same day, by the same document and no new scan."""
        money = [entry for entry in written if isinstance(entry.fact, Money)]
        return [(e.on, e.fact) for e in money] == [(self.on, self.fact)] and has_scans(
            money[0], self.attachments
        )


def _unknown_act(request: RecordMoney, _: Setting) -> list[Problem]:
    if request.act in ACTS:
        return []
    return [Problem("", "refused.unknown_act", {"act": request.act, "acts": ", ".join(ACTS)})]


def _bad_amount(request: RecordMoney, _: Setting) -> list[Problem]:
    """Above 0: less approved money is not a negative approval but the void of a wrong one."""
    if 0 < request.amount_vnd <= MOST_VND:
        return []
    below = request.amount_vnd <= 0
    message = "refused.less_approved" if below and request.act == "approved" else "refused.money_amount"
    return [Problem("", message, {"found": request.amount_vnd, "most": MOST_VND})]


def _bad_day(request: RecordMoney, setting: Setting) -> list[Problem]:
    return day_problems(request.on, setting)


def _bad_text(request: RecordMoney, _: Setting) -> list[Problem]:
    if len(request.number or "") > DOCUMENT_MOST:
        return [Problem("", "refused.document_number", {"most": DOCUMENT_MOST})]
    return text_problems(request.document)


MONEY_RULES: Final[tuple[Callable[[RecordMoney, Setting], list[Problem]], ...]] = (
    _unknown_act,
    _bad_amount,
    _bad_day,
    _bad_text,
)


def _no_such_batch(state: State, _: Account, request: RecordMoney, __: Setting) -> list[Problem]:
    return [] if request.batch is None else unknown_batch(state, request.batch)


def _not_a_holder(state: State, _: Account, request: RecordMoney, setting: Setting) -> list[Problem]:
    """Money is of somebody who holds land, or has held it by the day."""
    source = "" if request.parcel is None else setting.label(request.parcel)
    since = held_since(state, request.ids, request.parcel)
    facts: dict[str, Fact] = {"household": request.household}
    if request.parcel is not None and request.parcel not in {*setting.parcels, *state.history}:
        return [Problem(source, "refused.unknown_parcel")]
    if since is None:
        message = "refused.never_held" if request.parcel is None else "refused.never_held_parcel"
        return [Problem(source, message, facts)]
    if request.on < since:
        facts |= {"on": request.on.isoformat(), "since": since.isoformat()}
        message = "refused.before_any_holding" if request.parcel is None else "refused.before_holding"
        return [Problem(source, message, facts)]
    return []


def held_since(state: State, ids: frozenset[str], parcel: str | None) -> date | None:
    """The first day on which a household held a parcel, or with None any; None where it never did.

    Args:
        state: Of the day.
        ids: All ids of the household.
        parcel: A parcel, or None.
    """
    places = dict.fromkeys(place for one in ids for place in state.told_of.get(one, ()))
    days = [
        entry.on
        for place in places
        if place is not None and parcel in (None, place)
        for entry in state.live(place)
        if isinstance(entry.fact, Holding) and entry.fact.household in ids and entry.on is not None
    ]
    return min(days, default=None)


def _beyond_deposit(_: State, before: Account, request: RecordMoney, __: Setting) -> list[Problem]:
    """Only what lies in the deposit is withdrawn: on the day, and not what a later withdrawal took."""
    if request.act != "withdrawn":
        return []
    there = lowest_deposit(before.lines, request.on)
    if request.amount_vnd <= there:
        return []
    facts: dict[str, Fact] = {
        "household": request.household,
        "amount": request.amount_vnd,
        "on": request.on.isoformat(),
        "there": max(there, 0),
    }
    return [Problem("", "refused.beyond_deposit", facts)]


def _written_since(_: State, before: Account, request: RecordMoney, __: Setting) -> list[Problem]:
    """Nobody pays again what somebody else recorded after they looked."""
    newest = max(before.lines, key=lambda line: line.seq, default=None)
    if request.seen is None or newest is None or newest.seq <= request.seen:
        return []
    facts: dict[str, Fact] = {
        "household": request.household,
        "seq": newest.seq,
        "act": newest.act,
        "amount": newest.amount_vnd,
    }
    return [Problem("", "refused.money_since_seen", facts)]


ACCOUNT_RULES: Final[tuple[Callable[[State, Account, RecordMoney, Setting], list[Problem]], ...]] = (
    _no_such_batch,
    _not_a_holder,
    _beyond_deposit,
    _written_since,
)


def _warning(message: str, facts: dict[str, Fact]) -> Problem:
    return Problem("", message, facts, severity="warning")


def _no_document(_: Account, request: RecordMoney) -> list[Problem]:
    if request.number or request.attachments:
        return []
    return [_warning("warning.money_document", {"act": request.act})]


def _beyond_approval(before: Account, request: RecordMoney) -> list[Problem]:
    """More leaves the till than is approved, in all or by the day; a withdrawal left it long before."""
    if request.act not in {"paid", "deposited"}:
        return []
    return beyond_approval(before, request.amount_vnd, request.on, "")


MONEY_WARNINGS: Final[tuple[Callable[[Account, RecordMoney], list[Problem]], ...]] = (
    _no_document,
    _beyond_approval,
)


def _completed(state: State, before: Account, request: RecordMoney, setting: Setting) -> Iterator[Draft]:
    """The milestone `paid` of the holdings whose money the household now has, all of it."""
    if request.act not in {"paid", "withdrawn"}:
        return
    written = Line(
        state.known + 1,
        request.on,
        request.act,
        request.amount_vnd,
        request.household,
        request.parcel,
        None,
        request.batch,
    )
    for holding in paid_up(state, (*before.lines, written), request.ids, request.parcel):
        if holding.since > request.on:
            continue
        mark = Mark((holding.parcel,), PAID, request.on, request.number, holding.household)
        fact = Milestone(holding.parcel, holding.household, PAID, request.number, None, request.batch)
        odd = holding_warnings(state, holding, mark, setting)
        yield Draft(request.on, fact, request.attachments, tuple(odd))


def paid_up(
    state: State, lines: Sequence[Line], ids: frozenset[str], parcel: str | None
) -> list[HoldingState]:
    """The holdings that have not reached `paid` though the household has all that is approved for them.

    Args:
        state: Of the day.
        lines: Of the household's account.
        ids: All ids of the household.
        parcel: The parcel that was paid, where it was one.

    Returns:
        By parcel id; each with an approval of its own, or where no holding has one, all of them.
    """
    sums = sums_of(lines)
    approved = {line.parcel for line in lines if line.act == "approved"}
    held = [
        holding
        for place in sorted(p for one in ids for p in state.told_of.get(one, ()) if p is not None)
        for holding in state.of_parcel(place)
        if holding.household in ids
    ]
    held = list({(h.parcel, h.household): h for h in held}.values())
    own = [h for h in held if h.parcel in approved or APPROVED_MILESTONE in h.milestones]
    meant = own or (held if None in approved else [])
    if not sums.approved:
        return []
    if sums.paid < sums.approved or sums.deposited:
        meant = [h for h in meant if h.parcel == parcel and _parcel_is_paid(lines, h.parcel)]
    return [h for h in meant if PAID not in h.milestones]


def _parcel_is_paid(lines: Sequence[Line], parcel: str) -> bool:
    """Whether all that was approved for a parcel is paid, and nothing of it deposited."""
    pieces = [
        p for p in settle(sorted(lines, key=lambda one: (one.on, one.seq))).pieces if p.parcel == parcel
    ]
    approved = sum(p.amount_vnd for p in pieces if p.act == "approved")
    paid = sum(p.amount_vnd for p in pieces if p.act == "paid")
    return 0 < approved <= paid and not any(p.act == "deposited" for p in pieces)
