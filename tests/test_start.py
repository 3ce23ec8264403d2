"""The pure parts of the launcher, with each platform given; real starts: test_start_runs.py; bundles: test_bundle.py."""

from __future__ import annotations

import ast
import errno
import re
import string
import sys
from pathlib import Path

import pytest

import start
from launcher import pip, refusals

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux", ("bin", "python")),
        ("darwin", ("bin", "python")),
        ("win32", ("Scripts", "python.exe")),
    ],
)
def test_venv_python__by_platform(platform: str, expected: tuple[str, str]) -> None:
    assert start.venv_python(Path("env"), platform) == Path("env", *expected)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize(
    ("version", "bits"), [((3, 8, 18), 64), ((3, 10, 13), 64), ((3, 14, 0), 64), ((3, 12, 1), 32)]
)
def test_require_python__unfit_is_refused_with_the_command(
    platform: str, version: tuple[int, ...], bits: int
) -> None:
    with pytest.raises(refusals.Refusal) as refusal:
        start.require_python(version, bits, platform)
    vietnamese, english = str(refusal.value).splitlines()
    command = "py -3.13 start.py" if platform == "win32" else "python3.13 start.py"
    for sentence in (vietnamese, english):
        assert ".".join(map(str, version)) in sentence
        assert command in sentence


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 99)])
def test_require_python__fit(version: tuple[int, ...]) -> None:
    start.require_python(version, 64, "linux")


@pytest.mark.parametrize(
    ("platform", "cure"),
    [("linux", "sudo apt install python3.12-venv"), ("darwin", "python.org"), ("win32", "python.org")],
)
@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_require_venv_modules__missing_is_refused_with_the_cure(
    platform: str, cure: str, module: str
) -> None:
    found = {"venv": module != "venv", "ensurepip": module != "ensurepip"}
    with pytest.raises(refusals.Refusal) as refusal:
        start.require_venv_modules(found, platform, (3, 12))
    assert all(module in line and cure in line for line in str(refusal.value).splitlines())


# What pip really writes, shortened.
PIP_SAYS = [
    (
        "no_network",
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<x>: Failed to establish "
        "a new connection: [Errno 111] Connection refused')': /simple/x/\nERROR: No matching distribution found for x",
    ),
    (
        "no_network",
        "WARNING: Retrying after connection broken by 'NameResolutionError(\"Failed to resolve 'pypi.org' ([Errno "
        "-3] Temporary failure in name resolution)\")'\nERROR: No matching distribution found for altair==6.3.0",
    ),
    ("no_network", "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(): Read timed out."),
    (
        "certificate",
        "WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed'))': /simple/x/",
    ),
    ("no_wheel", "ERROR: No matching distribution found for fiona==1.10.1"),
    ("disk_full", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"),
    ("read_only", "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'"),
    (
        "read_only",
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'C:\\\\x'",
    ),
    (
        "long_path",
        "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\x'\n"
        "HINT: This error might have occurred since this system does not have Windows Long Path support enabled.",
    ),
    ("install", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"),
]


@pytest.mark.parametrize(("message", "stderr"), PIP_SAYS)
def test_install_refusal__by_what_pip_says(message: str, stderr: str) -> None:
    assert pip.install_refusal(stderr) == message


def test_disk_refusal__full_disk_has_another_cure() -> None:
    full = refusals.disk_refusal(OSError(errno.ENOSPC, "No space left on device"), Path("x"))
    closed = refusals.disk_refusal(OSError(errno.EROFS, "Read-only file system"), Path("x"))
    assert (full.message, closed.message) == ("disk_full", "read_only")


def test_stamp__changes_with_each_text_and_the_python() -> None:
    stamps = {
        start.stamp([b"a==1"], "3.11.7"),
        start.stamp([b"a==2"], "3.11.7"),
        start.stamp([b"a==1"], "3.12.1"),
        start.stamp([b"a==1", b""], "3.11.7"),
        start.stamp([b"", b"a==1"], "3.11.7"),
    }
    assert len(stamps) == 5


def test_app_command__loopback_only() -> None:
    command = start.app_command("python", 8600)
    assert command[:5] == ["python", "-m", "streamlit", "run", "app.py"]
    assert {"--server.address=127.0.0.1", "--server.port=8600", "--server.headless=true"} <= set(command)
    assert "--browser.gatherUsageStats=false" in command


def placeholders(text: str) -> set[str]:
    """The facts that a sentence names; a cure is itself in the sentence's language."""
    return {re.sub("_(vi|en)$", "", name) for _, name, _, _ in string.Formatter().parse(text) if name}


def test_sentences__both_languages_say_the_same() -> None:
    assert refusals.VIETNAMESE.keys() == refusals.ENGLISH.keys()
    for message, text in refusals.VIETNAMESE.items():
        assert placeholders(text) == placeholders(refusals.ENGLISH[message]), message


@pytest.mark.parametrize(
    "path", ["start.py", *sorted(f"launcher/{one.name}" for one in ROOT.glob("launcher/*.py"))]
)
def test_source__python_3_8_reads_it_and_it_needs_nothing_installed(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"launcher"}


def test_start_bat__windows_line_ends_and_pause() -> None:
    lines = (ROOT / "start.bat").read_bytes().split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1])
    assert b"start.py --open %*\r" in b"\n".join(lines)
    assert lines.count(b"pause\r") == 2


@pytest.mark.parametrize("text", ["0", "65536", "-1", "x"])
def test_parser__wrong_port_is_a_usage_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        start.parser().parse_args(["--port", text])
    assert stopped.value.code == 2
    assert "--port" in capsys.readouterr().err
