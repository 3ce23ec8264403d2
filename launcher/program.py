"""The program's own files, which go into a bundle: nothing of an office, no ledger, no environment."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING, NamedTuple

from launcher.refusals import Refusal, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Where there is no git that knows: the folders and files that the program consists of.
PROGRAM = (
    ".ci",
    ".gitattributes",
    ".gitignore",
    ".streamlit",
    "CHANGELOG.md",
    "README.md",
    "app.py",
    "benchmarks",
)
PROGRAM += (
    "docs",
    "gis",
    "launcher",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "start.bat",
)
PROGRAM += ("start.py", "tests")
SAMPLE = ("README.txt", "project.toml", "parcels/features.gpkg", "parcels/parcels.gpkg", "zones/zones.gpkg")
SAMPLE += tuple(
    f"households/{name}.csv" for name in ("batches", "deliveries", "history", "holdings", "households")
)
MADE_BY_RUNNING = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"})
EXECUTABLE_BITS = 0o111


class ProgramFile(NamedTuple):
    """A file by its path from the program's folder, with "/"."""

    path: str
    content: bytes
    executable: bool


def program_files(root: Path) -> list[ProgramFile]:
    """The files of the program, by path: as committed where git knows, else by name.

    Raises:
        Refusal: If the data beside a program without git is not the sample.
        OSError: If a file cannot be read.
    """
    committed = committed_files(root) if (root / ".git").exists() else None
    return sorted(walked_files(root) if committed is None else committed)


def committed_files(root: Path) -> list[ProgramFile] | None:
    """What git has committed, so that nothing that an office changed or added is in it; None without git."""
    asked = [ask_git(root, "rev-parse", "--short", "HEAD"), ask_git(root, "archive", "--format=zip", "HEAD")]
    if None in asked:
        return None
    commit, packed = asked
    say("bundle_commit", commit=commit.decode().strip())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [
            ProgramFile(one.filename, archive.read(one), bool(one.external_attr >> 16 & EXECUTABLE_BITS))
            for one in archive.infolist()
            if not one.is_dir()
        ]


def ask_git(root: Path, *arguments: str) -> bytes | None:
    """What git answers in a folder; None where there is no git or it refuses."""
    try:
        asked = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except OSError:
        return None
    return asked.stdout if asked.returncode == 0 else None


def walked_files(root: Path) -> Iterator[ProgramFile]:
    """The program's files by the names above; of data/ the sample's alone."""
    plan = root / "data" / "project.toml"
    if plan.exists():
        # The app lets no real data into a project that says so.
        if not re.search(r"^synthetic\s*=\s*true\b", plan.read_text("utf-8"), re.MULTILINE):
            raise Refusal("bundle_office")
        yield from (
            read_file(root, root / "data" / name) for name in SAMPLE if (root / "data" / name).exists()
        )
    for name in PROGRAM:
        place = root / name
        paths = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in paths:
            made = MADE_BY_RUNNING.intersection(path.relative_to(root).parts)
            if path.is_file() and not made and not path.is_symlink():
                yield read_file(root, path)


def read_file(root: Path, path: Path) -> ProgramFile:
    """A file of the folder."""
    executable = bool(path.stat().st_mode & EXECUTABLE_BITS)
    return ProgramFile(path.relative_to(root).as_posix(), path.read_bytes(), executable)
