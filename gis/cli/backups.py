"""The commands of backups: backup, backups, restore."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    JsonOption,
    ProjectOption,
    T,
    now,
    opened,
    out,
    print_json,
    say,
    say_problems,
)
from gis.errors import PassphraseNeededError
from gis.project.backups import back_up, is_due
from gis.store.backup_key import make_key
from gis.store.backup_reading import opened_backup
from gis.store.restoring import restore as restore_backup
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

PASSPHRASE: str = "GPMB_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help=T("cli.option.passphrase_file"))
]


def passphrase_of(file: Path | None) -> str | None:
    """The passphrase: of a file, else of the environment; never of the command line, which others see."""
    if file is not None:
        return read_text(file).strip()
    return os.environ.get(PASSPHRASE) or None


def backup(
    folder: Annotated[Path, typer.Argument(help=T("cli.option.backup_folder"))],
    project: ProjectOption = DEFAULT_PROJECT,
    passphrase_file: PassphraseOption = None,
    *,
    encrypt: Annotated[bool, typer.Option("--encrypt", help=T("cli.option.encrypt"))] = False,
    daily: Annotated[bool, typer.Option("--daily", help=T("cli.option.daily"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a checked backup while others work; encrypted where the folder has a key."""
    held = opened(project)
    if daily and not is_due(held, now()):
        say(T("cli.backup.not_due"))
        return
    if encrypt:
        secret = passphrase_of(passphrase_file)
        if secret is None:
            raise PassphraseNeededError(path=str(folder))
        make_key(folder, secret)
    made = back_up(held, folder, now())
    if as_json:
        head = {"seq": made.head.seq, "hash": made.head.hash}
        print_json({"path": str(made.path), "head": head, "encrypted": made.encrypted})
    else:
        key = "cli.backup.done_encrypted" if made.encrypted else "cli.backup.done"
        out.print(T(key, path=str(made.path), seq=made.head.seq), soft_wrap=True)
    say_problems(made.problems)
    if made.problems:
        raise typer.Exit(1)


def check_backup(
    file: Annotated[Path, typer.Argument(help=T("cli.option.backup_file"))],
    passphrase_file: PassphraseOption = None,
) -> None:
    """Open a backup as a restore would, and look at every byte of it; nothing is changed."""
    with opened_backup(file, passphrase_of(passphrase_file)) as found:
        facts = {"seq": found.manifest.seq, "hash": found.manifest.hash, "files": len(found.manifest.blobs)}
    out.print(T("cli.backup.whole", path=file.name, **facts), soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(help=T("cli.option.backup_file"))],
    project: Annotated[Path, typer.Option("--project", help=T("cli.option.restore_to"))],
    passphrase_file: PassphraseOption = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help=T("cli.option.replace"))] = False,
) -> None:
    """Bring a backup back, checked to the last byte before anything is touched."""
    url = os.environ.get("GPMB_DATABASE_URL") or None
    done = restore_backup(file, project, now(), passphrase_of(passphrase_file), replace=replace, url=url)
    out.print(T("cli.restored", project=str(project), made=done.manifest.made_at[:16], seq=done.manifest.seq))
    if done.before is not None:
        out.print(T("cli.restored_before", folder=str(done.before)), soft_wrap=True)
    if not done.forgot:
        say(T("cli.restored_unforgotten"))
    problems, head = opened(project).verify()
    refused = [problem for problem in problems if problem.severity == "refused"]
    say_problems(problems)
    out.print(T("cli.head", seq=head.seq, hash=head.hash), soft_wrap=True)
    if refused:
        raise typer.Exit(1)


COMMANDS: dict[str, Callable[..., None]] = {
    "backup": backup,
    "check-backup": check_backup,
    "restore": restore,
}
