"""`python -m gis …`: exit 0 done, 1 refused or data problem, 2 usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from gis.cli import (
    accounts,
    backups,
    batches,
    bridge,
    database,
    deliveries,
    due,
    field_sheets,
    figures,
    files,
    holders,
    land,
    money,
    office_list,
    people,
    proofs,
    setup,
    writing,
)
from gis.cli.common import T, refuse
from gis.errors import GisError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    name="gis",
    help=T("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (
    figures.COMMANDS,
    writing.COMMANDS,
    files.COMMANDS,
    setup.COMMANDS,
    database.COMMANDS,
    bridge.COMMANDS,
    holders.COMMANDS,
    money.COMMANDS,
    deliveries.COMMANDS,
    proofs.COMMANDS,
    backups.COMMANDS,
    land.COMMANDS,
    due.COMMANDS,
    office_list.COMMANDS,
):
    for name, command in commands.items():
        app.command(name, help=T(f"cli.{name}.help"))(command)
app.add_typer(accounts.account_app, name="account", help=T("cli.account.help"))
app.add_typer(land.obstacle_app, name="obstacle", help=T("cli.obstacle.help"))
app.add_typer(field_sheets.field_sheet_app, name="field-sheet", help=T("cli.field-sheet.help"))
app.add_typer(land.object_app, name="object", help=T("cli.object.help"))
app.add_typer(batches.batch_app, name="batch", help=T("cli.batch.help"))
app.add_typer(files.import_app, name="import", help=T("cli.import.help"))
app.command("households", help=T("cli.households.help"))(people.households)
app.add_typer(people.household_app, name="household", help=T("cli.household.help"))


def run(words: Sequence[str] | None = None) -> None:
    """Run a command line; a refusal is one sentence, anything else is a bug and shows itself.

    Args:
        words: Without the program's name; None takes them from the process.

    Raises:
        SystemExit: Always, with the exit code.
    """
    try:
        app(words, prog_name="python -m gis")
    except GisError as error:
        raise SystemExit(refuse(error).exit_code) from None
