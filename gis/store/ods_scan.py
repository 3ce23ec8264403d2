"""What an .ods holds beside its values: merged ranges, formulas, errors, hidden rows; its size first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gis.store.sheet_facts import SheetFacts, UnfitError, check_members
from gis.store.xml_events import parse_member

if TYPE_CHECKING:
    import zipfile

_HIDDEN: Final = {"collapse", "filter"}
_CELLS: Final = {"table-cell", "covered-table-cell"}


def scan_ods(packed: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """Facts by the name of each sheet.

    Raises:
        TooLargeError: If it unpacks to more, or a sheet reaches farther, than a list may.
        UnfitError: If it is damaged, protected, or brings XML entities.
    """
    check_members(packed)
    if "META-INF/manifest.xml" in packed.namelist():
        manifest = _Manifest()
        parse_member(packed, "META-INF/manifest.xml", manifest)
        if manifest.encrypted:
            raise UnfitError("problem.sheet_password")
    content = _Content()
    parse_member(packed, "content.xml", content)
    return content.sheets


def _local(attributes: dict[str, str]) -> dict[str, str]:
    return {name.rpartition("\n")[2]: value for name, value in attributes.items()}


def _count(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    return max(int(value), 1) if value.isdigit() else 1


@dataclass
class _Manifest:
    encrypted: bool = False

    def start(self, name: str, _attributes: dict[str, str], /) -> None:
        self.encrypted |= name == "encryption-data"

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


@dataclass
class _Cell:
    """One cell, or several alike beside each other."""

    repeated: int
    formula: str
    error: bool
    valued: bool
    down: int
    right: int
    words: list[str] = field(default_factory=list)


@dataclass
class _Content:
    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    _facts: SheetFacts = field(default_factory=SheetFacts)
    _depth: int = 0
    _row: int = 0
    _rows: int = 1
    _hidden: bool = False
    _column: int = 0
    _cell: _Cell | None = None
    _inside: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._cell is not None:
            self._inside += 1
        elif name == "table":
            self._depth += 1
            self._facts, self._row = SheetFacts(), 0
            self.sheets[_local(attributes).get("name", "")] = self._facts
        elif name == "table-column":
            said = _local(attributes)
            if said.get("visibility") in _HIDDEN:
                self._facts.hidden_columns += 1
        elif name == "table-row":
            said = _local(attributes)
            self._rows, self._column = _count(said, "number-rows-repeated"), 0
            self._hidden = said.get("visibility") in _HIDDEN
        elif name in _CELLS:
            self._begin(_local(attributes))

    def _begin(self, said: dict[str, str]) -> None:
        self._inside = 0
        self._cell = _Cell(
            _count(said, "number-columns-repeated"),
            said.get("formula", ""),
            # LibreOffice says it in a second attribute of the same local name; the last one wins here.
            "error" in said.values(),
            any(name in said for name in ("value-type", "value", "date-value", "string-value")),
            _count(said, "number-rows-spanned"),
            _count(said, "number-columns-spanned"),
        )

    def end(self, name: str) -> None:
        if self._cell is not None and self._inside:
            self._inside -= 1
        elif name in _CELLS and self._cell is not None:
            self._finish(self._cell)
            self._cell = None
        elif name == "table-row":
            if self._hidden and self._facts.last_row >= self._row:
                self._facts.hidden.update(range(self._row, self._row + self._rows))
            self._row += self._rows

    def _finish(self, cell: _Cell) -> None:
        words = "".join(cell.words).strip()
        last_row, last_column = self._row + self._rows - 1, self._column + cell.repeated - 1
        if words or cell.valued:
            self._facts.reach(last_row, last_column)
        places = (
            [
                (row, column)
                for row in range(self._row, last_row + 1)
                for column in range(self._column, last_column + 1)
            ]
            if cell.formula
            else []
        )
        self._facts.formulas.update(places)
        if cell.formula and (cell.error or words.startswith(("#", "Err:"))):
            self._facts.errors.update(dict.fromkeys(places, words if words.startswith("#") else "#VALUE!"))
        elif cell.formula and not words and not cell.valued:
            self._facts.reach(last_row, last_column)
            formula = "=" + cell.formula.removeprefix("of:").lstrip("=")
            self._facts.unvalued.update(dict.fromkeys(places, formula))
        if cell.down > 1 or cell.right > 1:
            end = (self._row + cell.down - 1, self._column + cell.right - 1)
            self._facts.merged.append((self._row, self._column, *end))
        self._column += cell.repeated

    def text(self, text: str) -> None:
        if self._cell is not None:
            self._cell.words.append(text)
