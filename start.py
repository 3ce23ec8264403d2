#!/usr/bin/env python3
"""The one command: makes .venv, installs what is pinned, then runs the app or the tests.

    python3 start.py [--port N] [--project DIR] [--open]     the app, on this machine only
    python3 start.py test [--full] [arguments of pytest]     ruff, mypy and pytest; --full: the long fault tests

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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
HOST = "127.0.0.1"
PORT = 8501
OLDEST, NEWEST = (3, 11), (3, 13)  # fiona has no wheel above 3.13
READY_WITHIN_S = 120
STOP_WITHIN_S = 10

# One sentence a line, the same keys in both: the catalogues of gis/ need what is only now being installed.
VIETNAMESE = {
    "python": "Cần Python 3.11, 3.12 hoặc 3.13 (64 bit), đang chạy bằng Python {found} ({bits} bit): {cure_vi}.",
    "no_venv": "Python này thiếu mô-đun {module} để tạo môi trường .venv: {cure_vi}.",
    "read_only": "Không ghi được vào {folder} ({reason}): chép cả thư mục phần mềm sang nơi bạn có quyền ghi rồi chạy lại.",
    "broken_venv": "Môi trường {folder} không dùng được ({reason}): xóa thư mục đó rồi chạy lại, phần mềm sẽ tự cài lại.",
    "busy": "Một cửa sổ khác đang cài đặt: đợi cửa sổ đó xong rồi chạy lại.",
    "no_network": "Không tải được các gói cần cài vì không kết nối được mạng: kiểm tra mạng (hoặc proxy) rồi chạy lại.",
    "certificate": "Không tải được các gói vì chứng chỉ của máy chủ không được tin cậy: kiểm tra ngày giờ của máy, hoặc nhờ quản trị mạng đặt PIP_CERT.",
    "no_wheel": "Không có bản cài sẵn cho máy này ({reason}): xem các hệ máy đã thử trong docs/platforms.md.",
    "disk_full": "Ổ đĩa đã đầy: giải phóng khoảng 1,5 GB rồi chạy lại.",
    "long_path": "Đường dẫn {folder} quá dài đối với Windows: chuyển thư mục phần mềm sang chỗ ngắn hơn, ví dụ C:\\gpmb.",
    "install": "Cài đặt không thành công, lý do ở các dòng trên: sửa xong chạy lại, phần đã tải được giữ nguyên.",
    "port_taken": "Cổng {port} đang được dùng: nếu phần mềm đã mở thì vào {address}, nếu không thì chạy lại với --port {other}.",
    "port_refused": "Không mở được cổng {port} ({reason}): chạy lại với --port {other}.",
    "no_project": "Không có thư mục dự án {folder}: kiểm tra lại đường dẫn sau --project, hoặc tạo bằng python -m gis init.",
    "app_stopped": "Phần mềm đã dừng với mã {code}, lý do ở các dòng trên.",
    "installing": "Đang cài đặt (chỉ lần đầu, vài phút tùy mạng)…",
    "address": "Mở trình duyệt tại {address} (nhấn Ctrl-C ở đây để dừng)",
    "stopped": "Đã dừng.",
}
ENGLISH = {
    "python": "Python 3.11, 3.12 or 3.13 (64 bit) is needed, this is Python {found} ({bits} bit): {cure_en}.",
    "no_venv": "This Python lacks the module {module}, which makes .venv: {cure_en}.",
    "read_only": "Cannot write to {folder} ({reason}): copy the whole folder to a place where you may write, then run again.",
    "broken_venv": "The environment {folder} cannot be used ({reason}): delete it and run again, it will be made anew.",
    "busy": "Another start is installing: wait until it has finished, then run again.",
    "no_network": "The packages could not be downloaded, there is no network: check the network (or proxy), then run again.",
    "certificate": "The packages could not be downloaded, the server's certificate is not trusted: check the clock of this machine, or ask the network's administrator to set PIP_CERT.",
    "no_wheel": "There is no ready-made package for this machine ({reason}): docs/platforms.md lists what was tried.",
    "disk_full": "The disk is full: free about 1.5 GB, then run again.",
    "long_path": "The path {folder} is too long for Windows: move the folder to a shorter place such as C:\\gpmb.",
    "install": "The installation failed for the reason above: mend it and run again, what was downloaded is kept.",
    "port_taken": "Port {port} is taken: if the app is already open go to {address}, otherwise run again with --port {other}.",
    "port_refused": "Port {port} cannot be opened ({reason}): run again with --port {other}.",
    "no_project": "There is no project folder {folder}: check the path after --project, or make it by python -m gis init.",
    "app_stopped": "The app has stopped with code {code} for the reason above.",
    "installing": "Installing (the first time only, minutes by your network)…",
    "address": "Open {address} in a browser (Ctrl-C here stops it)",
    "stopped": "Stopped.",
}


def sentences(message: str, **facts: object) -> str:
    """A sentence in both languages, a line each."""
    return "\n".join(language[message].format(**facts) for language in (VIETNAMESE, ENGLISH))


class Refusal(Exception):  # noqa: N818 - the word of the whole project
    """What keeps the app from starting: a sentence in each language, with its cure."""

    def __init__(self, message: str, **facts: object) -> None:
        self.message = message
        super().__init__(sentences(message, **facts))


def say(message: str, **facts: object) -> None:
    """Print a sentence in both languages, at once."""
    print(sentences(message, **facts), flush=True)


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


def install_refusal(stderr: str) -> str:
    """The sentence for what pip wrote when it failed; "install" where none is known."""
    network = ("connection broken", "NewConnectionError", "ConnectTimeout", "timed out", "ProxyError")
    names = ("name resolution", "getaddrinfo failed", "Network is unreachable", "Connection refused")
    signs = {
        "certificate": ("CERTIFICATE_VERIFY_FAILED", "SSLCertVerificationError"),
        "no_network": (*network, *names, "ConnectionResetError", "IncompleteRead"),
        "disk_full": ("No space left on device", "[Errno 28]", "WinError 112"),
        "long_path": ("Long Path", "WinError 206"),
        "read_only": ("Permission denied", "[Errno 13]", "[Errno 30]", "WinError 5]"),
        "no_wheel": ("No matching distribution found",),
    }
    found = (message for message, words in signs.items() if any(word in stderr for word in words))
    return next(found, "install")


def disk_refusal(error: OSError, folder: Path) -> Refusal:
    """The sentence for a folder that cannot be written."""
    return Refusal(
        "disk_full" if error.errno == errno.ENOSPC else "read_only", folder=folder, reason=error.strerror
    )


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
    say("installing")
    try:
        # Until all is done the environment is neither the old nor the new one.
        for old in venv.glob("*.installed"):
            old.unlink()
        install_by_pip(venv, requirements)
        for path, text in stamps.items():
            written = path.with_suffix(".new")
            written.write_text(text, "utf-8")
            written.replace(path)
    except OSError as error:
        raise disk_refusal(error, venv) from None


def install_by_pip(venv: Path, requirements: Path) -> None:
    """Run pip, its progress shown; what it complains of is kept back and told in a sentence if it fails."""
    # Only wheels: building fiona would ask a newcomer for GDAL and a compiler.
    options = ["--disable-pip-version-check", "--only-binary=:all:", "-r", str(requirements)]
    command = [str(venv_python(venv, sys.platform)), "-m", "pip", "install", *options]
    ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    if ran.returncode != 0:
        message = install_refusal(ran.stderr)
        lines = ran.stderr.strip().splitlines() or [f"code {ran.returncode}"]
        if message == "install":
            print("\n".join(lines[-20:]), file=sys.stderr, flush=True)
        raise Refusal(message, folder=venv, reason=lines[-1])


def prepare(requirements: Path) -> str:
    """The interpreter of an environment in which exactly these requirements are installed."""
    with alone():
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
        "Kiểm thử / Tests: start.py test [--full] [pytest …]",
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
    chosen = parser().parse_args(argv)
    require_python(sys.version_info[:3], 8 * struct.calcsize("P"), sys.platform)
    project = None if chosen.project is None else str(Path(chosen.project).resolve())
    if project is not None and not Path(project).is_dir():
        raise Refusal("no_project", folder=project)
    require_free_port(chosen.port, sys.platform)
    return run_app(prepare(ROOT / "requirements.txt"), chosen.port, project, open_browser=chosen.open)


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
