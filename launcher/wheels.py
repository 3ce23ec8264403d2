"""The folder wheels/ of a bundle, from which start.py installs where there is no network.

What is in it is listed with its sha256 when the bundle is made, and nothing is installed unless all of it
is as listed and was made for this machine, this Python and these pins.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import sysconfig
from typing import TYPE_CHECKING, NamedTuple

from launcher.refusals import Refusal

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "wheels"
SUMS = "SHA256SUMS"
ABOUT = "bundle.json"
PYTHONS = ("3.11", "3.12", "3.13")


class Platform(NamedTuple):
    """A kind of machine: what markers call it, and the tags of wheels that run on it, the newest first."""

    sys_platform: str
    tags: tuple[str, ...]


GLIBC = tuple(
    f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)
)  # docs/platforms.md: the least system
PLATFORMS = {
    "win_amd64": Platform("win32", ("win_amd64",)),
    "linux_x86_64": Platform(
        "linux", (*GLIBC, "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")
    ),
    "macos_arm64": Platform("darwin", ("macosx_14_0_arm64",)),
    "macos_x86_64": Platform("darwin", ("macosx_13_0_x86_64",)),
}


class Bundle(NamedTuple):
    """What the wheels of a folder were made for."""

    platform: str
    python: str
    requirements_sha256: str


def platform_name(build: str, machine: str) -> str:
    """The kind of machine, by the names of `PLATFORMS` where it is one of them.

    Args:
        build: As `sysconfig.get_platform()` says it; python.org's macOS builds say "universal2".
        machine: As `platform.machine()` says it.

    >>> platform_name("win-amd64", "AMD64"), platform_name("macosx-10.13-universal2", "arm64")
    ('win_amd64', 'macos_arm64')
    """
    if build.startswith("macosx"):
        return f"macos_{machine}"
    return build.replace("-", "_")


def this_platform() -> str:
    """The kind of this machine."""
    return platform_name(sysconfig.get_platform(), platform.machine())


def sha256(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_bundle(root: Path) -> Bundle | None:
    """What the folder wheels/ beside the program was made for; None where there is none."""
    folder = root / FOLDER
    if not folder.is_dir():
        return None
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        return Bundle(*(str(about[name]) for name in Bundle._fields))
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal("wheels_changed", file=ABOUT) from None


def require_fit(bundle: Bundle, here: str, python: str, requirements: bytes) -> None:
    """Refuse a bundle of another kind of machine, another Python or other pins.

    Args:
        bundle: What the wheels were made for.
        here: The kind of this machine.
        python: The Python that would install them, as "3.12".
        requirements: The bytes of the requirements that are to be installed.
    """
    if bundle.platform != here:
        raise Refusal("wheels_platform", found=bundle.platform, here=here, python=python)
    if bundle.python != python:
        command = f"py -{bundle.python}" if here.startswith("win") else f"python{bundle.python}"
        raise Refusal("wheels_python", found=bundle.python, here=python, command=f"{command} start.py")
    if bundle.requirements_sha256 != sha256(requirements):
        raise Refusal("wheels_stale")


def require_unchanged(folder: Path) -> None:
    """Refuse wheels that are not exactly those of the list: one that is missing, changed, or none of it."""
    listed = read_sums(folder)
    there = {path.name for path in folder.glob("*.whl")}
    for name in sorted(listed.keys() | there):
        path = folder / name
        if name not in listed or not path.is_file() or sha256(path.read_bytes()) != listed[name]:
            raise Refusal("wheels_changed", file=name)


def read_sums(folder: Path) -> dict[str, str]:
    """The sha256 of each wheel by its name, as `sha256sum` writes them."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
        pairs = [line.split("  ", 1) for line in lines]
        return {name: digest for digest, name in pairs}
    except (OSError, ValueError):
        raise Refusal("wheels_changed", file=SUMS) from None


def has_bundle(root: Path, version: str, requirements: Path) -> bool:
    """Whether there is a folder wheels/ to install from.

    The bundle holds what the app needs; what tests add is downloaded.

    Args:
        root: The program's folder.
        version: The version of the environment's Python, as "3.12.1".
        requirements: What is to be installed.

    Raises:
        Refusal: If the folder is for another machine, Python or version of the program.
    """
    bundle = read_bundle(root) if requirements.name == "requirements.txt" else None
    if bundle is None:
        return False
    python = version.rpartition(".")[0]
    running = "{}.{}".format(*sys.version_info[:2])
    if python != bundle.python == running:
        raise Refusal("broken_venv", folder=root / ".venv", reason=f"Python {version}")
    require_fit(bundle, this_platform(), python, requirements.read_bytes())
    return True


def offline_options(root: Path, version: str, requirements: Path) -> list[str]:
    """The options by which pip installs from wheels/ alone; none where there is no such folder.

    Arguments and refusals are those of `has_bundle`, and a wheel that is not as listed is refused.
    """
    if not has_bundle(root, version, requirements):
        return []
    require_unchanged(root / FOLDER)
    return ["--isolated", "--no-index", f"--find-links={root / FOLDER}"]
