"""The field page in a real Chromium the size of a phone: marks survive the network and are written once.

The network goes by stopping the server: Playwright's offline switch does not reach a service worker.
"""

import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browserworld import PHONE, WAIT_MS, marks_of, serving
from playwright.sync_api import expect

from gis.ledger.marks import Mark
from gis.project import Project
from gis.store.database import Stamp
from gis.web.common import today

sys.path.insert(0, str(Path(__file__).parent / "store"))
from scans import picture

pytestmark = pytest.mark.browser
BYTES_PER_SECOND = 400_000 // 8
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": BYTES_PER_SECOND,
    "uploadThroughput": BYTES_PER_SECOND,
}
FIRST_LOAD_BYTES = 60_000
FIRST_LOAD_SECONDS = 10


@pytest.fixture
def server(sample_copy, tmp_path):
    """An app of the test's own, that goes and comes back."""
    with serving(sample_copy, tmp_path / "log.txt") as started:
        yield started


@pytest.fixture
def context(browser):
    opened = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="vi-VN")
    opened.set_default_timeout(WAIT_MS)
    yield opened
    opened.close()


@pytest.fixture
def wrong():
    return []


def open_page(context, address, wrong):
    """A page at 400 kbit/s; what its scripts or its policy complain of goes to `wrong`."""
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda message: (
            wrong.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on("dialog", lambda dialog: dialog.accept())
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    page.goto(address)
    return page


def worker_ready(page):
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys())"
        ".then((names) => names.length && caches.open(names[0]).then((c) => c.match('/thuc-dia?lang=vi')))"
    )


@pytest.fixture
def parcels(sample_copy):
    """Two parcels that one household holds each and has not handed over: id, sheet/number, household."""
    project = Project.open(sample_copy)
    snapshot = project.snapshot(today())
    found = []
    for parcel in snapshot.units.index[snapshot.units["kind"] == "parcel"]:
        held = snapshot.state.of_parcel(parcel)
        if len(held) == 1 and "handed_over" not in held[0].milestones:
            unit = snapshot.units.loc[parcel]
            found.append((parcel, f"{unit['commune']}/{unit['sheet']}/{unit['number']}", held[0].household))
        if len(found) == 2:
            break
    project.close()
    return found


def find_and_open(page, label):
    page.fill("#text", label)
    page.locator("#found button").first.click()
    expect(page.locator("#mark")).to_be_visible()


def photo(name="Biên bản.jpg"):
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture("JPEG")}


def test_field__found_marked_with_a_photo_and_saved(context, server, parcels, sample_copy, wrong):
    parcel, label, household = parcels[0]
    sizes = []
    context.on("response", lambda response: sizes.append(response))  # noqa: PLW0108 - Playwright wants one
    began = time.monotonic()
    page = open_page(context, f"{server.address}/thuc-dia", wrong)
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 0")
    assert time.monotonic() - began < FIRST_LOAD_SECONDS
    first = [one for one in sizes if "/sw.js" not in one.url]
    assert sum(one.request.sizes()["responseBodySize"] for one in first) < FIRST_LOAD_BYTES
    find_and_open(page, label)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_input_files("#photo", photo())
    expect(page.locator("#photos li")).to_have_count(1)
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã lưu vào sổ")
    (entry,) = marks_of(sample_copy, parcel)
    assert (entry.fact.household, len(entry.attachments), entry.on) == (household, 1, today())
    told = page.locator("#told").inner_text().replace(".", "").replace(",", "")
    assert str(entry.seq) in told
    assert page.locator("#marks li").count() == 0
    assert wrong == []


def test_field__kept_without_network_and_sent_once(context, server, parcels, sample_copy, wrong):
    parcel, label, _ = parcels[0]
    commune, sheet, _number = label.split("/", 2)
    page = open_page(context, f"{server.address}/thuc-dia", wrong)
    worker_ready(page)
    page.click("#offline summary")
    page.select_option("#sheet", f"{commune}\t{sheet}")
    page.click("#get")
    expect(page.locator("#lists")).to_contain_text("Đã lưu")
    server.stop()
    context.set_offline(True)
    find_and_open(page, label)
    page.fill("#document", "BB-ngoại tuyến")
    page.set_input_files("#photo", photo())
    expect(page.locator("#photos li")).to_have_count(1)
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã giữ trong máy")
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    page.reload()
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    expect(page.locator("#marks li")).to_contain_text("BB-ngoại tuyến")
    page.goto("about:blank")
    page.goto(f"{server.address}/thuc-dia?lang=en")
    expect(page.locator("#waiting")).to_have_text("Waiting: 1")
    assert marks_of(sample_copy, parcel) == []
    server.start()
    context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("Waiting: 0")
    page.reload()
    expect(page.locator("#done li")).to_have_count(1)
    (entry,) = marks_of(sample_copy, parcel)
    assert (entry.fact.document, len(entry.attachments)) == ("BB-ngoại tuyến", 1)
    assert wrong == []


def test_field__an_answer_that_is_lost_is_no_second_entry(context, server, parcels, sample_copy, wrong):
    """The mark is written and its answer never arrives: the next try finds it written."""
    parcel, label, _ = parcels[0]
    page = open_page(context, f"{server.address}/thuc-dia?lang=en", wrong)
    find_and_open(page, label)
    page.fill("#document", "BB-7")
    lost = []

    def lose(route):
        if not lost:
            lost.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile("/thuc-dia/danh-dau"), lose)
    page.click("#save")
    expect(page.locator("#waiting")).to_have_text("Waiting: 1")
    expect(page.locator("#told")).to_contain_text("In the ledger since an earlier try")
    assert lost == [200]
    assert len(marks_of(sample_copy, parcel)) == 1
    assert wrong == []


def test_field__a_conflict_stays_until_somebody_decides(context, server, parcels, sample_copy, wrong):
    (parcel, label, household), (other, other_label, _) = parcels
    page = open_page(context, f"{server.address}/thuc-dia", wrong)
    for one, name in ((label, "BB-1"), (other_label, "BB-2")):
        find_and_open(page, one)
        page.fill("#document", name)
        if one == label:
            context.set_offline(True)
            page.click("#save")
            expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
            page.route(re.compile("/thuc-dia/danh-dau"), lambda route: route.abort())
            context.set_offline(False)
    page.click("#save")
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 2")
    project = Project.open(sample_copy)
    stamp = Stamp("dong-nghiep", "r-dong-nghiep", datetime.now(UTC))
    project.mark(Mark((parcel,), "recovered", today(), household=household), stamp)
    project.close()
    page.unroute(re.compile("/thuc-dia/danh-dau"))
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    refused = page.locator("#marks li").filter(has_text="BB-1")
    expect(refused.locator(".refusal")).to_contain_text("Có người khác đã ghi")
    expect(refused).to_contain_text("dong-nghiep")
    assert len(marks_of(sample_copy, other)) == 1
    assert marks_of(sample_copy, parcel) == []
    page.reload()
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    page.get_by_role("button", name="Đã xem, vẫn gửi").click()
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 0")
    (entry,) = marks_of(sample_copy, parcel)
    assert entry.fact.document == "BB-1"
    assert wrong == []
