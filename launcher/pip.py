"""pip, run by the environment's interpreter: what it complains of becomes one sentence."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from launcher.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Only wheels: building fiona would ask a newcomer for GDAL and a compiler.
ONLY_WHEELS = ("--disable-pip-version-check", "--only-binary=:all:")
NAMED_LINES = 20


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


def run_pip(python: Path, task: str, options: Sequence[str], folder: Path) -> None:
    """Run pip, its progress shown; what it complains of is kept back and told in a sentence if it fails.

    Args:
        python: The interpreter whose pip it is.
        task: "install" or "download".
        options: Further arguments.
        folder: Where it writes, for the sentence.
    """
    command = [str(python), "-m", "pip", task, *ONLY_WHEELS, *options]
    ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    if ran.returncode != 0:
        message = install_refusal(ran.stderr)
        lines = ran.stderr.strip().splitlines() or [f"code {ran.returncode}"]
        if message == "install":
            print("\n".join(lines[-NAMED_LINES:]), file=sys.stderr, flush=True)
        raise Refusal(message, folder=folder, reason=lines[-1])
