"""What an .xlsx holds beside its values: formulas, errors, months, hidden rows; its size first."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gis.store.sheet_facts import MOST_TEXT, SheetFacts, TooLargeError, check_members
from gis.store.xml_events import parse_member

if TYPE_CHECKING:
    import zipfile

_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships\nid"
_STRICT_RELATION: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships\nid"
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_MONTH_FORMATS: Final = {"17"}  # "mmm-yy", built in (ECMA-376 18.8.30)
_TRUE: Final = {"1", "true"}


def scan_xlsx(packed: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """Facts by the name of each sheet.

    Raises:
        TooLargeError: If it unpacks to more, or a sheet reaches farther, than a list may.
        UnfitError: If it is damaged, protected, or brings XML entities.
    """
    check_members(packed)
    names = {name.lower(): name for name in packed.namelist()}
    book, relations, styles, texts = _Book(), _Relations(), _Styles(), _SharedTexts()
    for part, events in (
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/styles.xml", styles),
        ("xl/sharedstrings.xml", texts),
    ):
        if part in names:
            parse_member(packed, names[part], events)
    found = {}
    for name, relation in book.sheets:
        target = posixpath.normpath(posixpath.join("/xl", relations.targets.get(relation, "")))
        member = names.get(target.lstrip("/").lower())
        if member:
            sheet = _Sheet(styles.months())
            parse_member(packed, member, sheet)
            if sheet.shared_cells * max(texts.lengths, default=0) > MOST_TEXT:
                parse_member(packed, member, _TextSize(texts.lengths))
            found[name] = sheet.facts
    return found


def place(reference: str) -> tuple[int, int] | None:
    """Row and column from 0 of "C12"; None where it is no address.

    >>> place("C12"), place("AA1")
    ((11, 2), (0, 26))
    """
    match = _PLACE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def is_month_format(code: str) -> bool:
    """Whether a number format shows a month and a year but no day.

    >>> is_month_format("mm/yyyy"), is_month_format("dd/mm/yyyy"), is_month_format('#,##0 "y m"')
    (True, False, False)
    """
    plain = _QUOTED.sub("", code).lower()
    return "y" in plain and "m" in plain and not any(letter in plain for letter in "dhs0#")


@dataclass
class _Book:
    sheets: list[tuple[str, str]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = attributes.get(_RELATION) or attributes.get(_STRICT_RELATION, "")
            self.sheets.append((attributes.get("name", ""), relation))

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


@dataclass
class _Relations:
    targets: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


@dataclass
class _Styles:
    formats: dict[str, str] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    _inside: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self.used.append(attributes.get("numFmtId", ""))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def text(self, text: str) -> None: ...

    def months(self) -> frozenset[str]:
        """Styles of cells that show a month and a year only."""
        shown = (
            str(index)
            for index, used in enumerate(self.used)
            if used in _MONTH_FORMATS or is_month_format(self.formats.get(used, ""))
        )
        return frozenset(shown)


@dataclass
class _SharedTexts:
    """Lengths of the texts that cells name by their number."""

    lengths: list[int] = field(default_factory=list)

    def start(self, name: str, _attributes: dict[str, str], /) -> None:
        if name == "si":
            self.lengths.append(0)

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


@dataclass
class _TextSize:
    """How much text a sheet comes to when each cell holds its own."""

    lengths: list[int]
    total: int = 0
    _shared: bool = False
    _pieces: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._shared = attributes.get("t") == "s"
        elif name == "v" and self._shared:
            self._pieces = []

    def end(self, name: str) -> None:
        if name == "v" and self._pieces is not None:
            index = "".join(self._pieces).strip()
            known = index.isdigit() and int(index) < len(self.lengths)
            self.total += self.lengths[int(index)] if known else 0
            self._pieces = None
            if self.total > MOST_TEXT:
                raise TooLargeError("letters", self.total, MOST_TEXT)

    def text(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)


@dataclass
class _Sheet:
    month_styles: frozenset[str]
    facts: SheetFacts = field(default_factory=SheetFacts)
    shared_cells: int = 0
    _row: int = -1
    _column: int = -1
    _kind: str = ""
    _formula: bool = False
    _reading: str = ""
    _pieces: dict[str, list[str]] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name in {"v", "is"}:
            self.facts.reach(self._row, self._column)
            if name == "v" and (self._formula or self._kind == "e"):
                self._reading = "v"
        elif name == "f":
            self._formula, self._reading = True, "f"
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
            if attributes.get("hidden") in _TRUE:
                self.facts.hidden.add(self._row)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self.facts.hidden_columns += 1

    def _cell(self, attributes: dict[str, str]) -> None:
        at = place(attributes["r"]) if "r" in attributes else None
        self._row, self._column = at or (max(self._row, 0), self._column + 1)
        self._kind = attributes.get("t", "")
        self.shared_cells += self._kind == "s"
        self._formula = False
        if self._pieces:
            self._pieces = {}
        if attributes.get("s", "") in self.month_styles:
            self.facts.months.add((self._row, self._column))

    def end(self, name: str) -> None:
        if name in {"v", "f"}:
            self._reading = ""
        elif name == "c" and (self._formula or self._kind == "e"):
            self._finish()

    def _finish(self) -> None:
        at = (self._row, self._column)
        value = "".join(self._pieces.get("v", ())).strip()
        if self._formula:
            self.facts.formulas.add(at)
            self.facts.reach(*at)
        if self._kind == "e":
            self.facts.errors[at] = value or "#VALUE!"
        elif self._formula and not value and self._kind != "str":
            self.facts.unvalued[at] = "=" + ("".join(self._pieces.get("f", ())) or "…")

    def text(self, text: str) -> None:
        if self._reading:
            self._pieces.setdefault(self._reading, []).append(text)
