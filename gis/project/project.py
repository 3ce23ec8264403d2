"""An open project: reads its folder and ledger, answers with snapshots, carries out commands."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import pandas as pd

from gis.errors import LedgerLostError, NoProjectError, Problem, RequestReusedError
from gis.ledger.facts import Boundaries as BoundariesFact
from gis.ledger.facts import notes_of
from gis.ledger.marks import Correct
from gis.ledger.setting import OfAll, Setting, Worded, require_account
from gis.ledger.shares import check_shares
from gis.ledger.state import State, state
from gis.ledger.verify import check_chain
from gis.ledger.voids import Cancel
from gis.plan import parse_plan
from gis.project import attachments
from gis.project.days import vietnam_day
from gis.project.frames import EMPTY_UNITS, EMPTY_ZONES
from gis.project.record import Record
from gis.project.snapshot import Boundaries, Snapshot
from gis.project.versions import check_versions
from gis.project.whole import Whole
from gis.store import register
from gis.store.database import LEDGER_FILE, Stamp, open_ledger, require_entries
from gis.store.register_checks import check_register
from gis.store.shared_versions import check_shared_versions, fetch_versions, share_versions
from gis.store.text_files import read_text
from gis.store.versions import read_version, versions
from gis.store.words import keep_all_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from gis.ledger.chain import Head
    from gis.ledger.entry import Draft, Entry
    from gis.ledger.marks import Mark
    from gis.ledger.setting import Command
    from gis.plan import Plan
    from gis.store.database import Ledger, Writer

Found = TypeVar("Found")

SNAPSHOTS_KEPT = 8
BOUNDARIES_KEPT = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command wrote: its seqs, whether they stood there from an earlier try, what is odd about it."""

    seqs: tuple[int, ...]
    repeated: bool = False
    warnings: tuple[Problem, ...] = ()


def warned_before(written: Sequence[Entry]) -> tuple[Problem, ...]:
    """What the writer of entries was warned of, as the entries keep it: in general, without its facts."""
    ids = dict.fromkeys(warned for entry in written for warned in entry.warned)
    return tuple(Problem("", one.replace("warning.", "warned.", 1), severity="warning") for one in ids)


class Project:
    """One project folder, safe to share between threads; other programs may write beside it."""

    def __init__(self, folder: Path, plan: Plan, ledger: Ledger) -> None:
        """Hold what `Project.open` read."""
        self.folder = folder
        self.plan = plan
        self.ledger = ledger
        self._lock = threading.RLock()
        self._record = Record(ledger)
        self._whole = Whole(self._record)
        self._snapshots: OrderedDict[tuple[str, date, int], Snapshot] = OrderedDict()
        self._boundaries: OrderedDict[str, Boundaries] = OrderedDict()

    @classmethod
    def open(cls, folder: Path, url: str | None = None) -> Project:
        """The project of a folder; the sample's ledger is made on its first opening.

        Args:
            folder: Where `project.toml` is.
            url: The PostgreSQL that keeps its ledger; None asks GPMB_DATABASE_URL, without which it
                is the file `ledger.db` of the folder.

        Raises:
            DataError: If `project.toml` is missing or wrong, with every reason.
            GisError: If the ledger cannot be opened.
        """
        from gis.project.seed import seed  # noqa: PLC0415 - seed needs a Project

        plan = read_plan(folder)
        address = url or os.environ.get("GPMB_DATABASE_URL")
        before = any(versions(folder / "boundaries"))
        if not address and before and not (folder / LEDGER_FILE).exists() and not plan.synthetic:
            raise LedgerLostError(folder=str(folder))
        project = cls(folder, plan, open_ledger(folder, address, plan.project_id, plan.crs))
        if not address and before and not plan.synthetic and project.ledger.head().seq == 0:
            project.close()  # emptied, or cut to nothing: land would seem never to have been cleared
            raise LedgerLostError(folder=str(folder))
        if address and not plan.synthetic and (before or (folder / LEDGER_FILE).exists()):
            require_entries(project.ledger, folder)
        if plan.synthetic and project.ledger.head().seq == 0:
            seed(project)
        return project

    # Reading

    @property
    def versions_folder(self) -> Path:
        """Where the immutable versions of boundaries are."""
        return self.folder / "boundaries"

    def refresh(self) -> Head:
        """Read what was written since the last look, by anybody."""
        with self._lock:
            fresh, other = self._record.refresh()
            if other:  # a restored backup; a page that still has a snapshot of before fills its own whole
                self._whole = Whole(self._record)
                self._snapshots.clear()
            fetch_versions(self.ledger, self.versions_folder, fresh)
            return self._record.head

    def entries(self) -> Sequence[Entry]:
        """All entries, in seq order, read anew: what a page needs, it asks a snapshot for."""
        return tuple(self.ledger.entries())

    def known_on(self, day: date) -> int:
        """The last seq that was recorded by the end of a day, in Vietnam; 0 if none was."""
        with self._lock:
            self.refresh()
            return self._record.known_on(day)

    def snapshot(self, on: date, known: int | None = None) -> Snapshot:
        """Everything that holds on a day.

        Args:
            on: The day; what happened on it counts.
            known: The last seq that counts; None is the head.
        """
        with self._lock:
            head = self.refresh()
            upto = head.seq if known is None else min(known, head.seq)
            key = (head.hash, on, upto)
            snapshot = self._snapshots.get(key)
            if snapshot is None:
                now = State(on, upto, self._record.upto(upto))
                whole = self._whole
                ways = (whole.standing, whole.hand_overs, whole.money)
                snapshot = Snapshot(self.plan, self._in_force(now), now, head, *ways)
                _keep(self._snapshots, key, snapshot, SNAPSHOTS_KEPT)
            else:
                self._snapshots.move_to_end(key)
            return snapshot

    def _in_force(self, now: State) -> Boundaries:
        facts = {
            layer: entry.fact
            for layer, entry in now.boundaries.items()
            if isinstance(entry.fact, BoundariesFact)
        }
        shas = {layer: fact.sha256 for layer, fact in facts.items()}
        key = "-".join(f"{layer}:{shas[layer]}" for layer in sorted(shas))
        found = self._boundaries.get(key)
        if found is None:
            zones = self._version(shas.get("zones"), EMPTY_ZONES)
            layers = [self._version(shas.get(layer), EMPTY_UNITS) for layer in ("parcels", "features")]
            present = [layer for layer in layers if len(layer)] or layers[:1]
            units = gpd.GeoDataFrame(pd.concat(present), crs=self.plan.crs).sort_index()
            listed = read_version(self.versions_folder, shas["listed"]) if "listed" in shas else None
            found = Boundaries(key, zones, units, listed)
        _keep(self._boundaries, key, found, BOUNDARIES_KEPT)
        return found

    def _version(self, sha256: str | None, empty: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        if sha256 is None:
            return empty.set_crs(self.plan.crs, allow_override=True)
        return read_version(self.versions_folder, sha256)

    def land(self, snapshot: Snapshot) -> tuple[pd.DataFrame, list[str]]:
        """Who holds what on a snapshot's day, and which parcels have an open obstacle.

        Returns:
            The columns of `partition.holdings_table`, a row for each holding; and the parcels' ids, whose
            stories are read.
        """
        return self._whole.land(snapshot)

    def prepare(self, parcels: Collection[str]) -> None:
        """Read at once what the ledger tells of some parcels that a page is about to list one by one."""
        self._record.load(parcels)

    def verify(self, expected: Iterable[Head] = ()) -> tuple[list[Problem], Head]:
        """What is wrong with the ledger, the boundary versions and the attachments, and the ledger's head.

        Args:
            expected: Heads printed earlier.

        Returns:
            The problems, of the chain first, remarks (severity "warning") among them; and the head.
        """
        problems, head = check_chain(self.ledger.rows(), expected)
        if problems:
            return problems, head
        entries = self.ledger.entries()
        now = state(entries, date.max, head.seq)
        problems = [Problem(f"entry {seq}", "verify.orphan") for seq in now.orphans]
        problems += [*check_versions(self.versions_folder, entries), *attachments.check(self, entries)]
        problems += check_register(self.ledger, entries)
        problems += check_shared_versions(self.ledger, self.versions_folder, entries)
        # What a parcel is called is only asked of files and indexes that are whole.
        wrong, whole = check_shares(now), all(one.severity == "warning" for one in problems)
        labels = self.snapshot(date.max).boundaries.labels if wrong and whole else {}
        return [*problems, *(replace(one, source=labels.get(one.source, one.source)) for one in wrong)], head

    def households(self, ids: Iterable[str]) -> dict[str, register.Household]:
        """The register's entries of some households, names included: for the clearance team only."""
        with self.ledger.reading() as connection:
            return register.read_households(connection, ids)

    def reason(self, entry: Entry) -> str | None:
        """The words kept with an entry, if it has any and they were not forgotten."""
        note = getattr(entry.fact, "note", None)
        if note is None:
            return None
        with self.ledger.reading() as connection:
            return register.read_note(connection, note)

    # Writing

    def do(self, command: Command, stamp: Stamp) -> Receipt:
        """Carry out a command: all of it or nothing.

        Raises:
            RefusedError: With every reason; nothing was written.
        """

        def same(written: Sequence[Entry]) -> bool:
            if not command.is_repeated_by(written) or not self._keep_words_of(command, written):
                return False
            now = self.snapshot(vietnam_day(stamp.now)).state
            return not (isinstance(command, OfAll) and command.leaves_out(now, written))

        return self.write(stamp, lambda now, setting, _: command.decide(now, setting), same)

    def _keep_words_of(self, command: Command, written: Sequence[Entry]) -> bool:
        """Whether the register keeps a command's words with its entries; sent without any it says no more."""
        asked = getattr(command, command.words_in) if isinstance(command, Worded) else None
        if not asked or not asked.strip():
            return True
        with self.ledger.reading() as connection:
            kept = {
                register.read_note(connection, note) for entry in written for note in notes_of(entry.fact)
            }
        return kept == {asked.strip()}

    def preview(self, command: Command, today: date) -> tuple[Draft, ...]:
        """What a command would write if it were sent now, with its warnings.

        Raises:
            RefusedError: With every reason.
        """
        snapshot = self.snapshot(today)
        return tuple(command.decide(snapshot.state, self._setting(snapshot)))

    def look(self, examine: Callable[[State, Setting], Found], today: date) -> Found:
        """What an examination finds in the ledger as it is on a day: for what is looked at, not sent."""
        snapshot = self.snapshot(today)
        return examine(snapshot.state, self._setting(snapshot))

    def load(self, parcels: Collection[str]) -> None:
        """Read the stories of many parcels at once, before each of them is asked about."""
        self.refresh()
        self._record.load(parcels)

    def mark(self, request: Mark, stamp: Stamp) -> Receipt:
        """Record that holdings reached a milestone; see `do`."""
        return self.do(request, stamp)

    def void(self, targets: Sequence[int], reason: str, stamp: Stamp) -> Receipt:
        """Cancel entries; the reason's words go to the register; see `do`."""
        return self.do(Cancel(tuple(targets), reason), stamp)

    def correct(self, target: int, on: date, document: str | None, reason: str, stamp: Stamp) -> Receipt:
        """Give a milestone its right day and document: a void and a new entry; see `do`."""
        return self.do(Correct(target, on, document, reason), stamp)

    def write(
        self,
        stamp: Stamp,
        decide: Callable[[State, Setting, Writer], Sequence[Draft]],
        same: Callable[[Sequence[Entry]], bool],
    ) -> Receipt:
        """Carry out a command against the ledger as it is inside the writing transaction.

        Args:
            stamp: Who, when, which request.
            decide: The command: the state and setting give drafts or raise.
            same: Whether what this request wrote before is what it asks for now.
        """
        require_account(stamp.by)
        today = vietnam_day(stamp.now)
        with self.ledger.writing() as writer:
            if earlier := writer.of_request(stamp.request_id):
                if not same(earlier):
                    raise RequestReusedError(request_id=stamp.request_id)
                seqs = tuple(entry.seq for entry in earlier)
                return Receipt(seqs, repeated=True, warnings=warned_before(earlier))
            snapshot = self.snapshot(today)
            drafts = decide(snapshot.state, self._setting(snapshot), writer)
            kept = keep_all_words(writer.connection, drafts)
            written = writer.append([(draft, stamp) for draft in kept])
            share_versions(writer.connection, self.versions_folder, written)
        self.refresh()
        warnings = tuple(warning for draft in drafts for warning in draft.warnings)
        return Receipt(tuple(entry.seq for entry in written), warnings=warnings)

    def _setting(self, snapshot: Snapshot) -> Setting:
        with self.ledger.reading() as connection:
            aliases = register.read_aliases(connection)
        return Setting(
            parcels=snapshot.boundaries.labels,
            starts=self.plan.starts,
            today=snapshot.on,
            labels=snapshot.boundaries.labels,
            areas_m2=snapshot.boundaries.area_by_id,
            zones=[zone.zone_id for zone in self.plan.zones],
            milestones=[step.id for step in self.plan.milestones],
            optional=[step.id for step in self.plan.milestones if step.optional],
            aliases=aliases,
        )

    def close(self) -> None:
        """Give the ledger's file back."""
        self.ledger.close()


def read_plan(folder: Path) -> Plan:
    """The plan of a project folder; its ledger is not touched.

    Raises:
        NoProjectError: If there is no `project.toml`.
        DataError: If it is wrong, with every reason.
    """
    path = folder / "project.toml"
    if not path.is_file():
        raise NoProjectError(path=str(folder))
    return parse_plan(read_text(path), path.name)


def _keep(cache: OrderedDict, key: object, value: object, most: int) -> None:  # type: ignore[type-arg]
    cache[key] = value
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
