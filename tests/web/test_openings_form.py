"""The form that takes over an office's old list."""

from datetime import date

import pytest
from landworld import make_project
from pageworld import open_page, press, words

from gis.project import shared

HEAD = "commune,sheet,number,household_id,milestone,on,document,amount_vnd\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = make_project(tmp_path)
    made.close()
    monkeypatch.setenv("GPMB_PROJECT", str(made.folder))
    return shared()


def send(text, day=None):
    page = open_page("households.py")
    page.file_uploader[0].set_value([("cu.csv", text.encode(), "text/csv")])
    if day:
        next(one for one in page.date_input if one.key.startswith("openings-day")).set_value(day)
    press(page, "Nhập tất cả các dòng")
    return page


def test_openings__rows_become_entries_of_their_file(project):
    page = send(HEAD + "15910,7,1,AN,notified,,TB 1,\n", date(2025, 6, 30))
    assert "Đã đọc 1 dòng, ghi mới 1 ghi nhận" in words(page)
    entry = project.entries()[-1]
    assert (entry.on, entry.fact.not_later_than, entry.fact.row) == (date(2025, 6, 30), True, 2)


def test_openings__a_refusal_names_the_line_and_writes_nothing(project):
    before = project.refresh()
    page = send(HEAD + "15910,7,1,AN,notified,,TB 1,\n")
    assert "cu.csv, dòng 2" in words(page)
    assert project.refresh() == before


def test_openings__no_file_is_a_sentence(project):
    page = open_page("households.py")
    press(page, "Nhập tất cả các dòng")
    assert "hưa chọn tệp" in words(page)
