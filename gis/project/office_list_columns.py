"""The office's list as read with what the project remembers of its columns, in `lists.toml`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final

from gis.errors import ColumnTableError, Problem
from gis.sheets.headings import key, meanings, parse_remembered, remembered_text
from gis.sheets.reading import tracking_list
from gis.store.sheets import read_tables
from gis.store.text_files import read_text
from gis.store.versions import replace_file, sha256_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from gis.sheets.tracking import TrackedColumn, TrackingList

REMEMBERED: Final = "lists.toml"


def remembered_columns(folder: Path) -> dict[str, str]:
    """Meanings of headers that somebody confirmed before, by the key of the header.

    Raises:
        ColumnTableError: If the project's file of them is no TOML.
    """
    path = folder / REMEMBERED
    if not path.is_file():
        return {}
    try:
        return parse_remembered(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ColumnTableError(file=path.name, expected="TOML", found=str(error)) from error


def remember_columns(folder: Path, columns: Sequence[TrackedColumn]) -> None:
    """Keep what the columns of a list were confirmed to mean; other headers keep their meaning."""
    path = folder / REMEMBERED
    before = tomllib.loads(read_text(path)).get("columns", {}) if path.is_file() else {}
    told = {key(column.header) for column in columns}
    kept = {header: meaning for header, meaning in before.items() if key(header) not in told}
    text = remembered_text(columns)
    lines = remembered_text_of(kept)
    replace_file(path, (text + lines).encode("utf-8"))


def remembered_text_of(meaning_of: Mapping[str, str]) -> str:
    """Further lines of the file, for headers of other lists."""
    return "".join(f"{_quoted(header)} = {_quoted(meaning)}\n" for header, meaning in meaning_of.items())


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_office_list(
    folder: Path,
    path: Path,
    sheets: Collection[str] = (),
    columns: Mapping[str, str] | None = None,
    *,
    same_name_is_one: bool = False,
) -> TrackingList:
    """A file as a tracking list, with what the project and the user say of its columns.

    Args:
        folder: The project's.
        path: A workbook or CSV.
        sheets: Only these sheets; empty: all.
        columns: Meanings by header text as the user says now; they come first.
        same_name_is_one: Whether one name in one hamlet is always one household.

    Raises:
        ColumnTableError: If a meaning is none that a list can have.
        GisError: If the file cannot be read.
    """
    chosen = columns or {}
    known = {*meanings(), ""}
    for header, meaning in chosen.items():
        if meaning not in known:
            listed = ", ".join(sorted(known - {""}))
            raise ColumnTableError(file=header, expected=listed, found=meaning)
    remembered = remembered_columns(folder) | {key(header): meaning for header, meaning in chosen.items()}
    sha256 = sha256_of(path) if path.is_file() else ""
    tables, problems = read_tables(path)
    there = {table.sheet: None for table in tables}
    problems += [
        Problem(path.name, "problem.list_no_such_sheet", {"found": name, "known": ", ".join(there)})
        for name in dict.fromkeys(sheets)
        if tables and name not in there
    ]
    if sha256 and sha256_of(path) != sha256:
        problems.append(Problem(path.name, "problem.list_file_changed"))
    wanted = [table for table in tables if not sheets or table.sheet in sheets]
    return tracking_list(
        wanted,
        remembered,
        sha256=sha256,
        problems=problems,
        same_name_is_one=same_name_is_one,
    )
