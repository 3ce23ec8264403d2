"""Folders with a launcher of their own, environments made in a moment, and what a refusal looks like."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

from launcher import refusals

ROOT = Path(__file__).resolve().parents[1]


def copy_launcher(folder: Path) -> Path:
    """A folder with the launcher alone."""
    shutil.copy(ROOT / "start.py", folder)
    shutil.copytree(ROOT / "launcher", folder / "launcher", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def without_pip_settings() -> dict[str, str]:
    """This environment, but nothing in it tells pip or the app anything."""
    kept = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(("PIP_", "GPMB_"))
    }
    return kept | {"PIP_CONFIG_FILE": os.devnull}


def unreachable() -> dict[str, str]:
    """An environment in which pip can reach nothing: the index is a closed port of this machine."""
    index = f"http://127.0.0.1:{closed_port()}/simple"
    return without_pip_settings() | {"PIP_INDEX_URL": index, "PIP_RETRIES": "1"}


def borrowed_venv(folder: Path) -> Path:
    """An environment made in a moment: it finds pip and Streamlit where this test finds them."""
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    site = next(venv.glob("lib/python*/site-packages"), venv / "Lib" / "site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def run(
    folder: Path,
    *arguments: str,
    environment: dict[str, str] | None = None,
    python: str = sys.executable,
    prefix: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Start the launcher of a folder and wait for its end."""
    command = [*prefix, python, str(folder / "start.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )


def refused(ran: subprocess.CompletedProcess[str], message: str, **facts: str) -> None:
    """Exit code 1, no traceback, and exactly the two lines of one refusal, with these facts in them."""
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lines = ran.stderr.splitlines()
    assert len(lines) == 2, ran.stderr
    for line, language in zip(lines, (refusals.VIETNAMESE, refusals.ENGLISH), strict=True):
        assert line.startswith(language[message].split("{")[0])
        assert all(fact in line for fact in facts.values())
