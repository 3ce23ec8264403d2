"""Marking one holding after the other for one request: what comes of it, what is skipped, what is refused.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger.entry import Draft
from gis.ledger.facts import Milestone
from gis.ledger.setting import document_number, require_none
from gis.ledger.warnings import holding_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Fact
    from gis.ledger.marks import Mark
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


@dataclass(frozen=True, slots=True)
class Application:
    """What a request for many holdings would write, what it would skip, and why it is refused."""

    drafts: tuple[Draft, ...] = ()
    skipped: tuple[Problem, ...] = ()
    refused: tuple[Problem, ...] = ()

    def required(self, nothing: str, count: int) -> tuple[Draft, ...]:
        """The drafts.

        Args:
            nothing: Id of the text that says that nothing is left to write.
            count: How many were asked for.

        Raises:
            RefusedError: With every reason; nothing is written then.
        """
        problems = list(self.refused)
        if not problems and not self.drafts:
            facts: dict[str, Fact] = {"count": count}
            problems.append(Problem("", nothing, facts))
        require_none(problems)
        return self.drafts


@dataclass(slots=True)
class Gathered:
    """What has come of the holdings so far."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def mark(
        self, state: State, setting: Setting, holding: HoldingState, asked: Mark, problems: Sequence[Problem]
    ) -> None:
        """Another holding: its milestone with what is odd about it, or why it is refused."""
        self.refused += problems
        if not problems:
            number = document_number(asked.document)
            fact = Milestone(holding.parcel, holding.household, asked.milestone, number, batch=asked.batch)
            warnings = tuple(holding_warnings(state, holding, asked, setting))
            self.drafts.append(Draft(asked.on, fact, asked.attachments, warnings))

    def skip(
        self, holding: HoldingState, milestone: str, before: tuple[int, str | None], source: str
    ) -> None:
        """Another holding that has the milestone already.

        Args:
            holding: Which.
            milestone: Its id.
            before: Seq and document of the entry that says so.
            source: How the parcel is called.
        """
        seq, number = before
        facts: dict[str, Fact] = {
            "household": holding.household,
            "milestone": milestone,
            "document": number,
            "seq": seq,
        }
        self.skipped.append(Problem(source, "warning.marked_before", facts, severity="warning"))

    def application(self, *more: Draft) -> Application:
        """All of it, and drafts that follow the milestones."""
        return Application((*self.drafts, *more), tuple(self.skipped), tuple(self.refused))
