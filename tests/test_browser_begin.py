"""The first start in a real browser: each of the three ways leads to its end, and the next start remembers."""

import re
from datetime import UTC, datetime

import pytest
from browserworld import DESKTOP, ROOT, WAIT_MS, serving
from playwright.sync_api import expect

from gis.project import Project
from gis.project.backups import back_up
from gis.project.beginning import begin
from gis.texts import Texts

pytestmark = pytest.mark.browser
VI = Texts("vi")


@pytest.fixture
def backups(sample_copy, tmp_path):
    """A folder with a backup of the sample, and the day's cleared hectares as the overview shows them."""
    project = Project.open(sample_copy)
    back_up(project, tmp_path / "ổ E", datetime.now(UTC))
    project.close()
    return tmp_path / "ổ E"


def test_first_start__three_ways_and_what_is_remembered(browser, backups, tmp_path, monkeypatch):
    monkeypatch.setenv("GPMB_SETTINGS", str(tmp_path / "settings"))
    Project.open(ROOT / "data").close()  # the shipped sample's ledger is made on its first opening
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    with serving("", tmp_path / "log.txt") as server:  # an empty GPMB_PROJECT names none
        page.goto(server.address)
        for way in ("Xem thử dữ liệu mẫu", "Bắt đầu với file của xã", "Khôi phục bản sao lưu"):
            expect(page.get_by_role("heading", name=way)).to_be_visible()
        page.get_by_role("button", name="Mở dữ liệu mẫu").click()
        expect(page.locator(".gp-hero")).to_be_visible()
        expect(page.locator(".gp-banner.sample")).to_contain_text("Dữ liệu mẫu")

        page.get_by_role("link", name="Bắt đầu với file của xã").click()
        page.get_by_label("Thư mục của dự án").first.fill(str(tmp_path / "xã"))
        page.get_by_role("button", name="Tạo dự án của xã").click()
        page.locator(".gp-done").get_by_role("link", name="Nhập dữ liệu").click()
        expect(page.get_by_role("heading", name="Nhập dữ liệu")).to_be_visible()
        expect(page.locator(".gp-banner.sample")).to_have_count(0)

        page.get_by_role("link", name="Tổng quan").click()
        expect(page.get_by_text("Dự án chưa có đủ dữ liệu")).to_be_visible()
        page.get_by_role("link", name="Xem dữ liệu mẫu, khôi phục bản sao lưu").click()
        page.get_by_label("Thư mục chứa các bản sao lưu").fill(str(backups))
        page.get_by_label("Thư mục chứa các bản sao lưu").press("Enter")
        expect(page.get_by_role("button", name="Kiểm tra và khôi phục")).to_be_visible()
        page.get_by_label("Thư mục của dự án").last.fill(str(tmp_path / "về"))
        page.get_by_role("button", name="Kiểm tra và khôi phục").click()
        page.locator(".gp-done").get_by_role("link", name="Tổng quan").click()
        expect(page.locator(".gp-hero .big b")).to_be_visible()

        server.stop()
        expect(page.get_by_text("Mất kết nối").or_(page.get_by_text("không trả lời")).first).to_be_visible()
        server.start()
        page.goto(server.address)
        expect(page.locator(".gp-hero")).to_be_visible()
        page.goto(f"{server.address}/bat-dau")
        expect(page.get_by_text(str(tmp_path / "về"))).to_be_visible()
    context.close()


def test_pages__of_a_project_without_land_all_lead_to_the_intake(browser, tmp_path):
    """Every page that the frame offers, or says itself what there is to do."""
    begin(tmp_path / "xã", "Hoàng Sơn", 5897)
    frame = (ROOT / "gis/web/pages/main.py").read_text("utf-8")
    pages = set(re.findall(r'url_path="([a-z-]+)"', frame)) - {"tong-quan", "tai-khoan", "bat-dau"}
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    with serving(tmp_path / "xã", tmp_path / "log.txt") as server:
        for path in ("", *sorted(pages)):
            page.goto(f"{server.address}/{path}")
            expect(page.locator(".gp-ways").get_by_role("link", name=VI("intake.title"))).to_be_visible()
            expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    context.close()
