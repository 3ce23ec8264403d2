"""The sample's ledger, made on its first opening from the files beside it.

One transaction: a first opening that is cut short leaves an empty ledger, and the next one begins anew.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from gis.boundaries.uids import assign_uids
from gis.errors import DataError, Problem
from gis.ledger.entry import Draft, parse_time
from gis.ledger.facts import Holding
from gis.ledger.part import parse_part
from gis.project.days import HANOI
from gis.project.holdings import HOLDINGS_COLUMNS
from gis.project.intake import columns_of, read_layer
from gis.project.seed_facts import FACTS, Lists, Told
from gis.project.stated import Stated
from gis.project.versions import PREFIXES, version_draft
from gis.store.database import Stamp
from gis.store.files import vector_files
from gis.store.register import Household, add_households, add_note
from gis.store.shared_versions import share_versions
from gis.store.text_files import read_csv_rows
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from gis.project.project import Project
    from gis.project.report import Layer
    from gis.store.database import Writer
    from gis.store.text_files import CsvRow

SEED_ACCOUNT = "du-lieu-mau"
HOUSEHOLD_COLUMNS = ("household_id", "name", "kind", "hamlet", "commune", "officer")
HISTORY_COLUMNS = (
    *("recorded_at", "by", "kind", "commune", "sheet", "number", "household_id"),
    *("milestone", "on", "document", "amount_vnd", "category", "ref", "note"),
    *("batch", "act", "outcome", "count", "effective"),
)
BATCH_COLUMNS = ("batch", "name", "zone", "regime")
DELIVERY_COLUMNS = ("block", "document", "commune", "sheet", "number", "excepted")
FEATURE_FILE_MARKS = ("feature", "cong_trinh")


def seed(project: Project) -> None:
    """Write the ledger that the sample's files tell of, if nobody has yet.

    Raises:
        DataError: If a file of the sample is missing or wrong, with every reason.
    """
    with project.ledger.writing() as writer:
        if writer.head.seq:
            return  # another program was first
        first = datetime.combine(project.plan.starts, time(8), HANOI)
        stamp = Stamp(SEED_ACCOUNT, "sample-boundaries", first)
        layers, drafts = _boundaries(project)
        written = writer.append([(draft, stamp) for draft in drafts])
        share_versions(writer.connection, project.versions_folder, written)
        ids = {_label(*key): parcel for units in layers for parcel, key in _keys(units)}
        _holdings(project, writer, ids, Stamp(SEED_ACCOUNT, "sample-holdings", first))
        _history(project, writer, ids)


def _keys(units: gpd.GeoDataFrame) -> list[tuple[str, tuple[str, str, str]]]:
    columns = zip(units["commune"], units["sheet"], units["number"], strict=True)
    return list(zip(units.index, columns, strict=True))


def _label(*key: str) -> str:
    return "/".join(part for part in key if part)


def _boundaries(project: Project) -> tuple[list[gpd.GeoDataFrame], list[Draft]]:
    """The sample's three layers as first versions, in force from the project's first day."""
    plan, folder = project.plan, project.folder
    columns, own = columns_of(folder), Stated(crs=f"EPSG:{plan.crs}")
    in_parcels = vector_files(folder / "parcels")
    features = [path for path in in_parcels if any(mark in path.name for mark in FEATURE_FILE_MARKS)]
    files: dict[Layer, list[Path]] = {
        "zones": vector_files(folder / "zones"),
        "parcels": [path for path in in_parcels if path not in features],
        "features": features,
    }
    units: list[gpd.GeoDataFrame] = []
    drafts: list[Draft] = []
    for layer, paths in files.items():
        checked = read_layer(plan, layer, paths, columns, own)
        if checked.refused:
            raise DataError(problems=checked.problems, source=str(folder))
        frame, next_uid = checked.frame, 0
        if layer in PREFIXES:
            frame, next_uid = assign_uids(frame, None, PREFIXES[layer], 1)
            units.append(frame)
        drafts.append(
            version_draft(project.versions_folder, layer, frame, checked.files, plan.starts, next_uid)
        )
    return units, drafts


def _rows(path: Path, columns: Sequence[str]) -> list[CsvRow]:
    rows, problems = read_csv_rows(path, columns)
    if any(problem.severity == "refused" for problem in problems):
        raise DataError(problems=problems, source=path.name)
    return rows


def _holdings(project: Project, writer: Writer, ids: Mapping[str, str], stamp: Stamp) -> None:
    folder = project.folder / "households"
    households = [
        Household(*(row[column] for column in HOUSEHOLD_COLUMNS))
        for row in _rows(folder / "households.csv", HOUSEHOLD_COLUMNS)
    ]
    add_households(writer.connection, households)
    drafts = [
        Draft(
            date.fromisoformat(row["from"]),
            Holding(_parcel(row, ids, "holdings.csv"), row["household_id"], parse_part(row["part"])),
        )
        for row in _rows(folder / "holdings.csv", HOLDINGS_COLUMNS)
    ]
    writer.append([(draft, stamp) for draft in drafts])


def _parcel(row: CsvRow, ids: Mapping[str, str], file: str) -> str:
    label = _label(row["commune"], row["sheet"], row["number"])
    try:
        return ids[label]
    except KeyError:
        problem = Problem(f"{file}, line {row.line}", "problem.no_such_parcel", {"key": label})
        raise DataError(problems=[problem], source=file) from None


def _history(project: Project, writer: Writer, ids: Mapping[str, str]) -> None:
    """The rows of history.csv as entries; `ref` names an earlier row by its number from 1."""
    folder = project.folder / "households"
    rows = _rows(folder / "history.csv", HISTORY_COLUMNS)
    lists = _lists(folder, ids)
    before = writer.head.seq  # row n becomes entry before + n
    stamped: list[tuple[Draft, Stamp]] = []
    for number, row in enumerate(rows, start=1):
        parcel = _parcel(row, ids, "history.csv") if row["number"] else ""
        note = add_note(writer.connection, row["note"]) if row["note"] else None
        ref = before + int(row["ref"]) if row["ref"] else 0
        on = date.fromisoformat(row["on"]) if row["on"] else None
        draft = Draft(on, FACTS[row["kind"]](Told(row, number, parcel, ref, note, lists)))
        stamped.append((draft, Stamp(row["by"], f"sample-{number}", _moment(row["recorded_at"]))))
    writer.append(stamped)


def _lists(folder: Path, ids: Mapping[str, str]) -> Lists:
    """The batches, the blocks' lists, and what names the history."""
    batches = {row["batch"]: row for row in _rows(folder / "batches.csv", BATCH_COLUMNS)}
    deliveries: dict[str, list[tuple[str, str]]] = {}
    blocks: dict[str, str] = {}
    for row in _rows(folder / "deliveries.csv", DELIVERY_COLUMNS):
        blocks[row["document"]] = row["block"]
        parcel = _parcel(row, ids, "deliveries.csv")
        deliveries.setdefault(row["document"], []).append((parcel, row["excepted"]))
    return Lists(batches, deliveries, blocks, sha256_of(folder / "history.csv"))


def _moment(text: str) -> datetime:
    """A time of history.csv, to the second."""
    return parse_time(text if "." in text else text.replace("Z", ".000000Z"))
