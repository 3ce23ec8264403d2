"""Take the pictures of README and of the guide from the sample: `python docs/screenshots.py`, where the tests run.

Names of pictures as arguments take those alone.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from checks import find_chromium  # noqa: E402  the tests know where a browser may be

IMAGES = ROOT / "docs" / "img"
START_SECONDS = 60
SETTLE_MS = 4000  # the map's tiles and Streamlit's fade
# Puts another path in the place of one, in texts and fields.
ELSEWHERE = """([from, to]) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.nodeValue.includes(from)) node.nodeValue = node.nodeValue.replaceAll(from, to);
  for (const field of document.querySelectorAll("input")) field.value = field.value.replaceAll(from, to);
}"""
COLOURS = 256  # of a picture of the guide: pages have few, and a rare one means something


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture.

    Args:
        path: The page's address.
        height: Of the window, in CSS pixels; the guide's are cut to what is told.
        width: Of the window.
        prepare: What to do on the page first.
    """

    path: str
    height: int = 800
    width: int = 1280
    prepare: Callable[[Page], None] | None = None


def settle(page: Page) -> None:
    """Wait until nothing of the page is still being drawn."""
    if page.locator("#root").count():
        page.wait_for_selector("[data-test-script-state='notRunning']", timeout=START_SECONDS * 1000)
    page.wait_for_timeout(SETTLE_MS)


def choose_many(page: Page) -> None:
    """Parcels chosen by a pasted list, and the milestone that all of them shall have."""
    page.get_by_text("Nhiều thửa (0)", exact=True).click()
    page.get_by_text("Dán danh sách thửa").click()
    page.get_by_label("Danh sách tờ, thửa").fill("15910 tờ 2: 140, 159, 162, 163a, 178")
    page.get_by_label("Danh sách tờ, thửa").press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Thêm vào danh sách chọn").click()
    settle(page)
    page.get_by_text("Dán danh sách thửa").click()


def find_on_phone(page: Page) -> None:
    """A parcel found by its numbers, its form open."""
    page.locator("#text").fill("tờ 2 thửa 163a")
    page.locator("#found button, #found a, #found li").first.click()


README = {
    "tong-quan.png": Shot("/"),
    "ban-do.png": Shot("/ban-do?parcel=P004855"),
    "giai-trinh.png": Shot("/giai-trinh?from=2026-09-30&on=2026-10-31"),
}
GUIDE = {
    "bat-dau.png": Shot("/bat-dau", 660),
    "tong-quan.png": Shot("/"),
    "so-lieu.png": Shot("/so-lieu/vuong?on=2026-11-15&lang=vi", 560),
    "ban-do.png": Shot("/ban-do?parcel=P004855"),
    "nhieu-thua.png": Shot("/ban-do?parcel=P004855", prepare=choose_many),
    "ho.png": Shot("/ho?household=HD9XHVXVK", 720),
    "viec-can-lam.png": Shot("/viec-can-lam", 760),
    "ma-tran.png": Shot("/ma-tran", 700),
    "dot.png": Shot("/dot-van-ban", 700),
    "vuong-mac.png": Shot("/vuong-mac", 720),
    "giai-trinh.png": Shot("/giai-trinh?from=2026-09-30&on=2026-10-31", 700),
    "phieu-can-cu.png": Shot("/phieu-can-cu/P004855?on=2026-11-15", 720),
    "nhap-du-lieu.png": Shot("/nhap-du-lieu", 600),
    "thuc-dia.png": Shot("/thuc-dia", 844, 390, find_on_phone),
}


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The app on a copy of the sample, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"GPMB_PROJECT": str(folder), "HOME": str(folder.parent)}
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


def take(page: Page, address: str, shot: Shot, file: Path, scratch: Path) -> None:
    """One picture; where the sample's copy lies is nobody's business."""
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(address + shot.path, wait_until="networkidle")
    settle(page)
    if shot.prepare:
        shot.prepare(page)
        settle(page)
    page.evaluate(ELSEWHERE, [str(scratch), "/home/lan"])
    page.screenshot(path=file)


def make_small(file: Path) -> None:
    """Fewer colours: a page loses nothing by it, and the guide is read on phones."""
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, 6, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def take_all(browser: Browser, address: str, scratch: Path, wanted: set[str]) -> None:
    """The pictures that are wanted; all where none is named."""
    page = browser.new_page(locale="vi-VN")
    for folder, shots in ((IMAGES, README), (IMAGES / "huong-dan", GUIDE)):
        folder.mkdir(parents=True, exist_ok=True)
        for name, shot in shots.items():
            file = folder / name
            if not wanted or str(file.relative_to(IMAGES)) in wanted:
                take(page, address, shot, file, scratch)
                if shots is GUIDE:
                    make_small(file)


def main() -> None:
    """Write the pictures to docs/img."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("ledger.db*", "boundaries"))
        with server(folder) as address, sync_playwright() as browsers:
            browser = browsers.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            take_all(browser, address, folder.parent, set(sys.argv[1:]))
            browser.close()


if __name__ == "__main__":
    main()
