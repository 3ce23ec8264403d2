"""Undoing an import of a list as a whole: its entries are cancelled, its land and areas are given back.

Refused, with every reason, where something that was recorded later builds on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import Boundaries, Void
from gis.ledger.setting import require_reason
from gis.ledger.voids import explained, void
from gis.project.versions import last_fact, version_draft
from gis.store.list_households import remove_households
from gis.store.versions import read_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State
    from gis.project.project import Project
    from gis.store.database import Stamp, Writer


@dataclass(frozen=True, slots=True)
class UndoneList:
    """What an undo did: entries cancelled, households that left the register, its own entries."""

    voids: int
    households: int
    seqs: tuple[int, ...]
    warnings: tuple[Problem, ...] = ()


def undo_list(project: Project, seq: int, reason: str, stamp: Stamp) -> UndoneList:
    """Take back all that one import of a list wrote.

    What it had corrected is put back as it stood. Households that nothing else speaks of leave the
    register; parcels that have no shape and no other entries leave the layer.

    Args:
        project: Where.
        seq: Of any entry of the import.
        reason: Why, in words.
        stamp: Who, when, which request.

    Raises:
        RefusedError: With every reason; nothing was written.
    """
    require_reason(reason)
    done: list[UndoneList] = []

    def decide(now: State, setting: Setting, writer: Writer) -> Sequence[Draft]:
        work = _Undo.of(project, now, seq, writer)
        voids = explained(void(now, work.targets, setting.aliases), reason)
        merged = {*setting.aliases, *setting.aliases.values()}
        people = [one for one in work.strangers() if one not in merged]
        restored, since = work.restored()
        versions, warnings = work.versions()
        remove_households(writer.connection, people)
        done.append(UndoneList(len(voids), len(people), (), (*since, *warnings)))
        return [*voids, *restored, *versions]

    receipt = project.write(stamp, decide, lambda _: True)
    return replace(done[0], seqs=receipt.seqs) if done else UndoneList(0, 0, receipt.seqs)


@dataclass(frozen=True, eq=False)
class _Undo:
    """One import, as its entries say it."""

    project: Project
    now: State
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, project: Project, now: State, seq: int, writer: Writer) -> _Undo:
        """The import that an entry is of.

        Raises:
            RefusedError: If it is of none, was undone, or a later list builds on it.
        """
        entry = now.entry(seq)
        written = tuple(writer.of_request(entry.request_id)) if entry else ()
        listed = [one for one in written if _is_of(one, "listed")]
        # An import begins with its versions, an undo with what it cancels.
        if not listed or not isinstance(written[0].fact, Boundaries):
            raise RefusedError(problems=[Problem(f"{seq}", "problem.undo_no_list", {"seq": seq})])
        work = cls(project, now, written)
        last, fact = last_fact(now, "listed"), listed[-1].fact
        if work.own and not work.targets:
            raise RefusedError(problems=[Problem(f"{seq}", "problem.undo_done")])
        if last is None or not isinstance(fact, Boundaries) or last.sha256 != fact.sha256:
            later = max(e.seq for e in now.history[None] if _is_of(e, "listed"))
            raise RefusedError(problems=[Problem(f"{seq}", "problem.undo_later", {"later": later})])
        return work

    @cached_property
    def seqs(self) -> frozenset[int]:
        """The seqs of its entries."""
        return frozenset(one.seq for one in self.entries)

    @cached_property
    def own(self) -> tuple[Entry, ...]:
        """Its entries beside versions and voids."""
        return tuple(one for one in self.entries if not isinstance(one.fact, Boundaries | Void))

    @cached_property
    def targets(self) -> tuple[int, ...]:
        """What is cancelled: what somebody cancelled already stays so."""
        return tuple(one.seq for one in self.own if one.seq not in self.now.voided)

    def restored(self) -> tuple[list[Draft], tuple[Problem, ...]]:
        """What the import had cancelled to correct it, written again as it stood.

        Not where somebody cancelled since what the import had put in its place: what they wrote instead
        would count beside it. That is told.
        """
        gone = {_about(one) for one in self.own if one.seq in self.now.voided}
        old = [self.now.entry(one.fact.target) for one in self.entries if isinstance(one.fact, Void)]
        stays = [one for one in old if one is not None and _about(one) in gone]
        again = [one for one in old if one is not None and one not in stays]
        facts: dict[str, Fact] = {"entries": ", ".join(str(one.seq) for one in stays)}
        told = (Problem("", "problem.undo_corrected_since", facts, "warning"),) if stays else ()
        return [Draft(one.on, one.fact, one.attachments) for one in again], told

    def strangers(self) -> list[str]:
        """Households of which only this import speaks."""
        named = dict.fromkeys(getattr(one.fact, "household", None) for one in self.own)
        return [household for household in named if household is not None and self._only(household)]

    def _only(self, household: str) -> bool:
        return all(
            entry.seq in self.seqs
            for place in self.now.told_of.get(household, ())
            for entry in self.now.history.get(place, ())
            if getattr(entry.fact, "household", None) == household
        )

    def versions(self) -> tuple[list[Draft], tuple[Problem, ...]]:
        """The layers as they were, from the day that the import changed them."""
        drafts, warnings = [], []
        for layer in ("parcels", "listed"):
            entry = next((one for one in self.entries if _is_of(one, layer)), None)
            if entry is None or not isinstance(entry.fact, Boundaries) or entry.on is None:
                continue
            if layer == "parcels":
                given_back, stay = self._parcels(entry, entry.fact, entry.on)
                drafts += given_back
                if stay:
                    facts: dict[str, Fact] = {"count": stay}
                    warnings.append(Problem("", "problem.undo_parcels_stay", facts, "warning"))
            else:
                before = self._before(entry, layer)
                empty = read_version(self.project.versions_folder, entry.fact.sha256).iloc[:0]
                frame = read_version(self.project.versions_folder, before.sha256) if before else empty
                drafts += [self._draft(layer, frame, entry.fact, on) for on in self._days(layer, entry.on)]
        return drafts, tuple(warnings)

    def _before(self, entry: Entry, layer: str) -> Boundaries | None:
        """The version before the import's."""
        facts = [
            one.fact
            for one in self.now.history[None]
            if isinstance(one.fact, Boundaries) and one.fact.layer == layer and one.seq < entry.seq
        ]
        return facts[-1] if facts else None

    def _days(self, layer: str, since: date) -> list[date]:
        """The days from which some version of a layer holds, from a day on: each needs one given back."""
        found = {e.on for e in self.now.history[None] if _is_of(e, layer) and e.on is not None}
        return sorted(day for day in found if day >= since)

    def _parcels(self, entry: Entry, fact: Boundaries, since: date) -> tuple[list[Draft], int]:
        """Each version since without the parcels that the import brought, as far as they can go."""
        folder = self.project.versions_folder
        before = self._before(entry, "parcels")
        known = set(read_version(folder, before.sha256).index) if before else set()
        brought = set(read_version(folder, fact.sha256).index) - known
        newest = last_fact(self.now, "parcels") or fact
        last = read_version(folder, newest.sha256)
        bare = set(last.index[last.geometry.isna()])
        going = {one for one in brought & bare if self._alone(one)}
        in_force = {}
        for one in self.now.history[None]:  # of one day the last
            if _is_of(one, "parcels") and one.on is not None and one.on >= since:
                in_force[one.on] = one.fact
        drafts = []
        for on, version in sorted(in_force.items()):
            if not isinstance(version, Boundaries):
                continue
            frame = read_version(folder, version.sha256)
            kept = frame[~frame.index.isin(list(going))]
            drafts.append(self._draft("parcels", kept, newest, on))
        return drafts, len((brought & set(last.index)) - going)

    def _alone(self, parcel: str) -> bool:
        """Whether nothing but the import and voids speaks of a parcel."""
        other = (e for e in self.now.history.get(parcel, ()) if e.seq not in self.seqs)
        return all(isinstance(e.fact, Void) or e.seq in self.now.voided for e in other)

    def _draft(self, layer: str, frame: gpd.GeoDataFrame, fact: Boundaries, on: date) -> Draft:
        # The number of the next parcel never goes back: an id is never given twice.
        return version_draft(self.project.versions_folder, layer, frame, fact.files, on, fact.next_uid)


def _about(entry: Entry) -> tuple[str | None, ...]:
    """What an entry of a list speaks of: parcel, household and, of a milestone, which."""
    fact = entry.fact
    return entry.parcel, getattr(fact, "household", None), getattr(fact, "milestone", None)


def _is_of(entry: Entry, layer: str) -> bool:
    return isinstance(entry.fact, Boundaries) and entry.fact.layer == layer


@dataclass(frozen=True, slots=True)
class ListImport:
    """An import of a list: its first entry, when and by whom it was written, and the files' names."""

    seq: int
    on: date | None
    by: str
    files: str


def list_imports(now: State) -> list[ListImport]:
    """The imports of lists, the newest first; an undo begins with what it cancels and is none.

    Args:
        now: What the ledger holds.
    """
    common = now.history.get(None, ())
    first: dict[str, Entry] = {}
    for entry in common:
        first.setdefault(entry.request_id, entry)
    found = []
    for entry in reversed(common):
        fact, begins = entry.fact, first[entry.request_id]
        if not isinstance(fact, Boundaries) or fact.layer != "listed" or begins.item:
            continue
        files = ", ".join(name for name, _ in fact.files)
        found.append(ListImport(begins.seq, entry.recorded_at.date(), entry.by, files))
    return found
