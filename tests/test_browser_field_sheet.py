"""A sheet for the field in a real browser: made, filled, met by a rival's entry, decided, handed in twice."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from browserworld import PHONE, gis
from fieldworld import FIRST_ROW, ID_ROW, cells_of, filled
from playwright.sync_api import expect

from gis.web.common import today

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_sheet__out_and_back_with_a_conflict_cell_by_cell_and_twice_the_same(visit, app_folder):
    page = visit("viec-can-lam")
    page.locator("[class*=st-key-work-card-] input[type=checkbox]").first.wait_for(state="attached")
    page.locator("[class*=st-key-work-card-] label").first.click()
    page.get_by_text("Lập phiếu đi thôn", exact=True).click()
    page.get_by_role("button", name="Lập phiếu cho 1 hộ").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải Excel để điền").click()
    content = Path(downloading.value.path()).read_bytes()
    row = dict(zip(cells_of(content)[ID_ROW], cells_of(content)[FIRST_ROW], strict=True))
    label, household = row["parcel"].split("\n")[0], row["household"].split("\n")[0]
    assert row["handed_over.on"] == ""

    early, late = today() - timedelta(days=4), today() - timedelta(days=2)
    rival = gis(
        app_folder, "mark", "--parcel", label, "--milestone", "handed_over", "--on", f"{early:%d/%m/%Y}",
        "--document", "BB-SO", "--household", household, "--by", "minh",
    )  # fmt: skip
    content = filled(
        content,
        {
            (1, "handed_over.on"): f"{late:%d/%m/%Y}",
            (1, "handed_over.document"): "BB-PHIEU",
            (1, "visit_on"): late,
            (1, "visit_outcome"): "Đồng ý",
        },
    )
    page.get_by_text("Phiếu mang về", exact=True).click()
    file = {"name": "phieu.xlsx", "mimeType": XLSX, "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    day = page.locator("tr.conflict", has_text=f"{early:%d/%m/%Y}")
    expect(day).to_contain_text(f"{late:%d/%m/%Y}")
    expect(day).to_contain_text(f"#{rival['seqs'][0]:,}".replace(",", "."))
    expect(day).to_contain_text("minh")
    expect(page.locator("tr.conflict", has_text="BB-SO")).to_contain_text("BB-PHIEU")
    page.get_by_text("Đính chính sổ theo phiếu").click()
    page.get_by_role("button", name=re.compile(r"Ghi 2 thay đổi vào sổ \(3 ghi nhận\)")).click()
    expect(page.get_by_text("Đã ghi 3 ghi nhận vào sổ")).to_be_visible()
    head = gis(app_folder, "verify")["head"]

    again = visit("viec-can-lam?part=back", PHONE)
    again.locator("input[type=file]").set_input_files(file)
    expect(again.locator(".trip-fates .agreed b")).to_have_text("2")
    expect(again.get_by_text("Không còn gì để ghi từ phiếu này.")).to_be_visible()
    assert gis(app_folder, "verify")["head"] == head
