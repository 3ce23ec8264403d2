"""The whole app in a real Chromium: nothing leaves this machine, and page, map and command line agree."""

import base64
import re
from urllib.parse import urlsplit

import pytest
from browserworld import PHONE, Map, choose, cleared_m2, gis, opened
from playwright.sync_api import expect

from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.texts import Texts
from gis.web.common import today

pytestmark = pytest.mark.browser
VI = Texts("vi")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def search(page, label):
    box = page.locator(".st-key-search input")
    box.fill(label)
    box.press("Enter")
    sheet, number = label.split("/")[-2:]
    expect(page.locator(".gp-card-head h2")).to_have_text(f"Tờ {sheet}, thửa {number}")


def mark(page, document):
    number = page.get_by_label("Số biên bản")
    expect(number).to_have_count(1)  # the form of the card before is gone
    number.fill(document)
    page.locator("[data-testid=stFormSubmitButton] button").first.click()
    expect(page.locator(".gp-done")).to_be_visible()


def legend_ha(page):
    """Hectares of the legend's first class, handed over."""
    text = page.locator(".st-key-map-legend button strong").first.inner_text()
    return text.removesuffix(" ha")


def test_overview__draws_its_map_and_figures(visit, app_folder):
    page = visit()
    figures = Map(page, ".st-key-overview-map")
    painted = """[...document.querySelectorAll("img.leaflet-tile")].some(tile => {
        const pen = Object.assign(document.createElement("canvas"), {width: 512, height: 512}).getContext("2d");
        pen.drawImage(tile, 0, 0);
        return pen.getImageData(0, 0, 512, 512).data.some(v => v > 0 && v < 250);
    })"""
    assert figures.ask(painted)
    with opened(app_folder) as now:
        expect(page.locator(".gp-hero .big b")).to_have_text(VI.number(now.cleared_ha, 2))
    expect(page.locator("img.gp-curve.wide")).to_be_visible()
    assert page.locator("img.gp-curve.wide").evaluate("image => image.naturalWidth") > 0
    assert page.locator("[data-testid=stException]").count() == 0


def test_overview__a_click_leads_to_the_card(visit, targets, places):
    parcel, *_ = next(targets)
    page = visit()
    Map(page, ".st-key-overview-map").click(parcel, places[parcel])
    expect(page.locator(".gp-short")).to_be_visible()
    page.get_by_role("button", name="Mở thửa này").click()
    expect(page.locator(".gp-card-head p")).to_contain_text(parcel)
    assert urlsplit(page.url).path == "/ban-do"


def test_map__a_click_opens_the_card_and_a_mark_raises_the_zone_by_its_part(
    visit, app_folder, targets, places
):
    parcel, label, zone, part_m2 = next(targets)
    before = cleared_m2(app_folder, zone)
    page = visit()
    page.get_by_role("link", name="Bản đồ").click()
    shown = Map(page)
    search(page, label)
    shown.until(f'live.selected === "{parcel}" && live.units["{parcel}"] && live.map.getZoom() > 16')
    neighbour = shown.ask(
        f"""Object.keys(live.units).find(id => id !== "{parcel}" && id[0] === "P"
            && live.map.getBounds().pad(-0.2).contains(live.units[id].getBounds()))"""
    )
    shown.click(neighbour, places[neighbour])
    shown.until(f'live.selected === "{neighbour}"')
    expect(page.locator(".gp-card-head p")).to_contain_text(neighbour)
    shown.click(parcel, places[parcel])
    expect(page.locator(".gp-card-head p")).to_contain_text(parcel)
    assert shown.class_of(parcel) == "paid"
    view = shown.view()
    mark(page, "BB-77/2026")
    expect(page.locator(".gp-done")).to_contain_text(f"+{VI.number(part_m2 / 10_000, 4)} ha")
    shown.until(f'live.units["{parcel}"].code === 0')
    assert shown.class_of(parcel) == CLEARED_MILESTONE
    assert shown.view() == view
    after = cleared_m2(app_folder, zone)
    assert after - before == pytest.approx(part_m2, abs=1e-6)
    with opened(app_folder) as now:
        assert legend_ha(page) == VI.number(now.cleared_ha, 2)


def test_map__reload_command_line_and_undo_tell_the_same(visit, app_folder, targets):
    parcel, _, zone, part_m2 = next(targets)
    rival, *_ = next(targets)
    start = cleared_m2(app_folder, zone)
    page = visit(f"ban-do?parcel={parcel}")
    shown = Map(page)
    mark(page, "BB-78/2026")
    ledger = legend_ha(page)

    page.reload()
    shown = Map(page)
    shown.until(f'live.units["{parcel}"] && live.units["{parcel}"].code === 0')
    expect(page.locator(".gp-card-head .gp-chip")).to_have_text("Đã bàn giao mặt bằng")
    assert legend_ha(page) == ledger

    gis(app_folder, "mark", "--parcel", rival, "--milestone", CLEARED_MILESTONE, "--on", VI.date(today()),
        "--document", "BB-79/2026", "--by", "lan")  # fmt: skip
    page.get_by_text("Ghi nhầm? Hoàn tác hoặc sửa").click()
    page.get_by_label("Lý do (bắt buộc)").first.fill("ghi nhầm thửa")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(".gp-done")).to_contain_text(f"−{VI.number(part_m2 / 10_000, 4)} ha")
    shown.until(f'live.units["{parcel}"].code === {CLASSES.index("paid")}')
    with opened(app_folder) as now:
        assert now.classes[rival] == CLEARED_MILESTONE
        assert legend_ha(page) == VI.number(now.cleared_ha, 2)
        after = 10_000 * next(t.cleared_ha for t in now.totals if t.zone_id == zone)
        rival_m2 = dict(now.overlaps[rival].items()).get(zone, 0.0)
    assert after - rival_m2 == pytest.approx(start, abs=1e-6)


def test_map__an_obstacle_with_its_scan_is_recorded_and_the_map_stays(visit, app_folder, targets, tmp_path):
    parcel, *_ = next(targets)
    scan = tmp_path / "đơn bà Mẫu.png"
    scan.write_bytes(PNG)
    page = visit(f"ban-do?parcel={parcel}")
    shown = Map(page)
    shown.until(f'live.units["{parcel}"]')
    view = shown.view()
    choose(page, "Ghi nhận khác", "Vướng mắc")
    page.get_by_label("Ghi chú (chỉ tổ công tác xem)").fill("chờ giá đất mới")
    form = page.locator("[data-testid=stForm]", has=page.get_by_role("button", name="Ghi nhận vướng mắc"))
    form.locator("input[type=file]").set_input_files(scan)
    expect(form.locator("[data-testid=stFileChip]")).to_be_visible()
    assert not re.search(r"Upload|Browse|per file", form.inner_text().replace("upload", ""))
    form.get_by_role("button", name="Ghi nhận vướng mắc").click()
    expect(page.locator(".gp-done")).to_be_visible()
    expect(page.locator(".gp-obstacles")).to_be_visible()
    shown.until(f'live.units["{parcel}"].code === {CLASSES.index("stuck")}')
    assert shown.view() == view
    page.locator(".gp-history summary").click()
    expect(page.locator(".gp-history")).to_contain_text("Ghi chú: chờ giá đất mới")
    with page.context.expect_page() as opened_page:
        page.locator(".gp-history a").click()
    assert re.search(r"/attachments/[0-9a-f]{64}$", opened_page.value.url)
    assert page.request.get(opened_page.value.url).body() == PNG
    with opened(app_folder) as now:
        assert now.classes[parcel] == "stuck"
        (entry,) = [e for e in now.card(parcel).history if e.attachments]
        assert entry.fact.kind == "obstacle_opened"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["", "ban-do"])
def test_pages__have_every_text_in_both_languages(visit, language, path):
    page = visit(f"{path}?lang={language}&parcel=P000100")
    Map(page, ".st-key-map" if path else ".st-key-overview-map")
    if path:
        expect(page.locator(".gp-card-head")).to_be_visible()
    assert page.locator("[data-testid=stException]").count() == 0
    said = page.locator("body").inner_text()
    assert not re.search(r"\b(page|overview|map_page|card|class|milestone)\.[a-z_]+", said)
    assert not re.search(r"[{}]", said)
    if language == "vi":
        assert not re.search(r"Deploy|Press Enter|Running|Made with|Choose|hectare|handed", said)
    else:
        assert not re.search(r"Đã bàn giao|Tính đến|Bản đồ|Ghi nhận", said)


def test_map__past_day_is_marked_and_colours_follow(visit, app_folder, targets):
    parcel, *_ = next(targets)
    page = visit(f"ban-do?on=2025-08-01&parcel={parcel}")
    shown = Map(page)
    expect(page.locator(".gp-banner.past")).to_contain_text("01/08/2025")
    assert page.get_by_label("Số biên bản").count() == 0
    shown.until(f'live.units["{parcel}"] && live.units["{parcel}"].code !== {CLASSES.index("paid")}')
    page.get_by_role("button", name="Về hôm nay").click()
    shown.until(f'live.units["{parcel}"].code === {CLASSES.index("paid")}')
    expect(page.get_by_label("Số biên bản")).to_have_count(1)


@pytest.mark.parametrize("path", ["", "ban-do?parcel=P000100"])
def test_phone__nothing_is_cut_and_buttons_fit_a_thumb(visit, path):
    page = visit(path, PHONE)
    Map(page, ".st-key-map" if path else ".st-key-overview-map")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    outside = page.evaluate(
        """[...document.querySelectorAll('[data-testid=stMain] .stHtml > *, [data-testid=stMain] iframe')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert outside == []
    if path:
        submit = page.locator("[data-testid=stFormSubmitButton] button").first.bounding_box()
        assert submit["height"] >= 44
        frame = page.locator(".st-key-map iframe").bounding_box()
        assert 0.45 * PHONE["height"] < frame["height"] < 0.65 * PHONE["height"]
        card, legend = (page.locator(name).bounding_box() for name in (".st-key-card", ".st-key-map-legend"))
        assert frame["y"] < card["y"] < legend["y"]
