"""From files on disk to a new version of the boundaries, or to every reason why not.

An import is all or nothing: one refused row refuses it, and nothing was written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd

from gis.boundaries.columns import DEFAULT_COLUMNS, parse_columns
from gis.errors import DataError, Problem, SyntheticProjectError
from gis.ledger.facts import Boundaries
from gis.ledger.successions import Succeed
from gis.project.checking import SHARED, Rules, Step, check_files, quiet
from gis.project.days import vietnam_day
from gis.project.loaded import Loaded, merged, require_usable
from gis.project.office_list_columns import remembered_columns
from gis.project.project import Project, read_plan
from gis.project.snapshot import unit_labels
from gis.project.sources import called
from gis.project.stated import NOTHING_STATED
from gis.project.versions import day_in_force, last_fact, version_draft
from gis.store.database import LEDGER_FILE
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from gis.boundaries.columns import Columns
    from gis.ledger.entry import Draft
    from gis.ledger.setting import Setting
    from gis.ledger.state import State
    from gis.plan import Plan
    from gis.project.checking import CheckedFiles, Told
    from gis.project.loaded import Merged
    from gis.project.report import Layer
    from gis.project.stated import Stated
    from gis.store.database import Stamp, Writer


@dataclass(frozen=True, slots=True)
class Checked:
    """A layer of the project as some files have it, with all that is wrong."""

    layer: Layer
    frame: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    files: tuple[tuple[str, str], ...]

    @property
    def refused(self) -> tuple[Problem, ...]:
        """The problems that forbid an import."""
        return tuple(problem for problem in self.problems if problem.severity == "refused")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that an import goes on with, shown to its user."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    layer: Layer
    count: int
    added: int
    changed: int
    sha256: str
    seqs: tuple[int, ...]
    warnings: tuple[Problem, ...] = field(default=())


def columns_of(folder: Path) -> Columns:
    """The recognition table, with what the project's own `columns.toml` adds to it."""
    own = folder / "columns.toml"
    return parse_columns(read_text(own), own.name) if own.is_file() else DEFAULT_COLUMNS


def read_layer(
    plan: Plan,
    layer: Layer,
    files: Sequence[Path],
    columns: Columns,
    stated: Stated = NOTHING_STATED,
    loaded: Loaded | None = None,
) -> Checked:
    """A layer from files, checked by itself and in the project's CRS.

    Args:
        plan: Its CRS, zones and commune.
        layer: What the files are said to hold.
        files: Vector files; every layer of each is taken.
        columns: The recognition table.
        stated: What the user says of the files.
        loaded: Land that tells where the files lie; they are not laid beside it.
    """
    return of_layer(check_files(Rules(plan, columns, stated, loaded, laid_beside=False), files, layer), layer)


def of_layer(checked: CheckedFiles, layer: Layer) -> Checked:
    """What checked files hold of a layer.

    Raises:
        DataError: If no layer of them could be read.
    """
    names = called(checked.digests)
    if not any(report.layers for report in checked.reports):
        raise DataError(problems=checked.problems, source=names)
    return Checked(layer, checked.frames.get(layer, gpd.GeoDataFrame()), checked.problems, checked.digests)


def check_for(
    project: Project,
    files: Sequence[Path],
    today: date,
    layer: Layer | None = None,
    stated: Stated = NOTHING_STATED,
    told: Told = quiet,
) -> CheckedFiles:
    """Files judged as an import into this project would; nothing is written.

    Args:
        project: Its plan, its recognition table, and the land that it has loaded.
        files: Any files.
        today: The day whose ledger counts.
        layer: What they are said to hold; None takes each layer for what it fits best.
        stated: What the user says of the files and of the land in them.
        told: Called at every step.

    Raises:
        GisError: If what the user states means nothing in this project.
    """
    loaded = Loaded.of(project, today)
    remembered = remembered_columns(project.folder)
    rules = Rules(project.plan, columns_of(project.folder), stated, loaded, remembered=remembered)
    return check_files(rules, files, layer, told)


def check_folder(
    folder: Path,
    files: Sequence[Path],
    today: date,
    stated: Stated = NOTHING_STATED,
    told: Told = quiet,
) -> CheckedFiles:
    """Files judged by the project of a folder; one that has no ledger yet is not given one.

    Raises:
        GisError: If the project cannot be opened.
    """
    plan = read_plan(folder)
    versions = folder / "boundaries"
    begun = (folder / LEDGER_FILE).exists() or versions.exists() or "GPMB_DATABASE_URL" in os.environ
    if plan.synthetic or begun:
        return check_for(Project.open(folder), files, today, stated=stated, told=told)
    rules = Rules(plan, columns_of(folder), stated, Loaded(plan, versions))
    return check_files(rules, files, told=told)


def import_layer(
    project: Project,
    layer: Layer,
    files: Sequence[Path],
    stamp: Stamp,
    on: date | None = None,
    crs: str | None = None,
    stated: Stated = NOTHING_STATED,
) -> Imported:
    """A new version of a layer: what the files hold, beside what was there.

    Args:
        project: Of real data.
        layer: What the files hold.
        files: Any files.
        stamp: Who, when, which request.
        on: The day from which it is in force.
        crs: What the user says the files' CRS is: `stated.crs`, for whoever states nothing else.
        stated: What the user says of the files and of the land in them.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        ImportRefusedError: With every reason; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    today = vietnam_day(stamp.now)
    said = stated if crs is None else replace(stated, crs=crs)
    checked = check_for(project, files, today, layer, said)
    return import_checked(project, layer, checked, stamp, on)


def import_checked(
    project: Project,
    layer: Layer,
    files: CheckedFiles,
    stamp: Stamp,
    on: date | None = None,
    told: Told = quiet,
) -> Imported:
    """A new version of a layer from files that were checked; what is loaded is looked at once more.

    Parcels that the ledger speaks of and that were surveyed anew are succeeded in the same transaction.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        DataError: If no layer of the files could be read.
        ImportRefusedError: With every reason; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    checked = of_layer(files, layer)
    require_usable(checked.problems, called(files.digests))
    told(Step("writing", 1, 1))
    outcome: list[Imported] = []

    def decide(now: State, setting: Setting, _: Writer) -> Sequence[Draft]:
        done, drafts = _new_version(project, now, checked, on, setting, files.stated)
        outcome.append(done)
        return drafts

    receipt = project.write(stamp, decide, lambda _: True)
    if not outcome:  # the same request, sent again
        return Imported(layer, len(checked.frame), 0, 0, "", receipt.seqs, checked.warnings)
    later = tuple(
        warning
        for warning in outcome[0].warnings
        if warning.message not in SHARED and warning not in checked.warnings
    )
    return replace(outcome[0], seqs=receipt.seqs, warnings=checked.warnings + later)


def _new_version(
    project: Project, now: State, checked: Checked, on: date | None, setting: Setting, stated: Stated
) -> tuple[Imported, list[Draft]]:
    folder, layer = project.versions_folder, checked.layer
    day = day_in_force(now, layer, on, setting)
    files = called(checked.files)
    loaded = Loaded(project.plan, folder, now)
    whole = merged(loaded, layer, checked.frame, files, stated)
    require_usable(whole.problems, files)
    carried = _carried(whole, now, setting, day, stated.objects) if whole.pairs else ()
    draft = version_draft(folder, layer, whole.frame, checked.files, day, whole.next_uid)
    # The same land from a file of another name is no new version.
    unchanged = last_fact(now, layer) is not None and not whole.added and not whole.changed
    done = Imported(layer, len(whole.frame), whole.added, whole.changed, _sha(draft), (), whole.problems)
    return done, [] if unchanged else [draft, *carried]


def _carried(
    whole: Merged, now: State, setting: Setting, day: date, objects: Mapping[int, str]
) -> Sequence[Draft]:
    """What the successors of parcels that were surveyed anew start with."""
    labels = dict(setting.labels) | unit_labels(whole.frame)
    news = {new for _, new, _ in whole.pairs}
    by_label = {labels[new]: new for new in news}
    places = {seq: by_label.get(label, label) for seq, label in objects.items()}
    known = replace(setting, parcels=set(labels), labels=labels)
    return Succeed(whole.pairs, day, places).decide(now, known)


def _sha(draft: Draft) -> str:
    return draft.fact.sha256 if isinstance(draft.fact, Boundaries) else ""
