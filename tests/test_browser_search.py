"""The search and the list of parcels by keyboard alone, in a real Chromium: what is typed, heard, opened and shown."""

import re

import pytest
from browserworld import PHONE, Map, opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def combobox(page):
    return page.get_by_role("combobox", name=re.compile("^Tìm thửa"))


def options(page):
    return page.get_by_role("listbox", name="Kết quả tìm").get_by_role("option")


def test_search__typed_heard_and_opened_by_keyboard_and_the_map_goes_there(visit, places):
    page = visit("ban-do")
    shown = Map(page)
    before = shown.view()
    box = combobox(page)
    box.focus()
    page.keyboard.type("to 5 thua 1")
    expect(options(page).first).to_contain_text("Tờ 5, thửa 1")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="kết quả")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = options(page).nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
    title = second.locator(".name").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_be_focused()
    parcel = re.search(r"parcel=(P\d+)", page.url)[1]
    shown.until(f'live.mode === "parcels" && live.selected === "{parcel}"')
    at = list(places[parcel])
    assert shown.ask(f"live.map.getBounds().contains([{at[0]}, {at[1]}])")
    assert shown.view() != before
    assert "thua" not in page.url


def test_search__escape_closes_and_then_empties_and_what_is_not_there_is_said(visit):
    page = visit("ban-do")
    Map(page)
    box = combobox(page)
    box.focus()
    page.keyboard.type("99/99")
    expect(page.get_by_role("status").filter(has_text="Không tìm thấy")).to_be_visible()
    expect(options(page)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("status").filter(has_text="Không tìm thấy")).to_be_hidden()
    expect(box).to_have_value("99/99")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_search__a_household_is_its_parcels_on_the_map_and_in_the_list(visit):
    """On a phone, by touch: the name is in no address that the browser asked for."""
    page = visit("ban-do?list=1", PHONE)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("table", name="Danh sách thửa đất").get_by_role("row").nth(2)).to_be_visible()
    combobox(page).press_sequentially("nguyen van")
    expect(options(page).first).to_contain_text("Nguyễn Văn")
    options(page).first.tap()
    line = page.locator(".gp-chosen")
    expect(line).to_contain_text("Nguyễn Văn")
    count = int(re.search(r"(\d+) thửa", line.inner_text())[1])
    expect(page.get_by_role("status").filter(has_text=re.compile(rf"^{count} thửa · "))).to_be_visible()
    expect(page.get_by_role("table", name="Danh sách thửa đất").get_by_role("rowheader")).to_have_count(count)
    assert not any("nguyen" in url.lower() or "nguy%" in url.lower() for url in asked)
    page.get_by_role("button", name="Bỏ chọn").tap()
    expect(line).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^[\d.]{4,} thửa · "))).to_be_visible()


def test_list__sorted_filtered_and_opened_by_keyboard(visit):
    page = visit("ban-do?list=1")
    shown = Map(page)
    table = page.get_by_role("table", name="Danh sách thửa đất")
    expect(table.get_by_role("rowheader")).to_have_count(50)
    heading = table.get_by_role("columnheader", name="m² trong khu")
    expect(heading).to_have_attribute("aria-sort", "none")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    cell = table.get_by_role("row").nth(1).get_by_role("cell").nth(2)
    expect(cell).to_have_text(re.compile(r"^\d+\.\d{3},\d$|^\d{4,},\d$"))
    page.get_by_label("Tìm trong danh sách").focus()
    page.keyboard.type("hoang trinh")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Hoằng Trinh")
    page.keyboard.press("Tab")  # the summary of the other filters
    page.keyboard.press("Enter")
    page.get_by_label("Tình trạng").focus()
    page.keyboard.press("ArrowDown")  # handed over
    page.keyboard.press("ArrowDown")  # stuck
    expect(table.get_by_role("row").nth(1)).to_contain_text("Còn vướng mắc")
    expect(page.get_by_text("Lọc thêm (1)")).to_be_visible()
    first, second = (table.get_by_role("rowheader").nth(at).get_by_role("button") for at in (0, 1))
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    assert first.get_attribute("tabindex") == "-1"  # one stop of the Tab key for all rows
    title = second.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    shown.until('live.mode === "parcels" && live.selected')
    expect(page.locator("tr[aria-current=true]")).to_contain_text(title)
    expect(second).to_be_focused()


def test_list__follows_the_legend_and_the_view_and_hands_over_to_the_choice(visit, app_folder, places):
    """The hectares of the list are the legend's; the stuck parcels of a view are chosen together."""
    with opened(app_folder) as now:
        stuck = next(parcel for parcel in now.units.index if now.classes[parcel] == "stuck")
    page = visit("ban-do?list=1")
    shown = Map(page)
    said = page.get_by_role("status").filter(has_text="thửa ·")
    line = page.locator(".st-key-map-legend button", has_text="Còn vướng mắc")
    hectares = line.locator("strong").inner_text()
    line.click()
    expect(said).to_contain_text(f"· {hectares} trong các khu")
    everywhere = said.inner_text()
    page.get_by_text("Lọc thêm").click()
    page.get_by_label("Chỉ thửa trong khung bản đồ").check()
    shown.ask(f"(live.fitted = false, live.map.setView({list(places[stuck])}, 18, {{animate: false}}))")
    expect(said).not_to_have_text(everywhere)
    count = int(said.inner_text().split(" thửa")[0])
    assert count > 0
    page.get_by_role("button", name="Chọn các thửa này để ghi nhận").click()
    expect(page.locator(".st-key-card")).to_contain_text(re.compile(rf"\b{count}\b"))


def test_list__as_a_workbook(visit):
    page = visit("ban-do?list=1")
    expect(page.get_by_role("table", name="Danh sách thửa đất").get_by_role("rowheader")).to_have_count(50)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Tải Excel").click()
    assert downloading.value.suggested_filename.startswith("thua-dat-")
    assert downloading.value.failure() is None
