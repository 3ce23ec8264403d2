"""The page "Đợt, văn bản" as Streamlit runs it: a đợt from its opening to a list that is applied and undone."""

import sys
from datetime import date
from pathlib import Path

import pytest
from pageworld import open_page, ran
from pageworld import words as said

from gis.ledger.batch_apply import ApplyDocument
from gis.ledger.batches import JoinBatch, batches
from gis.ledger.facts import Milestone, Money
from gis.project import shared
from gis.web.common import stamp, today

sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from peopleworld import commune


@pytest.fixture
def project(tmp_path, monkeypatch):
    commune(tmp_path / "xa").close()
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path / "xa"))
    opened = shared()
    yield opened
    opened.close()


def run_page(**address):
    return open_page("batches.py", **address)


def field(page, start):
    kinds = (
        page.text_input,
        page.selectbox,
        page.radio,
        page.checkbox,
        page.multiselect,
        page.text_area,
        page.date_input,
    )
    return next(one for kind in kinds for one in kind if one.key and one.key.startswith(start))


def press(page, label):
    next(one for one in page.button if one.label.startswith(label)).click()
    return ran(page)


def opened_batch(page, name="Đợt 1"):
    field(page, "batch.name").set_value(name)
    field(page, "batch.zone").set_value("")
    return press(page, "Mở đợt mới")


def with_members(page, text):
    field(page, "join.way").set_value("list")
    page = ran(page)
    field(page, "join.list").set_value(text)
    return press(page, "Thêm hộ vào đợt")


def holders(project):
    now = project.snapshot(today()).state
    return sorted({h.household for parcel in now.parcels for h in now.of_parcel(parcel)})


def test_batches__nothing_yet_says_what_to_do(project):
    page = run_page()
    assert "Chưa có đợt nào." in said(page)
    assert "áp dụng cho cả danh sách" in said(page)


def test_batches__opened_once_though_the_button_is_pressed_twice(project):
    page = opened_batch(run_page())
    assert "Đã mở đợt D1." in said(page)
    assert [one.name for one in batches(project.snapshot(today()).state).values()] == ["Đợt 1"]
    refused = opened_batch(run_page(), "")
    assert "tên đợt cần" in said(refused).lower()


def test_batches__a_list_with_an_unknown_code_is_refused_line_by_line(project):
    known = holders(project)[0]
    page = with_members(opened_batch(run_page()), f"{known}\nH404\nH405")
    assert "dòng 2" in said(page)
    assert "dòng 3" in said(page)
    assert not batches(project.snapshot(today()).state)["D1"].members


def test_batches__a_decision_is_reviewed_applied_and_undone(project):
    first, second = holders(project)[:2]
    page = with_members(opened_batch(run_page()), f"{first}\n{second}")
    assert "Đã thêm 2 hộ" in said(page)
    field(page, "document.milestone").set_value("plan_approved")
    field(page, "document.number").set_value("QĐ 41/QĐ-UBND")
    field(page, "document.signatory").set_value("Chủ tịch UBND xã")
    page = press(page, "Thêm văn bản")
    assert "người ký: Chủ tịch UBND xã" in said(page)
    field(page, "apply.who").set_value("list")
    page = ran(page)
    field(page, "apply.list").set_value(f"{first}; 45.872.000\n{second}")
    before = project.refresh().seq
    page = press(page, "Xem trước")
    assert "cho 2 hộ" in said(page)
    assert "45.872.000 đ" in said(page)
    assert project.refresh().seq == before
    page = press(page, "Ghi cho 2 hộ")
    assert "ghi nhận vào sổ" in said(page)
    entries = project.entries()[before:]
    assert len({entry.request_id for entry in entries}) == 1
    assert {entry.fact.household for entry in entries if isinstance(entry.fact, Milestone)} == {first, second}
    assert [entry.fact.amount_vnd for entry in entries if isinstance(entry.fact, Money)] == [45_872_000]
    assert "dòng tương tự" not in said(page)
    field(page, "undo.reason").set_value("nhầm danh sách")
    page = press(page, "Hoàn tác áp dụng")
    assert f"Đã hoàn tác: {len(entries)} ghi nhận" in said(page)
    state = project.snapshot(today()).state
    assert {entry.seq for entry in entries} <= set(state.voided)


def test_batches__another_list_after_a_try_that_seemed_to_fail_is_written(project):
    """The first try was written though its page heard of a failure; the list has grown since."""
    first, second, third = holders(project)[:3]
    page = with_members(opened_batch(run_page()), f"{first}\nH404")
    heard = f"{page.session_state['batch.request']}-0"
    project.do(JoinBatch("D1", (first,), today()), stamp(heard))
    page = with_members(page, f"{first}\n{second}\n{third}")
    assert set(batches(project.snapshot(today()).state)["D1"].members) == {first, second, third}
    field(page, "document.milestone").set_value("plan_approved")
    field(page, "document.number").set_value("QĐ 41")
    page = press(page, "Thêm văn bản")
    (document,) = batches(project.snapshot(today()).state)["D1"].documents
    field(page, "apply.who").set_value("list")
    page = ran(page)
    for text in (first, f"{first}\n{second}"):
        field(page, "apply.list").set_value(text)
        page = press(page, "Xem trước")
        if text == first:
            told = page.session_state["batch.review"]
            project.do(ApplyDocument("D1", document.seq, told.request.listed), stamp(told.request_id))
    page = press(page, "Ghi cho 1 hộ")
    assert "ghi nhận vào sổ" in said(page)
    now = project.snapshot(today()).state
    marked = {h.household for p in now.parcels for h in now.of_parcel(p) if "plan_approved" in h.milestones}
    assert marked == {first, second}


def test_batches__a_document_that_was_not_applied_is_cancelled(project):
    page = with_members(opened_batch(run_page()), holders(project)[0])
    field(page, "document.number").set_value("TB 1")
    page = press(page, "Thêm văn bản")
    assert "TB 1" in said(page)
    field(page, "undo.reason").set_value("sai số")
    page = press(page, "Hoàn tác áp dụng")
    assert batches(project.snapshot(today()).state)["D1"].documents == ()


def test_batches__a_changed_list_forgets_its_review(project):
    first = holders(project)[0]
    page = with_members(opened_batch(run_page()), first)
    field(page, "document.number").set_value("TB 1")
    page = press(page, "Thêm văn bản")
    page = press(page, "Xem trước")
    assert any(one.label.startswith("Ghi cho") for one in page.button)
    field(page, "apply.renewed").check()
    page = ran(page)
    assert not any(one.label.startswith("Ghi cho") for one in page.button)


def test_batches__no_name_stands_in_the_address_and_a_past_day_has_no_form(project):
    page = with_members(opened_batch(run_page()), holders(project)[0])
    assert set(page.query_params) == {"batch"}
    past = run_page(on=date(2026, 1, 5).isoformat())
    assert not any(one.label.startswith("Mở đợt") for one in past.button)


def test_batches__a_wrong_table_of_deadlines_is_said_in_a_sentence(project):
    (project.folder / "deadlines.toml").write_text("[regimes", "utf-8")
    assert "deadlines.toml" in said(run_page())
