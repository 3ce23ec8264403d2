"""Real starts of the launcher, in folders of their own: what must fail does so with its sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from startworld import borrowed_venv, closed_port, copy_launcher, refused, run, unreachable

import start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

APP = 'from streamlit.starlette import App\napp = App("page.py")\n'
PAGE = """
import json, os, pathlib, streamlit
pathlib.Path("seen.json").write_text(json.dumps(os.environ.get("GPMB_PROJECT")))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the launcher with one requirement and a page that tells what it was given."""
    copy_launcher(tmp_path)
    (tmp_path / "requirements.txt").write_text("rfc8785==0.1.4\n")
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "page.py").write_text(PAGE)
    return tmp_path


@pytest.fixture
def free_port() -> int:
    return closed_port()


@pytest.fixture
def offline() -> dict[str, str]:
    return unreachable()


def test_start__taken_port(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused(run(folder, "--port", str(port)), "port_taken", port=str(port), cure="--port")
    assert not (folder / ".venv").exists()


def test_start__no_project_folder(folder: Path, free_port: int) -> None:
    ran = run(folder, "--port", str(free_port), "--project", str(folder / "nowhere"))
    refused(ran, "no_project", folder=str(folder / "nowhere"))


def old_pythons() -> Iterator[str]:
    homes = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions", Path("/usr")]
    for home in homes:
        yield from map(str, sorted(home.glob("3.[89].*/bin/python")) + sorted(home.glob("3.10.*/bin/python")))
        yield from map(str, sorted(home.glob("bin/python3.[89]")) + sorted(home.glob("bin/python3.10")))


def test_start__old_python(folder: Path) -> None:
    pythons = list(old_pythons())
    if not pythons:
        pytest.skip("no Python 3.8 to 3.10 on this machine")
    for python in pythons:
        refused(run(folder, python=python), "python", cure="3.13")


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are POSIX")
def test_start__read_only_folder(folder: Path, free_port: int) -> None:
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root writes everywhere and there is no setpriv to take that away")
        prefix = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
    folder.chmod(0o555)
    try:
        ran = run(folder, "--port", str(free_port), prefix=prefix)
    finally:
        folder.chmod(0o755)
    refused(ran, "read_only", folder=str(folder))


def test_start__no_network_then_again(folder: Path, free_port: int, offline: dict[str, str]) -> None:
    venv = borrowed_venv(folder)
    (folder / "requirements.txt").write_text("rfc8785==0.0.1\n")
    for _ in range(2):
        refused(run(folder, "--port", str(free_port), environment=offline), "no_network")
        assert list(venv.glob("*.installed")) == []


def test_start__venv_is_a_file(folder: Path, free_port: int) -> None:
    (folder / ".venv").write_text("")
    refused(run(folder, "--port", str(free_port)), "broken_venv", folder=str(folder / ".venv"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows copies the interpreter")
def test_start__venv_whose_python_is_gone(folder: Path, free_port: int) -> None:
    python = borrowed_venv(folder) / "bin" / "python"
    python.unlink()
    python.symlink_to(folder / "gone")
    refused(run(folder, "--port", str(free_port)), "broken_venv", python=str(python))


def test_start__venv_without_pip(folder: Path, free_port: int) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
    refused(run(folder, "--port", str(free_port)), "broken_venv", reason="No module named 'pip'")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a second Python's bin folder")
def test_start__venv_of_another_python(folder: Path, free_port: int) -> None:
    python = next(old_pythons(), None)
    if python is None:
        pytest.skip("no Python 3.8 to 3.10 on this machine")
    made = subprocess.run([python, "-m", "venv", str(folder / ".venv")], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"{python} makes no environments")
    refused(run(folder, "--port", str(free_port)), "broken_venv", reason="Python 3.")


@pytest.mark.skipif(sys.platform == "win32", reason="held by fcntl")
def test_start__while_another_installs(folder: Path, free_port: int) -> None:
    import fcntl

    with (folder / "start.py").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused(run(folder, "--port", str(free_port)), "busy")


def test_make_venv__interrupted_is_made_anew(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    venv.mkdir()
    (venv / "unfinished").touch()
    (venv / "half").touch()
    start.make_venv(venv)
    assert not (venv / "half").exists()
    assert not (venv / "unfinished").exists()
    assert start.venv_version(venv, sys.platform) == "{}.{}.{}".format(*sys.version_info[:3])


@pytest.mark.parametrize(
    ("texts", "calls"),
    [
        (("rfc8785==0.1.4\n", "rfc8785==0.1.4\n"), (True, False)),
        (("rfc8785==0.1.4\n", "rfc8785==0.1.4\n# more\n"), (True, True)),
    ],
)
def test_install__only_when_the_requirements_changed(
    folder: Path, texts: tuple[str, str], calls: tuple[bool, bool], capfd: pytest.CaptureFixture[str]
) -> None:
    venv = borrowed_venv(folder)
    for text, called in zip(texts, calls, strict=True):
        (folder / "requirements.txt").write_text(text)
        start.install(venv, folder / "requirements.txt")
        assert ("Installing" in capfd.readouterr().out) is called


def test_install__for_tests_serves_the_app_too(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    venv = borrowed_venv(folder)
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    start.install(venv, folder / "requirements-dev.txt")
    assert "Installing" in capfd.readouterr().out
    start.install(venv, folder / "requirements.txt")
    start.install(venv, folder / "requirements-dev.txt")
    assert capfd.readouterr().out == ""


def wait_for(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_start__serves_on_loopback_and_ends_cleanly(
    folder: Path, free_port: int, offline: dict[str, str], ending: signal.Signals
) -> None:
    borrowed_venv(folder)
    output = folder / "output.txt"
    arguments = [sys.executable, "start.py", "--port", str(free_port), "--project", "."]
    with output.open("w") as written:
        started = subprocess.Popen(
            arguments, cwd=folder, env=offline, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{free_port}"
        wait_for(lambda: f"Open {address}" in output.read_text("utf-8") or started.poll() is not None)
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", free_port), timeout=5)
    finally:
        started.send_signal(ending)
        code = started.wait(20)
    said = output.read_text("utf-8")
    assert (code, said.splitlines()[-1]) == (0, "Stopped."), said
    assert "Traceback" not in said
    start.require_free_port(free_port, sys.platform)


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_run_app__passes_the_project(folder: Path, free_port: int) -> None:
    (folder / "app.py").write_text(PAGE)
    environment = {**os.environ, "GPMB_PROJECT": "of the shell"}
    script = f"""
import start
start.app_command = lambda python, port: [python, "app.py"]
start.run_app({sys.executable!r}, {free_port}, "/the/project", open_browser=False)
"""
    subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, check=True)
    assert json.loads((folder / "seen.json").read_text()) == "/the/project"
