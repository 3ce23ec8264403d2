"""An office's tracking list as read: a row per household and parcel, its milestones, the file's own totals.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from fractions import Fraction

    from gis.errors import Problem
    from gis.table import Table

HolderKind: TypeAlias = Literal["household", "organisation"]
Sureness: TypeAlias = Literal["remembered", "sure", "guess", "unknown"]


@dataclass(frozen=True, slots=True)
class TrackedMilestone:
    """One milestone that a row speaks of.

    Args:
        milestone: Its id ("paid").
        on: The day; None where only a mark ("x", "đã xong") or a number of a document stands, or where
            it was not reached.
        reached: Whether the row says that it happened; False for "chưa".
        document: Number of its document, None where none stands.
        amount_vnd: Whole đồng, None where none stands.
        cell: Address of the cell that says it.
        not_before: The first day of the month or year that stands without a day, `on` being its last.
    """

    milestone: str
    on: date | None
    reached: bool
    document: str | None
    amount_vnd: int | None
    cell: str
    not_before: date | None = None

    @property
    def not_later_than(self) -> bool:
        """Whether `on` is the last day of a month or year that stands without a day."""
        return self.not_before is not None


@dataclass(frozen=True, slots=True)
class TrackingRow:
    """One household's holding of one parcel, as a row of the list says it.

    Args:
        source: Address of the row: "theo doi.xlsx, KCN, row 12".
        row: Its number in its sheet, from 1.
        zone: The zone as written, in a column or a line above ("I. KCN Phú Quý"); "" where none stands.
        stt: Its number in the list, as written; "" where none stands.
        household_key: Rows of one household have the same key, and only they: see `gis.sheets.households`.
        household_name: As written; carried down to the rows of its further parcels.
        household_code: The office's own code of the household, "" where none stands.
        kind: A guess by the name's first words.
        hamlet: As written, in a column or a line above.
        home_commune: Where the household lives, as written.
        commune: The old commune of the parcel, as written.
        sheet: Số tờ bản đồ.
        number: Số thửa.
        land_use: Code of the land's use, as written.
        part: The household's share of the parcel: a fraction, or "120.5 m2"; None where none stands.
        legal_area_m2: On the certificate.
        measured_area_m2: Measured.
        recovered_area_m2: Recovered (inside the zone).
        milestones: In the usual order.
        note: As written.
    """

    source: str
    row: int
    zone: str
    stt: str
    household_key: str
    household_name: str
    household_code: str
    kind: HolderKind
    hamlet: str
    home_commune: str
    commune: str
    sheet: str
    number: str
    land_use: str
    part: Fraction | str | None
    legal_area_m2: Decimal | None
    measured_area_m2: Decimal | None
    recovered_area_m2: Decimal | None
    milestones: tuple[TrackedMilestone, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TrackedColumn:
    """What a column was taken for, for the user to confirm.

    Args:
        table: Where its table is: "theo doi.xlsx, KCN".
        column: Its index from 0.
        header: The header's text, its rows joined: "Chi trả / Ngày".
        meaning: Id of what it means ("recovered_area_m2", "paid.on"); "" where it is left out.
        unit: "ha" or "m2" of an area ("other" is refused), "ty", "trieu", "nghin" or "dong" of an amount,
            else "".
        sureness: "remembered": the office said it before; "sure": a known spelling; "guess": its words
            resemble one; "unknown": nothing fits.
        sample: The first value below the header, for the eye; never a person's name.
    """

    table: str
    column: int
    header: str
    meaning: str
    unit: str
    sureness: Sureness
    sample: str


@dataclass(frozen=True, slots=True)
class OwnTotal:
    """A figure of the file's own total row beside what its rows come to.

    Args:
        scope: The section that it sums (a zone, a hamlet), "" for the whole sheet or file.
        meaning: The column's: "recovered_area_m2", "paid.amount", "parcels", "households".
        stated: What the file says, in m², đồng or pieces.
        computed: What the rows come to.
        cell: Address of the stated figure.
    """

    scope: str
    meaning: str
    stated: Decimal
    computed: Decimal
    cell: str


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Every row of the tables that is not empty, each counted once.

    Args:
        rows: Became a `TrackingRow`.
        refused: A problem with severity "refused" names it or a cell of it; it is not among the rows.
        totals: Total rows of the file.
        sections: Lines that name a zone, a hamlet or a household for the rows below.
        headers: Header rows, and the row of column numbers.
        titles: Lines above the header, and the sheets that hold no list.
        footers: Notes and signatures below the table.
    """

    rows: int = 0
    refused: int = 0
    totals: int = 0
    sections: int = 0
    headers: int = 0
    titles: int = 0
    footers: int = 0

    @property
    def all(self) -> int:
        """Rows that are not empty.

        >>> RowCounts(rows=3, totals=1, headers=2).all
        6
        """
        return sum(
            (self.rows, self.refused, self.totals, self.sections, self.headers, self.titles, self.footers)
        )


@dataclass(frozen=True, slots=True)
class TrackingList:
    """All that one file's sheets say.

    Args:
        file: Its name without the folder.
        sha256: Of its bytes, given by the caller.
        tables: The sheets as read.
        rows: In the file's order.
        problems: "refused": the row is not in `rows`; "warning": it is, and is to be looked at.
        own_totals: The file's own total rows, figure by figure.
        computed: Totals over `rows` by meaning: areas in m², amounts in đồng, "households", "parcels".
        columns: What each column was taken for.
        counts: What became of each row.
    """

    file: str
    sha256: str
    tables: tuple[Table, ...]
    rows: tuple[TrackingRow, ...]
    problems: tuple[Problem, ...]
    own_totals: tuple[OwnTotal, ...]
    computed: Mapping[str, Decimal]
    columns: tuple[TrackedColumn, ...]
    counts: RowCounts
