"""What is to be done, as HTML: a card for each household, a head for each hamlet, a table by officer.

Names are handed in, for the clearance team's page alone. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gis.ledger.next_steps import Rank
from gis.project.charges import NOBODY
from gis.project.entry_words import who
from gis.web import next_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.next_steps import NextStep, Outlook
    from gis.project.charges import Charge
    from gis.store.register import Household
    from gis.texts import Texts

PRESSING: Final = (Rank.OVERDUE, Rank.SOON)
COUNTED: Final = (Rank.OVERDUE, Rank.SOON, Rank.READY, Rank.STUCK)
PARCELS_SHOWN: Final = 6
THEN_SHOWN: Final = 3


@dataclass(frozen=True)
class Labels:
    """How things are called.

    Args:
        parcels: By parcel id.
        communes: Old communes by code.
        charges: By household id.
        names: The register's entries of the households that may be named; empty: codes alone.
        address: What an address keeps of language and moment.
    """

    parcels: Mapping[str, str]
    communes: Mapping[str, str]
    charges: Mapping[str, Charge]
    names: Mapping[str, Household]
    address: Mapping[str, str]

    def charge(self, household: str) -> Charge:
        """In whose charge a household is, and where it lives."""
        return self.charges.get(household, NOBODY)

    def hamlet(self, text: str, words: Texts) -> str:
        """A hamlet ("15910/Thôn 1") as people say it."""
        commune, _, name = text.partition("/")
        return f"{name}, {self.communes.get(commune, commune)}" if name else words("work.no_hamlet")


def step_of(one: Outlook) -> NextStep:
    """The first step of a household that has one."""
    return one.steps[0]


def by_hamlet(found: Iterable[Outlook], labels: Labels) -> dict[str, list[Outlook]]:
    """Households by hamlet; hamlets and households in the order of their most pressing step.

    Args:
        found: With a step each, the most pressing first.
        labels: Where they live.
    """
    groups: dict[str, list[Outlook]] = {}
    for one in found:
        hamlet = labels.charge(one.household).hamlet
        groups.setdefault(str(hamlet or ""), []).append(one)
    return groups


def sum_html(found: Sequence[Outlook], words: Texts) -> str:
    """How many households have work left, and how pressing; why other pages count fewer as overdue."""
    facts = {rank.name.lower(): sum(step_of(one).rank == rank for one in found) for rank in COUNTED}
    said = f'<p class="work-sum">{escape(words("work.sum", count=len(found), **facts))}</p>'
    return said + (f'<p class="gp-note">{escape(words("work.sum_overdue"))}</p>' if facts["overdue"] else "")


def hamlet_html(hamlet: str, found: Sequence[Outlook], labels: Labels, words: Texts) -> str:
    """The head of a hamlet's households."""
    pressing = sum(step_of(one).rank in PRESSING for one in found)
    said = words("work.hamlet_head", hamlet=labels.hamlet(hamlet, words), count=len(found), pressing=pressing)
    return f'<h2 class="work-hamlet">{escape(said)}</h2>'


def card_html(one: Outlook, labels: Labels, words: Texts) -> str:
    """A household: what is next, why, by when, where, and what was said last."""
    step = step_of(one)
    by = next_view.due(step, words)
    badge = f'<b class="gp-by">{escape(by)}</b>' if by else ""
    reasons = "".join(f"<li>{escape(one)}</li>" for one in next_view.reasons(step, words))
    then = [next_view.title(other, words) for other in one.steps[1 : 1 + THEN_SHOWN]]
    later = f"<p>{escape(words('work.then', steps='; '.join(then)))}</p>" if then else ""
    visit = one.last_visit
    last = words("work.visited", on=visit.on, outcome=visit.outcome) if visit else words("work.never_visited")
    officer = labels.charge(one.household).officer or words("work.no_officer")
    return (
        f'<div class="work-card {step.rank.name.lower()}">'
        f"<h3>{escape(next_view.title(step, words))} {badge}</h3><ul>{reasons}</ul>"
        f"<p>{escape(_where(step, labels, words))}</p>"
        f"<p>{escape(last)} · {escape(words('work.in_charge', officer=officer))}</p>{later}"
        f"{_links(one, step, labels, words)}</div>"
    )


def called(one: Outlook, labels: Labels, words: Texts) -> str:
    """A household by name and code, or by its code alone."""
    return who(one.household, labels.names, words)


def _where(step: NextStep, labels: Labels, words: Texts) -> str:
    if not step.parcels:
        return words("work.whole")
    shown = [labels.parcels.get(one, one) for one in step.parcels[:PARCELS_SHOWN]]
    more = ["…"] * (len(step.parcels) > PARCELS_SHOWN)
    return words("work.parcels", count=len(step.parcels), parcels=", ".join((*shown, *more)))


def _links(one: Outlook, step: NextStep, labels: Labels, words: Texts) -> str:
    links = []
    if step.parcels:
        address = f"ban-do?{urlencode({'parcel': step.parcels[0], **labels.address})}"
        links.append(f'<a href="{escape(address)}" target="_self">{escape(words("work.to_map"))}</a>')
    if labels.names:
        address = f"ho?{urlencode({'household': one.household, **labels.address})}"
        links.append(f'<a href="{escape(address)}" target="_self">{escape(words("work.to_household"))}</a>')
    return f'<p class="links">{"".join(links)}</p>' if links else ""


def officers_html(found: Iterable[Outlook], labels: Labels, words: Texts) -> str:
    """How many households each officer has, and how pressing they are."""
    counts: dict[str, dict[Rank, int]] = {}
    for one in found:
        own = counts.setdefault(labels.charge(one.household).officer, dict.fromkeys(Rank, 0))
        own[step_of(one).rank] += 1
    heads = [words("work.col_officer"), words("work.col_households")]
    heads += [words(f"work.rank_{rank.name.lower()}") for rank in COUNTED]
    rows = "".join(
        f"<tr><td>{escape(officer or words('work.no_officer'))}</td>"
        + "".join(
            f'<td class="num" data-label="{escape(head)}">{words.integer(count)}</td>'
            for head, count in zip(
                heads[1:], (sum(own.values()), *(own[rank] for rank in COUNTED)), strict=True
            )
        )
        + "</tr>"
        for officer, own in sorted(counts.items())
    )
    said = "".join(
        f'<th scope="col"{"" if at == 0 else " class=num"}>{escape(head)}</th>'
        for at, head in enumerate(heads)
    )
    head = f"<thead><tr>{said}</tr></thead>"
    table = f'<table class="gp-table small">{head}<tbody>{rows}</tbody></table>'
    return f'<div class="gp-scroll" tabindex="0">{table}</div>'


def sheet_html(sheet: str, links: tuple[str, str], facts: Mapping[str, int], words: Texts) -> str:
    """The way to a sheet's workbook and to its page to print."""
    said = words("work.sheet_made", sheet=sheet.upper(), **facts)
    excel, printed = links
    return (
        f'<div class="gp-done" role="status"><p>{escape(said)}</p><p class="work-links">'
        f'<a href="{escape(excel)}" download>{escape(words("work.sheet_excel"))}</a>'
        f'<a href="{escape(printed)}" target="_blank" rel="noopener">{escape(words("work.sheet_print"))}</a>'
        "</p></div>"
    )
