"""What is next for a household, in words; nothing in it names anybody. Pure: no file, no clock."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gis.texts import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.ledger.next_steps import NextStep, Outlook, Reason
    from gis.texts import Texts


def title(step: NextStep, words: Texts) -> str:
    """What to do, in one line."""
    if step.action in {"settle", "compel"}:
        return words(f"next_do.{step.action}", obstacle=step.about)
    if step.action == "milestone":
        key = f"next_do.milestone_{step.about}"
        return (
            words(key) if key in catalogue(words.language) else words("next_do.milestone", about=step.about)
        )
    return words(f"next_do.{step.action}")


def reason(one: Reason, words: Texts) -> str:
    """Why a step is next, as a sentence."""
    facts = dict(one.facts)
    if "period" in facts:
        key = f"deadline.{facts['period']}"
        known = facts["title"] is None and key in catalogue(words.language)
        facts["period"] = words(key) if known else facts["title"] or facts["period"]
    return words(one.message, **facts)


def reasons(step: NextStep, words: Texts) -> list[str]:
    """Why a step is next; what holds for two of its parcels alike is said once."""
    return list(dict.fromkeys(reason(one, words) for one in step.reasons))


def due(step: NextStep, words: Texts) -> str:
    """By when, and how far off that is; empty where no day is set."""
    if step.due is None or step.days is None:
        return ""
    if step.rank.name == "WAIT":
        return words("next_due.from", on=step.due, days=step.days)
    kind = "late" if step.days < 0 else "today" if step.days == 0 else "left"
    return words(f"next_due.{kind}", on=step.due, days=abs(step.days))


def line(outlook: Outlook | None, words: Texts) -> str:
    """What is next on one line of a list, with its day."""
    step = outlook.next if outlook else None
    if step is None:
        return words("next_due.nothing")
    by = due(step, words)
    return f"{title(step, words)} · {by}" if by else title(step, words)


def outlook_html(
    outlook: Outlook | None, labels: dict[str, str], words: Texts, outside: Sequence[str] = ()
) -> str:
    """All steps of a household: the first with its reasons, the others below it.

    Args:
        outlook: Of the household; None or without steps: nothing is left to do.
        labels: How a person calls each parcel, by id.
        words: The texts.
        outside: Its parcels that lie in no zone: no step is about them, and that is said.
    """
    aside = _outside(outside, labels, words)
    if outlook is None or not outlook.steps:
        return f'<div class="gp-next done" role="status">{escape(words("next_due.nothing"))}{aside}</div>'
    first, *others = outlook.steps
    later = "".join(f"<li>{_short(step, words)}</li>" for step in others)
    more = f"<h4>{escape(words('next_due.then'))}</h4><ol>{later}</ol>" if later else ""
    body = f"{_first(first, labels, words)}{more}{_skipped(outlook, words)}{aside}"
    return f'<div class="gp-next {first.rank.name.lower()}">{body}</div>'


def _first(step: NextStep, labels: dict[str, str], words: Texts) -> str:
    why = "".join(f"<li>{escape(one)}</li>" for one in reasons(step, words))
    by = due(step, words)
    badge = f'<b class="gp-by">{escape(by)}</b>' if by else ""
    where = _where(step.parcels, labels, words)
    return (
        f"<h3><span>{escape(words('next_due.title'))}:</span> {escape(title(step, words))} {badge}</h3>"
        f"{where}<ul>{why}</ul>"
    )


def _short(step: NextStep, words: Texts) -> str:
    said = "; ".join(reasons(step, words))
    by = due(step, words)
    badge = f' <b class="gp-by">{escape(by)}</b>' if by else ""
    return f"<b>{escape(title(step, words))}</b>{badge} <span>{escape(said)}</span>"


def _where(parcels: Sequence[str], labels: dict[str, str], words: Texts) -> str:
    if not parcels:
        return ""
    named = ", ".join(labels.get(parcel, parcel) for parcel in parcels)
    return f'<p class="gp-where">{escape(words("next_due.where", parcels=named))}</p>'


def _outside(parcels: Sequence[str], labels: dict[str, str], words: Texts) -> str:
    if not parcels:
        return ""
    named = ", ".join(labels.get(parcel, parcel) for parcel in parcels)
    return f'<p class="gp-note">{escape(words("next_due.outside", parcels=named))}</p>'


def _skipped(outlook: Outlook, words: Texts) -> str:
    if not outlook.skipped:
        return ""
    said = words("next_due.skipped", milestones=", ".join(outlook.skipped))
    return f'<p class="gp-note">{escape(said)}</p>'
