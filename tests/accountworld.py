"""Projects with accounts: quick passwords, and every role with a session."""

from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher

from gis.plan import empty_plan_text
from gis.project import Project, accounts, logins
from gis.store import passwords

# What a guess costs is argon2's own affair; tests need not pay for it each time.
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
PASSWORDS = {
    "chu.tich": "xem so lieu moi ngay",
    "lan": "di thon Sau gap ho",
    "quan.tri": "giu chia khoa so",
}
ACCOUNTS = {"quan.tri": "administrator", "lan": "editor", "chu.tich": "viewer"}


@dataclass(frozen=True)
class People:
    """A project whose accounts have passwords."""

    project: Project

    def token(self, account, now=NOW):
        return logins.log_in(self.project, account, PASSWORDS[account], "192.168.1.7", now).token


def empty_project(folder, url=None):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    return Project.open(folder, url)


def add_people(project, now=NOW):
    """An administrator, an editor and a viewer, each with a password of its own."""
    for account, role in ACCOUNTS.items():
        code = accounts.add(project, account, role, "quan.tri", now)
        logins.set_password(project, account, code, PASSWORDS[account], "127.0.0.1", now)
    return People(project)
