"""What tests in a real Chromium share: one browser, one app on a copy of the sample, and the map as its script sees it.

`conftest.py` makes the fixtures of this file everybody's. A test that writes takes a parcel of its own from `targets`; one that
needs other data starts a `Server` on a folder of its own.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.project import Project
from gis.web.common import today

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 20
WAIT_MS = 60_000  # a slow, busy machine is no error
expect.set_options(timeout=WAIT_MS)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Streamlit looks under the page's own address first, and goes up after these two answers of 404.
PROBES = ("/_stcore/health", "/_stcore/host-config")


class Server:
    """The app as a user starts it, on a port that stays its own, so that it can go and come back."""

    def __init__(self, folder, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder, self._log, self._running = folder, log, None

    def start(self):
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        with self._log.open("a") as file:
            self._running = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"GPMB_PROJECT": str(self._folder)},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._running.poll() is None, self.said()
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=2).close()  # noqa: S310 - our own
            except OSError:
                time.sleep(0.3)
            else:
                return
        pytest.fail(f"{self.address} did not answer within {START_SECONDS} s")

    def stop(self):
        if self._running:
            self._running.terminate()
            try:
                self._running.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:  # work that it has begun: start.py does not wait for it either
                self._running.kill()
                self._running.wait()
        self._running = None

    def said(self):
        """All that it has written to its console."""
        return self._log.read_text("utf-8")


@contextmanager
def serving(folder, log):
    """The app on a folder; at the end no traceback stands in its console."""
    server = Server(folder, log)
    try:
        server.start()
        yield server
    finally:
        server.stop()
    said = server.said()
    assert "Traceback" not in said, said[said.index("Traceback") :][-3000:]


@pytest.fixture(scope="session")
def browser(chromium_path):
    """The one Chromium of a run. Its tests come last: Playwright keeps this thread's event loop from then on."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium_path), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def app_folder(sample_folder, tmp_path_factory):
    """The copy of the sample that the shared app serves."""
    copied = tmp_path_factory.mktemp("browser") / "data"
    shutil.copytree(sample_folder, copied)
    return copied


@pytest.fixture(scope="session")
def app(app_folder, tmp_path_factory):
    """The address of the shared app."""
    with serving(app_folder, tmp_path_factory.mktemp("server") / "log.txt") as server:
        yield server.address


@pytest.fixture
def visit(browser, app):
    """A call that opens an address in a window; at the end: no error, no request to anywhere else."""
    seen, wrong = [], []

    def told(message):
        if message.type == "error" and not urlsplit(message.location.get("url", "")).path.endswith(PROBES):
            wrong.append(message.text)

    contexts = []

    def open_window(path="", size=DESKTOP):
        context = browser.new_context(viewport=size, locale="vi-VN", has_touch=size is PHONE)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: seen.append(request.url))
        page.on("websocket", lambda channel: seen.append(channel.url))
        page.on("console", told)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{app}/{path}")
        return page

    yield open_window
    for context in contexts:
        context.close()
    own = urlsplit(app).netloc
    elsewhere = [url for url in seen if urlsplit(url).scheme in {"http", "https", "ws", "wss"}]
    assert [url for url in elsewhere if urlsplit(url).netloc != own] == []
    assert wrong == []


def gis(folder, *words):
    done = subprocess.run(
        [sys.executable, "-m", "gis", *words, "--project", str(folder), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def cleared_m2(folder, zone):
    return 10_000 * next(t["cleared_ha"] for t in gis(folder, "totals") if t["zone_id"] == zone)


@pytest.fixture(scope="module")
def staffed_folder(sample_folder, tmp_path_factory):
    """A copy of the sample for one file of tests, with the accounts of `accountworld`."""
    from accountworld import add_people  # it makes passwords cheap, for those who ask for it alone

    copied = tmp_path_factory.mktemp("staffed") / "data"
    shutil.copytree(sample_folder, copied)
    project = Project.open(copied)
    add_people(project, datetime.now(UTC))
    project.close()
    return copied


@pytest.fixture(scope="module")
def staffed_address(staffed_folder, tmp_path_factory):
    """Where an app serves that copy."""
    with serving(staffed_folder, tmp_path_factory.mktemp("server") / "log.txt") as server:
        yield server.address


def marks_of(folder, parcel):
    """The hand-overs of a parcel in the ledger."""
    project = Project.open(folder)
    found = [
        entry
        for entry in project.entries()
        if entry.parcel == parcel and getattr(entry.fact, "milestone", "") == CLEARED_MILESTONE
    ]
    project.close()
    return found


@contextmanager
def opened(folder):
    project = Project.open(folder)
    try:
        yield project.snapshot(today())
    finally:
        project.close()


@pytest.fixture(scope="session")
def places(app_folder):
    """A place inside each unit, latitude and longitude, by shapely and pyproj alone."""
    with opened(app_folder) as now:
        inside = now.units.geometry.representative_point().to_crs(4326)
        return {parcel: (point.y, point.x) for parcel, point in inside.items()}


@pytest.fixture(scope="session")
def targets(app_folder):
    """Parcels wholly in one zone with one holder, paid, large enough to be clicked: one for each test."""
    with opened(app_folder) as now:
        parts = now.overlaps.reset_index("zone_id")
        parts = parts[~parts.index.duplicated(keep=False) & (parts["overlap_m2"] > 300)]
        paid = [p for p in parts.index if now.classes[p] == "paid" and p.startswith("P")]
        found = [
            (p, now.boundaries.labels[p], *parts.loc[p]) for p in paid if len(now.state.of_parcel(p)) == 1
        ]
    return iter(found)


class Map:
    """The map in its frame, as its own script sees it."""

    def __init__(self, page, holder=".st-key-map"):
        self.page = page
        self.holder = page.locator(f"{holder} iframe")
        self.holder.wait_for()
        self.ready()

    def frame(self):
        return self.holder.element_handle().content_frame()

    def ask(self, expression):
        return self.frame().evaluate(
            f"() => {{ const live = window.clearanceMap.live; return {expression}; }}"
        )

    def until(self, expression):
        self.frame().wait_for_function(
            f"() => {{ const live = window.clearanceMap && window.clearanceMap.live; return live && {expression}; }}"
        )

    def ready(self):
        end = time.monotonic() + WAIT_MS / 1000
        while True:
            try:
                return self.until('live.state === "ready"')
            except Error:  # the frame was not there yet
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def view(self):
        return self.ask("[live.map.getCenter().lat, live.map.getCenter().lng, live.map.getZoom()]")

    def class_of(self, parcel):
        return CLASSES[self.ask(f'live.units["{parcel}"].code')]

    def click(self, parcel, place):
        """Click into a parcel at a place of it (latitude, longitude), with the mouse; from afar that is a tile."""
        self.until(f'(live.mode === "tiles" || live.units["{parcel}"])')
        x, y = self.ask(f"(p => [p.x, p.y])(live.map.latLngToContainerPoint({list(place)}))")
        self.holder.scroll_into_view_if_needed()
        box = self.holder.bounding_box()
        self.page.mouse.click(box["x"] + x, box["y"] + y)


def choose(page, label, option):
    """Open a list and take an option; the list closes where the page still scrolls to it."""
    box, wanted = (
        page.get_by_label(label, exact=True).first,
        page.get_by_role("option", name=option, exact=True),
    )
    box.scroll_into_view_if_needed()
    end = time.monotonic() + WAIT_MS / 1000
    while not wanted.is_visible() and time.monotonic() < end:
        box.click()
        page.wait_for_timeout(500)
    wanted.click()
