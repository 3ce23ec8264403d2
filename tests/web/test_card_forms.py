"""Every form of the parcel's card as Streamlit runs it: writes the right entry, and a refusal keeps what was typed."""

import io
import re
import zipfile
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, make_project
from shapely import box
from streamlit.testing.v1 import AppTest

from gis.ledger.accounts import account
from gis.ledger.batches import OpenBatch
from gis.ledger.facts import (
    Holding,
    Milestone,
    Money,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Succession,
    Visit,
    Void,
    Waiver,
)
from gis.ledger.marks import Mark
from gis.project import attachments, shared
from gis.project.succession import succeed
from gis.store.received import received
from gis.texts import Texts
from gis.web.common import new_request, stamp, today

PAGE = Path(__file__).resolve().parents[2] / "gis" / "web" / "pages" / "parcel_map.py"
ONE, TWO, NOBODYS = "P000001", "P000002", "P000003"
PDF = b"%PDF-1.7\n%made by a test\n"
SECONDS = 60
OPTIONAL = '\n[[milestones]]\nid = "meeting"\nname = "Họp dân"\nname_en = "Meeting"\nafter = "notified"\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """One holder on ONE (An), two by halves on TWO (An, Binh), none on NOBODYS."""
    opened = make_project(tmp_path)
    opened.close()
    plan = opened.folder / "project.toml"
    plan.write_text(plan.read_text("utf-8") + OPTIONAL, "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(opened.folder))
    yield shared()
    shared().close()


def card(parcel, other=None, **address):
    page = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
    page.query_params["parcel"] = parcel
    for key, value in address.items():
        page.query_params[key] = value
    ran(page)
    if other:
        page.selectbox(key="other.kind").set_value(other)
        ran(page)
    return page


def ran(page):
    page.run()
    assert not page.exception
    return page


def widget(page, start):
    kinds = (page.text_input, page.date_input, page.selectbox, page.radio, page.number_input,
             page.multiselect, page.file_uploader)  # fmt: skip
    return next(one for kind in kinds for one in kind if one.key and one.key.startswith(f"{start}."))


def fill(page, **values):
    """Fill fields by "form__field"; those that are drawn anew by another come in a call of their own."""
    for name, value in values.items():
        widget(page, name.replace("__", ".")).set_value(value)


def press(page, label):
    next(one for one in page.button if one.label == label).click()
    return ran(page)


def html(page):
    return "\n".join(element.proto.body for element in page.get("html"))


def said(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(page)))


def last(project):
    return project.entries()[-1]


def test_hand_over__by_a_scan_instead_of_a_number(project):
    page = card(ONE)
    widget(page, "mark.scans").set_value([("BB bà An.pdf", PDF, "application/pdf")])
    press(page, "Ghi nhận bàn giao")
    entry = last(project)
    assert entry.fact == Milestone(ONE, "AN", "handed_over")
    (kept,) = entry.attachments
    assert b"".join(attachments.read(project, kept.sha256)) == PDF
    assert f'href="/attachments/{kept.sha256}"' in html(page)
    assert "An" not in re.search(r'href="/attachments/[^"]*"', html(page))[0]
    assert project.verify()[0] == []


def test_hand_over__warnings_are_shown_and_stay_and_are_kept(project):
    page = card(ONE)
    fill(page, mark__document="BB-1")
    press(page, "Ghi nhận bàn giao")
    assert "gp-warned" in html(page)
    assert "cảnh báo đã lưu cùng ghi nhận" in said(page)
    assert last(project).warned == ("warning.out_of_order",)
    assert "Đã cảnh báo khi ghi: chưa đủ các mốc trước" in said(page)
    page.selectbox(key="coloured_by").set_value("land_use")
    assert "gp-warned" in html(ran(page))


def test_hand_over__a_second_click_that_ends_the_first_still_tells_its_warnings(project):
    """Streamlit drops what the first click's callback had said; its entry was written."""
    page = card(ONE)
    fill(page, mark__document="BB-1")
    first = project.do(Mark((ONE,), "handed_over", today(), "BB-1"), stamp(page.session_state["request"]))
    press(page, "Ghi nhận bàn giao")
    assert project.refresh().seq == first.seqs[-1]
    assert "Đã ghi nhận bàn giao" in said(page)
    assert "Chưa đủ các mốc trước" in re.search(r"gp-warned.*?</div>", html(page))[0]


def test_hand_over__of_several_is_looked_at_before(project):
    page = card(TWO)
    fill(page, mark__document="BB-2")
    head = project.refresh()
    press(page, "Ghi nhận bàn giao")
    assert "Sẽ ghi 2 mục vào sổ theo dõi" in said(page)
    assert "Cần xem lại" in said(page)
    assert project.refresh() == head
    press(page, "Bỏ")
    assert "Sẽ ghi" not in said(page)
    assert widget(page, "mark.document").value == "BB-2"
    press(page, "Ghi nhận bàn giao")
    press(page, "Ghi nhận")
    assert project.refresh().seq == head.seq + 2
    assert project.snapshot(today()).classes[TWO] == "handed_over"
    assert "ccn-hoang-son" not in said(page)
    assert "+1,0000 ha" in said(page)


def test_hand_over__a_scan_of_another_kind_is_refused_and_nothing_written(project):
    head = project.refresh()
    page = card(ONE)
    fill(page, mark__document="BB-1")
    widget(page, "mark.scans").set_value([("x.pdf", b"MZ not a scan", "application/pdf")])
    press(page, "Ghi nhận bàn giao")
    assert 'role="alert"' in html(page)
    assert project.refresh() == head
    assert widget(page, "mark.document").value == "BB-1"


def test_hand_over__a_rivals_entry_keeps_what_was_typed(project):
    page = card(ONE)
    fill(page, mark__document="BB-1", mark__on=today() - timedelta(days=3))
    project.do(Mark((ONE,), "notified", today(), "TB-1"), stamp(new_request()))
    press(page, "Ghi nhận bàn giao")
    assert "vừa ghi" in said(page)
    assert "TB-1" in said(page)
    assert widget(page, "mark.document").value == "BB-1"
    assert widget(page, "mark.on").value == today() - timedelta(days=3)
    press(page, "Ghi nhận bàn giao")
    assert last(project).fact == Milestone(ONE, "AN", "handed_over", "BB-1")


def test_milestone__any_of_the_list_with_its_amount_and_batch(project):
    project.do(OpenBatch("Đợt 1", today(), "nd88", None, ("nd88",), batch="D1"), stamp(new_request()))
    page = card(ONE, "milestone")
    fill(page, milestone__step="plan_approved")
    ran(page)
    fill(page, milestone__document="QĐ-5", milestone__amount="45,5 triệu", milestone__batch="D1")
    head = project.refresh()
    press(page, "Ghi nhận mốc này")
    assert project.refresh() == head
    assert 'role="alert"' in html(page)
    assert widget(page, "milestone.amount").value == "45,5 triệu"
    fill(page, milestone__amount="45.872.000")
    press(page, "Ghi nhận mốc này")
    assert last(project).fact == Milestone(ONE, "AN", "plan_approved", "QĐ-5", 45_872_000, "D1")
    assert "handed_over" not in widget(page, "milestone.step").options


def test_milestone__a_click_before_the_fields_followed_is_refused(project):
    """The choice and the click come to the server at once, as a quick hand sends them."""
    page = card(ONE, "milestone")
    head = project.refresh()
    fill(page, milestone__step="paid", milestone__document="QĐ-5")
    press(page, "Ghi nhận mốc này")
    assert "Biểu mẫu vừa đổi theo lựa chọn mới" in said(page)
    assert project.refresh() == head
    press(page, "Ghi nhận mốc này")
    assert last(project).fact.milestone == "paid"


def test_obstacle__opened_shown_and_closed(project):
    page = card(TWO, "obstacle")
    fill(page, obstacle__category="graves", obstacle__holding="BINH", obstacle__note="hai mộ họ Bình")
    fill(page, obstacle__on=today() - timedelta(days=4))
    press(page, "Ghi nhận vướng mắc")
    opened = last(project)
    assert opened.fact == ObstacleOpened(TWO, "BINH", "graves", opened.fact.note)
    assert project.reason(opened) == "hai mộ họ Bình"
    assert "Ghi chú: hai mộ họ Bình" in said(page)
    assert "đã 4 ngày" in said(page)
    fill(page, obstacle__way="close")
    ran(page)
    fill(page, obstacle__on=today() - timedelta(days=9), obstacle__note="đã di dời")
    press(page, "Ghi nhận đã gỡ")
    assert 'role="alert"' in html(page)
    assert last(project) == opened
    assert widget(page, "obstacle.note").value == "đã di dời"
    fill(page, obstacle__on=today())
    press(page, "Ghi nhận đã gỡ")
    assert last(project).fact == ObstacleClosed(TWO, opened.seq, last(project).fact.note)
    assert project.snapshot(today()).card(TWO).obstacles == ()


def test_visit__of_this_parcel_or_of_all(project):
    page = card(TWO, "visit")
    fill(page, visit__holding="BINH", visit__outcome="considering", visit__note="chờ giá đất")
    press(page, "Ghi nhận vận động")
    assert last(project).fact == Visit(TWO, "BINH", "considering", last(project).fact.note)
    fill(page, visit__holding="AN", visit__outcome="agreed", visit__about=False)
    press(page, "Ghi nhận vận động")
    assert last(project).fact == Visit(None, "AN", "agreed", last(project).fact.note)
    assert "Vận động: Đồng ý" in said(card(ONE))  # of all that An holds: on the other parcel, too
    fill(page, undo__reason="ghi nhầm")
    press(page, "Hoàn tác")
    assert last(project).fact.target == last(project).seq - 1
    assert re.search(r"<s>Vận động: Đồng ý[^<]*</s>", html(page))


def test_object__listed_removed_and_clean(project):
    project.do(Mark((ONE,), "handed_over", today(), "BB-1"), stamp(new_request()))
    page = card(ONE, "object")
    assert "Mặt bằng sạch" in said(page)
    fill(page, object__category="grave_built", object__count=3, object__holding="")
    press(page, "Ghi nhận tài sản trên đất")
    listed = last(project)
    assert listed.fact == ObjectListed(ONE, None, "grave_built", 3)
    assert "Trên đất còn: 3 mộ xây." in said(page)
    assert "chưa phải mặt bằng sạch" in said(page)
    assert "gp-warned" in html(page)
    fill(page, object__way="close")
    ran(page)
    assert widget(page, "object.gone").value == 3
    fill(page, object__gone=4, object__document="BB-9")
    press(page, "Ghi nhận đã di dời")
    assert last(project) == listed
    assert (widget(page, "object.gone").value, widget(page, "object.document").value) == (4, "BB-9")
    fill(page, object__gone=3)
    press(page, "Ghi nhận đã di dời")
    assert last(project).fact == ObjectRemoved(ONE, listed.seq, 3, "BB-9")
    assert "Mặt bằng sạch" in said(page)


def test_waiver__with_a_reason_for_all_after_a_look(project):
    page = card(TWO, "waiver")
    press(page, "Ghi nhận không áp dụng")
    assert 'role="alert"' in html(page)
    fill(page, waiver__note="đất công")
    press(page, "Ghi nhận không áp dụng")
    assert "Sẽ ghi 2 mục" in said(page)
    press(page, "Ghi nhận")
    facts = [entry.fact for entry in project.entries()[-2:]]
    assert all(isinstance(fact, Waiver) for fact in facts)
    assert {fact.household for fact in facts} == {"AN", "BINH"}
    assert "Không áp dụng:" in said(page)
    assert "Lý do: đất công" in said(page)


def test_transfer__to_a_known_household_and_a_new_one_by_halves(project):
    page = card(ONE, "transfer")
    fill(page, transfer__count=2)
    ran(page)
    fill(page, transfer__find0="binh", transfer__find1="Lê Thị Mới")
    ran(page)
    fill(page, transfer__who0="BINH", transfer__part0="1/2", transfer__part1="1/3")
    ran(page)
    assert "các phần cộng lại: 5/6, trong khi cả thửa là 1" in said(page)
    head = project.refresh()
    press(page, "Xem trước khi ghi")
    assert 'role="alert"' in html(page)
    fill(page, transfer__part1="1/2")
    press(page, "Xem trước khi ghi")
    assert "Sẽ ghi 2 mục" in said(page)
    assert project.refresh() == head
    press(page, "Ghi nhận")
    first, second = (entry.fact for entry in project.entries()[-2:])
    assert first == Holding(ONE, "BINH", Fraction(1, 2), ("AN",))
    assert (second.part, second.predecessors) == (Fraction(1, 2), ("AN",))
    assert project.households([second.household])[second.household].name == "Lê Thị Mới"
    assert {h.household for h in project.snapshot(today()).state.of_parcel(ONE)} == {"BINH", second.household}
    assert "Lê Thị Mới" in said(page)
    assert "Lê" not in str(dict(page.query_params))


def test_transfer__nobody_named_is_refused(project):
    page = card(ONE, "transfer")
    press(page, "Xem trước khi ghi")
    assert "chưa chọn đủ các bên nhận" in said(page).lower()


def test_money__reviewed_with_the_milestone_that_it_completes(project):
    project.do(Mark((ONE,), "plan_approved", date(2026, 3, 1), "QĐ-1", amount_vnd=1_000_000), stamp("q"))
    page = card(ONE, "money")
    assert "Đã phê duyệt 1.000.000 đ" in said(page)
    fill(page, money__act="paid", money__amount="1.000.000", money__document="UNC-7")
    press(page, "Xem trước khi ghi")
    assert "Sẽ ghi 2 mục" in said(page)
    press(page, "Ghi nhận")
    money, marked = (entry.fact for entry in project.entries()[-2:])
    assert money == Money(ONE, "AN", "paid", 1_000_000, "UNC-7", None)
    assert (marked.parcel, marked.milestone) == (ONE, "paid")
    assert account(project.snapshot(today()).state, "AN").remaining == 0
    step = next(one for one in widget(page, "undo.step").options if one.startswith("Chi trả"))
    widget(page, "undo.step").select(step)
    fill(page, undo__reason="sai số tiền")
    press(page, "Hoàn tác")
    assert [type(entry.fact) for entry in project.entries()[-2:]] == [Void, Void]
    assert account(project.snapshot(today()).state, "AN").remaining == 1_000_000


def test_undo__what_hangs_on_an_entry_is_said_and_the_reason_kept(project):
    page = card(ONE, "object")
    fill(page, object__category="pole", object__count=2)
    press(page, "Ghi nhận tài sản trên đất")
    listed = last(project).seq
    fill(page, object__way="close")
    press(ran(page), "Ghi nhận đã di dời")
    step = next(one for one in widget(page, "undo.step").options if one.startswith("Trên đất có"))
    widget(page, "undo.step").select(step)
    fill(page, undo__reason="kê nhầm")
    press(page, "Hoàn tác")
    assert 'role="alert"' in html(page)
    assert widget(page, "undo.reason").value == "kê nhầm"
    assert listed not in project.snapshot(today()).state.voided


def halves(tmp_path):
    """Parcel 7/1 divided 40 to 60, as a Shapefile in a ZIP in a folder."""
    shapes = [box(EAST, NORTH, EAST + 40, NORTH + 100), box(EAST + 40, NORTH, EAST + 100, NORTH + 100)]
    rows = {"soTo": "7", "soThua": ["1-1", "1-2"], "maXa": "15910", "loaiDat": "LUC"}
    folder = tmp_path / "moi"
    folder.mkdir()
    gpd.GeoDataFrame(rows, geometry=shapes, crs=5897).to_file(folder / "thua_moi.shp")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"goi/{file.name}")
    return packed.getvalue()


def test_succession__divides_the_parcel_and_opens_the_first_new_one(project, tmp_path):
    page = card(ONE, "succession")
    press(page, "Ghi nhận thửa mới")
    assert "chưa có tệp các thửa mới" in said(page).lower()
    widget(page, "succession.files").set_value([("moi.zip", halves(tmp_path), "application/zip")])
    press(page, "Ghi nhận thửa mới")
    assert "Thửa mới: Tờ 7, thửa 1-1, Tờ 7, thửa 1-2" in said(page)
    now = project.snapshot(today())
    assert ONE not in now.units.index
    assert page.session_state["parcel"] == "P000004"
    assert any(isinstance(entry.fact, Succession) for entry in project.entries())
    assert project.verify()[0] == []


def test_succession__a_second_click_that_ends_the_first_opens_the_new_parcel(project, tmp_path):
    page = card(ONE, "succession")
    (tmp_path / "moi.zip").write_bytes(halves(tmp_path))
    widget(page, "succession.files").set_value(
        [("moi.zip", (tmp_path / "moi.zip").read_bytes(), "application/zip")]
    )
    with (tmp_path / "moi.zip").open("rb") as sent, received([("moi.zip", sent)]) as files:
        succeed(project, files, [ONE], today(), stamp(page.session_state["request"]))
    head = project.refresh()
    press(page, "Ghi nhận thửa mới")
    assert project.refresh() == head
    assert page.session_state["parcel"] == "P000004"
    assert "Diện tích mới trừ diện tích cũ: –" in said(page)


def test_succession__another_old_parcel_must_be_one(project):
    page = card(ONE, "succession")
    fill(page, succession__olds="7/2, 99/9")
    ran(page)
    assert "99/9: cần đúng một thửa mang số này, gặp 0" in said(page)


def test_card__a_past_day_or_older_knowledge_has_no_form(project):
    for address in ({"on": "2026-01-01"}, {"known": "2"}):
        page = card(ONE, **address)
        assert "không ghi nhận được" in said(page)
        assert [one.label for one in page.button if one.label.startswith("Ghi nhận")] == []
        assert [one for one in page.selectbox if one.key == "other.kind"] == []
    assert "Ghi nhận khác" in [one.label for one in card(ONE).selectbox]


def test_card__who_holds_nothing_can_be_recorded_of(project):
    page = card(NOBODYS)
    assert "python -m gis import holdings" in said(page)
    for other in ("milestone", "visit", "money", "transfer", "waiver"):
        page.selectbox(key="other.kind").set_value(other)
        ran(page)
    page.selectbox(key="other.kind").set_value("obstacle")
    press(ran(page), "Ghi nhận vướng mắc")
    assert last(project).fact.parcel == NOBODYS


@pytest.mark.parametrize("language", ["vi", "en"])
def test_card__every_form_in_both_languages(project, language):
    page = card(TWO, lang=language)
    words = Texts(language)
    kinds = ("milestone", "obstacle", "visit", "object", "transfer", "money", "waiver", "succession")
    for kind in kinds:
        page.selectbox(key="other.kind").set_value(kind)
        ran(page)
        labels = [one.label for one in page.button]
        assert not re.search(r"\b(form|card|money_page)\.[a-z_]+", said(page) + " ".join(labels))
    assert words("form.succeed") in labels
    assert f"/phieu-can-cu/{TWO}?on={today()}" in html(page)


def test_card__a_page_left_open_over_midnight_goes_on_with_the_new_day(project, monkeypatch):
    page, morning = card(ONE), today() + timedelta(days=1)
    monkeypatch.setattr("gis.web.common.today", lambda: morning)
    ran(page)
    assert page.session_state["on"] == morning
    fill(page, mark__document="BB-1")
    press(page, "Ghi nhận bàn giao")
    # The form keeps the day that its user saw in it.
    assert last(project).on == morning - timedelta(days=1)


def test_card__a_chosen_past_day_stays_over_midnight(project, monkeypatch):
    yesterday, morning = today() - timedelta(days=1), today() + timedelta(days=1)
    page = card(ONE, on=yesterday.isoformat())
    monkeypatch.setattr("gis.web.common.today", lambda: morning)
    ran(page)
    assert page.session_state["on"] == yesterday
