"""Parcels become other parcels: what each new one starts with.

Who held the old land holds the new, in parts that follow exactly or are not determined; a milestone
goes along where all that a household brings in had reached it; money stays with the household.
Nothing is carried by guess: what cannot be decided is asked. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding, Milestone, ObjectListed, ObstacleOpened, Succession, Waiver
from gis.ledger.part import SquareMetres
from gis.ledger.setting import day_problems, require_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.part import Part
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, Reached, State

LONGEST_FRACTION: Final = 999_999  # digits of a part's text; beyond it a part is given in m²


@dataclass(frozen=True, slots=True)
class Succeed:
    """A request to let parcels succeed others.

    Args:
        pairs: (old parcel, new parcel, tenths of m² that they share).
        on: The day from which the new parcels stand.
        objects: Where a listed object (by its seq) stands now; needed where its parcel was divided.
    """

    pairs: tuple[tuple[str, str, int], ...]
    on: date
    objects: Mapping[int, str] = field(default_factory=dict)

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The succession, and what each new parcel starts with.

        Raises:
            RefusedError: With every reason.
        """
        require_none([p for rule in SUCCESSION_RULES for p in rule(state, self, setting)])
        drafts = [Draft(self.on, Succession(self.pairs))]
        for new, shares in self.by_new().items():
            drafts += self._holdings(state, new, shares)
            drafts += self._obstacles(state, new, shares)
        return (*drafts, *self._objects(state))

    def by_new(self) -> dict[str, dict[str, int]]:
        """Tenths of m² by new parcel and old parcel."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for old, new, tenths in self.pairs:
            found[new][old] = tenths
        return dict(found)

    def news_of(self, old: str) -> list[str]:
        """The parcels that an old one went into."""
        return [new for one, new, _ in self.pairs if one == old]

    def _holdings(self, state: State, new: str, shares: Mapping[str, int]) -> Iterator[Draft]:
        held: dict[str, list[HoldingState]] = defaultdict(list)
        for old in shares:
            for holding in state.of_parcel(old):
                held[holding.household].append(holding)
        divided = any(len(self.news_of(old)) > 1 for old in shares)
        parts = carried_parts(
            {name: {h.parcel: h.part for h in holdings} for name, holdings in held.items()},
            shares,
            divided=divided,
        )
        for household in held:
            yield Draft(self.on, Holding(new, household, parts[household]))
        for household, holdings in held.items():
            for milestone, reached in common_milestones(holdings).items():
                yield Draft(reached.on, Milestone(new, household, milestone, reached.document))
            for milestone in sorted(frozenset.intersection(*(h.waived for h in holdings))):
                yield Draft(self.on, Waiver(new, household, milestone))

    def _obstacles(self, state: State, new: str, shares: Mapping[str, int]) -> Iterator[Draft]:
        for old in shares:
            found = state.by_parcel.get(old)
            for obstacle in found.obstacles if found else ():
                yield Draft(obstacle.since, ObstacleOpened(new, obstacle.household, obstacle.category))

    def _objects(self, state: State) -> Iterator[Draft]:
        for old in dict.fromkeys(old for old, _, _ in self.pairs):
            found = state.by_parcel.get(old)
            for listed in found.objects if found else ():
                new = self.objects.get(listed.seq) or self.news_of(old)[0]
                yield Draft(listed.since, ObjectListed(new, listed.household, listed.category, listed.count))

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same succession."""
        return any(isinstance(e.fact, Succession) and e.fact.pairs == self.pairs for e in written)


def carried_parts(
    held: Mapping[str, Mapping[str, Part]], shares: Mapping[str, int], *, divided: bool
) -> dict[str, Part]:
    """Each household's part of a new parcel, exact or not determined.

    Args:
        held: Part by household and old parcel.
        shares: Tenths of m² that the new parcel has of each old one.
        divided: Whether an old parcel went into several new ones: a part in m² of it cannot be placed.

    >>> half = Fraction(1, 2)
    >>> carried_parts({"H1": {"P1": half}, "H2": {"P1": half}}, {"P1": 500}, divided=True)["H1"]
    Fraction(1, 2)
    >>> whole = {"H1": {"P1": Fraction(1)}, "H2": {"P2": Fraction(1)}}
    >>> carried_parts(whole, {"P1": 1, "P2": 3}, divided=False)
    {'H1': Fraction(1, 4), 'H2': Fraction(3, 4)}
    """
    if len(shares) == 1:
        of_one = {household: next(iter(parts.values())) for household, parts in held.items()}
        return {
            household: None if divided and isinstance(part, SquareMetres) else part
            for household, part in of_one.items()
        }
    whole = sum(shares.values())
    tenths: dict[str, Fraction] = {}
    for household, parts in held.items():
        fractions = [(shares[old], part) for old, part in parts.items() if isinstance(part, Fraction)]
        if len(fractions) < len(parts):
            return dict.fromkeys(held)  # one that is not known leaves none known
        tenths[household] = sum((share * part for share, part in fractions), Fraction(0))
    if sum(tenths.values(), Fraction(0)) != whole:
        return dict.fromkeys(held)  # an old parcel without a holder
    exact = {household: share / whole for household, share in tenths.items()}
    if all(part.denominator <= LONGEST_FRACTION for part in exact.values()):
        return dict(exact)
    in_m2 = {household: _square_metres(share) for household, share in tenths.items()}
    return dict(in_m2) if all(in_m2.values()) else dict.fromkeys(held)


def _square_metres(tenths: Fraction) -> SquareMetres | None:
    ten_thousandths = tenths * 1000
    if ten_thousandths.denominator != 1:
        return None
    return SquareMetres((Decimal(ten_thousandths.numerator) / 10_000).normalize())


def common_milestones(holdings: Sequence[HoldingState]) -> dict[str, Reached]:
    """The milestones that all of some holdings reached, each as the last of them did."""
    shared = set.intersection(*(set(h.milestones) for h in holdings))
    return {
        name: max((h.milestones[name] for h in holdings), key=lambda reached: (reached.on, reached.seq))
        for name in holdings[0].milestones
        if name in shared
    }


def of_a_day(_: State, request: Succeed, setting: Setting) -> list[Problem]:
    """A succession is of a day that may be written of."""
    return day_problems(request.on, setting)


def new_ones_are_new(state: State, request: Succeed, setting: Setting) -> list[Problem]:
    """A parcel that the ledger speaks of is no new one, and a new one is on the map."""
    problems = []
    for new in request.by_new():
        source = setting.label(new)
        if new not in setting.parcels:
            problems.append(Problem(source, "refused.unknown_parcel"))
        if state.last_seq(new):
            problems.append(Problem(source, "refused.successor_has_entries", {"seq": state.last_seq(new)}))
    return problems


def old_ones_stand(state: State, request: Succeed, setting: Setting) -> list[Problem]:
    """A parcel is succeeded once, and not before what its holders' entries say of it."""
    gone = {
        old: entry.seq
        for entry in state.history.get(None, ())
        if isinstance(entry.fact, Succession) and entry.seq not in state.voided
        for old, _, _ in entry.fact.pairs
    }
    problems = []
    for old in dict.fromkeys(old for old, _, _ in request.pairs):
        source = setting.label(old)
        if old in gone:
            problems.append(Problem(source, "refused.succeeded_already", {"seq": gone[old]}))
        for holding in state.of_parcel(old):
            last = max((r.on for r in holding.milestones.values()), default=holding.since)
            if request.on < max(last, holding.since):
                facts: dict[str, Fact] = {
                    "household": holding.household,
                    "on": request.on.isoformat(),
                    "last": max(last, holding.since).isoformat(),
                }
                problems.append(Problem(source, "refused.succession_too_early", facts))
    return problems


def objects_have_a_place(state: State, request: Succeed, setting: Setting) -> list[Problem]:
    """Where a parcel was divided, somebody must say on which part its graves or houses stand."""
    problems = []
    for old in dict.fromkeys(old for old, _, _ in request.pairs):
        news, found = request.news_of(old), state.by_parcel.get(old)
        for listed in found.objects if found else ():
            if len(news) > 1 and request.objects.get(listed.seq) not in news:
                facts: dict[str, Fact] = {
                    "seq": listed.seq,
                    "category": listed.category,
                    "count": listed.count,
                    "news": ", ".join(setting.label(new) for new in news),
                }
                problems.append(Problem(setting.label(old), "refused.object_without_place", facts))
    return problems


SUCCESSION_RULES: Final[tuple[Callable[[State, Succeed, Setting], list[Problem]], ...]] = (
    of_a_day,
    new_ones_are_new,
    old_ones_stand,
    objects_have_a_place,
)
