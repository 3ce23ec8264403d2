"""In whose charge a household is and in which hamlet it lives: what lists are made by, without any name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.project.people import Hamlet, people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.project.project import Project


@dataclass(frozen=True, slots=True)
class Charge:
    """The officer in charge by account, "" where there is none; the hamlet, None where it is not known."""

    officer: str = ""
    hamlet: Hamlet | None = None


NOBODY = Charge()


def charges(project: Project) -> Mapping[str, Charge]:
    """The charge of each household, by every id under which the ledger may speak of it."""
    return {
        one: Charge(person.household.officer, person.hamlet)
        for person in people(project)
        for one in person.ids
    }
