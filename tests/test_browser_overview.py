"""The overview as a chairman meets it: one screen, a line to paste, a picture to send, figures that open, a large screen that follows."""

import io
import re
import subprocess
import sys

import pytest
from browserworld import DESKTOP, ROOT, opened
from PIL import Image
from playwright.sync_api import expect

from gis.milestones import CLEARED_MILESTONE
from gis.texts import Texts
from gis.web.common import today
from gis.web.overview_figures import overview, report_line

pytestmark = pytest.mark.browser
VI = Texts("vi")
LAPTOP = {"width": 1366, "height": 768}
PROJECTOR = {"width": 1920, "height": 1080}
FOOT = "document.querySelector('{}').getBoundingClientRect().bottom"


def line_of(folder):
    with opened(folder) as now:
        return report_line(overview(now, {}), VI)


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP], ids=["1280x800", "1366x768"])
def test_overview__stands_on_one_screen(visit, size):
    page = visit(size=size)
    expect(page.locator(".gp-backup")).to_be_visible()
    page.wait_for_function(f"{FOOT.format('.ov-foot')} <= innerHeight")
    assert page.locator(".ov-panel.zones .ov-zone").count() >= 4


@pytest.mark.parametrize("has_clipboard", [True, False], ids=["https", "plain http"])
def test_copy__the_line_is_what_is_pasted(visit, app_folder, has_clipboard):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not has_clipboard:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
        page.reload()
    page.get_by_role("button", name="Sao chép câu báo cáo").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paper' }))")
    page.locator("#paper").focus()
    page.keyboard.press("Control+V")
    pasted = page.locator("#paper").input_value()
    assert pasted == line_of(app_folder)
    assert re.fullmatch(
        r"Tính đến \d\d/\d\d/\d{4}: đã bàn giao [\d.,]+/250 ha \([\d,]+% mục tiêu của kế hoạch\), "
        r"[\d.]+/[\d.]+ hộ, tổ chức; đã chi trả [\d.]+ đ; còn vướng [\d.]+ hộ, tổ chức\.",
        pasted,
    )


def test_picture__is_downloaded_under_a_name_that_says_the_day(visit):
    page = visit()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải ảnh").click()
    assert waiting.value.suggested_filename.startswith(f"gpmb-{today().isoformat()}-")
    with Image.open(io.BytesIO(waiting.value.path().read_bytes())) as picture:
        assert picture.size == (1600, 1000)


def test_figures__open_the_list_that_sums_to_them(visit):
    page = visit()
    large = page.locator(".gp-hero .big b").inner_text()
    with page.context.expect_page() as waiting:
        page.locator(".gp-hero .big b a").click()
    listed = waiting.value
    expect(listed.get_by_role("heading", level=1)).to_contain_text("đã bàn giao")
    expect(listed.locator(".sum")).to_contain_text(f"{large} ha")
    listed.locator("tbody a").first.click()
    expect(listed.get_by_text("Phiếu căn cứ").first).to_be_visible()
    addresses = page.eval_on_selector_all(
        ".ov-head ~ * a.ov-fig, .ov-foot a, .ov-months a", "links => links.map(link => link.href)"
    )
    assert len(addresses) > 25
    for address in sorted(set(addresses)):
        assert page.request.get(address).status == 200, address


@pytest.mark.parametrize("size", [LAPTOP, PROJECTOR], ids=["1366x768", "1920x1080"])
def test_presentation__fills_the_screen_and_no_more(visit, size):
    page = visit("trinh-chieu", size)
    page.wait_for_function(f"{FOOT.format('footer')} <= innerHeight")


def test_presentation__takes_what_was_written_meanwhile(visit, app_folder, targets):
    page = visit("trinh-chieu")
    before = page.locator(".said p").inner_text()
    page.clock.install()
    page.reload()
    parcel, *_ = next(targets)
    words = ["mark", "--parcel", parcel, "--milestone", CLEARED_MILESTONE, "--on", VI.date(today())]
    words += ["--document", "BB-501/2026", "--by", "lan", "--project", str(app_folder)]
    subprocess.run([sys.executable, "-m", "gis", *words], cwd=ROOT, check=True, capture_output=True)
    page.clock.fast_forward(61_000)
    expect(page.locator(".said p")).not_to_have_text(before)
    expect(page.locator(".said p")).to_have_text(line_of(app_folder))
