"""What a list of holdings says of the households themselves: one entry of the register each.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.store.register import Household

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.store.text_files import CsvRow

REGISTER_COLUMNS: Final = ("name", "kind", "hamlet", "home_commune")


def register_rows(rows: Sequence[tuple[str, CsvRow]]) -> tuple[list[Household], list[Problem]]:
    """The households that a list names, and where it contradicts itself.

    A row's `commune` is that of the parcel. Where a household lives is its `home_commune`; without that
    column it is the commune of most of its parcels, and of several that is only a guess, so it is told.

    Args:
        rows: Source and cells by column; rows without a name say nothing of the household.

    Returns:
        Each household once: the last name, kind and hamlet that its rows state, empty where they state
        none; and a warning for each that is stated in two ways, without the names.
    """
    stated: dict[str, list[tuple[str, CsvRow]]] = {}
    for source, row in rows:
        if row["name"]:
            stated.setdefault(row["household_id"], []).append((source, row))
    households, problems = [], []
    for household_id, own in stated.items():
        last = {
            column: next((row[column] for _, row in reversed(own) if row[column]), "")
            for column in REGISTER_COLUMNS
        }
        communes = Counter(row["commune"] for _, row in own if row["commune"])
        guess = communes.most_common(1)[0][0] if communes else ""
        home = last.pop("home_commune")
        households.append(Household(household_id, **last, commune=home or guess))
        problems += [
            Problem(own[-1][0], f"warning.two_{column}s", {"household": household_id}, severity="warning")
            for column in ("name", "hamlet")
            if len({row[column] for _, row in own} - {""}) > 1
        ]
        if last["hamlet"] and not home and len(communes) > 1:
            facts = {"household": household_id, "commune": guess, "hamlet": last["hamlet"]}
            problems.append(Problem(own[-1][0], "warning.guessed_commune", facts, severity="warning"))
    return households, problems
