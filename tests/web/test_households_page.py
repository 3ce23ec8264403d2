"""The page "Hộ và thửa" as Streamlit runs it: finds, edits, merges, erases, and says why it does not."""

import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from pageworld import open_page, ran
from pageworld import words as said

from gis.ledger.facts import Holding
from gis.ledger.visits import visits_of
from gis.plan import empty_plan_text
from gis.project import Project, shared
from gis.project.people import aliases, history, person
from gis.project.register_edits import edit, merge, set_officer
from gis.store.tables import backup_made_table
from gis.web.common import new_request, stamp, today

sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from peopleworld import commune, tell


@pytest.fixture
def project(tmp_path, monkeypatch):
    commune(tmp_path / "xa").close()
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path / "xa"))
    opened = shared()
    yield opened
    opened.close()


def run_page(**address):
    return open_page("households.py", **address)


def parcel_of(project, household):
    """The last of the parcels of a household."""
    return max(p for p in project.snapshot(today()).state.told_of[household] if p is not None)


def names(page):
    return [re.match(r"\*\*(.*?)\*\*", b.label)[1] for b in page.button if b.label.startswith("**")]


def field(page, start):
    kinds = (page.text_input, page.selectbox, page.radio, page.checkbox, page.multiselect)
    return next(one for kind in kinds for one in kind if one.key and one.key.startswith(start))


def press(page, label):
    next(one for one in page.button if one.label.startswith(label)).click()
    return ran(page)


def test_households__nobody_yet_says_what_to_do(tmp_path, monkeypatch):
    folder = tmp_path / "moi"
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    page = run_page()
    assert "Chưa có hộ nào" in said(page)
    assert 'href="nhap-du-lieu?lang=vi"' in "".join(one.proto.body for one in page.get("html"))
    shared().close()


def test_households__found_without_accents_and_by_hamlet_of_a_commune(project):
    page = run_page()
    assert len(names(page)) == 6
    assert "chỉ dành cho tổ công tác" in said(page)
    page.text_input(key="people-search").set_value("tran duc")
    assert names(ran(page)) == ["Trần Đình Đức"]
    page.text_input(key="people-search").set_value("")
    page.selectbox(key="people-hamlet").select_index(0)
    assert names(ran(page)) == ["Phạm Văn Sáu"]  # Thôn 1 of 15895, not that of 15910
    page.text_input(key="people-search").set_value("không ai")
    assert "Không có hộ nào như vậy" in said(ran(page))


def test_households__the_address_holds_the_code_and_never_a_name(project):
    page = press(run_page(), "**Lê Văn Mẫn**")
    assert page.query_params["household"] in ("H3", ["H3"])
    assert "Mẫn" not in unquote(str(dict(page.query_params)))
    assert "15910" not in said(page).split("Ngoài các khu")[0]
    assert "Thửa đất (1)" in said(page)
    assert "H3" in said(run_page(household="H3"))
    assert "Không có hộ mang mã H77" in said(run_page(household="H77"))


def test_households__an_edit_is_kept_and_a_bad_one_keeps_what_was_typed(project):
    page = run_page(household="H4")
    field(page, "edit.hamlet").set_value("Thôn 3")
    press(page, "Lưu thông tin")
    assert "Đã lưu: Thôn." in said(page)
    assert person(project, "H4").household.hamlet == "Thôn 3"
    field(page, "edit.name").set_value(" ")
    field(page, "edit.hamlet").set_value("Thôn 4")
    press(page, "Lưu thông tin")
    assert "cần tên chủ hộ" in said(page)
    assert field(page, "edit.hamlet").value == "Thôn 4"
    assert len(history(project, "H4")) == 1


def test_households__somebody_else_wrote_meanwhile(project):
    """The form was drawn, a rival saved, and the page ran again before the button: it must not win silently."""
    page = run_page(household="H4")
    rival = Project.open(project.folder)
    edit(rival, "H4", {"name": "Trần Đức"}, stamp(new_request()))
    rival.close()
    ran(page)
    field(page, "edit.hamlet").set_value("Thôn 9")
    press(page, "Lưu thông tin")
    assert "quan-tri đã sửa hộ này lúc" in said(page)
    assert person(project, "H4").household.name == "Trần Đức"
    assert person(project, "H4").household.hamlet == "Thôn 2"
    assert field(page, "edit.name").value == "Trần Đức"  # a fresh form of what holds now
    field(page, "edit.hamlet").set_value("Thôn 9")
    press(page, "Lưu thông tin")
    assert person(project, "H4").household.hamlet == "Thôn 9"


def test_households__entered_twice_merged_and_split_again(project):
    page = run_page(household="H2")
    field(page, "merge.other").set_value(field(page, "merge.other").options[0])
    ran(page)
    assert "Cả hai mã đều có phần trong thửa 15910/7/2" in said(page)
    field(page, "merge.keep").set_value("H1")
    press(ran(page), "Gộp H2 vào H1")
    assert aliases(project) == {"H2": "H1"}
    assert "Đã gộp H2 vào H1" in said(page)
    assert "Cùng một hộ, đã gộp: H2" in said(page)
    assert page.query_params["household"] in ("H1", ["H1"])
    press(page, "Tách mã H2 ra lại")
    assert aliases(project) == {}


def test_households__officer_of_one_and_of_a_hamlet(project):
    set_officer(project, ["H4"], "can-bo-2", stamp(new_request()))
    set_officer(project, ["H6"], "can-bo-1", stamp(new_request()))
    page = run_page(household="H1")
    field(page, "officer.account").set_value("can-bo-2")
    press(page, "Lưu cán bộ phụ trách")
    assert person(project, "H1").household.officer == "can-bo-2"
    page = run_page()
    hamlet = field(page, "hamlet.which")
    hamlet.select_index(next(i for i, label in enumerate(hamlet.options) if "2 hộ" in label))
    field(page, "hamlet.officer").set_value("can-bo-1")
    ran(page)
    assert "1 hộ trong đó đang có cán bộ khác" in said(page)
    press(page, "Giao cho 2 hộ")
    assert [person(project, one).household.officer for one in ("H1", "H2", "H5")] == ["can-bo-1"] * 2 + [""]


def test_households__erased_after_the_code_was_typed(project):
    with project.ledger.writing() as writer:
        for at in ("2026-03-01T20:00:00.000000Z", "2026-02-01T20:00:00.000000Z"):
            values = {"backup_id": at, "at": at, "seq": 3, "hash": "0" * 64, "encrypted": False}
            writer.connection.execute(backup_made_table.insert().values(folder="/sao-luu", **values))
    page = run_page(household="H3")
    field(page, "people-erase").set_value(True)
    ran(page)
    assert "Sẽ xóa của H3" in said(page)
    field(page, "erase.reason").set_value("Đơn số 12")
    press(page, "Xóa dữ liệu cá nhân")
    assert "hãy gõ đúng mã hộ H3" in said(page)
    field(page, "erase.code").set_value("H3")
    press(page, "Xóa dữ liệu cá nhân")
    assert "Đã xóa dữ liệu cá nhân của H3" in said(page)
    assert "Tệp danh sách đã nhập" in said(page)
    assert "2 bản sao lưu đã làm" in said(page)
    assert "Bản sao lưu ngày 02/03/2026: /sao-luu" in said(page)  # of 1 March, 20:00 in London
    assert person(project, "H3").household.name == ""
    assert "(đã xóa dữ liệu cá nhân)" in said(page)
    assert not [b for b in page.button if b.label == "Lưu thông tin"]
    press(page, "Dọn dấu vết")
    assert "Không còn dấu vết" in said(page)


def test_households__a_past_day_is_for_reading(project):
    page = run_page(household="H3", on="2025-12-31")
    assert "31/12/2025" in said(page)
    assert not [b for b in page.button if b.label.startswith(("Lưu", "Gộp", "Xóa"))]


def test_households__one_screen_says_what_is_next_and_a_visit_is_recorded_on_it(project):
    page = run_page(household="H3")
    assert "Thửa đất (1)" in said(page)
    assert "Chưa ghi vướng mắc nào" in said(page)
    field(page, "household-form").set_value("visit")
    ran(page)
    field(page, "visit.outcome").set_value("refused")
    field(page, "visit.note").set_value("Hẹn tuần sau")
    press(page, "Ghi nhận vận động")
    assert "Vận động (1 lần)" in said(page)
    assert "Hẹn tuần sau" in said(page)
    [made] = visits_of(project.snapshot(today()).state, ["H3"])["H3"]
    assert (made.outcome, made.parcel) == ("refused", parcel_of(project, "H3"))


def test_households__an_obstacle_opened_and_settled_there(project):
    page = run_page(household="H1")
    field(page, "household-form").set_value("obstacle")
    ran(page)
    field(page, "obstacle.holding").set_value("H1")
    press(page, "Ghi nhận vướng mắc")
    assert "đang vướng từ" in said(page)
    assert project.snapshot(today()).state.stuck == {"P000001"}
    field(page, "obstacle.way").set_value("close")
    ran(page)
    press(page, "Ghi nhận đã gỡ")
    assert "đã gỡ ngày" in said(page)
    assert project.snapshot(today()).state.stuck == frozenset()


def test_households__a_hand_over_there_is_of_this_household_alone(project):
    """Parcel 7/2 is shared: the form of H2 must not hand over the half of H1."""
    page = run_page(household="H2")
    field(page, "household-form").set_value("mark")
    ran(page)
    field(page, "mark.document").set_value("BB-7")
    press(page, "Ghi nhận bàn giao")
    now = project.snapshot(today()).state
    halves = now.of_parcel(parcel_of(project, "H2"))
    assert {one.household: "handed_over" in one.milestones for one in halves} == {"H1": False, "H2": True}


def test_households__of_somebody_with_two_codes_a_shared_parcel_is_marked_on_the_map_alone(project):
    """Their two halves are not all of the parcel's holdings: "all of them" would be strangers' too."""
    tell(project, Holding(parcel_of(project, "H2"), "H6", None))
    merge(project, "H2", "H1", stamp(new_request()))
    page = run_page(household="H1")
    field(page, "household-parcel").set_value(parcel_of(project, "H2"))
    field(page, "household-form").set_value("mark")
    ran(page)
    assert "hãy ghi trên phiếu thửa" in said(page)
    assert not [one for one in page.text_input if (one.key or "").startswith("mark.")]


def test_households__filters_of_what_is_due(project):
    page = run_page()
    assert len(names(page)) == 6
    field(page, "people-work").set_value("stuck")
    assert names(ran(page)) == []
    field(page, "people-work").set_value("done")
    assert len(names(ran(page))) == 6  # land outside all zones: nothing is next for it
    field(page, "people-work").set_value(None)
    field(page, "people-class").set_value("handed_over")
    assert names(ran(page)) == []


def test_households__says_who_is_not_counted_elsewhere(project):
    """This commune has no zone yet: nobody holds land inside one."""
    page = run_page()
    assert "6 hộ, tổ chức trong số tất cả không giữ thửa nào trong các khu" in said(page)
    field(page, "people-work").set_value("done")
    assert "Tổng quan chỉ đếm hộ chưa bàn giao" not in said(ran(page))


def test_households__who_handed_over_a_part_of_stuck_land_is_told_apart(sample_copy, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(sample_copy))
    page = run_page()
    field(page, "people-work").set_value("stuck")
    assert "Tổng quan chỉ đếm hộ chưa bàn giao" in said(ran(page))
    shared().close()


def test_counts__a_parcel_outside_all_zones_that_is_not_handed_over(project):
    page = run_page()  # this commune has no zone yet
    assert any(
        "2 thửa, đã bàn giao 0 · 2 thửa ngoài các khu, không tính việc" in b.label for b in page.button
    )
