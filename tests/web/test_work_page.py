"""The page "Việc cần làm" as Streamlit runs it: whom to visit, a sheet made, and one that comes back."""

import re
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import pytest
from fieldworld import filled, sheet_of
from pageworld import open_page, ran
from pageworld import words as said
from shapely import box

from gis.ledger.facts import Milestone, ObstacleOpened, Void
from gis.ledger.marks import Mark
from gis.ledger.obstacles import OpenObstacle
from gis.plan import empty_plan_text
from gis.project import shared
from gis.project.accounts import LOCAL_ACCOUNT
from gis.project.intake import import_layer
from gis.project.register_edits import set_officer
from gis.web.common import new_request, stamp, today

sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from peopleworld import EAST, NORTH, commune
from peopleworld import stamp as then

FIRST = "P000001"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Six parcels in a zone; H1 and H2 of Thôn 1 (15910) are lan's, H5 lives in Thôn 1 of 15895."""
    folder = tmp_path_factory.mktemp("work")
    opened = commune(folder / "xa")
    zone = gpd.GeoDataFrame(
        {"zone_id": ["ccn-hoang-son"]}, geometry=[box(EAST, NORTH, EAST + 600, NORTH + 100)], crs=5897
    )
    zone.to_file(folder / "khu.gpkg")
    import_layer(opened, "zones", [folder / "khu.gpkg"], then("z"), crs="EPSG:5897")
    set_officer(opened, ["H1", "H2"], "lan", then("officer"))
    opened.close()
    return folder / "xa"


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(shutil.copytree(made, tmp_path / "xa")))
    yield shared()
    shared().close()


def run_page(**address):
    return open_page("work.py", **address)


def press(page, label):
    next(one for one in page.button if one.label.startswith(label)).click()
    return ran(page)


def ticked(page):
    return [re.sub(r"\\", "", one.label) for one in page.checkbox if one.key.startswith("work-pick-")]


def back(page, content):
    page.radio(key="work-part").set_value("back")
    page = ran(page)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.file_uploader(key="trip-file").set_value([("phieu.xlsx", content, kind)])
    return ran(page)


def did(project, command):
    return project.do(command, stamp(new_request())).seqs


def test_work__nothing_to_do_says_when_there_will_be(tmp_path, monkeypatch):
    folder = tmp_path / "moi"
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    assert "Chưa có hộ nào còn việc" in said(run_page())
    shared().close()


def test_work__every_household_with_its_reason_hamlet_by_hamlet(project):
    did(project, OpenObstacle(FIRST, "H1", "graves", today() - timedelta(days=40)))
    page = run_page()
    assert "6 hộ còn việc, mỗi hộ tính một lần theo việc gấp nhất: 0 quá hạn" in said(page)
    assert "0 chỉ chờ bàn giao, 1 gỡ vướng mắc." in said(page)
    assert "Quá hạn ở đây" not in said(page)
    assert "lấy 6 hộ đầu trong 6 hộ đang lọc" in said(page)
    assert ticked(page)[0] == "**Nguyễn Thị Hoà · H1**"  # the stuck one first
    assert "Thôn 1, Hoằng Xuyên: 2 hộ" in said(page)
    assert "đã 40 ngày" in said(page)
    assert "Chưa gặp lần nào" in said(page)


def test_work__filters_leave_an_officers_a_hamlets_and_a_kind_of_work(project):
    did(project, OpenObstacle(FIRST, "H1", "graves", today()))
    page = run_page()
    page.selectbox(key="work-officer").set_value("lan")
    assert len(ticked(ran(page))) == 2
    page.selectbox(key="work-rank").set_value("stuck")
    assert ticked(ran(page)) == ["**Nguyễn Thị Hoà · H1**"]
    page.selectbox(key="work-hamlet").set_value("15910/Thôn 2")
    assert "Không còn việc nào với bộ lọc này" in said(ran(page))
    assert set(page.query_params) == set()


def test_work__an_officer_sees_their_own_work_first(project):
    """Who sits at this machine has an account of its own while there are no others."""
    set_officer(project, ["H4"], LOCAL_ACCOUNT, stamp(new_request()))
    page = run_page()
    assert ticked(page) == ["**Trần Đình Đức · H4**"]
    assert f"Đang hiện việc của {LOCAL_ACCOUNT}" in said(page)
    page.selectbox(key="work-officer").set_value(None)
    assert len(ticked(ran(page))) == 6


def test_work__a_sheet_of_who_is_ticked_is_two_addresses_without_names(project):
    page = run_page()
    next(one for one in page.checkbox if one.key == "work-pick-H4").check()
    page = press(ran(page), "Lập phiếu cho 1 hộ")
    html = "\n".join(element.proto.body for element in page.get("html"))
    excel, printed = re.findall(r'href="(/phieu-di-thon/[^"]+)"', html)
    assert re.fullmatch(r"/phieu-di-thon/[0-9a-f]{8}\.xlsx\?.*ho=H4&amp;moc=inventoried,handed_over", excel)
    assert "ten=" not in printed
    page.checkbox(key="work-names").check()
    page = press(ran(page), "Lập phiếu cho 1 hộ")
    assert "ten=1" in "\n".join(element.proto.body for element in page.get("html"))
    page = press(page, "Đã đánh dấu 1 hộ")
    assert any(one.label == "Lập phiếu cho 6 hộ" for one in page.button)


def test_work__a_past_day_makes_no_sheet(project):
    page = run_page(on="2026-03-11")
    assert not any(one.label.startswith("Lập phiếu") for one in page.button)


def test_back__field_changes_are_looked_at_written_once_and_a_second_time_not_at_all(project):
    content = filled(
        sheet_of(project, today(), ["H1"]),
        {
            (1, "inventoried.on"): today(),
            (1, "inventoried.document"): "BBKĐ 1",
            (1, "opened"): "Mồ mả",
            (1, "obstacle_on"): today(),
        },
    )
    before = project.refresh().seq
    page = back(run_page(), content)
    assert "2 thay đổi từ thực địa" in said(page)
    assert project.refresh().seq == before
    page = press(page, "Ghi 2 thay đổi vào sổ (2 ghi nhận)")
    assert "Đã ghi 2 ghi nhận vào sổ" in said(page)
    assert {type(entry.fact) for entry in project.entries()[before:]} == {Milestone, ObstacleOpened}
    assert "2 hai bên ghi như nhau" in said(page)
    again = back(run_page(), content)
    assert "Tệp này đã được ghi trước đây" in said(again)
    assert not any(one.key == "trip-write" for one in again.button)
    assert project.refresh().seq == before + 2


def test_back__all_that_a_sheet_wrote_is_taken_back_with_a_reason(project):
    cells = {(1, "inventoried.on"): today(), (1, "opened"): "Mồ mả", (1, "obstacle_on"): today()}
    content = filled(sheet_of(project, today(), ["H1"]), cells)
    page = back(run_page(), content)
    assert not any(one.label == "Hủy cả phiếu đã ghi" for one in page.button)
    page = press(page, "Ghi 2 thay đổi vào sổ")
    assert "Còn 2 ghi nhận của phiếu này đang có hiệu lực" in said(page)
    page = press(page, "Hủy cả phiếu đã ghi")
    assert "lý do" in said(page).lower()
    assert not isinstance(project.entries()[-1].fact, Void)
    page.text_input(key="trip-why-7f3a09bc").set_value("nhầm hộ")
    page = press(page, "Hủy cả phiếu đã ghi")
    assert "Đã hủy cả phiếu 7F3A09BC" in said(page)
    assert [project.reason(entry) for entry in project.entries()[-2:]] == ["nhầm hộ", "nhầm hộ"]
    assert "phiếu đã ghi, sau đó bị hủy" in said(page)
    assert not any(one.label == "Hủy cả phiếu đã ghi" for one in page.button)


def test_back__a_conflict_is_shown_with_its_entry_kept_and_corrected_only_when_chosen(project):
    sheet = sheet_of(project, today(), ["H1"])
    early = today() - timedelta(days=3)
    (seq,) = did(project, Mark((FIRST,), "inventoried", early, "BBKĐ 3", "H1"))
    content = filled(sheet, {(1, "inventoried.on"): today(), (1, "inventoried.document"): "BBKĐ 1"})
    page = back(run_page(), content)
    assert "1 hai bên khác nhau, cần chọn" in said(page)
    assert f"#{seq}, " in said(page)
    assert "Không còn gì để ghi" in said(page)
    decide = next(one for one in page.radio if one.key.startswith("trip-7f3a09bc"))
    decide.set_value("field")
    page = ran(page)
    page = press(page, "Ghi 1 thay đổi vào sổ (2 ghi nhận)")
    void, marked = project.entries()[-2:]
    assert (void.fact.target, marked.on, marked.fact.document) == (seq, today(), "BBKĐ 1")
    assert isinstance(void.fact, Void)
    assert "Theo phiếu đi thôn 7F3A09BC" in project.reason(void)
    assert "Đã ghi 2 ghi nhận" in said(page)


def test_back__a_warning_is_shown_before_and_kept_after(project):
    """A hand-over before the recovery decision is odd and may be written all the same."""
    content = filled(
        sheet_of(project, today(), ["H4"]),
        {(1, "handed_over.on"): today(), (1, "handed_over.document"): "BB 1"},
    )
    page = back(run_page(), content)
    shown = said(page)
    page = press(page, "Ghi 1 thay đổi vào sổ")
    entry = project.entries()[-1]
    assert entry.warned
    assert "chưa" in shown.lower()


def test_back__a_file_that_is_none_of_ours_is_one_sentence(project):
    page = back(run_page(), b"\x00\x01junk")
    assert "phieu.xlsx" in said(page)
    assert not any(one.key == "trip-write" for one in page.button)


def test_back__text_of_a_file_is_never_html(project):
    content = filled(
        sheet_of(project, today(), ["H1"]),
        {(1, "inventoried.on"): today(), (1, "inventoried.document"): "<script>x</script>"},
    )
    page = back(run_page(), content)
    html = "\n".join(element.proto.body for element in page.get("html"))
    assert "&lt;script&gt;x" in html
    assert "<script>x" not in html
