"""Which column of a file means what: a table of spellings that an office can extend.

Pure: no file but the table that ships beside this module, no clock.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from gis.boundaries.fields import texts
from gis.errors import ColumnTableError, Problem
from gis.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

SHIPPED_FILE: Final = "columns.toml"
_LAND_USE_LISTS: Final = ("known", "obsolete")


@dataclass(frozen=True, slots=True)
class Columns:
    """The recognition table.

    Args:
        shipped: Spellings by meaning ("sheet"), each folded to its letters and digits.
        own: Spellings that a project adds; where one of them is in a file, the shipped ones do not count.
        known: Land-use codes in force.
        obsolete: Withdrawn codes that files still carry.
    """

    shipped: Mapping[str, tuple[str, ...]]
    own: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    obsolete: frozenset[str]


def column_key(name: str) -> str:
    """A column's name as it is compared: folded, letters and digits only.

    >>> column_key("Số tờ"), column_key("so_to"), column_key("SoTo")
    ('soto', 'soto', 'soto')
    """
    return "".join(c for c in fold(name) if c.isalnum())


def parse_columns(text: str, source: str) -> Columns:
    """The shipped table with what a project's `columns.toml` adds to it.

    Args:
        text: TOML: `[columns]` with a list of spellings by meaning, `[land_use]` with lists of codes.
        source: Name of the file, for the refusal.

    Raises:
        ColumnTableError: If it is no TOML, or names a meaning that there is not, or is no list of texts.

    >>> parse_columns('columns.sheet = ["Tờ số"]', "columns.toml").own["sheet"]
    ('toso',)
    """
    columns, codes = _parse(text, source)
    unknown = [meaning for meaning in columns if meaning not in DEFAULT_COLUMNS.shipped]
    if unknown:
        known = ", ".join(DEFAULT_COLUMNS.shipped)
        raise ColumnTableError(file=source, found=unknown[0], expected=known)
    return Columns(
        DEFAULT_COLUMNS.shipped,
        {meaning: _keys(names) for meaning, names in columns.items()},
        DEFAULT_COLUMNS.known | set(codes["known"]),
        DEFAULT_COLUMNS.obsolete | set(codes["obsolete"]),
    )


def _parse(text: str, source: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ColumnTableError(file=source, found=str(error), expected="TOML") from None
    columns, codes = table.pop("columns", {}), table.pop("land_use", {})
    stray = [*table, *(name for name in codes if name not in _LAND_USE_LISTS)]
    if stray:
        raise ColumnTableError(file=source, found=stray[0], expected="[columns], [land_use]: known, obsolete")
    for name, values in (*columns.items(), *codes.items()):
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ColumnTableError(file=source, found=f"{name} = {values!r}", expected='["…", "…"]')
    return columns, {name: codes.get(name, []) for name in _LAND_USE_LISTS}


def _keys(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column_key(name) for name in names))


def _shipped() -> Columns:
    text = resources.files(__package__).joinpath(SHIPPED_FILE).read_text("utf-8")
    columns, codes = _parse(text, SHIPPED_FILE)
    shipped = {meaning: _keys(names) for meaning, names in columns.items()}
    return Columns(shipped, {}, frozenset(codes["known"]), frozenset(codes["obsolete"]))


DEFAULT_COLUMNS: Final = _shipped()


def recognise(
    attributes: pd.DataFrame, source: str, columns: Columns, required: Sequence[str], optional: Sequence[str]
) -> tuple[dict[str, str], list[Problem]]:
    """The column of a file for each meaning, and what is missing or has two answers.

    Args:
        attributes: The file's columns without the geometry.
        source: File and layer, for the problems.
        columns: The recognition table.
        required: Meanings without which the layer is of no use.
        optional: Meanings that are taken where they are found.

    Returns:
        Column name by meaning, only those found once; two columns of one meaning that hold the same
        values count as one.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for meaning in (*required, *optional):
        names = _matching(attributes, columns, meaning)
        if not names:
            if meaning in required:
                facts = {"found": ", ".join(map(str, attributes.columns)) or None}
                problems.append(Problem(source, f"problem.column_missing_{meaning}", facts))
        elif all(texts(attributes[names[0]]).equals(texts(attributes[name])) for name in names[1:]):
            found[meaning] = names[0]
        else:
            facts = {"meaning": meaning, "found": ", ".join(names)}
            problems.append(Problem(source, "problem.column_ambiguous", facts))
    return found, problems


def _matching(attributes: pd.DataFrame, columns: Columns, meaning: str) -> list[str]:
    keys = {str(name): column_key(str(name)) for name in attributes.columns}
    for table in (columns.own, columns.shipped):
        names = [name for name, key in keys.items() if key in table.get(meaning, ())]
        if names:
            return names
    return []
