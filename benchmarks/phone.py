"""A phone on a slow line: a parcel found and marked with a photo, on the field page and on the map page.

    python benchmarks/phone.py --kbit 400 --delay-ms 150

Chromium at 390 x 844 behind a relay that carries so much each way, pages and channels alike. The photo has
12 million points and 2.7 MB; the field page makes it smaller. The ledger must hold the mark and its photo
before a time counts. The project is the shipped sample, 6,000 parcels.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import numpy as np
from browser import SAMPLE, copied
from browsing import chromium
from PIL import Image
from playwright.sync_api import expect
from relay import Line, relayed
from serving import ROOT, serving
from targets import targets

from gis.project import Project
from gis.web.common import today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, FilePayload, Page
    from relay import Relay
    from targets import Target

PHONE: Final = {"width": 390, "height": 844}
GRAINS: Final = (
    480,
    360,
)  # of noise, each a spot of the photo: 2.7 MB as a phone takes them, 1.3 MB made smaller
PHOTO: Final = (4000, 3000)
PATIENCE_MS: Final = 300_000
FIELD: Final = "thuc-dia"
MAP: Final = "ban-do"
FIGURES: Final = ("first opening", "first opening, kB", "later opening", "find", "open", "photo and mark")


class Watch:
    """Seconds of steps, by name, in the order in which they are taken."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds: dict[str, list[float]] = {}

    def time(self, name: str, do: Callable[[], object]) -> None:
        """Take a step."""
        start = time.perf_counter()
        do()
        self.add(name, time.perf_counter() - start)

    def add(self, name: str, value: float) -> None:
        """Another figure."""
        self.seconds.setdefault(name, []).append(value)

    def said(self, name: str) -> str:
        """The median and the worst."""
        values = self.seconds[name]
        digits = 0 if name.endswith("kB") else 1
        return f"{statistics.median(values):,.{digits}f} ({max(values):,.{digits}f})"


def photo(seed: int) -> FilePayload:
    """A photo, another for each seed."""
    noise = np.random.default_rng(seed).bytes(GRAINS[0] * GRAINS[1] * 3)
    picture, kept = (
        Image.frombytes("RGB", GRAINS, noise).resize(PHOTO, Image.Resampling.BICUBIC),
        io.BytesIO(),
    )
    picture.save(kept, "JPEG", quality=82)
    return {"name": "bien-ban.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def on_the_field_page(page: Page, watch: Watch, label: str, brought: FilePayload) -> None:
    """A parcel found, opened and marked there."""
    found = page.locator("#found button").first

    def find() -> None:
        page.fill("#text", label)
        expect(found).to_contain_text(label.rpartition("/")[2])

    def open_() -> None:
        found.click()
        expect(page.locator("#mark")).to_be_visible()

    def mark() -> None:
        page.set_input_files("#photo", brought)
        expect(page.locator("#photos li")).to_have_count(1)
        page.click("#save")
        expect(page.locator("#told")).to_contain_text("Đã lưu vào sổ")

    watch.time("find", find)
    watch.time("open", open_)
    watch.time("photo and mark", mark)


def on_the_map_page(page: Page, watch: Watch, label: str, brought: FilePayload) -> None:
    """A parcel found, opened and marked there."""
    found = page.get_by_role("listbox", name="Kết quả tìm").get_by_role("option").first

    def find() -> None:
        page.locator(".st-key-search input").fill(label)
        expect(found).to_contain_text(label.rpartition("/")[2])

    def open_() -> None:
        found.click()
        expect(page.get_by_label("Số biên bản")).to_have_count(1)

    def mark() -> None:
        form = page.locator("[data-testid=stForm]", has=page.get_by_label("Số biên bản"))
        form.locator("input[type=file]").set_input_files(brought)
        expect(form.locator("[data-testid=stFileChip]")).to_be_visible()
        form.locator("[data-testid=stFormSubmitButton] button").first.click()
        expect(page.locator(".gp-done")).to_be_visible()

    watch.time("find", find)
    watch.time("open", open_)
    watch.time("photo and mark", mark)


READY: Final = {
    FIELD: lambda page: expect(page.locator("#waiting")).to_have_text("Chờ gửi: 0"),
    MAP: lambda page: expect(page.locator(".st-key-map-legend button strong").first).to_be_visible(),
}
MARK: Final = {FIELD: on_the_field_page, MAP: on_the_map_page}


def contexts(browser: Browser, count: int) -> Iterator[BrowserContext]:
    """So many phones that were never here, each closed after its use."""
    for _ in range(count):
        opened = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="vi-VN")
        opened.set_default_timeout(PATIENCE_MS)
        yield opened
        opened.close()


def measure(
    browser: Browser, relay: Relay, project: Project, path: str, chosen: list[Target], seed: int
) -> Watch:
    """All steps on one page, on a phone of its own for each parcel."""
    watch, address = Watch(), f"{relay.address}/{path}"
    for at, (context, target) in enumerate(zip(contexts(browser, len(chosen)), chosen, strict=True)):
        unit = project.snapshot(today()).units.loc[target.parcel_id]
        label = f"{unit['commune']}/{unit['sheet']}/{unit['number']}"

        def show(page: Page) -> None:
            page.goto(address, wait_until="commit")
            READY[path](page)

        first, before = context.new_page(), relay.received
        watch.time("first opening", partial(show, first))
        watch.add("first opening, kB", (relay.received - before) / 1000)
        first.wait_for_timeout(2000)
        first.close()
        page = context.new_page()
        watch.time("later opening", partial(show, page))
        MARK[path](page, watch, label, photo(seed + at))
        held = project.snapshot(today()).state.by_parcel[target.parcel_id].holdings
        assert all("handed_over" in one.milestones for one in held)
        marked = [one for one in project.snapshot(today()).card(target.parcel_id).history if one.attachments]
        assert marked, f"{target.parcel_id} has no photo"
    return watch


def main() -> None:
    """Both pages on the same line, a table of seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kbit", type=float, default=400)
    parser.add_argument("--delay-ms", type=float, default=150)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--chromium", help="its program; none: Playwright's own")
    asked = parser.parse_args()
    expect.set_options(timeout=PATIENCE_MS)
    line = Line(asked.kbit * 1000 / 8, asked.delay_ms / 1000)
    print(f"load at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; a photo of", end=" ")
    print(
        f"{len(photo(0)['buffer']) / 1e6:.1f} MB; {asked.kbit:.0f} kbit/s, {asked.delay_ms:.0f} ms each way"
    )
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(Project.open(copied(SAMPLE, Path(scratch), Path(scratch) / "data"))) as project,
        serving(ROOT / "app.py", project.folder, "/healthz") as server,
        relayed(server.address, line) as relay,
        chromium(asked.chromium) as browser,
    ):
        server.wait_until_idle()
        chosen = targets(project, today(), 2 * asked.repeat)
        columns = {
            FIELD: measure(browser, relay, project, FIELD, chosen[: asked.repeat], 1),
            MAP: measure(browser, relay, project, MAP, chosen[asked.repeat :], 1000),
        }
    print("| median (worst), s | field page | map page |\n|---|---|---|")
    for name in FIGURES:
        print(f"| {name} | {columns[FIELD].said(name)} | {columns[MAP].said(name)} |")


if __name__ == "__main__":
    main()
