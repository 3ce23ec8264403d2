"""The page Tài khoản, and who a page writes as: run without a browser, with the cookies of a login."""

import pytest
from accountworld import NOW, PASSWORDS, add_people
from landworld import make_project
from pageworld import open_page, press, ran, words

from gis.access import NoSessionError, NotAllowedError
from gis.project import accounts, logins, shared
from gis.web import account_view, common
from gis.web.visitors import COOKIE, LOCAL

BAD = "<img src=x onerror=alert(1)>"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    made = make_project(tmp_path)
    monkeypatch.setenv("GPMB_PROJECT", str(made.folder))
    made.close()
    found = shared()
    yield found
    found.close()


@pytest.fixture
def enter(opened, monkeypatch):
    """A call that makes pages somebody's; None is nobody's."""
    add_people(opened, common.now())

    def entered(account):
        cookies = {}
        if account:
            cookies[COOKIE] = logins.log_in(opened, account, PASSWORDS[account], "p", common.now()).token
        monkeypatch.setattr(common, "_cookies", lambda: cookies)

    return entered


def test_stamp__the_account_of_the_session(enter):
    enter("lan")
    assert common.stamp("r").by == "lan"
    with pytest.raises(NotAllowedError):
        common.stamp_to("erase", "r")
    enter("quan.tri")
    assert common.stamp_to("erase", "r").by == "quan.tri"


def test_stamp__a_viewer_and_nobody_write_nothing(enter):
    enter("chu.tich")
    with pytest.raises(NotAllowedError):
        common.stamp("r")
    enter(None)
    with pytest.raises(NoSessionError):
        common.stamp("r")


def test_stamp__without_accounts_the_one_at_the_machine(opened):
    assert common.visitor() is LOCAL
    assert common.stamp("r").by == "quan-tri"


@pytest.mark.parametrize(
    "name", ["parcel_map.py", "money.py", "batches.py", "deliveries.py", "households.py", "accounts.py"]
)
def test_pages__show_nothing_to_nobody_and_no_name_to_a_viewer(enter, name):
    enter(None)
    assert "Phiên đăng nhập đã kết thúc" in words(open_page(name))
    enter("chu.tich")
    page = open_page(name, parcel="P000001", household="AN")
    said = words(page) + " ".join(button.label for button in page.button)
    assert "Nguyễn Thị Mẫu" not in said
    assert "Thôn 1" not in said


def test_many_parcels__a_viewer_chooses_and_neither_searches_names_nor_writes(enter):
    enter("chu.tich")
    page = open_page("parcel_map.py")
    page.session_state["many-side"] = "many"
    ran(page)
    page.text_area(key="many-list").set_value("7/1")
    press(page, "Thêm vào danh sách chọn")
    assert "Đã chọn 1 thửa" in words(page)
    assert "many-find" not in [one.key for one in page.text_input]
    assert "Xem trước khi ghi" not in [button.label for button in page.button]


def test_card__an_editor_sees_the_name_and_that_is_logged_once(enter, opened):
    enter("lan")
    page = open_page("parcel_map.py", parcel="P000001")
    assert "Nguyễn Thị Mẫu" in words(page)
    ran(page)
    (look,) = accounts.name_log(opened)
    assert (look.by, look.what, look.household, look.count) == ("lan", "card", "AN", 1)


def test_page__an_editors_page_that_becomes_a_viewers_keeps_nothing(enter):
    enter("lan")
    page = open_page("households.py")
    assert any("Nguyễn Thị Mẫu" in button.label for button in page.button)
    page.session_state["kept-name"] = "Nguyễn Thị Mẫu"
    enter("chu.tich")
    ran(page)
    assert not page.button
    assert "kept-name" not in page.session_state


def test_page__ends_when_its_session_does(enter, opened):
    enter("lan")
    page = open_page("parcel_map.py", parcel="P000001")
    accounts.disable(opened, "lan", "quan.tri", common.now())
    ran(page)
    assert "Phiên đăng nhập đã kết thúc" in words(page)
    assert "Nguyễn Thị Mẫu" not in words(page)
    assert not page.button


def test_accounts_page__without_accounts_leads_to_the_first(opened):
    said = words(open_page("accounts.py"))
    assert "Tạo tài khoản quản trị đầu tiên" in said
    assert "python -m gis account add" in said


def test_accounts_page__only_for_the_administrator(enter):
    for account in ("lan", "chu.tich"):
        enter(account)
        page = open_page("accounts.py")
        assert "quan.tri" not in words(page).replace("quan.tri ·", "")
        assert not page.button


def test_accounts_page__add_change_close(enter, opened):
    enter("quan.tri")
    page = open_page("accounts.py")
    field = {one.key.partition(".")[0]: one for one in page.text_input}
    field["account-id"].input("binh")
    field["account-name"].input(BAD)
    press(page, "Tạo tài khoản và lấy mã một lần")
    html = "\n".join(element.proto.body for element in page.get("html"))
    assert BAD not in html
    assert "&lt;img src=x" in html
    assert "gp-code" in html
    assert "gp-code" not in "\n".join(element.proto.body for element in ran(page).get("html"))  # shown once
    assert {one.account_id: one.role for one in accounts.accounts(opened)}["binh"] == "editor"
    page.selectbox(key="account-chosen").select("lan").run()
    press(page, "Khóa (người này nghỉ việc)")
    assert "Đã khóa tài khoản lan" in words(page)
    assert (
        accounts.state_of(next(one for one in accounts.accounts(opened) if one.account_id == "lan"))
        == "closed"
    )
    page.selectbox(key="account-chosen").select("quan.tri").run()
    press(page, "Khóa (người này nghỉ việc)")
    assert "quản trị viên duy nhất" in words(page)


def test_accounts_page__a_slip_is_a_sentence(enter):
    enter("quan.tri")
    page = open_page("accounts.py")
    next(one for one in page.text_input if one.key.startswith("account-id")).input(BAD)
    press(page, "Tạo tài khoản và lấy mã một lần")
    html = "\n".join(element.proto.body for element in page.get("html"))
    assert "không dùng được" in html
    assert BAD not in html


def test_names_html__codes_and_numbers_only():
    from gis.store.name_views import NameView
    from gis.texts import Texts

    at = "2026-03-10T02:00:00.000000Z"
    looks = [NameView(at, "lan", "card", "H1", 1), NameView(at, "lan", "people", None, 20)]
    html = account_view.names_html(looks, Texts("vi"))
    assert "10/03/2026 09:00" in html
    assert "<td>H1</td>" in html
    assert "<td>20 hộ</td>" in html
    assert NOW.year == 2026
