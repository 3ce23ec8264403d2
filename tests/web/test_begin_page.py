"""The first screen without a browser: its three ways, and what it refuses."""

import html
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pageworld import open_page, press, ran, words

from gis.project import accounts, serving
from gis.project.backups import back_up
from gis.project.beginning import REPOSITORY, begin
from gis.project.serving import Serving
from gis.store.backup_key import make_key
from gis.texts import Texts
from gis.web.begin_view import others_html

NOW = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)
PASSPHRASE = "lúa chín vàng ngoài đồng làng"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A process of its own, as it were, that serves an empty project; and that project's folder."""
    folder = tmp_path / "đang mở"
    begin(folder, "Hoàng Sơn", 5897)
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    own = Serving()
    for name in ("serve", "folder", "require_alone", "shared"):
        monkeypatch.setattr(serving, name, getattr(own, "project" if name == "shared" else name))
    yield own
    own.project().close()


def text(page, label):
    return next(one for one in page.text_input if one.label.startswith(label))


def test_commune__made_in_the_folder_that_was_typed(served, tmp_path):
    page = open_page("begin.py")
    text(page, "Thư mục của dự án").set_value(str(tmp_path / "xã mới")).run()
    press(page, "Tạo dự án của xã")
    assert "Đã tạo dự án trống" in words(page)
    assert f'start.py --project "{tmp_path / "xã mới"}"' in html.unescape(words(page))
    assert served.folder() == tmp_path / "xã mới"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("xa", "đường dẫn đầy đủ"),
        ("/tmp/../etc/gpmb", "đường dẫn đầy đủ"),  # noqa: S108 - a path that is refused
        (str(REPOSITORY / "data" / "moi"), "nằm trong mã nguồn"),
        (str(REPOSITORY.parent), "đã có tệp"),
    ],
)
def test_commune__a_place_that_will_not_do(served, typed, said):
    before = served.folder()
    page = open_page("begin.py")
    text(page, "Thư mục của dự án").set_value(typed).run()
    press(page, "Tạo dự án của xã")
    assert said in words(page)
    assert served.folder() == before


def test_restore__an_encrypted_backup(served, tmp_path):
    make_key(tmp_path / "E", PASSPHRASE)
    back_up(served.project(), tmp_path / "E", NOW)
    page = open_page("begin.py")
    text(page, "Thư mục chứa các bản sao lưu").set_value(str(tmp_path / "E")).run()
    assert "30/11/2026 08:02" in page.selectbox[0].options[0]
    text(page, "Thư mục của dự án").set_value(str(tmp_path / "về")).run()
    places = [one for one in page.text_input if one.label.startswith("Thư mục của dự án")]
    places[-1].set_value(str(tmp_path / "về")).run()
    press(page, "Kiểm tra và khôi phục")
    assert "cụm mật khẩu" in words(page).lower()
    text(page, "Cụm mật khẩu").set_value("không phải cụm ấy đâu nhé").run()
    press(page, "Kiểm tra và khôi phục")
    assert not (tmp_path / "về").exists()
    text(page, "Cụm mật khẩu").set_value(PASSPHRASE).run()
    press(page, "Kiểm tra và khôi phục")
    assert "Đã khôi phục vào" in words(page)
    assert served.folder() == tmp_path / "về"


def test_restore__a_folder_without_backups_and_one_that_is_not_there(served, tmp_path):
    page = open_page("begin.py")
    field = text(page, "Thư mục chứa các bản sao lưu")
    field.set_value(str(tmp_path)).run()
    assert "không có bản sao lưu nào" in words(page)
    text(page, "Thư mục chứa các bản sao lưu").set_value(str(tmp_path / "ổ E")).run()
    assert "ổ E" in words(page)
    assert not [one for one in page.button if one.label == "Kiểm tra và khôi phục"]


def test_page__is_the_way_out_where_no_project_opens(served, tmp_path, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path / "đã xóa"))
    page = open_page("begin.py")
    assert "Không có project.toml" in words(page)
    text(page, "Thư mục của dự án").set_value(str(tmp_path / "xã mới")).run()
    press(page, "Tạo dự án của xã")
    assert served.folder() == tmp_path / "xã mới"


def test_page__with_accounts_offers_no_way_but_the_commands(served, tmp_path):
    project = served.project()
    accounts.add(project, "lan", "administrator", "quan-tri", NOW)
    page = open_page("begin.py")
    assert not page.button  # no session: nobody
    with pytest.raises(serving.ServedToOthersError):
        served.serve(tmp_path)


def test_others_html__says_the_commands_to_an_administrator():
    said = others_html(Path("/srv/<b>xã"), Texts("vi"))
    assert "&lt;b&gt;xã" in said
    assert "python -m gis restore" in said
    assert "start.py --project" in said


def test_page__follows_the_language(served):
    page = ran(open_page("begin.py", lang="en"))
    assert [one.label for one in page.button] == ["Open the sample", "Make the commune's project"]
