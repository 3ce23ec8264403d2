"""Money as HTML and CSV: totals, zones, đợt, a household's lines, late payments.

Names stand in it only where they are handed in.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.clearance.money_zones import OUTSIDE
from gis.ledger.accounts import Sums
from gis.ledger.facts import Milestone
from gis.web import charts
from gis.web.charts import Column
from gis.web.csv_tables import csv_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.clearance.money_zones import ZoneMoney
    from gis.ledger.accounts import Account
    from gis.ledger.entry import Draft
    from gis.ledger.money import RecordMoney
    from gis.ledger.money_groups import BatchMoney, Late
    from gis.texts import Texts

SUMS: Final = ("approved", "paid", "deposited", "remaining")


def share(part_vnd: int, whole_vnd: int) -> float | None:
    """A part of the approved money, None where nothing is approved."""
    return part_vnd / whole_vnd if whole_vnd else None


def totals_html(sums: Sums, of: str, words: Texts) -> str:
    """The four amounts side by side, with their share of what is approved; `of` says whose they are."""
    cards = [("approved", sums.approved, of)]
    for name, amount in (("paid", sums.paid), ("deposited", sums.deposited), ("remaining", sums.remaining)):
        part = charts.share(words, share(amount, sums.approved))
        cards.append((name, amount, words("money_page.of_approved", share=part)))
    heads = {name: escape(words(f"money_page.col_{name}")) for name, *_ in cards}
    items = "".join(
        f'<div class="card{" main" if name == "approved" else ""}"><span>{heads[name]}</span>'
        f"<b>{escape(words.vnd(amount))}</b><span>{escape(said)}</span></div>"
        for name, amount, said in cards
    )
    return f'<div class="gp-cards gp-money">{items}</div>'


def _plain(columns: Sequence[Column], rows: Sequence[tuple[int, Sequence[str]]]) -> str:
    """A table that is no tree."""
    return f'<div class="gp-plain">{charts.table(columns, rows, cards=True)}</div>'


def _cells(sums: Sums, words: Texts) -> list[str]:
    figures = [words.integer(getattr(sums, name)) for name in SUMS]
    return [*figures, charts.share(words, share(sums.settled, sums.approved))]


def _columns(words: Texts, *first: str, numeric: Iterable[str] = ()) -> list[Column]:
    own = [Column(words(f"money_page.col_{name}"), numeric=name in numeric) for name in first]
    return [*own, *(Column(words(f"money_page.col_{name}")) for name in (*SUMS, "share"))]


def zones_html(rows: Sequence[ZoneMoney], words: Texts) -> str:
    """Money by zone, the commune first; land outside only where it has money."""
    shown = [row for row in rows if row.zone_id != OUTSIDE or row.sums != Sums()]
    cells = []
    for row in shown:
        name = words("money_page.outside") if row.zone_id == OUTSIDE else row.name
        name = words("overview.whole") if row.depth == 0 else name
        cells.append((row.depth, [name, *_cells(row.sums, words)]))
    return charts.table(_columns(words, "zone"), cells)


def batches_html(rows: Sequence[BatchMoney], names: Mapping[str, str], words: Texts) -> str:
    """Money by đợt or decision, the whole first.

    Args:
        rows: As `money_groups.by_batch` gives them.
        names: What each đợt is called, by id.
        words: The reader's language.
    """
    whole = sum((row.sums for row in rows), Sums())
    cells = [(0, [words("money_page.whole"), "", *_cells(whole, words)])]
    for row in rows:
        name = names.get(row.batch or "", row.batch) or row.decision or words("money_page.no_approval")
        cells.append((2, [name, words.integer(row.households), *_cells(row.sums, words)]))
    return charts.table(_columns(words, "group", "households", numeric=("households",)), cells)


@dataclass(frozen=True, slots=True)
class Labels:
    """How parcels, households and đợt are called on the page, each by its id."""

    parcels: Mapping[str, str]
    households: Mapping[str, str]
    batches: Mapping[str, str]

    def parcel(self, parcel: str | None) -> str:
        """A parcel's label, a dash for the household's money as a whole."""
        return charts.NOTHING if parcel is None else self.parcels.get(parcel, parcel)

    def household(self, household: str) -> str:
        """A household's code, its name behind it where the page has it."""
        name = self.households.get(household)
        return f"{household} · {name}" if name else household


def lines_html(account: Account, labels: Labels, words: Texts) -> str:
    """A household's movements of money by day, with what remains after each."""
    names = ("on", "act", "amount", "after", "parcel", "document", "seq")
    numbers = {"amount", "after", "seq"}
    columns = [Column(words(f"money_page.col_{name}"), numeric=name in numbers) for name in names]
    remaining, cells = 0, []
    for line in account.lines:
        remaining += {"approved": 1, "withdrawn": 0}.get(line.act, -1) * line.amount_vnd
        papers = " · ".join(
            piece for piece in (line.document, labels.batches.get(line.batch or "", line.batch)) if piece
        )
        cells.append(
            (
                2,
                [
                    words.date(line.on),
                    words(f"money.{line.act}"),
                    words.integer(line.amount_vnd),
                    words.integer(remaining),
                    labels.parcel(line.parcel),
                    papers or charts.NOTHING,
                    words.integer(line.seq),
                ],
            )
        )
    return _plain(columns, cells)


def late_html(rows: Sequence[Late], labels: Labels, words: Texts) -> str:
    """Late payments, the latest first."""
    names = ("household", "unpaid", "parcel", "document", "effective", "last_day", "days_late")
    numbers = {"unpaid", "days_late"}
    columns = [Column(words(f"money_page.col_{name}"), numeric=name in numbers) for name in names]
    cells = [
        (
            2,
            [
                labels.household(row.household),
                words.integer(row.unpaid_vnd),
                labels.parcel(row.approval.parcel),
                row.approval.document or charts.NOTHING,
                words.date(row.effective),
                words.date(row.last_day),
                words.integer(row.days_late),
            ],
        )
        for row in rows
    ]
    return _plain(columns, cells)


def accounts_csv(
    accounts: Iterable[Account], late: Sequence[Late], words: Texts, names: Mapping[str, str] | None = None
) -> str:
    """Every household's account as a table for a spreadsheet; semicolons, numbers as the reader writes them.

    Args:
        accounts: In the order wanted.
        late: Late payments, for a column.
        words: The reader's language.
        names: By household id; None: no column of names.
    """
    overdue: dict[str, int] = {}
    for row in late:
        overdue[row.household] = overdue.get(row.household, 0) + row.unpaid_vnd
    heads = ["household", *(["name"] if names is not None else []), *SUMS, "late"]
    rows = [[words(f"money_page.col_{name}") for name in heads]]
    for one in accounts:
        name = [] if names is None else [names.get(one.household, "")]
        figures = [getattr(one.sums, column) for column in SUMS]
        figures.append(overdue.get(one.household, 0))
        rows.append([one.household, *name, *(words.integer(figure) for figure in figures)])
    return csv_table(rows)


def late_csv(rows: Sequence[Late], labels: Labels, words: Texts) -> str:
    """Late payments as a table for a spreadsheet; the household's name only where the labels hold it."""
    heads = ("household", "unpaid", "parcel", "document", "effective", "last_day", "days_late")
    table = [[words(f"money_page.col_{name}") for name in heads]]
    table += [
        [
            labels.household(row.household),
            words.integer(row.unpaid_vnd),
            labels.parcel(row.approval.parcel),
            row.approval.document or "",
            words.date(row.effective),
            words.date(row.last_day),
            words.integer(row.days_late),
        ]
        for row in rows
    ]
    return csv_table(table)


def review_html(
    account: Account, request: RecordMoney, drafts: Sequence[Draft], labels: Labels, words: Texts
) -> str:
    """What a request would write: the account before and after, the milestones it marks, the warnings."""
    after = account.sums + Sums(
        **{
            "approved": {"approved": request.amount_vnd},
            "paid": {"paid": request.amount_vnd},
            "deposited": {"deposited": request.amount_vnd},
            "withdrawn": {"paid": request.amount_vnd, "deposited": -request.amount_vnd},
        }[request.act]
    )
    said = words(
        "money_page.review_said",
        act=request.act,
        amount=request.amount_vnd,
        on=request.on,
        household=account.household,
        parcel=labels.parcel(request.parcel) if request.parcel else words("money_page.all_parcels"),
        document=request.number,
    )
    marked = [labels.parcel(d.fact.parcel) for d in drafts if isinstance(d.fact, Milestone)]
    if marked:
        effect = words("money_page.marks", parcels=", ".join(marked), count=len(marked))
    else:
        effect = words(
            "money_page.marks_deposit" if request.act == "deposited" else "money_page.marks_nothing"
        )
    told = "".join(f"<li>{escape(words.problem(one))}</li>" for d in drafts for one in d.warnings)
    warned = (
        f'<div class="gp-warned" role="status">{escape(words("money_page.warned"))}<ul>{told}</ul></div>'
        if told
        else ""
    )
    return (
        f'<div class="gp-review"><p><b>{escape(said)}</b></p>{_before_and_after(account.sums, after, words)}'
        f"<p>{escape(effect)}</p></div>{warned}"
    )


def _before_and_after(before: Sums, after: Sums, words: Texts) -> str:
    columns = [
        Column("", numeric=False),
        Column(words("money_page.before")),
        Column(words("money_page.after")),
    ]
    rows = [
        (
            2,
            [
                words(f"money_page.col_{name}"),
                words.integer(getattr(before, name)),
                words.integer(getattr(after, name)),
            ],
        )
        for name in SUMS
    ]
    return _plain(columns, rows)
