"""The field page when something goes wrong on the way: nothing is lost, nothing is written twice, and its user is told."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from accountworld import PASSWORDS
from browserworld import PHONE, WAIT_MS, marks_of
from playwright.sync_api import expect

from gis.project import Project, accounts
from gis.web.common import today

sys.path.insert(0, str(Path(__file__).parent / "store"))
from scans import picture

pytestmark = pytest.mark.browser
MARK = re.compile("/thuc-dia/danh-dau")
PASTE = """(bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "image.jpg", { type: "image/jpeg" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def fields(staffed_folder):
    """Parcels of one household each that has not handed over: id and how it is searched for."""
    project = Project.open(staffed_folder)
    snapshot = project.snapshot(today())
    units = snapshot.units[snapshot.units["kind"] == "parcel"]
    found = []
    for parcel, unit in units.iterrows():
        held = snapshot.state.of_parcel(parcel)
        if len(held) == 1 and "handed_over" not in held[0].milestones:
            found.append((parcel, f"{unit['commune']}/{unit['sheet']}/{unit['number']}"))
        if len(found) == 12:
            break
    project.close()
    return iter(found)


@pytest.fixture
def context(browser):
    opened = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="vi-VN")
    opened.set_default_timeout(WAIT_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context, staffed_address):
    """The page of the editor `lan`."""
    opened = context.new_page()
    opened.on("dialog", lambda dialog: dialog.accept())
    log_in(opened, staffed_address)
    return opened


def log_in(page, address, account="lan"):
    page.goto(f"{address}/dang-nhap?next=/thuc-dia")
    page.get_by_label("Tài khoản").fill(account)
    page.get_by_label("Mật khẩu hoặc mã một lần").fill(PASSWORDS[account])
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator("#waiting")).to_be_visible()


def fill(page, label, document):
    page.fill("#text", label)
    page.locator("#found button").first.click()
    expect(page.locator("#mark")).to_be_visible()
    page.fill("#document", document)


def get_list(page, label):
    """Keep the parcels of a parcel's sheet on the device."""
    commune, sheet, _ = label.split("/", 2)
    page.click("#offline summary")
    page.select_option("#sheet", f"{commune}\t{sheet}")
    page.click("#get")
    expect(page.locator("#lists")).to_contain_text("Đã lưu")


def test_killed__while_it_was_sending(context, page, staffed_address, fields, staffed_folder):
    """The server has written it, the answer comes to nobody, and the browser is started again."""
    parcel, label = next(fields)
    written = []

    def kill(route):
        written.append(route.fetch().status)
        page.close()

    page.route(MARK, kill)
    fill(page, label, "BB-tắt máy")
    page.click("#save", no_wait_after=True)
    again = context.new_page()
    again.goto(f"{staffed_address}/thuc-dia")
    expect(again.locator("#done li")).to_contain_text("Đã có trong sổ từ lần gửi trước")
    expect(again.locator("#waiting")).to_have_text("Chờ gửi: 0")
    assert written == [200]
    assert len(marks_of(staffed_folder, parcel)) == 1


def test_two_windows__send_once(context, page, staffed_address, fields, staffed_folder):
    parcel, label = next(fields)
    context.route(MARK, lambda route: route.abort())
    fill(page, label, "BB-cửa sổ")
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã giữ trong máy")
    other = context.new_page()
    other.goto(f"{staffed_address}/thuc-dia")
    expect(other.locator("#waiting")).to_have_text("Chờ gửi: 1")
    expect(other.get_by_role("button", name="Sửa")).to_have_count(0)  # it may have been written
    context.unroute(MARK)
    for window in (page, other):
        window.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    for window in (page, other):
        expect(window.locator("#waiting")).to_have_text("Chờ gửi: 0")
    assert len(marks_of(staffed_folder, parcel)) == 1
    page.reload()
    expect(page.locator("#done li")).to_have_count(1)


def test_two_windows__a_change_that_comes_too_late_is_told(
    context, page, staffed_address, fields, staffed_folder
):
    parcel, label = next(fields)
    get_list(page, label)
    other = context.new_page()
    other.goto(f"{staffed_address}/thuc-dia")
    expect(other.locator("#waiting")).to_have_text("Chờ gửi: 0")
    context.set_offline(True)
    fill(page, label, "BB-đúng")
    page.click("#save")
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other.get_by_role("button", name="Sửa").click()
    other.fill("#document", "BB-sửa muộn")
    context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 0")
    other.click("#save")
    expect(other.locator("#told")).to_contain_text("Mục này vừa được gửi từ một cửa sổ khác")
    expect(other.locator("#waiting")).to_have_text("Chờ gửi: 0")
    (entry,) = marks_of(staffed_folder, parcel)
    assert entry.fact.document == "BB-đúng"


@pytest.mark.parametrize("how", ["changed", "dropped"])
def test_two_windows__a_mark_whose_photo_is_on_its_way_is_still_its_users(
    context, page, staffed_address, fields, staffed_folder, how
):
    """The photo takes minutes on a slow line: what its user says meanwhile in another window counts."""
    parcel, label = next(fields)
    held = []

    def hold(route):
        held.append(route) if not held else route.continue_()

    page.route(re.compile("/thuc-dia/anh"), hold)
    fill(page, label, "BB-gõ nhầm")
    page.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG")})
    expect(page.locator("#photos li")).to_have_count(1)
    page.click("#save", no_wait_after=True)
    expect(page.locator("#marks")).to_contain_text("Đang gửi")
    other = context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto(f"{staffed_address}/thuc-dia")
    if how == "changed":
        other.get_by_role("button", name="Sửa").click()
        other.fill("#document", "BB-đúng số")
        other.click("#save", no_wait_after=True)
    else:
        other.get_by_role("button", name="Bỏ").click()
    expect(other.locator("#mark")).to_be_hidden()
    held[0].continue_()
    for window in (page, other):
        expect(window.locator("#waiting")).to_have_text("Chờ gửi: 0")
    written = [(entry.fact.document, len(entry.attachments)) for entry in marks_of(staffed_folder, parcel)]
    assert written == ([("BB-đúng số", 1)] if how == "changed" else [])


def test_answer__that_comes_after_the_patience_is_no_second_entry(page, fields, staffed_folder):
    parcel, label = next(fields)
    late = []

    def hold(route):
        if late:
            route.continue_()
            return
        late.append(route)
        route.fetch()  # written; its answer waits
        page.clock.fast_forward(61_000)

    page.clock.install()
    page.route(MARK, hold)
    fill(page, label, "BB-chậm")
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã giữ trong máy")
    page.clock.fast_forward(5_000)
    expect(page.locator("#told")).to_contain_text("Đã có trong sổ từ lần gửi trước")
    assert len(marks_of(staffed_folder, parcel)) == 1


def test_session__that_ended_keeps_the_mark_until_the_same_account_is_back(
    page, staffed_address, fields, staffed_folder
):
    parcel, label = next(fields)
    fill(page, label, "BB-hết phiên")
    project = Project.open(staffed_folder)
    accounts.end_sessions(project, "lan", "quan.tri", datetime.now(UTC))
    project.close()
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Phiên đăng nhập đã kết thúc")
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    log_in(page, staffed_address, "quan.tri")
    expect(page.locator("#marks li")).to_contain_text("lan")
    assert marks_of(staffed_folder, parcel) == []
    page.goto(f"{staffed_address}/dang-xuat")
    page.get_by_role("button", name="Đăng xuất").click()
    log_in(page, staffed_address)
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 0")
    (entry,) = marks_of(staffed_folder, parcel)
    assert (entry.by, entry.fact.document) == ("lan", "BB-hết phiên")


def test_storage__full_is_told_and_the_form_stays(context, page, staffed_address, fields, staffed_folder):
    parcel, label = next(fields)
    fill(page, label, "BB-đầy máy")
    page.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG")})
    expect(page.locator("#photos li")).to_have_count(1)
    session = context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": staffed_address, "quotaSize": 1})
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Máy không giữ được mục này")
    expect(page.locator("#document")).to_have_value("BB-đầy máy")
    expect(page.locator("#photos li")).to_have_count(1)
    assert marks_of(staffed_folder, parcel) == []
    session.send("Storage.overrideQuotaForOrigin", {"origin": staffed_address})
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã lưu vào sổ")
    assert len(marks_of(staffed_folder, parcel)) == 1


def test_photos__unfit_ones_are_told_at_once_and_pasted_ones_count(page, fields, staffed_folder, tmp_path):
    parcel, label = next(fields)
    fill(page, label, "")
    large, empty = tmp_path / "to.pdf", tmp_path / "rong.pdf"
    large.write_bytes(b"%PDF-1.4" + b"0" * (26 << 20))
    empty.touch()
    page.set_input_files("#photo", [large, empty])
    expect(page.locator("#unfit")).to_contain_text("to.pdf nặng 26 MB, mỗi tệp nhiều nhất 25 MB")
    expect(page.locator("#unfit")).to_contain_text("Không đọc được rong.pdf")
    expect(page.locator("#photos li")).to_have_count(0)
    page.set_input_files(
        "#photo",
        [
            {"name": "bb.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"},
            {"name": "bb.docx", "mimeType": "", "buffer": b"PK\x03\x04"},
            {"name": "cu.gif", "mimeType": "image/gif", "buffer": picture("GIF")},
        ],
    )
    expect(page.locator("#unfit")).to_contain_text("bb.jpg không phải ảnh")
    expect(page.locator("#unfit")).to_contain_text("bb.docx không phải ảnh")
    expect(page.locator("#photos li")).to_contain_text("cu.jpg")
    page.evaluate(PASTE, list(picture("JPEG")))
    expect(page.locator("#photos li").last).to_contain_text("image.jpg")
    expect(page.locator("#unfit")).to_be_hidden()
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã lưu vào sổ")
    (entry,) = marks_of(staffed_folder, parcel)
    assert {kept.type for kept in entry.attachments} == {
        "image/jpeg"
    }  # a GIF as the photo that the server takes


def test_clock__of_the_device_is_not_believed_where_the_server_can_be_asked(page, fields, staffed_folder):
    """Three days ahead: with network the server's day counts; without, the mark is looked at before it stands."""
    (parcel, label), (second, other_label) = next(fields), next(fields)
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=3))
    page.reload()
    fill(page, label, "BB-đồng hồ")
    expect(page.locator("#day")).to_have_value(today().isoformat())
    expect(page.locator("#parcel")).to_contain_text("của máy chủ là")
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã lưu vào sổ")
    get_list(page, other_label)
    page.context.set_offline(True)
    fill(page, other_label, "BB-ngoài đồng")
    expect(page.locator("#day")).to_have_value((today() + timedelta(days=3)).isoformat())
    page.fill("#day", (today() - timedelta(days=1)).isoformat())
    page.click("#save")
    expect(page.locator("#waiting")).to_have_text("Chờ gửi: 1")
    page.context.set_offline(False)
    expect(page.locator("#marks .refusal")).to_contain_text("Đồng hồ của máy này lệch")
    assert marks_of(staffed_folder, second) == []
    page.get_by_role("button", name="Xem thửa").click()
    expect(page.locator("#mark")).to_be_visible()
    page.click("#save")
    expect(page.locator("#told")).to_contain_text("Đã lưu vào sổ")
    assert [entry.on for entry in (*marks_of(staffed_folder, parcel), *marks_of(staffed_folder, second))] == [
        today(),
        today() - timedelta(days=1),
    ]
