"""ZIP files, unpacked with every limit kept: nothing in one can leave its folder or fill the disk."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from gis.errors import ImportRefusedError, Problem

UNPACKED_BYTES: Final = 500 * 1024 * 1024
MOST_MEMBERS: Final = 2_000
CHUNK_BYTES: Final = 1 << 20
# What zipfile says of a damaged file; RuntimeError: it wants a password; OSError: a name no disk takes.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
_PACKED: Final = frozenset({".zip", ".kmz", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"})
_UTF8_NAME: Final = 0x800
# Windows takes none of these in a name, and reads ":" as a stream within a file.
_BAD_LETTERS: Final = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


@dataclass(frozen=True, slots=True)
class Member:
    """One unpacked file: its name within the archive as a person reads it, and where it is now."""

    name: str
    path: Path


def unpack(content: IO[bytes] | Path, name: str, folder: Path, *, flat: bool) -> list[Member]:
    """The files of a ZIP, each under the last part of its name.

    Args:
        content: The archive.
        name: What its user calls it, for the refusal.
        folder: Where its files go; nothing is written outside.
        flat: All files into `folder` itself; else one folder within it for each folder of the archive.

    Raises:
        ImportRefusedError: If it is damaged, encrypted, too large, or holds a link, another archive, or one
            name twice.
    """
    try:
        with zipfile.ZipFile(content) as packed:
            wanted = [member for member in packed.infolist() if not _is_passed_over(member)]
            _check_members(wanted, name)
            return _write_all(packed, wanted, name, folder, flat=flat)
    except _DAMAGED:
        raise ImportRefusedError(problems=[Problem(name, "problem.bad_zip")], files=name) from None


def keep(source: IO[bytes], place: Path, name: str, most: int) -> int:
    """Write a new file of at most `most` bytes; how many it has.

    Raises:
        ImportRefusedError: If there is such a file already, or the source holds more.
    """
    if place.exists():
        raise _refused(name, "problem.name_twice", place.name)
    size = 0
    with place.open("wb") as target:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > most:
                raise _too_large(name)
            target.write(chunk)
    return size


def safe_name(name: str) -> str:
    """The last part of a name, as any disk takes it: composed letters, no separators, no control letters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in unicodedata.normalize("NFC", last) if letter.isprintable())
    return shown.translate(_BAD_LETTERS).rstrip(". ") or "_"


def _write_all(
    packed: zipfile.ZipFile, wanted: list[zipfile.ZipInfo], name: str, folder: Path, *, flat: bool
) -> list[Member]:
    left, places, members = UNPACKED_BYTES, dict[str, Path](), []
    for member in wanted:
        shown = _shown(member)
        parent = "" if flat else shown.rpartition("/")[0]
        place = places.setdefault(parent, folder if flat else folder / f"{len(places) + 1}")
        place.mkdir(exist_ok=True)
        path = place / safe_name(shown)
        with packed.open(member) as source:
            left -= keep(source, path, name, left)
        members.append(Member(shown, path))
    return members


def _check_members(wanted: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse by what the archive's own list says, before a byte is unpacked."""
    if len(wanted) > MOST_MEMBERS:
        raise _refused(name, "problem.zip_many", name, most=MOST_MEMBERS)
    if sum(member.file_size for member in wanted) > UNPACKED_BYTES:
        raise _too_large(name)
    for member in wanted:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(name, "problem.zip_link", name, member=_shown(member))
        if PurePosixPath(_shown(member)).suffix.lower() in _PACKED:
            raise _refused(name, "problem.zip_in_zip", name, member=_shown(member))


def _is_passed_over(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder, hidden, or what macOS adds beside each file."""
    parts = PurePosixPath(_shown(member)).parts
    return member.is_dir() or not parts or parts[-1].startswith(".") or parts[0] == "__MACOSX"


def _shown(member: zipfile.ZipInfo) -> str:
    """A member's name; UTF-8 that was written without saying so is read as what it is."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = member.filename
    shown = unicodedata.normalize("NFC", name.replace("\\", "/"))
    return "".join(letter for letter in shown if letter.isprintable())


def _too_large(name: str) -> ImportRefusedError:
    return _refused(name, "problem.large_zip", name, most=UNPACKED_BYTES >> 20)


def _refused(files: str, message: str, source: str, **facts: str | int) -> ImportRefusedError:
    return ImportRefusedError(problems=[Problem(source, message, facts)], files=files)
