"""Many parcels in a real Chromium: a rectangle, a polygon, clicks, a list; looked at, refused, written, taken back."""

import re

import pytest
from browserworld import PHONE, Map, gis, opened
from playwright.sync_api import expect
from shapely import Polygon

from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.texts import Texts
from gis.vn2000 import transformer
from gis.web.common import today

pytestmark = pytest.mark.browser
VI = Texts("vi")
HANDED = CLASSES.index(CLEARED_MILESTONE)


def near(page_of, targets, zoom=18):
    """A map with a paid parcel in its middle, and that parcel."""
    parcel, *_ = next(targets)
    shown = Map(page_of(f"ban-do?parcel={parcel}"))
    shown.until(f'live.units["{parcel}"]')
    shown.ask(f"(live.fitted = false, live.map.setZoom({zoom}, {{animate: false}}), true)")
    shown.until(f'live.map.getZoom() === {zoom} && live.state === "ready" && live.units["{parcel}"]')
    return shown, parcel


def drawn(shown, *spots):
    """The ring that the map told, whose corners lie where the hand was, to the pixels of the frame's border."""
    shown.until("live.told && live.told.ring")
    ring = shown.ask("live.told.ring")
    at = shown.ask(
        "live.told.ring.map(p => live.map.latLngToContainerPoint([p[1], p[0]])).map(p => [p.x, p.y])"
    )
    assert all(min(abs(x - a) + abs(y - b) for a, b in spots) <= 4 for x, y in at)
    assert len(at) == len(spots)
    return ring


def mostly_inside(folder, ring):
    """The parcels with more than half of their area inside a ring, by their shapes in the plane."""
    to_plane = transformer(4326, 5897)
    area = Polygon([to_plane.transform(*place) for place in ring])
    with opened(folder) as now:
        parcels = now.units[now.units["kind"] == "parcel"]
        near_by = parcels[parcels.intersects(area)]
        return set(near_by.index[near_by.intersection(area).area / near_by.area > 0.5])


def spot(shown, place):
    x, y = shown.ask(f"(p => [p.x, p.y])(live.map.latLngToContainerPoint({list(place)}))")
    return round(x), round(y)


def click_at(shown, at):
    shown.holder.scroll_into_view_if_needed()
    box = shown.holder.bounding_box()
    shown.page.mouse.click(box["x"] + at[0], box["y"] + at[1])


def drag(shown, start, end):
    shown.holder.scroll_into_view_if_needed()
    box = shown.holder.bounding_box()
    mouse = shown.page.mouse
    mouse.move(box["x"] + start[0], box["y"] + start[1])
    mouse.down()
    mouse.move(box["x"] + end[0], box["y"] + end[1], steps=4)
    mouse.up()


def chosen_of(shown):
    return set(shown.ask("Object.keys(live.chosen)"))


def fill_minutes(page, number):
    page.get_by_label("Số văn bản").last.fill(number)
    page.get_by_role("button", name="Xem trước khi ghi").click()


def test_rectangle__is_looked_at_refused_written_and_taken_back(visit, app_folder, targets, places):
    shown, parcel = near(visit, targets)
    page = shown.page
    x, y = spot(shown, places[parcel])
    start, end = (x - 70, y - 60), (x + 70, y + 60)
    shown.frame().locator(".gpmb-rectangle").click()
    drag(shown, start, end)
    ring = drawn(shown, start, (end[0], start[1]), end, (start[0], end[1]))
    expected = mostly_inside(app_folder, ring)
    assert parcel in expected
    shown.until(f"Object.keys(live.chosen).length === {len(expected)}")
    assert chosen_of(shown) == expected
    expect(page.locator(".gp-chosen-sum")).to_contain_text(f"Đã chọn {len(expected)} thửa")
    assert shown.ask("live.choosing") is None
    assert "Tờ" not in page.locator(".st-key-card").inner_text()  # the click that ended it picked nothing

    fill_minutes(page, "BB-900/2026")
    expect(page.locator(".gp-review").first).to_contain_text("Sẽ ghi mốc")
    drop = page.get_by_role("button", name=re.compile("Bỏ .* thửa chưa ghi được"))
    if drop.count():  # land that nobody holds
        drop.click()
        expect(drop).to_have_count(0)
    seq = gis(app_folder, "obstacle", "open", "--parcel", parcel, "--category", "price", "--on", VI.date(today()),
              "--note", "giá", "--by", "hoa")  # fmt: skip
    page.get_by_role("button", name=re.compile("^Ghi cho")).click()
    refusal = page.locator(".gp-refusal").first
    expect(refusal).to_contain_text(re.compile(r"hoa vừa ghi \([\d.]+\), lúc \d\d/\d\d/\d{4} \d\d:\d\d"))
    assert chosen_of(shown) <= expected
    assert seq

    other = Map(visit("ban-do"))
    page.get_by_role("button", name="Xem lại theo số liệu mới nhất").first.click()
    expect(page.locator(".gp-refusal")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Ghi cho")).click()
    expect(page.locator(".gp-done")).to_contain_text("Đã ghi mốc «Đã bàn giao mặt bằng»")
    shown.until(f'live.units["{parcel}"].code === {HANDED}')
    other.until("live.seen === " + str(shown.ask("live.seen")))
    assert chosen_of(shown) == set()

    page.get_by_text("Ghi nhầm?").click()
    page.get_by_label("Lý do").first.fill("nhầm biên bản")
    page.get_by_role("button", name="Hủy cả lần ghi này").first.click()
    expect(page.locator(".gp-done")).to_contain_text("Đã hủy cả lần ghi")
    shown.until(f'live.units["{parcel}"].code !== {HANDED}')
    assert page.locator("[data-testid=stException]").count() == 0


def test_polygon_and_clicks__choose_and_pick_nothing_meanwhile(visit, app_folder, targets, places):
    shown, parcel = near(visit, targets, zoom=17)
    page = shown.page
    x, y = spot(shown, places[parcel])
    spots = [(x - 110, y - 80), (x + 110, y - 90), (x + 30, y + 100)]
    frame = shown.frame()
    frame.locator(".gpmb-polygon").click()
    for count, at in enumerate(spots, start=1):
        click_at(shown, at)
        shown.until(f"live.corners.length === {count}")
        page.wait_for_timeout(350)  # two clicks sooner are a double click
    click_at(shown, spots[0])
    expected = mostly_inside(app_folder, drawn(shown, *spots))
    assert len(expected) > 1
    shown.until(f"live.choosing === null && Object.keys(live.chosen).length === {len(expected)}")
    assert chosen_of(shown) == expected

    frame.locator(".gpmb-many").click()
    shown.click(parcel, places[parcel])
    shown.until(f'(live.chosen["{parcel}"] || false) === {str(parcel not in expected).lower()}')
    expect(page.locator(".gp-chosen-said")).to_contain_text(re.compile("Đã (bỏ|thêm) thửa"))
    page.keyboard.press("Escape")
    shown.until("live.choosing === null")
    shown.ask("(live.fitted = false, live.map.setZoom(15, {animate: false}), true)")
    shown.until("live.map.hasLayer(live.chosenTiles) && !live.chosenTiles.isLoading()")
    page.get_by_role("button", name="Bỏ chọn tất cả").click()
    shown.until("!live.map.hasLayer(live.chosenTiles)")
    shown.click(parcel, places[parcel])  # a click picks one parcel again
    expect(page.locator(".gp-card-head")).to_be_visible()


def test_phone__corners_are_tapped_and_a_list_is_pasted(visit, app_folder, targets, places):
    shown, parcel = near(lambda path: visit(path, PHONE), targets)
    page = shown.page
    shown.holder.scroll_into_view_if_needed()
    x, y = spot(shown, places[parcel])
    box = shown.holder.bounding_box()
    shown.frame().locator(".gpmb-rectangle").tap()
    for at in ((x - 50, y - 40), (x + 50, y + 40)):
        page.touchscreen.tap(box["x"] + at[0], box["y"] + at[1])
        page.wait_for_timeout(350)
    shown.until("Object.keys(live.chosen).length > 0")
    ring = drawn(shown, *((x + dx, y + dy) for dx, dy in ((-50, -40), (50, -40), (50, 40), (-50, 40))))
    assert chosen_of(shown) == mostly_inside(app_folder, ring)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Bỏ chọn tất cả").click()
    shown.until("Object.keys(live.chosen).length === 0")
    page.get_by_text("Dán danh sách thửa").click()
    with opened(app_folder) as now:
        label = now.boundaries.labels[parcel]
    page.get_by_label("Danh sách tờ, thửa").fill(f"{label}\ntờ 999: 1")
    page.get_by_role("button", name="Thêm vào danh sách chọn").click()
    expect(page.locator(".gp-chosen-said")).to_contain_text("dòng 2: không có thửa hoặc công trình «999/1»")
    shown.until(f'live.chosen["{parcel}"]')
