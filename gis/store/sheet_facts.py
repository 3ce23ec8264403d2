"""What the readers of sheets agree on: limits, and what a sheet holds beside its values. Pure: no file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping

    from gis.errors import Fact

MOST_FILE_BYTES: Final = 100 * 1024 * 1024
MOST_UNPACKED_BYTES: Final = 400 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_CELLS: Final = 4_000_000
MOST_TEXT: Final = 300_000_000  # characters of all texts laid out
XML_CHUNK: Final = 1 << 18


class TooLargeError(Exception):
    """A sheet larger than any office's list: how much of what was found, and the most."""

    def __init__(self, unit: Literal["megabytes", "rows", "cells", "letters"], found: int, most: int) -> None:
        """Keep both figures."""
        self.message_id = f"problem.sheet_too_many_{unit}"
        self.facts: Mapping[str, Fact] = {"found": found, "most": most}
        super().__init__(f"{found} of {most}")


class UnfitError(Exception):
    """A file that is refused with a sentence of its own."""

    def __init__(self, message_id: str, facts: Mapping[str, Fact] | None = None) -> None:
        """Keep the sentence's id and facts."""
        self.message_id = message_id
        self.facts: Mapping[str, Fact] = facts or {}
        super().__init__(message_id)


@dataclass
class SheetFacts:
    """What a sheet holds beside its values; rows and columns from 0.

    Args:
        formulas: Cells whose value came of a formula.
        unvalued: Formulas without a kept value: their text, from "=".
        errors: Cells that show an error: its name.
        months: Cells that show a day as month and year only.
        hidden: Hidden rows.
        hidden_columns: How many columns are hidden.
        merged: Merged ranges that the reader of values does not tell.
        last_row: The last row with a value, -1 where none has one.
        last_column: The last column with a value.
    """

    formulas: set[tuple[int, int]] = field(default_factory=set)
    unvalued: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    months: set[tuple[int, int]] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    last_row: int = -1
    last_column: int = -1

    def reach(self, row: int, column: int) -> None:
        """Note a value at a place.

        Raises:
            TooLargeError: If all cells up to it are more than a list may have.
        """
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)
        if self.last_row >= MOST_ROWS:
            raise TooLargeError("rows", self.last_row + 1, MOST_ROWS)
        cells = (self.last_row + 1) * (self.last_column + 1)
        if cells > MOST_CELLS:
            raise TooLargeError("cells", cells, MOST_CELLS)


def check_members(packed: zipfile.ZipFile) -> None:
    """Refuse a packed workbook that unpacks to more than it may, or whose parts are damaged.

    Every part is unpacked once, up to the size that it states, so that one that states less is found.

    Raises:
        TooLargeError: If its parts state more together.
        UnfitError: If a part is damaged or states a wrong size.
    """
    stated = sum(member.file_size for member in packed.infolist())
    if stated > MOST_UNPACKED_BYTES:
        raise TooLargeError("megabytes", stated >> 20, MOST_UNPACKED_BYTES >> 20)
    if any(member.flag_bits & 1 for member in packed.infolist()):
        raise UnfitError("problem.sheet_password")
    if packed.testzip() is not None:
        raise UnfitError("problem.sheet_damaged")
