"""Hộ và thửa and the matrix in a real browser: one screen, a pasted picture, a table that keeps its head, its Excel."""

import base64
import io

import pytest
import python_calamine
from browserworld import PHONE
from playwright.sync_api import expect

from gis.ledger.matrix import totals
from gis.plan import COMMUNE_ID
from gis.project import Project
from gis.project.household_matrix import lines_of
from gis.web.common import today

pytestmark = pytest.mark.browser
# The colours of one pixel: a PNG as a screen's picture comes from the clipboard.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
COPY = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}"""


@pytest.fixture(scope="module")
def lines(app_folder):
    """The households of the commune, as another process tells them."""
    project = Project.open(app_folder)
    found = lines_of(project.snapshot(today()), COMMUNE_ID, {})
    project.close()
    return found


def waiting(lines):
    """A household of two to four parcels of which none is handed over or stuck."""
    return next(
        line
        for line in lines
        if 2 <= len(line.parcels) <= 4 and not line.stuck and line.is_at("handed_over", "none")
    )


def choose(page, label, option):
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_household__a_picture_from_the_clipboard_is_kept_with_a_visit(visit, lines):
    line = waiting(lines)
    page = visit(f"ho?household={line.household}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator(".gp-next h3")).to_contain_text("Việc tiếp theo")
    frame = page.wait_for_selector(".st-key-household-map-frame iframe").content_frame()
    frame.wait_for_function(
        "ids => ids.every((id) => window.clearanceMap?.live?.chosen[id])", arg=line.parcels
    )
    faint = "document.querySelector('.gpmb-tiles') && getComputedStyle(document.querySelector('.gpmb-tiles')).opacity < 0.5"
    frame.wait_for_function(f"window.clearanceMap.live.mode === 'parcels' || {faint}")
    choose(page, "Việc", "Một lần vận động")
    form = page.get_by_test_id("stForm").filter(has_text="Dán ảnh")
    form.get_by_role("textbox").last.click()
    page.evaluate(COPY, PIXEL)
    page.keyboard.press("Control+V")
    expect(form.get_by_test_id("stFileUploader")).to_contain_text("anh-dan")
    form.get_by_role("button", name="Ghi nhận vận động").click()
    expect(page.locator(".gp-done")).to_be_visible()
    expect(page.get_by_role("heading", name="Vận động (1 lần)")).to_be_visible()
    page.get_by_text("Lịch sử ghi nhận").click()
    link = page.locator(".gp-history a", has_text="Bản chụp PNG")
    answer = page.request.get(page.url.split("/ho")[0] + link.first.get_attribute("href"))
    assert answer.body().startswith(base64.b64decode(PIXEL)[:24])  # the clipboard packs the pixel anew


def test_household__on_a_phone_nothing_is_wider_than_the_screen(visit, lines):
    page = visit(f"ho?household={waiting(lines).household}", PHONE)
    expect(page.locator(".gp-next h3")).to_be_visible()
    expect(page.locator(".gp-part").first).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE["width"]


def test_matrix__head_and_first_column_stay_and_the_workbook_holds_every_line(visit, lines, tmp_path):
    page = visit("ma-tran")
    table = page.get_by_role("region", name="Ma trận hộ × mốc")
    expect(table).to_be_visible()
    places = """(box) => ["thead th", "tbody th", "tbody td"].map((name) => {
      const cell = box.querySelector(name).getBoundingClientRect(), edge = box.getBoundingClientRect();
      return [Math.round(cell.x - edge.x), Math.round(cell.y - edge.y)];
    })"""
    before = table.evaluate(places)
    table.evaluate("box => { box.scrollTop = 300; box.scrollLeft = 200; }")
    head, first, cell = table.evaluate(places)
    assert head == before[0]
    assert (first[0], first[1]) == (before[1][0], before[1][1] - 300)
    assert cell == [before[2][0] - 200, before[2][1] - 300]
    with page.expect_download() as told:
        page.get_by_role("button", name="Tải Excel").click()
    told.value.save_as(tmp_path / "matrix.xlsx")
    book = python_calamine.load_workbook(io.BytesIO((tmp_path / "matrix.xlsx").read_bytes()))
    matrix, sums = (book.get_sheet_by_index(at).to_python() for at in (0, 1))
    heading = next(at for at, row in enumerate(matrix) if row[0] == "Hộ")
    assert {row[0] for row in matrix[heading + 1 :]} == {line.household for line in lines}
    assert "Tên chủ hộ, tổ chức" not in matrix[heading]
    handed = next(row for row in sums if row[0] == "Đã bàn giao mặt bằng")
    counted = totals(lines, ["handed_over"])["handed_over"]
    assert handed[1:4] == [counted["all"], counted["some"], counted["none"]]
