"""Take the pictures of README from the sample: `python docs/screenshots.py`, where the tests run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from checks import find_chromium  # noqa: E402  the tests know where a browser may be

PICTURES = {
    "tong-quan.png": "/",
    "ban-do.png": "/ban-do?parcel=P004855",
    "giai-trinh.png": "/giai-trinh?from=2026-09-30&on=2026-10-31",
}
START_SECONDS = 60
SETTLE_MS = 4000  # the map's tiles and Streamlit's fade


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The app on a copy of the sample, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"GPMB_PROJECT": str(folder)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(START_SECONDS):
                try:
                    urllib.request.urlopen(f"{address}/healthz")  # noqa: S310  our own address
                    break
                except OSError:
                    time.sleep(1)
            yield address
        finally:
            process.terminate()


def main() -> None:
    """Write every picture to docs/img."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("ledger.db*", "boundaries"))
        with server(folder) as address, sync_playwright() as browsers:
            browser = browsers.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="vi-VN")
            for name, path in PICTURES.items():
                page.goto(address + path, wait_until="networkidle")
                page.wait_for_selector("[data-test-script-state='notRunning']", timeout=START_SECONDS * 1000)
                page.wait_for_timeout(SETTLE_MS)
                page.screenshot(path=ROOT / "docs" / "img" / name)
            browser.close()


if __name__ == "__main__":
    main()
