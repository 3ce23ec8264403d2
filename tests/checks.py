"""The checks of this repository: Ruff, mypy and pytest, by the interpreter that runs this file.

`python3 start.py test` makes that interpreter's environment and starts this; standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from postgres import find_binaries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
CHECKS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))
# The package that leads to the PostGIS of Debian's and Ubuntu's own PostgreSQL, and to the server itself.
POSTGIS_PACKAGE = "postgresql-postgis"
MOST_WORKERS = 4  # each starts a database server and a browser of its own
PLAYWRIGHT_PATH = """
import playwright.sync_api as p
with p.sync_playwright() as w: print(w.chromium.executable_path)
"""


def chromium_candidates(platform: str, environment: Mapping[str, str]) -> list[str]:
    """Where a Chromium may be: names on PATH or whole paths, the best first.

    Args:
        platform: As `sys.platform` says it.
        environment: GPMB_CHROMIUM, where set, is the only candidate: a choice is never replaced.
    """
    if environment.get("GPMB_CHROMIUM"):
        return [environment["GPMB_CHROMIUM"]]
    if platform == "win32":
        roots = [environment.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        return [root + r"\Google\Chrome\Application\chrome.exe" for root in roots if root]
    if platform == "darwin":
        apps = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
        return ["/Applications/" + app for app in apps]
    return ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def chromium_steps(platform: str, distribution: str, become_root: Sequence[str] | None) -> list[list[str]]:
    """The commands that bring a Chromium: Debian's package where it may install, else Playwright's download.

    Args:
        platform: As `sys.platform` says it.
        distribution: The ID of /etc/os-release. Ubuntu's package is a snap, useless to tests.
        become_root: [] as root, ["sudo", "-n"] with passwordless sudo, None if neither.
    """
    if platform == "linux" and distribution == "debian" and become_root is not None:
        apt = [*become_root, "apt-get", "-qq"]
        return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", "chromium"]]
    libraries = ["--with-deps"] if distribution == "ubuntu" and become_root is not None else []
    return [[sys.executable, "-m", "playwright", "install", *libraries, "chromium"]]


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or of the one that Playwright downloaded before."""
    named = map(shutil.which, chromium_candidates(sys.platform, os.environ))
    found = next(filter(None, named), None)
    if found or os.environ.get("GPMB_CHROMIUM"):
        return found
    command = [sys.executable, "-c", PLAYWRIGHT_PATH]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return shutil.which(asked.stdout.strip()) if asked.returncode == 0 else None


def root_prefix() -> list[str] | None:
    """What a command needs in front to run as root without asking; None where that cannot be had."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if (
        shutil.which("sudo")
        and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0
    ):
        return sudo
    return None


def distribution() -> str:
    """The ID of the Linux distribution; empty elsewhere."""
    release = Path("/etc/os-release")
    lines = release.read_text("utf-8").splitlines() if release.exists() else []
    return next((line.removeprefix("ID=").strip('"') for line in lines if line.startswith("ID=")), "")


def bring_chromium() -> str | None:
    """The path of a Chromium, installed if need be; None where it cannot be had."""
    found = find_chromium()
    if found or os.environ.get("GPMB_CHROMIUM"):
        return found
    for step in chromium_steps(sys.platform, distribution(), root_prefix()):
        run(*step)
    return find_chromium()


def postgres_steps(platform: str, distribution: str, become_root: Sequence[str] | None) -> list[list[str]]:
    """The commands that bring PostgreSQL with PostGIS: the system's own packages where it may install, else none.

    Args:
        platform: As `sys.platform` says it.
        distribution: The ID of /etc/os-release.
        become_root: [] as root, ["sudo", "-n"] with passwordless sudo, None if neither.
    """
    if platform != "linux" or distribution not in {"debian", "ubuntu"} or become_root is None:
        return []
    apt = [*become_root, "apt-get", "-qq"]
    return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", POSTGIS_PACKAGE]]


def bring_postgres() -> None:
    """Install PostgreSQL with PostGIS where there is none; tests that need it name what they miss."""
    if find_binaries() is None:
        for step in postgres_steps(sys.platform, distribution(), root_prefix()):
            run(*step)


def spread(pytest_arguments: Sequence[str], cores: int | None) -> list[str]:
    """The options by which pytest uses several cores: a file's tests stay together, as they share what they start.

    Files keep their order, so that those in the browser come last (`conftest.py`). Nothing where its user says how many.

    >>> spread(["-k", "areas"], 2)
    ['--numprocesses=2', '--dist=loadfile', '--no-loadscope-reorder']
    >>> spread(["-n", "0"], 2), spread([], 1)
    ([], [])
    """
    chosen = any(word.startswith(("-n", "--numprocesses", "--dist", "--pdb")) for word in pytest_arguments)
    workers = min(cores or 1, MOST_WORKERS)
    if chosen or workers == 1:
        return []
    return [f"--numprocesses={workers}", "--dist=loadfile", "--no-loadscope-reorder"]


def run(*command: str) -> int:
    """The exit code of a command that is shown before it runs; 127 where there is no such program."""
    print("+", *command, flush=True)
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except OSError as error:
        print(error, flush=True)
        return 127


def main(pytest_arguments: Sequence[str]) -> int:
    """All checks, whatever fails: 0 if none did. What failed before pytest is named in pytest's summary.

    `--full` runs the fault tests at their full length; all other arguments are pytest's.
    """
    if "--full" in pytest_arguments:
        os.environ["GPMB_FULL"] = "1"
        pytest_arguments = [argument for argument in pytest_arguments if argument != "--full"]
    chromium = bring_chromium()
    if chromium:
        os.environ["GPMB_CHROMIUM"] = chromium
    bring_postgres()
    failed = [" ".join(check) for check in CHECKS if run(sys.executable, "-m", *check) != 0]
    os.environ["GPMB_FAILED_CHECKS"] = ", ".join(failed)
    tested = run(sys.executable, "-m", "pytest", *spread(pytest_arguments, os.cpu_count()), *pytest_arguments)
    return tested or int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
