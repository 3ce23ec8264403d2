"""The commands of accounts: account add, list, role, reset, disable, enable, logout, oidc, log.

Whoever may run a command on the server's own console may let people in: that is the way back where
nobody's password is known any more.
"""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from gis.access import ROLES
from gis.cli.common import DEFAULT_PROJECT, JsonOption, ProjectOption, T, now, opened, out, print_json, table
from gis.ledger.entry import parse_time
from gis.project import accounts
from gis.project.days import HANOI

if TYPE_CHECKING:
    from gis.store.accounts import Account

ByOption = Annotated[str, typer.Option("--by", help=T("cli.option.account_by"))]
AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help=T("cli.option.account"))]
RoleArgument = Annotated[str, typer.Argument(metavar="|".join(ROLES), help=T("cli.option.role"))]
account_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
# Where nobody is logged in, the history says who sat at the console.
CONSOLE = "console"


def console() -> str:
    """Who runs the command, by the operating system."""
    try:
        return f"{CONSOLE}:{getpass.getuser()}"
    except (OSError, KeyError):  # an account without a name
        return CONSOLE


@account_app.command("add", help=T("cli.account.add.help"))
def add(
    account: AccountArgument,
    role: RoleArgument,
    name: Annotated[str, typer.Option("--name", help=T("cli.option.person"))] = "",
    oidc: Annotated[str, typer.Option("--oidc", help=T("cli.option.oidc"))] = "",
    by: ByOption = "",
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Add an account and print its one-time code."""
    code = accounts.add(opened(project), account, role, by or console(), now(), name=name, oidc=oidc)
    _print_code(account, code, as_json=as_json)


@account_app.command("list", help=T("cli.account.list.help"))
def list_(project: ProjectOption = DEFAULT_PROJECT, *, as_json: JsonOption = False) -> None:
    """List the accounts; no secrets."""
    held = opened(project)
    logged_in = {one.account_id for one in accounts.open_sessions(held, now())}
    found = accounts.accounts(held)
    if as_json:
        print_json([_account_dict(one, logged_in) for one in found])
        return
    rows = [
        [
            one.account_id,
            one.name or "–",
            T(f"account.role_{one.role}"),
            T(
                "account.state_in"
                if one.account_id in logged_in
                else f"account.state_{accounts.state_of(one)}"
            ),
            one.oidc or "–",
            T.day_time(parse_time(one.created_at).astimezone(HANOI)),
        ]
        for one in found
    ]
    heads = ("account", "name", "role", "state", "oidc", "since")
    table(T("account.page_title"), [(T(f"account.col_{head}"), "left") for head in heads], rows)


def _account_dict(one: Account, logged_in: set[str]) -> dict[str, object]:
    return {
        "account": one.account_id,
        "name": one.name,
        "role": one.role,
        "state": accounts.state_of(one),
        "logged_in": one.account_id in logged_in,
        "oidc": one.oidc,
        "created_at": one.created_at,
        "disabled_at": one.disabled_at,
    }


@account_app.command("role", help=T("cli.account.role.help"))
def role_(
    account: AccountArgument, role: RoleArgument, by: ByOption = "", project: ProjectOption = DEFAULT_PROJECT
) -> None:
    """Give an account another role."""
    accounts.set_role(opened(project), account, role, by or console(), now())
    out.print(T("account.done_role", account=account, role=T(f"account.role_{role}")))


@account_app.command("reset", help=T("cli.account.reset.help"))
def reset(
    account: AccountArgument,
    by: ByOption = "",
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print a new one-time code; password and sessions end."""
    code = accounts.reset(opened(project), account, by or console(), now())
    _print_code(account, code, as_json=as_json)


@account_app.command("disable", help=T("cli.account.disable.help"))
def disable(account: AccountArgument, by: ByOption = "", project: ProjectOption = DEFAULT_PROJECT) -> None:
    """Close an account whose owner has left."""
    accounts.disable(opened(project), account, by or console(), now())
    out.print(T("account.done_disabled", account=account))


@account_app.command("enable", help=T("cli.account.enable.help"))
def enable(
    account: AccountArgument,
    by: ByOption = "",
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Open an account again and print its one-time code."""
    code = accounts.enable(opened(project), account, by or console(), now())
    _print_code(account, code, as_json=as_json)


@account_app.command("logout", help=T("cli.account.logout.help"))
def logout(account: AccountArgument, by: ByOption = "", project: ProjectOption = DEFAULT_PROJECT) -> None:
    """Log an account out everywhere."""
    accounts.end_sessions(opened(project), account, by or console(), now())
    out.print(T("account.done_logged_out", account=account))


@account_app.command("oidc", help=T("cli.account.oidc.help"))
def oidc_(
    account: AccountArgument,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=T("cli.option.oidc"))],
    by: ByOption = "",
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Say by which e-mail or subject an identity provider knows an account; "" for none."""
    accounts.set_oidc(opened(project), account, login, by or console(), now())
    out.print(T("account.done_oidc", account=account))


@account_app.command("log", help=T("cli.account.log.help"))
def log(
    project: ProjectOption = DEFAULT_PROJECT,
    most: Annotated[int, typer.Option("--most", min=1, help=T("cli.option.most"))] = 100,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print who saw names, the newest first: codes of households, never names."""
    found = accounts.name_log(opened(project), most)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [
        [
            T.day_time(parse_time(one.at).astimezone(HANOI)),
            one.by,
            T(f"seen.{one.what}"),
            one.household or T("account.households", count=one.count),
        ]
        for one in found
    ]
    heads = ("at", "by", "where", "whose")
    table(T("account.names_title"), [(T(f"account.col_{head}"), "left") for head in heads], rows)


def _print_code(account: str, code: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"account": account, "code": code, "days": accounts.CODE_GOOD_FOR.days})
        return
    out.print(T("account.code_made", account=account))
    out.print(f"  {code}")
    out.print(T("account.code_once"))
