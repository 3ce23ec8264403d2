"""`start.py bundle`: one zip with the program and every wheel that it needs on a machine without a network."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from launcher import wheels
from launcher.pip import run_pip
from launcher.program import ProgramFile, program_files
from launcher.refusals import Refusal, disk_refusal, say

if TYPE_CHECKING:
    from collections.abc import Iterable

TOP = "gpmb"
READ_ME = "CAI-DAT.txt"
PIN = re.compile(
    r"""^(?P<pin>[\w.-]+==[\w.!+-]+)(\s*;\s*sys_platform\s*(?P<sign>[!=]=)\s*"(?P<system>\w+)")?$"""
)
# The same program and wheels give the same zip, byte for byte: two people can compare one number.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
READ_ME_TEXT = """\
THEO DÕI GPMB: GÓI CÀI CHO MÁY KHÔNG CÓ MẠNG ({platform}, Python {python})

1. Cài Python {python} 64 bit (bộ cài từ python.org phải chép kèm; gói này không có sẵn Python).
2. Giải nén cả gói vào một thư mục trống, đường dẫn ngắn, ví dụ {place}.
3. Chạy: {command}
   Lần đầu phần mềm cài {count} gói trong thư mục wheels, không cần mạng, rồi in địa chỉ để mở trình duyệt.
Trước khi cài, từng tệp trong wheels được so với wheels/SHA256SUMS; sai một tệp là không cài gì.
Dữ liệu trong thư mục data là dữ liệu mẫu, không phải số liệu thật.

THE SAME IN ENGLISH: A BUNDLE FOR A MACHINE WITHOUT A NETWORK ({platform}, Python {python})

1. Install Python {python} of 64 bit (bring its installer from python.org along; it is not in this bundle).
2. Unpack the whole bundle into an empty folder with a short path, such as {place}.
3. Run: {command}
   The first time the program installs the {count} packages of the folder wheels, needs no network, then prints its address.
Before that every file in wheels is compared with wheels/SHA256SUMS; one that differs, and nothing is installed.
The folder data holds a synthetic sample, no real figures.
"""


class Order(NamedTuple):
    """What a bundle is to be made for, and where."""

    platform: str
    python: str
    target: Path


def parser() -> argparse.ArgumentParser:
    """The arguments of `start.py bundle`; unknown names are refused in both languages by `ordered`."""
    arguments = argparse.ArgumentParser(
        prog="start.py bundle",
        description="Tạo gói cài cho máy không có mạng / Make an install bundle for a machine without a network.",
    )
    arguments.add_argument(
        "--platform", metavar="|".join(wheels.PLATFORMS), help="hệ máy / platform (máy này / this one)"
    )
    arguments.add_argument(
        "--python", metavar="|".join(wheels.PYTHONS), help="Python (bản đang chạy / this one)"
    )
    arguments.add_argument("--to", metavar="FILE.zip", help="tệp cần tạo / the file to make")
    return arguments


def ordered(platform: str | None, python: str | None, to: str | None) -> Order:
    """The order that the arguments make; what is not said is as on this machine.

    Raises:
        Refusal: If there is no such platform or Python, or the file is already there.
    """
    platform = platform or wheels.this_platform()
    python = python or "{}.{}".format(*sys.version_info[:2])
    if platform not in wheels.PLATFORMS:
        raise Refusal("bundle_platform", found=platform, known=", ".join(wheels.PLATFORMS))
    if python not in wheels.PYTHONS:
        raise Refusal("bundle_python", found=python, known=", ".join(wheels.PYTHONS))
    target = Path(to or f"gpmb-{platform}-python{python}.zip").resolve()
    if target.exists():
        raise Refusal("bundle_exists", file=target)
    return Order(platform, python, target)


def make(root: Path, pip_python: Path, order: Order) -> None:
    """Download the wheels, write the zip, and say its sha256.

    Args:
        root: The program's folder.
        pip_python: An interpreter with pip.
        order: What to make.

    Raises:
        Refusal: If the network, the disk or a wheel is missing; no file is left then.
    """
    partial = order.target.with_name(order.target.name + ".part")
    try:
        files = program_files(root)
        with tempfile.TemporaryDirectory(dir=order.target.parent) as kept:
            count = write(partial, files, downloaded(files, pip_python, order, Path(kept)), order)
        digest = wheels.sha256(partial.read_bytes())
        megabytes = round(partial.stat().st_size / 1e6)
        partial.replace(order.target)
    except OSError as error:
        raise disk_refusal(error, order.target.parent) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    say("bundle_made", file=order.target, megabytes=megabytes, count=count)
    print(f"{digest}  {order.target.name}", flush=True)


def requirements_of(files: Iterable[ProgramFile]) -> bytes:
    """The bytes of the program's requirements."""
    return next(one.content for one in files if one.path == "requirements.txt")


def pins(requirements: bytes, sys_platform: str) -> list[str]:
    r"""The pins that apply on a platform, in order.

    pip judges a marker by the machine that downloads, so a bundle for Windows that is made on Linux would lack
    what Windows alone needs.

    Raises:
        ValueError: If a line is no exact pin, or asks for something else than the platform.

    >>> pins(b'a==1\ncolorama==0.4.6; sys_platform == "win32"  # why', "linux")
    ['a==1']
    """
    found = []
    for line in requirements.decode("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            pin = PIN.match(text)
            if pin is None:
                raise ValueError(f"requirements.txt: {line!r} is no exact pin")
            same = pin["system"] == sys_platform
            if pin["sign"] is None or same == (pin["sign"] == "=="):
                found.append(pin["pin"])
    return found


def downloaded(files: list[ProgramFile], pip_python: Path, order: Order, folder: Path) -> list[Path]:
    """The wheels of an order, by name."""
    kind = wheels.PLATFORMS[order.platform]
    wanted = folder / "pins.txt"
    wanted.write_text("\n".join(pins(requirements_of(files), kind.sys_platform)), "utf-8")
    tags = [f"--platform={tag}" for tag in kind.tags]
    options = [
        *tags,
        "--implementation=cp",
        f"--python-version={order.python}",
        "--no-deps",
        f"--dest={folder}",
    ]
    try:
        run_pip(pip_python, "download", [*options, "-r", str(wanted)], order.target.parent)
    except Refusal as refusal:
        if refusal.message != "no_wheel":
            raise
        reason = refusal.facts["reason"]
        raise Refusal(
            "bundle_no_wheel", platform=order.platform, python=order.python, reason=reason
        ) from None
    return sorted(folder.glob("*.whl"))


def write(target: Path, files: Iterable[ProgramFile], found: list[Path], order: Order) -> int:
    """Write the zip; the number of wheels in it."""
    about = wheels.Bundle(order.platform, order.python, wheels.sha256(requirements_of(files)))
    sums = "".join(f"{wheels.sha256(path.read_bytes())}  {path.name}\n" for path in found)
    texts = {
        READ_ME: read_me(order, len(found)),
        f"{wheels.FOLDER}/{wheels.ABOUT}": json.dumps(about._asdict(), indent=1).encode(),
        f"{wheels.FOLDER}/{wheels.SUMS}": sums.encode(),
    }
    with zipfile.ZipFile(target, "w") as archive:
        for one in (
            *files,
            *(ProgramFile(path, content, executable=False) for path, content in texts.items()),
        ):
            archive.writestr(entry(one.path, executable=one.executable), one.content, zipfile.ZIP_DEFLATED)
        for path in found:  # already packed
            place = entry(f"{wheels.FOLDER}/{path.name}", executable=False)
            archive.writestr(place, path.read_bytes(), zipfile.ZIP_STORED)
    return len(found)


def entry(path: str, *, executable: bool) -> zipfile.ZipInfo:
    """A file's entry in the zip, under its one folder."""
    info = zipfile.ZipInfo(f"{TOP}/{path}", LONG_AGO)
    info.create_system = 3  # Unix, whose permission bits follow
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    return info


def read_me(order: Order, count: int) -> bytes:
    """The text beside the program, with the line ends of its platform."""
    windows = order.platform.startswith("win")
    command = f"py -{order.python} start.py --open" if windows else f"python{order.python} start.py"
    place = "C:\\gpmb" if windows else "/opt/gpmb"
    facts = {"platform": order.platform, "python": order.python, "count": count}
    text = READ_ME_TEXT.format(command=command, place=place, **facts)
    return text.replace("\n", "\r\n" if windows else "\n").encode("utf-8")
