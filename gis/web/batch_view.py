"""Đợt as HTML: progress, deadlines, documents, members, the review of a list.

Names come from the register, for the clearance team's page alone. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.due import counted
from gis.texts import catalogue
from gis.web.attachment_routes import attachment_link
from gis.web.charts import Column, exact_ha, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gis.deadlines import Deadlines, Rule
    from gis.errors import Problem
    from gis.ledger.batches import Batch, Document
    from gis.ledger.due import Due
    from gis.plan import Plan
    from gis.project.batches import BatchFigures, Review
    from gis.store.register import Household
    from gis.texts import Texts

LINES_SHOWN: Final = 12
PRESSING: Final = ("overdue", "due")


def of_household(row: Due) -> str:
    """What a period counts as: a household counts once."""
    return row.household


def zone_name(plan: Plan, zone: str | None, words: Texts) -> str:
    """A đợt's zone in words."""
    if zone is None:
        return words("batch_page.no_zone")
    return next((one.name for one in plan.zones if one.zone_id == zone), zone)


def regime_name(deadlines: Deadlines, regime: str) -> str:
    """A regime's name; its id where the project knows it no more."""
    found = deadlines.regimes.get(regime)
    return found.name if found else regime


def rule_name(rule: Rule, words: Texts) -> str:
    """What a period is about: in the reader's language, or as the project's own table says."""
    key = f"deadline.{rule.id}"
    return words(key) if rule.title is None and key in catalogue(words.language) else rule.title or rule.id


def summary(rows: Sequence[Due], soon: int, words: Texts) -> str:
    """How many households are overdue and how many are due, in one sentence."""
    late, near = (counted(rows, status, of_household) for status in PRESSING)
    return words("batch_page.summary", overdue=late, due=near, days=soon)


def cards(found: Sequence[tuple[Batch, BatchFigures]], rows: Sequence[Due], soon: int, words: Texts) -> str:
    """Three figures at the head of the page."""
    late, near = (counted(rows, status, of_household) for status in PRESSING)
    members = len({household for batch, _ in found for household in batch.members})
    figures = (
        ("late" if late else "", words.integer(late), words("batch_page.card_overdue")),
        ("soon" if near else "", words.integer(near), words("batch_page.card_due", days=soon)),
        ("", words.integer(len(found)), words("batch_page.card_batches", households=members)),
    )
    items = "".join(
        f'<div class="card {kind}"><b>{number}</b><span>{escape(said)}</span></div>'
        for kind, number, said in figures
    )
    return f'<div class="gp-cards gp-dot">{items}</div>'


def line(batch: Batch, figures: BatchFigures, rows: Sequence[Due], words: Texts) -> str:
    """A đợt on one line of the list, as markdown: a title and what matters."""
    title = f"**{_plain(batch.batch)} · {_plain(batch.name)}**"
    if not batch.members:
        return f"{title} {_plain(words('batch_page.no_members'))}"
    late, near = (counted(rows, status, of_household) for status in PRESSING)
    said = [
        words("batch_page.line", households=figures.households, parcels=len(figures.parcels)),
        words.ha(figures.area_ha),
        words(
            "batch_page.line_handed", count=figures.reached.get("handed_over", 0), total=figures.households
        ),
    ]
    if late:
        said.append(words("batch_page.line_overdue", count=late))
    if near:
        said.append(words("batch_page.line_due", count=near))
    return f"{title} {_plain(' · '.join(said))}"


def _plain(text: str) -> str:
    """A text in which markdown reads nothing."""
    return "".join("\\" + c if c in "\\`*_{}[]()#+!|<>~$:" else c for c in text)


def head(batch: Batch, figures: BatchFigures, plan: Plan, deadlines: Deadlines, words: Texts) -> str:
    """What a đợt is: its zone, regime, day, members and land."""
    facts = [
        (words("batch_page.zone"), zone_name(plan, batch.zone, words)),
        (words("batch_page.regime"), regime_name(deadlines, batch.regime)),
        (words("batch_page.opened"), words.date(batch.on)),
        (words("batch_page.members"), words.integer(figures.households)),
        (words("batch_page.parcels"), words.integer(len(figures.parcels))),
        (words("batch_page.area"), words.ha(figures.area_ha)),
    ]
    items = "".join(f"<div><span>{escape(name)}</span><b>{escape(value)}</b></div>" for name, value in facts)
    zones = [
        f"{zone_name(plan, zone, words)}: {exact_ha(words, area_ha)} ha"
        for zone, area_ha in figures.zones_ha.items()
    ]
    foot = f'<p class="gp-foot">{escape(" · ".join(zones))}</p>' if len(zones) > 1 else ""
    if figures.landless:
        foot += _note(words("batch_page.landless", count=len(figures.landless)))
    return f'<div class="gp-dot-head">{items}</div>{foot}'


def _note(text: str) -> str:
    return f'<p class="gp-note">{escape(text)}</p>'


def progress(figures: BatchFigures, milestones: Iterable[str], words: Texts) -> str:
    """For each milestone the holdings here that reached it, and the members whose every one did."""
    whole = sum(len(held) for held in figures.holdings.values())
    bars = "".join(
        _bar(
            words(f"milestone.{name}"),
            figures.reached_holdings.get(name, 0),
            whole,
            words(
                "batch_page.reached",
                holdings=figures.reached_holdings.get(name, 0),
                all_holdings=whole,
                households=figures.reached.get(name, 0),
                all_households=len(figures.holdings),
            ),
        )
        for name in milestones
    )
    return f'<div class="gp-dot-bars">{bars}</div>'


def _bar(name: str, count: int, whole: int, said: str) -> str:
    width = f"{100 * count / whole:.2f}%" if whole else "0"
    return (
        f'<div class="row"><span>{escape(name)}</span><div class="track">'
        f'<div class="fill" style="width:{width}"></div></div><b>{escape(said)}</b></div>'
    )


def deadlines_table(rows: Sequence[Due], words: Texts) -> str:
    """One line for each rule: households overdue, due, with time left; the nearest day; the law."""
    if not rows:
        return _note(words("batch_page.nothing_due"))
    grouped: dict[str, list[Due]] = {}
    for row in rows:
        grouped.setdefault(row.rule.id, []).append(row)
    columns = [Column(words("batch_page.col_rule"), numeric=False)]
    columns += [Column(words(f"batch_page.col_{name}")) for name in ("overdue", "due", "open")]
    columns += [Column(words("batch_page.col_by"), numeric=False)]
    columns += [Column(words("batch_page.col_source"), numeric=False)]
    lines = [(3, _rule_line(group, words)) for group in grouped.values()]
    foot = words("batch_page.deadline_foot")
    if any(row.longest for row in rows):
        foot += " " + words("batch_page.longest_foot")
    drawn = table(columns, lines, cards=True)
    return f'<div class="gp-dot-due">{drawn}</div><p class="gp-foot">{escape(foot)}</p>'


def _rule_line(group: Sequence[Due], words: Texts) -> list[str]:
    rule = group[0].rule
    running = [row for row in group if row.status != "early"]
    counts = [counted(group, status, of_household) for status in PRESSING]
    left = sum(counted(group, status, of_household) for status in ("open", "wait"))
    early = counted(group, "early", of_household)
    nearest = words.date(running[0].by) if running else "–"
    if early:
        nearest += " · " + words("batch_page.early", count=early)
    elif running and rule.kind == "not_before":
        nearest = words("batch_page.from_day", on=running[0].by)
    return [
        rule_name(rule, words),
        *(words.integer(count) if count else "–" for count in (*counts, left)),
        nearest,
        rule.source,
    ]


@dataclass(frozen=True, slots=True)
class People:
    """How households and parcels are called on this page."""

    names: Mapping[str, Household]
    labels: Mapping[str, str]

    def name(self, household: str) -> str:
        """A household's name; its id where the register tells none."""
        found = self.names.get(household)
        return found.name if found and found.name else household

    def place(self, household: str) -> str:
        """A household's hamlet."""
        found = self.names.get(household)
        return found.hamlet if found else ""

    def parcels(self, parcels: Iterable[str]) -> str:
        """Parcels as people call them, the first ones in full."""
        listed = [self.labels.get(parcel, parcel) for parcel in parcels]
        more = len(listed) - LINES_SHOWN
        return ", ".join(listed[:LINES_SHOWN]) + (f" … +{more}" if more > 0 else "")


def pressing_table(rows: Sequence[Due], people: People, words: Texts) -> str:
    """Every household that is overdue or due, the most pressing first."""
    columns = [
        Column(words(f"batch_page.col_{name}"), numeric=name == "days")
        for name in ("household", "rule", "last", "days", "parcels")
    ]
    lines = [
        (
            3,
            [
                f"{people.name(row.household)} · {row.household}",
                rule_name(row.rule, words),
                words.date(row.by),
                _days(row, words),
                people.parcels(row.parcels),
            ],
        )
        for row in rows
        if row.status in PRESSING
    ]
    return _tall(table(columns, lines, cards=True))


def _days(row: Due, words: Texts) -> str:
    if row.days < 0:
        return words("batch_page.late_days", days=-row.days)
    return words("batch_page.left_days", days=row.days)


def _tall(inner: str) -> str:
    return f'<div class="gp-dot-list">{inner.replace("gp-scroll", "gp-scroll tall", 1)}</div>'


def documents_table(
    batch: Batch, figures: BatchFigures, signed: Callable[[Document], str | None], words: Texts
) -> str:
    """The documents of a đợt, how far each is carried out, and its scans."""
    if not batch.documents:
        return _note(words("batch_page.no_documents"))
    items = "".join(_document(one, figures, signed(one), words) for one in batch.documents)
    return f'<ol class="gp-dot-docs">{items}</ol>'


def _document(one: Document, figures: BatchFigures, signatory: str | None, words: Texts) -> str:
    households, holdings = figures.applied.get(one.seq, (0, 0))
    facts = [words("batch_page.document_day", on=one.on)]
    if one.effective != one.on:
        facts.append(words("batch_page.document_effective", on=one.effective))
    if signatory:
        facts.append(words("batch_page.document_signed", name=signatory))
    facts.append(words("batch_page.document_entry", seq=one.seq))
    scans = "".join(
        f'<a href="{attachment_link(scan.sha256)}" target="_blank" rel="noopener">'
        f"{escape(words('batch_page.scan', number=number))}</a>"
        for number, scan in enumerate(one.attachments, start=1)
    )
    said = words("batch_page.applied", households=households, holdings=holdings, whole=len(figures.holdings))
    bar = _bar(words(f"milestone.{one.milestone}"), households, len(figures.holdings), said)
    return (
        f"<li><b>{escape(one.number)}</b><span>{escape(' · '.join(facts))}</span>{scans}"
        f'<div class="gp-dot-bars">{bar}</div></li>'
    )


def members_table(batch: Batch, figures: BatchFigures, people: People, words: Texts) -> str:
    """The members of a đợt with their land here and how far they are."""
    columns = [
        Column(words(f"batch_page.col_{name}"), numeric=name == "count")
        for name in ("household", "hamlet", "joined", "count", "parcels")
    ]
    order = sorted(batch.members, key=lambda one: (people.place(one), people.name(one), one))
    lines = []
    for household in order:
        parcels = [holding.parcel for holding in figures.holdings.get(household, ())]
        cells = [
            f"{people.name(household)} · {household}",
            people.place(household) or "–",
            words.date(batch.members[household]),
            words.integer(len(parcels)),
            people.parcels(parcels) or "–",
        ]
        lines.append((3, cells))
    return _tall(table(columns, lines, cards=True))


def review_html(found: Review, document: Document, plan: Plan, words: Texts) -> str:
    """What applying a document would write, skip and refuse."""
    zones = ", ".join(
        f"{zone_name(plan, zone, words)} {exact_ha(words, area_ha)} ha"
        for zone, area_ha in found.zones_ha.items()
    )
    said = words(
        "batch_page.review",
        number=document.number,
        on=document.on,
        milestone=document.milestone,
        households=found.households,
        parcels=found.parcels,
    )
    lines = [f"<p><b>{escape(said)}</b></p>"]
    if zones:
        lines.append(f"<p>{escape(words('batch_page.review_zones', zones=zones))}</p>")
    if found.money_vnd:
        lines.append(f"<p>{escape(words('batch_page.review_money', money=found.money_vnd))}</p>")
    if found.entries:
        lines.append(f"<p>{escape(words('batch_page.review_entries', count=found.entries))}</p>")
    elif not found.refused:
        lines = [f"<p>{escape(words('batch_page.review_nothing', number=document.number))}</p>"]
    warned = _grouped(found.warnings, words("batch_page.warnings"), "gp-warned", words)
    skipped = _grouped(found.skipped, words("batch_page.skipped"), "gp-warned", words)
    refused = _grouped(found.refused, words("batch_page.refused"), "gp-refusal", words)
    return refused + f'<div class="gp-review">{"".join(lines)}</div>' + warned + skipped


def _grouped(problems: Sequence[Problem], title: str, look: str, words: Texts) -> str:
    """Problems under a heading: the first of each kind in full, and how many there are of it."""
    if not problems:
        return ""
    counts = Counter(problem.message for problem in problems)
    shown: Counter[str] = Counter()
    lines = []
    most = LINES_SHOWN if look == "gp-refusal" else max(LINES_SHOWN // len(counts) // 2, 2)
    for problem in problems:
        shown[problem.message] += 1
        if shown[problem.message] <= most:
            lines.append(words.problem(problem))
    lines += [
        words("batch_page.more_like_it", count=count - most) for count in counts.values() if count > most
    ]
    items = "".join(f"<li>{escape(said)}</li>" for said in lines)
    return f'<div class="{look}">{escape(title)} ({words.integer(len(problems))})<ul>{items}</ul></div>'
