"""An office's tracking list into the project: what it would do, and doing it in one transaction.

Parcels that no map has get their ids and no shape; recovered areas become a version of the layer "listed";
households go to the register under random ids; holdings and milestones become entries that name file and
row. All of it or nothing, and the same file twice writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gis.errors import ImportRefusedError, Problem, RefusedError, SyntheticProjectError
from gis.ledger.effects import after
from gis.ledger.entry import Draft
from gis.ledger.facts import Boundaries, Opening
from gis.ledger.holdings import hold
from gis.ledger.openings import OPENING_RULES
from gis.ledger.setting import require_none
from gis.ledger.voids import explained, void
from gis.project.days import vietnam_day
from gis.project.frames import EMPTY_UNITS
from gis.project.listed_units import frame_of, rows_of
from gis.project.office_list_people import KnownPeople, Matched, match_people
from gis.project.office_list_plan import ListPlan, Standing, plan_list
from gis.project.office_list_preview import ListPreview, preview_of
from gis.project.office_list_rows import NO_LIST_ANSWERS, ListAnswers, Resolved, resolve
from gis.project.snapshot import unit_labels
from gis.project.versions import day_in_force, last_fact, version_draft
from gis.store.list_households import ListHousehold, forget_list, read_list, write_list
from gis.store.register import Household, add_households, read_rows
from gis.store.versions import read_version

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State
    from gis.project.listed_units import ListedRow
    from gis.project.project import Project
    from gis.sheets.tracking import TrackingList
    from gis.store.database import Stamp, Writer
    from gis.store.list_households import Connection

SAME_LIST_SHARE: Final = 0.5  # of the parcels of the smaller file: then one continues the other
LIST_ID_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class ImportedList:
    """What an import of a list did: the preview that it carried out, and its entries."""

    preview: ListPreview
    seqs: tuple[int, ...]

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is to be looked at."""
        return tuple(one for one in self.preview.problems if one.severity == "warning")


def preview_list(
    project: Project, tracking: TrackingList, today: date, answers: ListAnswers = NO_LIST_ANSWERS
) -> ListPreview:
    """What an import of a list would do, with every reason why it would be refused; writes nothing.

    Raises:
        SyntheticProjectError: If the project holds sample data.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    look = _Look(project, tracking, answers, today)
    project.preview(look, today)
    return look.seen[0]


@dataclass(frozen=True, eq=False)
class _Look:
    """A command that writes nothing and keeps what it saw, what the ledger would refuse too."""

    project: Project
    tracking: TrackingList
    answers: ListAnswers
    today: date
    seen: list[ListPreview] = field(default_factory=list)

    def decide(self, state: State, setting: Setting) -> Sequence[Draft]:
        """No entry."""
        with self.project.ledger.reading() as connection:
            work = _Import.of(self.project, state, connection, self.tracking, self.answers, self.today)
        shown = work.preview
        if not shown.refused:
            shown = replace(shown, problems=(*shown.problems, *work.refusals(setting)))
        self.seen.append(shown)
        return ()

    def is_repeated_by(self, _: Sequence[Entry]) -> bool:
        """Never written."""
        return False


def import_list(
    project: Project, tracking: TrackingList, stamp: Stamp, answers: ListAnswers = NO_LIST_ANSWERS
) -> ImportedList:
    """Everything of a list, or nothing; see the module.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        ImportRefusedError: With every reason by sheet, row and column; nothing was written.
        RefusedError: If the ledger refuses an entry; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    done: list[_Import] = []

    def decide(now: State, setting: Setting, writer: Writer) -> Sequence[Draft]:
        work = _Import.of(project, now, writer.connection, tracking, answers, vietnam_day(stamp.now))
        done.append(work)
        work.require_decided()
        drafts = work.drafts(setting)
        work.write_register(writer.connection, stamp, wrote=bool(drafts))
        return drafts

    receipt = project.write(stamp, decide, lambda _: True)
    if not done:  # the same request, sent again
        return ImportedList(preview_list(project, tracking, vietnam_day(stamp.now), answers), receipt.seqs)
    return ImportedList(done[0].preview, receipt.seqs)


@dataclass(frozen=True, eq=False)
class _Import:
    """One list, worked out against the ledger as it is."""

    project: Project
    now: State
    tracking: TrackingList
    answers: ListAnswers
    resolved: Resolved
    matched: Matched
    plan: ListPlan
    list_id: str
    known: tuple[ListHousehold, ...]
    preview: ListPreview

    @classmethod
    def of(
        cls,
        project: Project,
        now: State,
        connection: Connection,
        tracking: TrackingList,
        answers: ListAnswers,
        today: date,
    ) -> _Import:
        """Work out what would be written."""
        standing = _standing(project, now, today)
        resolved = resolve(tracking.rows, project.plan, answers)
        before = rows_of(standing.listed)
        list_id, continues = _list_of(tracking, resolved, before)
        known = tuple(read_list(connection, list_id))
        matched = match_people(
            resolved, _known_people(connection, standing, resolved, before, list_id, known)
        )
        spoken = frozenset(column.meaning.partition(".")[0] for column in tracking.columns)
        plan = plan_list(standing, resolved, matched, list_id, tracking.file, answers, spoken)
        problems = (*tracking.problems, *resolved.problems, *matched.problems, *plan.problems)
        unknown = sum(one.on is None for holding in resolved.holdings for one in holding.milestones)
        if unknown:
            latest = answers.latest or today
            facts: dict[str, Fact] = {"count": unknown, "on": latest.isoformat()}
            said = Problem(tracking.file, "problem.list_days_unknown", facts, "warning")
            problems = (*problems, said)
        labels = unit_labels(plan.units) | {row.parcel: "/".join(row.key) for row in before}
        preview = preview_of(
            project.plan, tracking, resolved, plan, problems, continues, labels, matched.fresh
        )
        return cls(project, now, tracking, answers, resolved, matched, plan, list_id, known, preview)

    def require_decided(self) -> None:
        """Go on where nothing is refused and every change was decided."""
        problems = list(self.preview.problems)
        if self.plan.changed and self.answers.changes == "ask":
            facts: dict[str, Fact] = {"count": len(self.plan.changed)}
            problems.append(Problem(self.tracking.file, "problem.list_changes_undecided", facts))
        if any(problem.severity == "refused" for problem in problems):
            raise ImportRefusedError(problems=problems, files=self.tracking.file)

    def drafts(self, setting: Setting) -> list[Draft]:
        """The entries, versions first: parcels, areas, corrections, holdings, milestones."""
        versions, changed = self._versions(setting)
        rest = self._rest(setting)
        return [*versions, *rest] if rest or changed else []

    def refusals(self, setting: Setting) -> tuple[Problem, ...]:
        """Why the ledger would not take the entries."""
        try:
            self._rest(setting)
        except RefusedError as error:
            return tuple(error.problems)
        return ()

    def _rest(self, setting: Setting) -> list[Draft]:
        labels = dict(setting.labels) | unit_labels(self.plan.units)
        wider = replace(setting, parcels=labels, labels=labels)
        voids = explained(void(self.now, self.plan.voids, setting.aliases), self.tracking.file)
        held = hold(after(self.now, voids), self.plan.holdings, wider)
        then = after(self.now, (*voids, *held))
        rows = self.plan.openings
        require_none([p for row in rows for rule in OPENING_RULES for p in rule(then, row, wider)])
        openings = [
            Draft(
                row.on,
                Opening(
                    row.parcel,
                    row.household,
                    row.milestone,
                    row.document,
                    row.amount_vnd,
                    row.not_later_than,
                    self.tracking.sha256,
                    row.row,
                ),
            )
            for row in rows
        ]
        return [*voids, *held, *openings]

    def _versions(self, setting: Setting) -> tuple[list[Draft], bool]:
        """Versions of the parcels, if new, and of the listed areas; and whether they say anything new."""
        now, folder = self.now, self.project.versions_folder
        files = ((self.tracking.file, self.tracking.sha256),)
        listed = version_draft(
            folder,
            "listed",
            frame_of(self.plan.listed, self.project.plan.crs),
            files,
            self._since("listed", setting),
            0,
        )
        before, parcels = last_fact(now, "listed"), last_fact(now, "parcels")
        changed = before is None or getattr(listed.fact, "sha256", "") != before.sha256
        if not len(self.plan.units):
            return [listed], changed
        day = self._since("parcels", setting)
        units = version_draft(folder, "parcels", self.plan.units, files, day, self.plan.next_uid)
        if parcels is not None and getattr(units.fact, "sha256", "") == parcels.sha256:
            return [listed], changed
        return [units, listed], True

    def _since(self, layer: str, setting: Setting) -> date:
        """From when a version counts: as the one before, for a list tells of days before it was read.

        A household that handed over in March and stands first in the file of April was cleared in March.
        """
        days = (
            one.on
            for one in self.now.history.get(None, ())
            if isinstance(one.fact, Boundaries) and one.fact.layer == layer and one.on is not None
        )
        return day_in_force(self.now, layer, self.answers.on or max(days, default=None), setting)

    def write_register(self, connection: Connection, stamp: Stamp, *, wrote: bool) -> None:
        """New households, and how the list calls all of them; a name that it corrects only where asked."""
        people = {self.matched.ids[key]: one for key, one in self.resolved.people.items()}
        of_list = {one.household_id: one for one in self.known}
        renamed = {
            household
            for household, one in people.items()
            if household in of_list and of_list[household].name != one.name
        }
        chosen = self.matched.fresh | (renamed if self.answers.changes == "take" else set())
        add_households(
            connection,
            [
                Household(household, one.name, one.kind, one.hamlet, one.commune)
                for household, one in people.items()
                if household in chosen
            ],
            stamp,
        )
        told = [
            ListHousehold(self.list_id, household, one.code, one.name, one.hamlet)
            for household, one in people.items()
        ]
        if wrote or renamed:
            write_list(connection, [one for one in told if of_list.get(one.household_id) != one])
        if self.answers.gone == "take":
            gone = {row.household for row in self.plan.gone} - people.keys()
            forget_list(connection, self.list_id, gone)


def _standing(project: Project, now: State, today: date) -> Standing:
    folder = project.versions_folder
    parcels, listed = last_fact(now, "parcels"), last_fact(now, "listed")
    empty = EMPTY_UNITS.set_crs(project.plan.crs, allow_override=True)
    return Standing(
        now,
        read_version(folder, parcels.sha256) if parcels else empty,
        parcels.next_uid if parcels else 1,
        read_version(folder, listed.sha256) if listed else None,
        project.plan.starts,
        today,
    )


def _list_of(
    tracking: TrackingList, resolved: Resolved, before: Sequence[ListedRow]
) -> tuple[str, str | None]:
    """The list that a file is of, and the file of it that came before; a new list where none is like it."""
    keys = set(resolved.parcels)
    by_list: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for row in before:
        by_list[row.list_id].add(row.key)
    shares = {one: len(keys & own) / max(min(len(keys), len(own)), 1) for one, own in by_list.items()}
    best = max(shares, key=lambda one: shares[one], default=None)
    if best is None or shares[best] < SAME_LIST_SHARE:
        return tracking.sha256[:LIST_ID_DIGITS], None
    return best, next(row.file for row in reversed(before) if row.list_id == best)


def _known_people(
    connection: Connection,
    standing: Standing,
    resolved: Resolved,
    before: Sequence[ListedRow],
    list_id: str,
    known: Sequence[ListHousehold],
) -> list[KnownPeople]:
    """The households of the list's earlier file, then those who hold its parcels otherwise."""
    of_list = _people_of_file([row for row in before if row.list_id == list_id], known)
    return of_list + _people_of_land(connection, standing, resolved, {one.household for one in of_list})


def _people_of_file(rows: Sequence[ListedRow], known: Sequence[ListHousehold]) -> list[KnownPeople]:
    """The households of an earlier file, as it called them, then those of which only their land is known."""
    keys: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    first: dict[str, int] = {}
    for row in rows:
        keys[row.household].add(row.key)
        first[row.household] = min(row.row, first.get(row.household, row.row))
    named = {one.household_id: one for one in known}
    found = [
        KnownPeople(
            one.household_id,
            one.name,
            one.code,
            one.hamlet,
            frozenset(keys[one.household_id]),
            of_list=True,
            row=first[one.household_id],
        )
        for one in known
        if one.household_id in keys
    ]
    return found + [
        KnownPeople(one, "", "", "", frozenset(own), of_list=True)
        for one, own in keys.items()
        if one not in named
    ]


def _people_of_land(
    connection: Connection, standing: Standing, resolved: Resolved, besides: Collection[str]
) -> list[KnownPeople]:
    """The households of the register that hold parcels of a list, besides some."""
    units = standing.units
    places = zip(units["commune"], units["sheet"], units["number"], map(str, units.index), strict=True)
    held: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for commune, sheet, number, parcel in places:
        if (commune, sheet, number) in resolved.parcels:
            for holding in standing.state.of_parcel(parcel):
                if holding.household not in besides:
                    held[holding.household].add((commune, sheet, number))
    names = read_rows(connection, held)
    return [
        KnownPeople(one, names[one].name, "", names[one].hamlet, frozenset(own), of_list=False)
        for one, own in held.items()
        if one in names
    ]
