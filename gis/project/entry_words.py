"""What an entry says, in one line, for histories, proofs and bridges. Pure: no file, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.ledger.facts import (
    BatchDocument,
    BatchJoined,
    BatchOpened,
    Boundaries,
    Delivery,
    Holding,
    Milestone,
    Money,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Succession,
    Visit,
    Void,
    Waiver,
)
from gis.ledger.part import SquareMetres

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.ledger.entry import Entry
    from gis.ledger.part import Part
    from gis.store.register import Household
    from gis.texts import Texts


def who(household_id: str, names: Mapping[str, Household], words: Texts) -> str:
    """A household by its name and code; by its code alone where the register does not know it."""
    found = names.get(household_id)
    return words("card.who", name=found.name, id=household_id) if found else household_id


def part_words(part: Part, words: Texts) -> str:
    """A household's part as people say it."""
    if part is None:
        return words("card.part_unknown")
    if isinstance(part, SquareMetres):
        return words.m2(float(part.m2))
    return words("card.part_whole") if part == 1 else str(part)


def entry_words(entry: Entry, names: Mapping[str, Household], words: Texts) -> str:
    """What an entry says, whose it is, and the document that says so.

    Args:
        entry: Of any kind.
        names: The register's entries of the households that may be named; empty: codes alone.
        words: Language.
    """
    household = getattr(entry.fact, "household", None)
    document = getattr(entry.fact, "document", None)
    pieces = [_said(entry, words), who(household, names, words) if household else None, document]
    return " · ".join(piece for piece in pieces if piece)


def _said(entry: Entry, words: Texts) -> str:  # noqa: C901, PLR0911, PLR0912 - one line a kind
    fact = entry.fact
    match fact:
        case Milestone():
            said = words.named("milestone", fact.milestone)
            return said if fact.amount_vnd is None else f"{said}: {words.vnd(fact.amount_vnd)}"
        case Opening():
            key = "card.entry_opening_late" if fact.not_later_than else "card.entry_opening"
            return words(key, milestone=fact.milestone, row=fact.row, file=fact.file_sha256[:8])
        case Waiver():
            return words("card.entry_waiver", milestone=fact.milestone)
        case Holding():
            return words("card.entry_holding", part=part_words(fact.part, words))
        case ObstacleOpened():
            return words("card.entry_opened", category=words(f"obstacle.{fact.category}"))
        case ObstacleClosed():
            return words("card.entry_closed", seq=fact.opened)
        case Visit():
            return words("card.entry_visit", outcome=fact.outcome)
        case Money():
            return words("card.entry_money", act=fact.act, amount=fact.amount_vnd)
        case ObjectListed():
            return words("card.entry_listed", category=fact.category, count=fact.count)
        case ObjectRemoved():
            return words("card.entry_removed", count=fact.count, seq=fact.listed)
        case BatchOpened():
            return words("card.entry_batch", batch=fact.batch, name=fact.name)
        case BatchJoined():
            return words("card.entry_left" if fact.left else "card.entry_joined", batch=fact.batch)
        case BatchDocument():
            facts = {"batch": fact.batch, "milestone": fact.milestone, "number": fact.number}
            return words("card.entry_batch_document", **facts)
        case Delivery():
            return words("card.entry_delivery", block=fact.block, count=len(fact.parcels))
        case Succession():
            return words("card.entry_succession", count=len({new for _, new, _ in fact.pairs}))
        case Void():
            return words("card.entry_void", seq=fact.target)
        case Boundaries():
            return words("card.entry_boundaries")
