"""The panel of many parcels as Streamlit runs it: how they come in, what is looked at, written, refused, taken back."""

import re
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, make_project
from shapely import box
from streamlit.testing.v1 import AppTest

from gis.ledger.batches import JoinBatch, OpenBatch
from gis.ledger.facts import Milestone, Void
from gis.ledger.marks import Mark
from gis.project import shared
from gis.project.intake import import_layer
from gis.web.common import new_request, stamp, today

PAGE = Path(__file__).resolve().parents[2] / "gis" / "web" / "pages" / "parcel_map.py"
ONE, TWO, NOBODYS = "P000001", "P000002", "P000003"
SECONDS = 60


@pytest.fixture
def project(tmp_path, monkeypatch):
    """One holder on ONE (An), two by halves on TWO (An, Binh), none on NOBODYS; 1 ha each, half of the last inside."""
    opened = make_project(tmp_path)
    opened.close()
    monkeypatch.setenv("GPMB_PROJECT", str(opened.folder))
    yield shared()
    shared().close()


@pytest.fixture
def page(project):
    opened = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
    opened.session_state["many-side"] = "many"
    return ran(opened)


def ran(page):
    page.run()
    assert not page.exception
    return page


def press(page, label):
    next(one for one in page.button if one.label == label).click()
    return ran(page)


def said(page):
    html = "\n".join(element.proto.body for element in page.get("html"))
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def chosen(page):
    return set(page.session_state["many-parcels"])


def paste(page, text, button="Thêm vào danh sách chọn"):
    page.text_area(key="many-list").set_value(text)
    return press(page, button)


def look(page, document="BB-1", step="handed_over"):
    request = page.session_state["many-request"]
    page.selectbox(key=f"chosen.step.{request}").set_value(step)
    page.text_input(key=f"chosen.document.{request}").set_value(document)
    return press(page, "Xem trước khi ghi")


def undo(page, reason):
    next(one for one in page.text_input if one.key.startswith("many-why.outcome")).set_value(reason)
    return press(page, "Hủy cả lần ghi này")


def test_panel__says_what_to_do_where_nothing_is_chosen(page):
    assert "Chưa chọn thửa nào" in said(page)
    assert not any(one.label == "Xem trước khi ghi" for one in page.button)


def test_list__adds_takes_out_and_says_what_it_did_not_understand(page):
    paste(page, "tờ 7: 1, 2, 99\n7/1")
    assert chosen(page) == {ONE, TWO}
    assert "Đã chọn 2 thửa" in said(page)
    assert "2,0000 ha trong các khu" in said(page)
    assert "dòng 1: không có thửa hoặc công trình «7/99»" in said(page)
    assert page.text_area(key="many-list").value == "tờ 7: 1, 2, 99\n7/1"
    paste(page, "7/2", "Bỏ khỏi danh sách chọn")
    assert chosen(page) == {ONE}
    assert page.text_area(key="many-list").value == ""


def test_list__what_two_communes_have_is_asked_once_with_the_field_that_answers_it(project, page, tmp_path):
    twins = {"soTo": ["7", "7"], "soThua": ["1", "2"], "maXa": ["15895"] * 2, "loaiDat": ["LUC"] * 2}
    plots = [box(EAST + n, NORTH + 500, EAST + n + 50, NORTH + 550) for n in (0, 50)]
    gpd.GeoDataFrame(twins, geometry=plots, crs=5897).to_file(tmp_path / "twins.gpkg")
    import_layer(project, "parcels", [tmp_path / "twins.gpkg"], stamp(new_request()), crs="EPSG:5897")
    paste(ran(page), "tờ 7: 1, 2")
    assert chosen(page) == set()
    assert said(page).count("có ở nhiều xã cũ") == 1
    field = page.selectbox(key="many-commune")
    assert f"ở ô «{field.label}»" in said(page)
    field.set_value("15910")
    paste(page, "tờ 7: 1, 2")
    assert chosen(page) == {ONE, TWO}


def drawing_page():
    """What the map page does with a drawing, which a test without a browser cannot make."""
    import streamlit as st

    from gis.project import shared
    from gis.texts import Texts
    from gis.web import selection
    from gis.web.common import today
    from gis.web.map_view import Drawn
    from gis.web.selection_actions import take_drawn

    take_drawn(Drawn(st.session_state["ring"], 1), shared().snapshot(today()))
    told = st.session_state[selection.SAID]
    st.session_state["told"] = Texts("vi")(told.message, **told.facts)


def drawn(page, rule, ring=None):
    page.session_state["many-rule"] = rule
    if ring:
        page.session_state["ring"] = ring
    return set(ran(page).session_state["many-parcels"])


def test_drawn__by_a_rule_and_the_same_by_another(project):
    """A shape over ONE and a third of TWO."""
    shapes = project.snapshot(today()).units.geometry.to_crs(4326)
    west, south, middle, north = shapes[ONE].bounds
    east = middle + (middle - west) / 3
    ring = (
        (west - 1e-4, south - 1e-4),
        (east, south - 1e-4),
        (east, north + 1e-4),
        (west - 1e-4, north + 1e-4),
    )
    page = AppTest.from_function(drawing_page, default_timeout=SECONDS)
    assert drawn(page, "mostly", ring) == {ONE}
    assert (
        "1 thửa nằm trọn hoặc quá nửa bên trong (thêm mới 1). Không lấy 1 thửa" in page.session_state["told"]
    )
    assert drawn(page, "touched") == {ONE, TWO}
    assert drawn(page, "wholly") == {ONE}


def test_drawn__a_shape_that_crosses_itself_is_refused_and_the_choice_stays(page):
    paste(page, "7/1")
    take = AppTest.from_function(crossed_page, default_timeout=SECONDS)
    take.session_state["many-parcels"] = page.session_state["many-parcels"]
    ran(take)
    assert set(take.session_state["many-parcels"]) == {ONE}
    assert "tự cắt" in take.session_state["many-outcome"].sentence


def crossed_page():
    from gis.project import shared
    from gis.web.common import today
    from gis.web.map_view import Drawn
    from gis.web.selection_actions import take_drawn

    bow_tie = ((105.0, 19.0), (106.0, 20.0), (106.0, 19.0), (105.0, 20.0))
    take_drawn(Drawn(bow_tie, 1), shared().snapshot(today()))


def test_household__all_that_it_holds_and_of_shared_land_its_own_part(project, page):
    page.text_input(key="many-find").set_value("nguyen thi")
    ran(page)
    press(page, r"Nguyễn Thị Mẫu · Thôn 1 · AN")
    assert chosen(page) == {ONE, TWO}
    look(page)
    assert "cho 2 thửa của 1 hộ: 2 ghi nhận" in said(page)
    press(page, "Ghi cho 2 thửa")
    written = [entry.fact for entry in project.entries() if isinstance(entry.fact, Milestone)]
    assert [(fact.parcel, fact.household) for fact in written] == [(ONE, "AN"), (TWO, "AN")]
    assert project.snapshot(today()).cleared_ha == pytest.approx(1)  # Binh's half of TWO waits


def test_filter__adds_what_the_legend_keeps_and_keeps_that_alone(project, page):
    project.do(OpenBatch("Đợt 1", date(2026, 1, 5), "luat-2024", None, ("luat-2024",)), stamp("b"))
    project.do(JoinBatch("D1", ("BINH",), date(2026, 1, 5)), stamp("j"))
    page.session_state["coloured_by"], page.session_state["coloured_only"] = "batch", ["D1"]
    ran(page)
    assert "Đang lọc: D1 · Đợt 1 (1 thửa)" in said(page)
    paste(page, "7/1")
    press(page, "Thêm các thửa đang lọc")
    assert chosen(page) == {ONE, TWO}
    press(page, "Chỉ giữ những thửa đang lọc")
    assert chosen(page) == {TWO}


def test_look__figures_zones_warnings_and_nothing_is_written(project, page):
    paste(page, "tờ 7: 1-2")
    head = project.refresh()
    look(page)
    told = said(page)
    assert "Sẽ ghi mốc «Đã bàn giao mặt bằng» cho 2 thửa của 2 hộ: 3 ghi nhận." in told
    assert "Toàn xã 0,0000 2,0000 +2,0000" in told
    assert "CCN Hoàng Sơn 0,0000 2,0000 +2,0000" in told
    assert "khi chưa có" in told
    assert project.refresh() == head


def test_look__who_cannot_be_marked_is_taken_out_by_a_button(project, page):
    paste(page, "tờ 7: 1, 2a")
    look(page)
    assert "15910/7/2a: chưa có hộ nào" in said(page)
    assert not any(one.label.startswith("Ghi cho") for one in page.button)
    press(page, "Bỏ 1 thửa chưa ghi được khỏi danh sách")
    assert chosen(page) == {ONE}
    press(page, "Ghi cho 1 thửa")
    assert project.entries()[-1].fact == Milestone(ONE, "AN", "handed_over", "BB-1")


def test_look__a_hand_over_without_minutes_is_refused_with_the_cure(page):
    paste(page, "7/1")
    look(page, document="")
    assert 'role="alert"' in "".join(element.proto.body for element in page.get("html"))
    assert not any(one.label.startswith("Ghi cho") for one in page.button)


def test_write__one_transaction_and_undo_takes_all_of_it_back(project, page):
    paste(page, "tờ 7: 1-2")
    look(page)
    request = page.session_state["many-review"].request_id
    press(page, "Ghi cho 2 thửa")
    written = [entry for entry in project.entries() if entry.request_id == request]
    assert [entry.fact.parcel for entry in written] == [ONE, TWO, TWO]
    assert "Đã ghi mốc «Đã bàn giao mặt bằng» cho 2 thửa của 2 hộ: 3 ghi nhận" in said(page)
    assert chosen(page) == set()
    undo(page, "")
    assert "lý do" in said(page)
    assert project.snapshot(today()).cleared_ha == pytest.approx(2)
    next(one for one in page.text_input if one.key.startswith("many-why.recent")).set_value("nhầm biên bản")
    [one for one in page.button if one.label == "Hủy cả lần ghi này"][-1].click()
    ran(page)
    assert "Đã hủy cả lần ghi: 3 ghi nhận" in said(page)
    assert [type(entry.fact) for entry in project.entries()[-3:]] == [Void] * 3
    assert project.snapshot(today()).cleared_ha == 0
    assert project.verify()[0] == []


def test_undo__says_which_parcels_keep_the_milestone_by_a_correction(project, page):
    paste(page, "tờ 7: 1-2")
    look(page)
    press(page, "Ghi cho 2 thửa")
    project.correct(project.refresh().seq - 2, today(), "BB-7", "số sai", stamp(new_request()))
    undo(page, "nhầm biên bản")
    assert "Đã hủy cả lần ghi: 2 ghi nhận" in said(page)
    assert "Còn 1 thửa vẫn có mốc này theo ghi nhận khác, đã sửa hoặc ghi sau lần đó: 15910/7/1" in said(page)


def test_write__what_somebody_wrote_meanwhile_is_told_and_looked_at_again(project, page):
    paste(page, "tờ 7: 1-2")
    look(page)
    rival = Mark((ONE,), "notified", date(2026, 1, 9), "TB-1")
    seq = project.do(rival, stamp(new_request())).seqs[0]
    head = project.refresh()
    press(page, "Ghi cho 2 thửa")
    assert project.refresh() == head
    assert re.search(rf"15910/7/1: \S+ vừa ghi \({seq}\), lúc \d\d/\d\d/\d{{4}} \d\d:\d\d", said(page))
    assert chosen(page) == {ONE, TWO}
    press(page, "Xem lại theo số liệu mới nhất")
    press(page, "Ghi cho 2 thửa")
    assert project.snapshot(today()).cleared_ha == pytest.approx(2)


def test_panel__of_a_past_day_chooses_and_does_not_write(project):
    page = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
    page.session_state["many-side"] = "many"
    page.query_params["on"] = "2026-01-01"
    paste(ran(page), "7/1")
    assert chosen(page) == {ONE}
    assert not any(one.label == "Xem trước khi ghi" for one in page.button)


def test_write__what_is_chosen_after_a_try_that_seemed_to_fail_is_written_too(project, page):
    """The first try was written and only its answer was lost: parcel 2 is chosen to it and must not be lost."""
    paste(page, "tờ 7: 1")
    look(page)
    tried = page.session_state["many-review"]
    project.do(tried.request, stamp(tried.request_id))
    paste(page, "tờ 7: 2")
    look(page)
    press(page, "Xem lại theo số liệu mới nhất")
    press(page, "Ghi cho 1 thửa")
    assert project.snapshot(today()).cleared_ha == pytest.approx(2)


def test_write__a_second_click_that_ends_the_first_writes_nothing_more(project, page):
    """Streamlit drops what the first click's callback had said; its entries were written under the same request."""
    paste(page, "tờ 7: 1-2")
    look(page)
    reviewed = page.session_state["many-review"]
    project.do(reviewed.request, stamp(reviewed.request_id))
    head = project.refresh()
    press(page, "Ghi cho 2 thửa")
    assert project.refresh() == head
    assert "Đã ghi mốc «Đã bàn giao mặt bằng» cho 2 thửa của 2 hộ: 3 ghi nhận" in said(page)
