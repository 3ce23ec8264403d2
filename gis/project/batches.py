"""Đợt of an open project: the regimes, what is due, the figures of a đợt, the review of a list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.deadlines import DEFAULT_DEADLINES, SOON_DAYS, parse_deadlines
from gis.ledger.accounts import ACT_OF_MILESTONE, NO_ALIASES, first_ids, ids_of
from gis.ledger.batch_apply import examine, money_total
from gis.ledger.batches import holdings_of
from gis.ledger.due import Land, due
from gis.ledger.facts import Milestone, Money
from gis.milestones import MILESTONES
from gis.store import register
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from gis.deadlines import Deadlines
    from gis.errors import Problem
    from gis.ledger.batch_apply import ApplyDocument
    from gis.ledger.batches import Batch, Document
    from gis.ledger.due import Due
    from gis.ledger.entry import Draft
    from gis.ledger.state import HoldingState, State
    from gis.project.project import Project
    from gis.project.snapshot import Snapshot

M2_PER_HA = 10_000


def deadlines_of(folder: Path, milestones: Collection[str] = MILESTONES) -> Deadlines:
    """The regimes that ship, with what the project's own `deadlines.toml` puts in their place."""
    own = folder / "deadlines.toml"
    return parse_deadlines(read_text(own), own.name, milestones) if own.is_file() else DEFAULT_DEADLINES


def land_of(snapshot: Snapshot) -> Land:
    """Land uses, and the parcels of every zone of the plan, phases counted with their zone."""
    codes = {str(parcel): str(code or "") for parcel, code in snapshot.units["land_use"].items()}
    parents = {zone.zone_id: zone.parent for zone in snapshot.plan.zones}
    inside: dict[str, set[str]] = {zone: set() for zone in parents}
    for parcel, parts in snapshot.boundaries.parts_m2.items():
        for leaf in parts:
            zone: str | None = leaf
            while zone is not None:
                inside.setdefault(zone, set()).add(parcel)
                zone = parents.get(zone)
    return Land(codes, {zone: frozenset(parcels) for zone, parcels in inside.items()})


def what_is_due(
    snapshot: Snapshot,
    deadlines: Deadlines,
    land: Land,
    soon: int = SOON_DAYS,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> tuple[Due, ...]:
    """Every period of every đợt on the snapshot's day; see `gis.ledger.due.due`."""
    return due(snapshot.state, deadlines, land, snapshot.on, soon, aliases)


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """What a đợt comes to.

    Args:
        holdings: Of its members on its land, by household.
        zones_ha: Hectares of those parcels in each zone of the plan, each parcel once.
        reached: Members all of whose holdings here reached a milestone, by milestone.
        reached_holdings: Holdings here that reached a milestone, by milestone.
        applied: For each document by seq: the households and the holdings here that it marks.
        landless: Members who hold nothing here.
    """

    holdings: Mapping[str, tuple[HoldingState, ...]]
    zones_ha: Mapping[str, float]
    reached: Mapping[str, int]
    reached_holdings: Mapping[str, int]
    applied: Mapping[int, tuple[int, int]]
    landless: tuple[str, ...] = ()

    @property
    def parcels(self) -> frozenset[str]:
        """The parcels of its members."""
        return frozenset(h.parcel for holdings in self.holdings.values() for h in holdings)

    @property
    def households(self) -> int:
        """The members, people who were entered twice once."""
        return len(self.holdings) + len(self.landless)

    @property
    def area_ha(self) -> float:
        """Hectares in the zones of the plan."""
        return sum(self.zones_ha.values())


def batch_figures(
    snapshot: Snapshot, batch: Batch, land: Land, aliases: Mapping[str, str] = NO_ALIASES
) -> BatchFigures:
    """Members, land and progress of a đợt on the snapshot's day; who was entered twice is one household."""
    members = first_ids(batch.members, aliases).values()
    holdings = holdings_of(snapshot.state, members, land.of_batch(batch), aliases)
    named = {one: household for household in holdings for one in ids_of(household, aliases)}
    reached: Counter[str] = Counter()
    reached_holdings: Counter[str] = Counter()
    for held in holdings.values():
        reached.update(set.intersection(*(set(holding.milestones) for holding in held)))
        reached_holdings.update(name for holding in held for name in holding.milestones)
    parcels = {holding.parcel for held in holdings.values() for holding in held}
    return BatchFigures(
        holdings=holdings,
        zones_ha=zones_ha(snapshot, parcels, batch.zone),
        reached=dict(reached),
        reached_holdings=dict(reached_holdings),
        applied=_applied(snapshot.state, batch, holdings, named),
        landless=tuple(household for household in members if household not in holdings),
    )


def _applied(
    state: State,
    batch: Batch,
    holdings: Mapping[str, tuple[HoldingState, ...]],
    named: Mapping[str, str],
) -> dict[int, tuple[int, int]]:
    """For each document by seq: the households that it marks or pays and the holdings that it marks.

    A document is known by number and day, so that what was written without the đợt counts too. `named`
    says under which key of `holdings` each id stands.
    """
    seqs = {(ACT_OF_MILESTONE.get(one.milestone), one.number, one.on): one.seq for one in batch.documents}
    seqs |= {(one.milestone, one.number, one.on): one.seq for one in batch.documents}
    parcels = {holding.parcel for held in holdings.values() for holding in held}
    here = {(holding.parcel, holding.household) for held in holdings.values() for holding in held}
    households: dict[int, set[str]] = {one.seq: set() for one in batch.documents}
    marked: dict[int, set[tuple[str, str]]] = {one.seq: set() for one in batch.documents}
    for place in (None, *sorted(parcels)) if seqs else ():
        for entry in state.live(place):
            fact = entry.fact
            if not isinstance(fact, Milestone | Money) or entry.on is None or fact.household not in named:
                continue
            said = fact.milestone if isinstance(fact, Milestone) else fact.act
            seq = seqs.get((said, fact.document or "", entry.on))
            if seq is None or (place is not None and (place, fact.household) not in here):
                continue
            households[seq].add(named[fact.household])
            if isinstance(fact, Milestone):
                marked[seq].add((fact.parcel, fact.household))
    return {seq: (len(found), len(marked[seq])) for seq, found in households.items()}


def zones_ha(snapshot: Snapshot, parcels: Iterable[str], within: str | None = None) -> dict[str, float]:
    """Hectares of parcels in each zone, each parcel once, by zone id in the plan's order.

    Args:
        snapshot: Of the day.
        parcels: Their ids.
        within: Only in this zone and its phases; None: in all.
    """
    parents = {zone.zone_id: zone.parent for zone in snapshot.plan.zones}
    found: dict[str, float] = {}
    for parcel in sorted(set(parcels)):
        for leaf, part_m2 in snapshot.boundaries.parts_m2.get(parcel, {}).items():
            if within is None or within in lineage(leaf, parents):
                found[leaf] = found.get(leaf, 0.0) + part_m2 / M2_PER_HA
    return {zone: found[zone] for zone in parents if zone in found}


def lineage(zone: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """A zone and all that it lies in.

    >>> lineage("z1a", {"z1a": "z1", "z1": None})
    ('z1a', 'z1')
    """
    parent = parents.get(zone)
    return (zone,) if parent is None else (zone, *lineage(parent, parents))


@dataclass(frozen=True, slots=True)
class Review:
    """What a list would write, before it is written.

    Args:
        households: That would be marked or given money.
        parcels: That would be marked.
        zones_ha: Their hectares by zone, each parcel once.
        money_vnd: Whole đồng that would be recorded.
        entries: How many entries would be written.
        skipped: A line for each holding or amount that stands there already.
        warnings: What is odd, line by line.
        refused: Why nothing can be written; empty where it can.
    """

    households: int
    parcels: int
    zones_ha: Mapping[str, float]
    money_vnd: int
    entries: int
    skipped: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    refused: tuple[Problem, ...]

    @property
    def area_ha(self) -> float:
        """Hectares in all zones."""
        return sum(self.zones_ha.values())


def review(project: Project, request: ApplyDocument, today: date) -> Review:
    """What a request would do if it were sent now; nothing is written."""
    found, aliases = project.look(
        lambda state, setting: (examine(state, request, setting), setting.aliases), today
    )
    snapshot = project.snapshot(today)
    parcels = {draft.fact.parcel for draft in found.drafts if isinstance(draft.fact, Milestone)}
    return Review(
        households=len({aliases.get(one, one) for one in map(household_of, found.drafts) if one}),
        parcels=len(parcels),
        zones_ha=zones_ha(snapshot, parcels),
        money_vnd=money_total(found.drafts),
        entries=len(found.drafts),
        skipped=found.skipped,
        warnings=tuple(warning for draft in found.drafts for warning in draft.warnings),
        refused=found.refused,
    )


def household_of(draft: Draft) -> str | None:
    """The household that a draft speaks of."""
    found: str | None = getattr(draft.fact, "household", None)
    return found


def households_in(snapshot: Snapshot, land: Land, zone: str | None) -> tuple[str, ...]:
    """Ids of the households that hold land in a zone, or with None any; sorted."""
    parcels = snapshot.state.parcels if zone is None else land.inside.get(zone, frozenset())
    return tuple(sorted({h.household for parcel in parcels for h in snapshot.state.of_parcel(parcel)}))


def signatory(project: Project, document: Document) -> str | None:
    """Who signed a document, in the register's words; None where nobody is named or it was forgotten."""
    if document.signatory is None:
        return None
    with project.ledger.reading() as connection:
        return register.read_note(connection, document.signatory)
