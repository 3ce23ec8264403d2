#!/usr/bin/env python3
"""The one command: makes .venv, installs what is pinned, then runs the app or the tests.

    python3 start.py [--port N] [--project DIR] [--open]     the app, on this machine only
    python3 start.py test [--full] [arguments of pytest]     ruff, mypy and pytest; --full: the long fault tests
    python3 start.py bundle [--platform NAME] [--python 3.N] [--to FILE.zip]     for a machine without a network

Standard library only, and written so that Python 3.8 can still say that it is too old. What goes wrong on
a newcomer's machine is a `Refusal`: one sentence in Vietnamese and one in English, with the cure.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from launcher import bundle
from launcher.pip import run_pip
from launcher.refusals import Refusal, disk_refusal, say
from launcher.wheels import has_bundle, offline_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
HOST = "127.0.0.1"
PORT = 8501
OLDEST, NEWEST = (3, 11), (3, 13)  # fiona has no wheel above 3.13
READY_WITHIN_S = 120
STOP_WITHIN_S = 10


def venv_python(venv: Path, platform: str) -> Path:
    """The interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


def python_cure(platform: str) -> tuple[str, str]:
    """What to do about a Python that is too old, too new or of 32 bit, in both languages."""
    name = "py -3.13" if platform == "win32" else "python3.13"
    source_vi = " từ python.org" if platform in ("win32", "darwin") else " (hoặc 3.12, 3.11)"
    source_en = " from python.org" if platform in ("win32", "darwin") else " (or 3.12, 3.11)"
    return (
        f"cài Python 3.13 64 bit{source_vi} rồi chạy: {name} start.py",
        f"install Python 3.13 of 64 bit{source_en}, then run: {name} start.py",
    )


def venv_cure(platform: str, version: tuple[int, int]) -> tuple[str, str]:
    """What to do about a missing `venv` or `ensurepip`, in both languages."""
    if platform.startswith("linux"):
        package = "python{}.{}-venv".format(*version)
        return (f"chạy: sudo apt install {package}", f"run: sudo apt install {package}")
    return python_cure(platform)


def require_python(version: tuple[int, ...], bits: int, platform: str) -> None:
    """Refuse a Python for which the pinned packages have no wheels."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST or bits < 64:  # noqa: PLR2004 - bits of an address
        cure_vi, cure_en = python_cure(platform)
        found = ".".join(str(part) for part in version[:3])
        raise Refusal("python", found=found, bits=bits, cure_vi=cure_vi, cure_en=cure_en)


def require_venv_modules(found: Mapping[str, bool], platform: str, version: tuple[int, int]) -> None:
    """Refuse a Python without `venv` or `ensurepip` (Debian ships them apart)."""
    for module, present in found.items():
        if not present:
            cure_vi, cure_en = venv_cure(platform, version)
            raise Refusal("no_venv", module=module, cure_vi=cure_vi, cure_en=cure_en)


def require_free_port(port: int, platform: str) -> None:
    """Refuse a port of this machine that somebody listens on or that may not be opened."""
    other = port + 1 if PORT <= port < PORT + 99 else PORT + 99
    taken = Refusal("port_taken", port=port, address=address(port), other=other)
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.5):
        raise taken  # Windows would bind it all the same if the other listens on every address
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if platform != "win32":  # there the option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise taken from None
            raise Refusal("port_refused", port=port, reason=error.strerror, other=other) from None


def address(port: int) -> str:
    """The page's address."""
    return f"http://{HOST}:{port}"


def stamp(texts: Sequence[bytes], version: str) -> str:
    """What an environment was made from, as sha256: the requirements in order and the Python."""
    return hashlib.sha256(b"\0".join([*texts, version.encode()])).hexdigest()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One start at a time in this folder: a second double-click must not install over the first."""
    with Path(__file__).open("rb") as held:
        try:
            if sys.platform == "win32":
                import msvcrt  # noqa: PLC0415 - exists on Windows only

                held.seek(1 << 30)  # beyond the end: a locked region may not be read there
                msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl  # noqa: PLC0415 - does not exist on Windows

                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal("busy") from None
        yield


def venv_version(venv: Path, platform: str) -> str:
    """The Python version of an environment; refused where it does not run, or is of an unfit Python."""
    python = venv_python(venv, platform)
    try:
        question = "import sys, pip; print('%d.%d.%d' % sys.version_info[:3])"
        asked = subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Refusal("broken_venv", folder=venv, reason=f"{error.strerror}: {python}") from None
    if asked.returncode != 0:
        lines = asked.stderr.strip().splitlines() or [f"code {asked.returncode}"]
        raise Refusal("broken_venv", folder=venv, reason=lines[-1])
    version = asked.stdout.strip()
    if not OLDEST <= tuple(int(part) for part in version.split(".")[:2]) <= NEWEST:
        raise Refusal("broken_venv", folder=venv, reason=f"Python {version}")
    return version


def make_venv(venv: Path) -> None:
    """Make the environment where there is none; one whose making was interrupted is made anew."""
    unfinished = venv / "unfinished"
    try:
        if unfinished.exists():
            shutil.rmtree(venv)
        if venv.is_dir() and any(venv.iterdir()):
            return
        if venv.exists() and not venv.is_dir():
            raise Refusal("broken_venv", folder=venv, reason="not a folder")
        modules = {name: importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")}
        require_venv_modules(modules, sys.platform, sys.version_info[:2])
        venv.mkdir(exist_ok=True)
        unfinished.touch()
    except OSError as error:
        raise disk_refusal(error, venv.parent) from None
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        print(made.stdout + made.stderr, file=sys.stderr, flush=True)
        raise Refusal("install")
    unfinished.unlink()


def install(venv: Path, requirements: Path) -> None:
    """Install a requirements file unless exactly this was installed before."""
    version = venv_version(venv, sys.platform)
    files = list(dict.fromkeys((requirements.with_name("requirements.txt"), requirements)))
    stamps = {
        venv / f"{files[at].stem}.installed": stamp([file.read_bytes() for file in files[: at + 1]], version)
        for at in range(len(files))
    }
    if all(path.exists() and path.read_text("utf-8") == text for path, text in stamps.items()):
        return
    offline = offline_options(ROOT, version, requirements)
    say("installing_offline" if offline else "installing")
    try:
        # Until all is done the environment is neither the old nor the new one.
        for old in venv.glob("*.installed"):
            old.unlink()
        run_pip(venv_python(venv, sys.platform), "install", [*offline, "-r", str(requirements)], venv)
        for path, text in stamps.items():
            written = path.with_suffix(".new")
            written.write_text(text, "utf-8")
            written.replace(path)
    except OSError as error:
        raise disk_refusal(error, venv) from None


def prepare(requirements: Path) -> str:
    """The interpreter of an environment in which exactly these requirements are installed."""
    with alone():
        if not VENV.exists():  # else the wrong Python would leave an environment behind
            has_bundle(ROOT, "{}.{}.{}".format(*sys.version_info[:3]), requirements)
        make_venv(VENV)
        install(VENV, requirements)
    return str(venv_python(VENV, sys.platform))


def app_command(python: str, port: int) -> list[str]:
    """`streamlit run`, on this machine only, asking and reporting nothing."""
    settings = {
        "server.address": HOST,
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    return [python, "-m", "streamlit", "run", "app.py", *options]


def run_app(python: str, port: int, project: str | None, *, open_browser: bool) -> int:
    """Serve until Ctrl-C; the address is printed once the app answers."""
    environment = dict(os.environ)
    if project is not None:
        environment["GPMB_PROJECT"] = project
    server = subprocess.Popen(app_command(python, port), cwd=ROOT, env=environment)
    try:
        if answers(server, port):
            say("address", address=address(port))
            if open_browser:
                webbrowser.open(address(port))
        code = server.wait()
    except KeyboardInterrupt:
        # A terminal sends Ctrl-C to both; one who signals this process alone wants both to end as well.
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            server.wait(2)
        stop(server)
        say("stopped")
        return 0
    finally:
        stop(server)
    if code != 0:
        raise Refusal("app_stopped", code=code)
    return 0


def answers(server: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the port can be connected to; False if the server ended first or takes too long."""
    end = time.monotonic() + READY_WITHIN_S
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return True
        time.sleep(0.2)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server that still runs: politely, then not."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def parser() -> argparse.ArgumentParser:
    """The arguments of the app."""
    arguments = argparse.ArgumentParser(
        prog="start.py",
        description="Chạy phần mềm trên máy này / Run the app on this machine. "
        "Kiểm thử / Tests: start.py test [--full] [pytest …]. "
        "Gói cài cho máy không có mạng / For a machine without a network: start.py bundle --help",
    )
    arguments.add_argument("--port", type=port_number, default=PORT, help=f"cổng / port ({PORT})")
    arguments.add_argument("--project", metavar="DIR", help="thư mục dự án / project folder (data)")
    arguments.add_argument("--open", action="store_true", help="mở trình duyệt / open the browser")
    return arguments


def port_number(text: str) -> int:
    """A port from 1 to 65535."""
    port = int(text)
    if not 0 < port < 1 << 16:
        raise argparse.ArgumentTypeError("1 … 65535")
    return port


def command(argv: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    if argv[:1] == ["test"]:
        require_python(sys.version_info[:3], 8 * struct.calcsize("P"), sys.platform)
        python = prepare(ROOT / "requirements-dev.txt")
        return subprocess.run([python, "tests/checks.py", *argv[1:]], cwd=ROOT, check=False).returncode
    if argv[:1] == ["bundle"]:
        return make_bundle(bundle.parser().parse_args(argv[1:]))
    chosen = parser().parse_args(argv)
    require_python(sys.version_info[:3], 8 * struct.calcsize("P"), sys.platform)
    project = None if chosen.project is None else str(Path(chosen.project).resolve())
    if project is not None and not Path(project).is_dir():
        raise Refusal("no_project", folder=project)
    require_free_port(chosen.port, sys.platform)
    return run_app(prepare(ROOT / "requirements.txt"), chosen.port, project, open_browser=chosen.open)


def make_bundle(chosen: argparse.Namespace) -> int:
    """Make what a machine without a network installs from, by the pip of this folder's environment."""
    require_python(sys.version_info[:3], 8 * struct.calcsize("P"), sys.platform)
    order = bundle.ordered(chosen.platform, chosen.python, chosen.to)
    with alone():
        make_venv(VENV)
        venv_version(VENV, sys.platform)
        bundle.make(ROOT, venv_python(VENV, sys.platform), order)
    return 0


def interrupt(_signal: int, _frame: object) -> NoReturn:
    """End on SIGTERM as on Ctrl-C, so that the server is never left behind."""
    raise KeyboardInterrupt


def main(argv: Sequence[str]) -> int:
    """The exit code: 0 done, 1 refused or failed, 2 wrong arguments, 130 interrupted before it ran."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # a redirected Windows console is not
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return command(argv)
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
