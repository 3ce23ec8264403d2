"""Land to the investor by block: its parcels, less listed exceptions ("trừ phần còn vướng"), by minutes.

A parcel belongs to the block that named it last, so no land counts in two. Nothing is delivered that is
not handed over: such a parcel is excepted as a whole, or the delivery is refused. What was excepted is
delivered later under the same block's name by new minutes. The milestone `delivered` is marked on
every holding of a parcel that is delivered as a whole; of a part it would say too much.
Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger.entry import Draft
from gis.ledger.facts import Delivery, Milestone, Succession
from gis.ledger.marks import Mark
from gis.ledger.rules import since_seen
from gis.ledger.setting import day_problems, document_number, has_scans, require_none, text_problems
from gis.ledger.warnings import holding_warnings
from gis.milestones import CLEARED_MILESTONE, DELIVERED_MILESTONE
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State

DELIVERED: Final = DELIVERED_MILESTONE
NAME_MOST: Final = 60
DOCUMENT_MOST: Final = 80
TENTHS: Final = 10  # of a square metre


@dataclass(frozen=True, slots=True)
class ParcelDelivery:
    """How the last delivery that names a parcel left it.

    `excepted` in tenths of m²: 0 nothing, None the whole parcel: it is listed, and not delivered.
    """

    parcel: str
    block: str
    on: date
    seq: int
    excepted: int | None


@dataclass(frozen=True, slots=True)
class Minutes:
    """One delivery of a block: its minutes and their day; `number` is empty where a scan stands for it."""

    seq: int
    on: date
    number: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its minutes by day, and how they left its parcels, by parcel id."""

    name: str
    minutes: tuple[Minutes, ...]
    parcels: tuple[ParcelDelivery, ...]


def deliveries(state: State) -> dict[str, ParcelDelivery]:
    """Of each parcel that a delivery names, the last one by day and then by seq."""
    found: dict[str, ParcelDelivery] = {}
    for entry in state.live(None):
        fact = entry.fact
        if isinstance(fact, Delivery) and entry.on is not None:
            excepted = dict(fact.exceptions)
            for parcel in fact.parcels:
                found[parcel] = ParcelDelivery(
                    parcel, fact.block, entry.on, entry.seq, excepted.get(parcel, 0)
                )
    return found


def blocks(state: State) -> tuple[Block, ...]:
    """The blocks of the day in the order of their first minutes; one that lost all its parcels stays."""
    minutes: dict[str, list[Minutes]] = {}
    for entry in state.live(None):
        fact = entry.fact
        if isinstance(fact, Delivery) and entry.on is not None:
            one = Minutes(entry.seq, entry.on, fact.document, entry.attachments)
            minutes.setdefault(fact.block, []).append(one)
    by_block: dict[str, list[ParcelDelivery]] = {name: [] for name in minutes}
    for _, delivery in sorted(deliveries(state).items()):
        by_block[delivery.block].append(delivery)
    return tuple(Block(name, tuple(minutes[name]), tuple(by_block[name])) for name in minutes)


def is_handed_over(state: State, parcel: str) -> bool:
    """Whether somebody holds a parcel and every holding was handed over."""
    holdings = state.of_parcel(parcel)
    return bool(holdings) and all(CLEARED_MILESTONE in holding.milestones for holding in holdings)


def reasons(state: State, parcel: str) -> tuple[tuple[str, str], ...]:
    """Why a parcel may be excepted: ("obstacle" | "object", category), or ("state", "not_handed_over")."""
    found = state.by_parcel.get(parcel)
    told: dict[tuple[str, str], None] = {}
    if not is_handed_over(state, parcel):
        told["state", "not_handed_over"] = None
    for obstacle in found.obstacles if found else ():
        told["obstacle", obstacle.category] = None
    for one in found.objects if found else ():
        told["object", one.category] = None
    return tuple(told)


@dataclass(frozen=True, slots=True)
class DeliverBlock:
    """A request to record that a block of land, or its rest, went to the investor.

    Args:
        block: What it is called; it goes into the chain, so no person's name.
        on: The day of the minutes.
        parcels: All parcels of the block (or of its rest), excepted ones among them.
        exceptions: (parcel, tenths of m² that are not delivered); None: the whole parcel.
        document: Number of the minutes; empty where a scan stands for it.
        attachments: Scans of the minutes, stored before.
        seen: By parcel, the last seq that spoke of it when its user looked; None: not asked.
    """

    block: str
    on: date
    parcels: tuple[str, ...]
    exceptions: tuple[tuple[str, int | None], ...] = ()
    document: str = ""
    attachments: tuple[Attachment, ...] = ()
    seen: Mapping[str, int] | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Its parcels, each once, in the request's order."""
        return tuple(dict.fromkeys(self.parcels))

    @property
    def excepted(self) -> dict[str, int | None]:
        """Its exceptions by parcel."""
        return dict(self.exceptions)

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The delivery, and the milestone `delivered` of every parcel that goes as a whole.

        Raises:
            RefusedError: With every reason, by parcel in the request's order.
        """
        problems = [p for rule in BLOCK_RULES for p in rule(self, setting)]
        before = with_heirs(state)
        for parcel in self.named:
            case = _Case(state, self, setting, before, parcel)
            problems += [problem for rule in PARCEL_RULES for problem in rule(case)]
        require_none(problems)
        order = [(parcel, self.excepted[parcel]) for parcel in self.named if parcel in self.excepted]
        name = known_name(state, self.block)
        fact = Delivery(name, document_number(self.document) or "", self.named, tuple(order))
        warnings = [w for parcel in self.named for w in _left(state, self, parcel, setting.label(parcel))]
        marks = tuple(self._marks(state, setting))
        return (Draft(self.on, fact, self.attachments, tuple(warnings)), *marks)

    def _marks(self, state: State, setting: Setting) -> Iterator[Draft]:
        number = document_number(self.document)
        for parcel in self.named:
            for holding in _to_mark(state, self, parcel):
                mark = Mark((parcel,), DELIVERED, self.on, number, holding.household)
                odd = holding_warnings(state, holding, mark, setting)
                fact = Milestone(parcel, holding.household, DELIVERED, number)
                yield Draft(self.on, fact, self.attachments, tuple(odd))

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same parcels and exceptions of the same block and day, by the same document and no new scan."""
        return [
            (_same_name(e.fact.block), e.fact.parcels, dict(e.fact.exceptions), e.fact.document)
            for e in written
            if isinstance(e.fact, Delivery) and e.on == self.on and has_scans(e, self.attachments)
        ] == [(_same_name(self.block), self.named, self.excepted, document_number(self.document) or "")]


def _to_mark(state: State, request: DeliverBlock, parcel: str) -> list[HoldingState]:
    """The holdings of a parcel that is delivered as a whole, and that were not marked before."""
    if parcel in request.excepted:
        return []
    held = [one for one in state.of_parcel(parcel) if one.since <= request.on]
    return [one for one in held if DELIVERED not in one.milestones]


def known_name(state: State, name: str) -> str:
    """A block's name as it was first written, where only case or spaces differ."""
    names = {_same_name(one.name): one.name for one in reversed(blocks(state))}
    return names.get(_same_name(name), " ".join(nfc(name).split()))


def _same_name(name: str) -> str:
    """A block's name without what tells no two blocks apart: case and spaces."""
    return " ".join(nfc(name).split()).casefold()


def with_heirs(state: State) -> dict[str, ParcelDelivery]:
    """As `deliveries`, and by the parcels that took over delivered land the delivery of that land."""
    found = deliveries(state)
    for entry in state.live(None):
        for old, new, _ in entry.fact.pairs if isinstance(entry.fact, Succession) else ():
            before = found.get(old)
            if before is not None and before.excepted is not None and new not in found:
                found[new] = before
    return found


def _bad_words(request: DeliverBlock, _: Setting) -> list[Problem]:
    name, number = request.block.strip(), request.document.strip()
    problems = text_problems(request.block, request.document)
    if not 0 < len(name) <= NAME_MOST:
        problems.append(Problem("", "refused.block_name", {"most": NAME_MOST, "found": len(name)}))
    if len(number) > DOCUMENT_MOST:
        problems.append(Problem("", "refused.document_number", {"most": DOCUMENT_MOST}))
    return problems


def _no_minutes(request: DeliverBlock, _: Setting) -> list[Problem]:
    shown = request.document.strip() or request.attachments
    return [] if shown else [Problem("", "refused.delivery_minutes")]


def _bad_day(request: DeliverBlock, setting: Setting) -> list[Problem]:
    return day_problems(request.on, setting)


def _nothing(request: DeliverBlock, _: Setting) -> list[Problem]:
    """Something must go to the investor: a list of exceptions alone delivers nothing."""
    if not request.parcels:
        return [Problem("", "refused.nothing_named")]
    wholly = {parcel for parcel, tenths in request.exceptions if tenths is None}
    return [] if set(request.parcels) - wholly else [Problem("", "refused.nothing_delivered")]


def _stray_exceptions(request: DeliverBlock, setting: Setting) -> list[Problem]:
    """An exception is a part of the block, listed once."""
    count = Counter(parcel for parcel, _ in request.exceptions)
    problems = []
    for parcel, times in count.items():
        if parcel not in request.parcels:
            problems.append(Problem(setting.label(parcel), "refused.exception_outside"))
        elif times > 1:
            problems.append(Problem(setting.label(parcel), "refused.exception_twice"))
    return problems


BLOCK_RULES: Final[tuple[Callable[[DeliverBlock, Setting], list[Problem]], ...]] = (
    _bad_words,
    _no_minutes,
    _bad_day,
    _nothing,
    _stray_exceptions,
)


@dataclass(frozen=True, slots=True)
class _Case:
    """One parcel of a request: what its rules look at."""

    state: State
    request: DeliverBlock
    setting: Setting
    before: Mapping[str, ParcelDelivery]
    parcel: str

    @property
    def source(self) -> str:
        return self.setting.label(self.parcel)

    @property
    def wholly_excepted(self) -> bool:
        return self.parcel in self.request.excepted and self.request.excepted[self.parcel] is None


def _unknown(case: _Case) -> list[Problem]:
    return [] if case.parcel in case.setting.parcels else [Problem(case.source, "refused.unknown_parcel")]


def _bad_exception(case: _Case) -> list[Problem]:
    """An exception in m² is a part of the parcel: above 0 and less than all of it."""
    tenths = case.request.excepted.get(case.parcel)
    area_m2 = case.setting.areas_m2.get(case.parcel)
    if tenths is None or (tenths > 0 and (area_m2 is None or tenths < area_m2 * TENTHS)):
        return []
    facts: dict[str, Fact] = {"found": tenths / TENTHS, "area": area_m2}
    return [Problem(case.source, "refused.exception_amount", facts)]


def _not_handed_over(case: _Case) -> list[Problem]:
    """Land that its holders have not handed over is not delivered."""
    known = case.parcel in case.setting.parcels
    if not known or case.wholly_excepted:
        return []
    holdings = case.state.of_parcel(case.parcel)
    if is_handed_over(case.state, case.parcel):
        return _handed_over_later(case, holdings)
    if not holdings:
        return [Problem(case.source, "refused.delivered_unheld")]
    waiting = [one.household for one in holdings if CLEARED_MILESTONE not in one.milestones]
    facts: dict[str, Fact] = {"count": len(waiting), "households": ", ".join(waiting)}
    return [Problem(case.source, "refused.not_handed_over", facts)]


def _handed_over_later(case: _Case, holdings: Sequence[HoldingState]) -> list[Problem]:
    """Nor is it delivered on a day on which it was not handed over yet, so far as that day is known."""
    reached = (holding.milestones[CLEARED_MILESTONE] for holding in holdings)
    last = max((one.on for one in reached if not one.not_later_than), default=case.request.on)
    if last <= case.request.on:
        return []
    facts: dict[str, Fact] = {"on": case.request.on.isoformat(), "handed_over": last.isoformat()}
    return [Problem(case.source, "refused.delivered_before_handover", facts)]


def _delivered_before(case: _Case) -> list[Problem]:
    """Land goes to the investor once: in one block, a rest after its first part."""
    request, known = case.request, case.before.get(case.parcel)
    if known is None:
        return []
    facts: dict[str, Fact] = {"block": known.block, "on": known.on.isoformat(), "seq": known.seq}
    tenths = request.excepted.get(case.parcel, 0)
    if request.on < known.on:
        return [Problem(case.source, "refused.delivery_early", facts | {"found": request.on.isoformat()})]
    if known.excepted is None:
        return []
    if _same_name(request.block) != _same_name(known.block):
        return [Problem(case.source, "refused.delivered_elsewhere", facts)]
    if known.excepted == 0 or known.parcel != case.parcel:
        return [Problem(case.source, "refused.delivered_already", facts)]
    if tenths is None or tenths >= known.excepted:
        return [Problem(case.source, "refused.exception_grew", facts | {"before": known.excepted / TENTHS})]
    return []


def _written_since(case: _Case) -> list[Problem]:
    """Nobody delivers over what somebody else wrote after they looked."""
    asked = case.request.seen
    seen = None if asked is None else asked.get(case.parcel, 0)
    return since_seen(case.state, case.parcel, seen, case.source)


PARCEL_RULES: Final[tuple[Callable[[_Case], list[Problem]], ...]] = (
    _unknown,
    _bad_exception,
    _not_handed_over,
    _delivered_before,
    _written_since,
)


def _left(state: State, request: DeliverBlock, parcel: str, source: str) -> Iterable[Problem]:
    """What still stands in the way or on a parcel that is delivered as a whole."""
    found = state.by_parcel.get(parcel)
    if parcel in request.excepted or found is None:
        return
    for obstacle in found.obstacles:
        facts: dict[str, Fact] = {"category": obstacle.category, "since": obstacle.since.isoformat()}
        yield Problem(source, "warning.delivered_obstacle", facts, severity="warning")
    left: Counter[str] = Counter()
    for one in found.objects:
        left[one.category] += one.count
    for category, count in left.items():
        yield Problem(
            source, "warning.delivered_objects", {"category": category, "count": count}, severity="warning"
        )
