"""The pages as Streamlit runs them, without a browser: their figures, languages, days, and what they write."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gis.ledger.facts import Void
from gis.ledger.marks import Mark
from gis.milestones import CLEARED_MILESTONE
from gis.project import Project, shared
from gis.texts import Texts
from gis.web.common import new_request, stamp, today
from gis.web.figures import household_counts

PAGES = Path(__file__).resolve().parents[1] / "gis" / "web" / "pages"
VI = Texts("vi")
SECONDS = 60


@pytest.fixture(scope="module")
def folder(sample_folder, tmp_path_factory):
    """A seeded sample for this module, whose tests write to it, each to a parcel of its own."""
    copied = tmp_path_factory.mktemp("app") / "data"
    shutil.copytree(sample_folder, copied)
    return copied


@pytest.fixture
def project(folder, monkeypatch):
    """The project that the pages show."""
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    return shared()


@pytest.fixture(scope="module")
def waiting(folder):
    """Parcels in exactly one zone, one holder, paid and not handed over: each test takes one."""
    snapshot = Project.open(folder).snapshot(today())
    parts = snapshot.overlaps.index.get_level_values("parcel_id")
    once = parts[~parts.duplicated(keep=False)]
    paid = snapshot.classes.index[snapshot.classes == "paid"].intersection(once)
    return iter([p for p in paid if len(snapshot.state.of_parcel(p)) == 1 and p.startswith("P")])


def run_page(name="main.py", **address):
    page = AppTest.from_file(str(PAGES / name), default_timeout=SECONDS)
    for key, value in address.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def html(page):
    return "\n".join(element.proto.body for element in page.get("html"))


def words(page):
    """What a reader reads, tags stripped."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html(page)))


def button(page, label):
    return next(one for one in page.button if one.label == label)


def field(page, start):
    return next(one for one in [*page.text_input, *page.date_input] if one.key.startswith(start))


def test_overview__shows_the_figures_of_the_snapshot(project):
    """Numbers rendered by the catalogue's formats from totals that are computed here."""
    said, snapshot = words(run_page()), project.snapshot(today())
    commune, *zones = snapshot.totals
    assert f"đã bàn giao {VI.number(commune.cleared_ha, 2)}/250 ha" in said
    for share in (commune.share_of_goal, commune.share_of_plan, commune.share_of_mapped):
        assert VI.percent(share) in said
    for zone in zones:
        assert zone.name in said
        if zone.cleared_ha is not None:
            for hectares in (zone.cleared_ha, zone.mapped_ha, zone.signed_ha, zone.remaining_of_mapped_ha):
                assert VI.number(hectares, 2) in said
    assert "chưa có ranh giới" in said
    assert "Đối chiếu khớp" in said
    assert "Dữ liệu mẫu, không phải số liệu thật" in said


def test_overview__households_count_once_in_the_commune(project):
    """Another way to the same count: sets over all holdings on parcels of the table."""
    snapshot = project.snapshot(today())
    inside = set(snapshot.overlaps.index.get_level_values("parcel_id"))
    holdings = [h for (parcel, _), h in snapshot.state.holdings.items() if parcel in inside]
    everybody = {h.household for h in holdings}
    late = {h.household for h in holdings if CLEARED_MILESTONE not in h.milestones}
    counts = household_counts(snapshot)
    assert (counts["commune"].total, counts["commune"].handed_over) == (len(everybody), len(everybody - late))
    leaves = [counts[zone.zone_id].total for zone in snapshot.plan.leaves()]
    assert counts["commune"].total < sum(leaves)
    assert f"{VI.integer(len(everybody - late))}/{VI.integer(len(everybody))} hộ, tổ chức" in words(
        run_page()
    )


@pytest.mark.parametrize("address", [{}, {"parcel": "P000100"}])
def test_pages__switch_to_english_and_back(project, address):
    page = run_page(**address)
    for language, title in (
        ("en", "Land clearance in Hoàng Sơn commune"),
        ("vi", "Giải phóng mặt bằng xã Hoàng Sơn"),
    ):
        page.sidebar.radio(key="language").set_value(language).run()
        assert not page.exception
        assert title in words(page)
        assert page.query_params.get("lang") == ("en" if language == "en" else None)


def test_pages__language_of_the_address_stays_on_the_other_page(project):
    page = run_page(lang="en")
    page.switch_page("parcel_map.py").run()
    assert not page.exception
    assert "Click a parcel on the map" in words(page)


def test_overview__past_day_shows_its_figures_under_a_band(project):
    past = date(2026, 3, 31)
    page = run_page(on=past.isoformat())
    said = words(page)
    assert "Đang xem số liệu tính đến hết ngày 31/03/2026" in said
    then = project.snapshot(past).totals[0].cleared_ha
    assert then < project.snapshot(today()).totals[0].cleared_ha
    assert f"Tính đến 31/03/2026: đã bàn giao {VI.number(then, 2)}/250 ha" in said
    button(page, "Về hôm nay").click().run()
    assert f"Tính đến {VI.date(today())}" in words(page)


def test_pages__a_day_outside_the_project_is_drawn_to_its_edge(project):
    assert "Tính đến 01/07/2025" in words(run_page(on="1999-01-01"))
    assert f"Tính đến {VI.date(today())}" in words(run_page(on="2999-01-01"))


def test_map__past_day_cannot_be_written(project, waiting):
    page = run_page("parcel_map.py", parcel=next(waiting), on="2026-03-31")
    assert "không ghi nhận được" in words(page)
    assert "Ghi nhận bàn giao" not in [one.label for one in page.button]


def test_map__card_keeps_the_areas_apart(project):
    snapshot = project.snapshot(today())
    units = snapshot.units
    parcel = units.index[units["legal_area_m2"].notna() & units["measured_area_m2"].notna()][0]
    said = words(run_page("parcel_map.py", parcel=parcel))
    unit = units.loc[parcel]
    for area in (unit["legal_area_m2"], unit["measured_area_m2"], unit.geometry.area):
        assert VI.m2(area) in said
    assert f"Tờ {unit['sheet']}, thửa {unit['number']}" in said
    holder = snapshot.state.of_parcel(parcel)[0].household
    assert project.households([holder])[holder].name in said


def test_map__hand_over_raises_the_zone_by_the_parcels_part(project, waiting):
    parcel = next(waiting)
    before = project.snapshot(today())
    (zone,) = before.card(parcel).zones_m2
    page = run_page("parcel_map.py", parcel=parcel)
    field(page, "mark.document").input("BB-900/2026")
    button(page, "Ghi nhận bàn giao").click().run()
    assert not page.exception
    after = project.snapshot(today())
    assert after.head.seq == before.head.seq + 1
    rise = {t.zone_id: t.cleared_ha for t in after.totals}[zone] - {
        t.zone_id: t.cleared_ha for t in before.totals
    }[zone]
    assert rise * 10_000 == pytest.approx(before.overlaps[parcel, zone], abs=1e-6)
    name = before.plan.zone(zone).name
    assert f"{name}: +{VI.number(before.overlaps[parcel, zone] / 10_000, 4)} ha" in words(page)
    assert "Đã bàn giao mặt bằng" in words(page)


def test_map__missing_minutes_are_refused_in_one_sentence(project, waiting):
    head = project.refresh()
    page = run_page("parcel_map.py", parcel=next(waiting))
    button(page, "Ghi nhận bàn giao").click().run()
    assert "Bàn giao mặt bằng phải có số biên bản" in words(page)
    assert 'role="alert"' in html(page)
    assert project.refresh() == head


def test_map__a_second_click_writes_once(project, waiting):
    """The callback runs twice with the same form's id, as a double click makes it."""
    parcel = next(waiting)
    page = run_page("parcel_map.py", parcel=parcel)
    field(page, "mark.document").input("BB-901/2026")
    request = page.session_state["request"]
    button(page, "Ghi nhận bàn giao").click().run()
    head = project.refresh()
    again = Mark((parcel,), CLEARED_MILESTONE, today(), "BB-901/2026")
    assert project.mark(again, stamp(request)).repeated
    assert project.refresh() == head


def test_map__a_rivals_entry_refuses_and_refreshes_the_card(project, waiting):
    parcel = next(waiting)
    page = run_page("parcel_map.py", parcel=parcel)
    field(page, "mark.document").input("BB-902/2026")
    rival = Mark((parcel,), CLEARED_MILESTONE, today() - timedelta(days=1), "BB-903/2026")
    (seq,) = project.mark(rival, stamp(new_request())).seqs
    button(page, "Ghi nhận bàn giao").click().run()
    said = words(page)
    assert f"quan-tri vừa ghi ({seq})" in said
    assert "BB-903/2026" in said
    assert "BB-902/2026" not in said
    assert project.refresh().seq == seq


def test_map__undo_returns_the_hectares_and_keeps_the_reason(project, waiting):
    parcel = next(waiting)
    before = project.snapshot(today()).totals[0].cleared_ha
    project.mark(Mark((parcel,), CLEARED_MILESTONE, today(), "BB-904/2026"), stamp(new_request()))
    page = run_page("parcel_map.py", parcel=parcel)
    button(page, "Hoàn tác").click().run()
    assert "Cần lý do" in words(page)
    field(page, "undo.reason").input("ghi nhầm thửa")
    button(page, "Hoàn tác").click().run()
    assert project.snapshot(today()).totals[0].cleared_ha == pytest.approx(before, abs=1e-9)
    assert isinstance(project.entries()[-1].fact, Void)
    said = html(page)
    assert "Lý do: ghi nhầm thửa" in said
    assert re.search(r"<s>[^<]*BB-904/2026</s>", said)
    assert "ha" in words(page).split("Đã hủy ghi nhận")[1][:120]


def test_map__correct_gives_day_and_number_in_one_step(project, waiting):
    parcel = next(waiting)
    project.mark(Mark((parcel,), CLEARED_MILESTONE, today(), "BB-95/2026"), stamp(new_request()))
    head = project.refresh().seq
    page = run_page("parcel_map.py", parcel=parcel)
    assert field(page, "correct.document").value == "BB-95/2026"
    field(page, "correct.document").input("BB-905/2026")
    field(page, "correct.on").set_value(today() - timedelta(days=2))
    field(page, "correct.reason").input("sai số biên bản")
    button(page, "Ghi lại cho đúng").click().run()
    assert not page.exception
    assert project.refresh().seq == head + 2
    (holding,) = project.snapshot(today()).state.of_parcel(parcel)
    reached = holding.milestones[CLEARED_MILESTONE]
    assert (reached.document, reached.on) == ("BB-905/2026", today() - timedelta(days=2))


def test_map__one_of_several_holders_does_not_clear_the_parcel(project):
    snapshot = project.snapshot(today())
    parcel = next(
        p
        for p, class_ in snapshot.classes.items()
        if class_ == "paid"
        and len(snapshot.state.of_parcel(p)) > 1
        and not any(CLEARED_MILESTONE in h.milestones for h in snapshot.state.of_parcel(p))
    )
    holdings = snapshot.state.of_parcel(parcel)
    page = run_page("parcel_map.py", parcel=parcel)
    (who,) = [one for one in page.radio if one.key.startswith("mark.holding")]
    assert who.options[0] == f"Tất cả {len(holdings)} hộ, tổ chức"
    who.set_value(holdings[0].household)
    field(page, "mark.document").input("BB-906/2026")
    button(page, "Ghi nhận bàn giao").click().run()
    assert f"Thửa còn {len(holdings) - 1} hộ chưa bàn giao" in words(page)
    field(page, "mark.document").input("BB-907/2026")
    head = project.refresh()
    button(page, "Ghi nhận bàn giao").click().run()
    if len(holdings) > 2:  # several holdings at once are looked at before they are written
        assert f"Sẽ ghi {len(holdings) - 1} mục vào sổ theo dõi" in words(page)
        assert project.refresh() == head
        button(page, "Ghi nhận").click().run()
    assert project.snapshot(today()).classes[parcel] == CLEARED_MILESTONE


def test_pages__no_project_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path))
    page = run_page()
    assert "Chưa mở được dự án" in words(page)
    assert "Không có project.toml" in words(page)
    assert 'href="bat-dau?lang=vi"' in html(page)


def test_pages__a_wrong_plan_is_told_with_every_reason(tmp_path, monkeypatch):
    (tmp_path / "project.toml").write_text('crs = 4326\nsynthetic = "no"\n', "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path))
    assert html(run_page()).count("<li>") > 2


@pytest.mark.parametrize("name", ["main.py", "parcel_map.py"])
def test_pages__a_new_project_says_what_to_import(tmp_path, monkeypatch, name):
    from gis.plan import empty_plan_text

    (tmp_path / "project.toml").write_text(empty_plan_text(), "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path))
    page = run_page(name)
    said = words(page)
    assert "Ranh giới các khu, cụm công nghiệp" in said
    assert 'href="nhap-du-lieu?lang=vi"' in html(page)
    assert 'href="bat-dau?lang=vi"' in html(page)
    assert "Dữ liệu mẫu" not in said
