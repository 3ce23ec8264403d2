"""Land that comes to somebody whom the register does not know yet: the household and the entries together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger.setting import text_problems
from gis.project.register_edits import NAME_MAX
from gis.store.register import add_households, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.ledger.entry import Draft
    from gis.ledger.setting import Command, Setting
    from gis.ledger.state import State
    from gis.project.project import Project, Receipt
    from gis.store.database import Stamp, Writer
    from gis.store.register import Household


def do_with_newcomers(
    project: Project, command: Command, newcomers: Sequence[Household], stamp: Stamp
) -> Receipt:
    """Carry out a command that names new households, and put them into the register with it.

    Args:
        project: Where.
        command: It names their ids.
        newcomers: With ids that nobody has.
        stamp: Who, when, which request.

    Raises:
        RefusedError: With every reason; nothing was written, in the register neither.
    """

    def decide(now: State, setting: Setting, writer: Writer) -> Sequence[Draft]:
        drafts = command.decide(now, setting)
        taken = read_rows(writer.connection, [one.household_id for one in newcomers])
        problems = [Problem(household_id, "refused.newcomer_known") for household_id in sorted(taken)]
        problems += [problem for one in newcomers for problem in name_problems(one.name)]
        if problems:
            raise RefusedError(problems=problems)
        add_households(writer.connection, newcomers, stamp)
        return drafts

    return project.write(stamp, decide, command.is_repeated_by)


def name_problems(name: str) -> list[Problem]:
    """A new household's name is there, and no longer than the register takes."""
    if not 0 < len(name.strip()) <= NAME_MAX:
        return [Problem("", "refused.newcomer_name", {"most": NAME_MAX, "found": len(name.strip())})]
    return text_problems(name)
