"""The page "Vướng mắc" as Streamlit runs it: sums as the overview's, records both ways, and names nobody to viewers."""

import shutil

import pytest
from landworld import make_project
from pageworld import open_page, ran
from pageworld import words as said

from gis.clearance.obstacles import open_lines
from gis.ledger.facts import ObstacleClosed, ObstacleOpened
from gis.ledger.obstacles import OpenObstacle
from gis.project import shared
from gis.project.charges import charges
from gis.project.people import aliases, people
from gis.texts import Texts
from gis.web.common import new_request, stamp, today
from gis.web.obstacle_view import Labels, groups_of, workbook_sheets
from gis.web.overview_figures import overview


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An holds P000001 and half of P000002, Binh the other half."""
    opened = make_project(tmp_path)
    opened.close()
    monkeypatch.setenv("GPMB_PROJECT", str(opened.folder))
    yield shared()
    shared().close()


def run_page(**address):
    return open_page("obstacles.py", **address)


def field(page, start):
    kinds = (page.text_input, page.selectbox, page.radio, page.date_input)
    return next(one for kind in kinds for one in kind if one.key and one.key.startswith(start))


def press(page, label):
    next(one for one in page.button if one.label == label).click()
    return ran(page)


def opens(project, parcel, category, household=None, note=None):
    command = OpenObstacle(parcel, household, category, today(), note)
    return project.do(command, stamp(new_request())).seqs[0]


def test_obstacles__nothing_open_says_what_to_do(project):
    page = run_page()
    assert "Không có vướng mắc nào đang mở." in said(page)
    assert "Ghi vướng mắc" in said(page)


def test_obstacles__opened_on_the_page_then_settled_on_it(project):
    page = run_page()
    page.text_input(key="stuck-other").set_value("tờ 7 thửa 1")
    page = ran(page)
    field(page, "obstacle.category").set_value("graves")
    field(page, "obstacle.note").set_value("ba ngôi mộ tổ")
    page = press(page, "Ghi nhận vướng mắc")
    opened = project.entries()[-1]
    assert (opened.fact.parcel, opened.fact.category, opened.on) == ("P000001", "graves", today())
    assert isinstance(opened.fact, ObstacleOpened)
    assert f"Đã ghi nhận (sổ theo dõi số {opened.seq})." in said(page)
    assert "1,00 ha" in said(page)
    assert "ba ngôi mộ tổ" in said(page)
    page.text_input(key="stuck-other").set_value("")
    page.selectbox(key="stuck-parcel").set_value("P000001")
    page = ran(page)
    field(page, "obstacle.way").set_value("close")
    page = ran(page)
    page = press(page, "Ghi nhận đã gỡ")
    assert project.entries()[-1].fact == ObstacleClosed(
        "P000001", opened.seq, project.entries()[-1].fact.note
    )
    assert "Không có vướng mắc nào đang mở." in said(page)
    assert f"Đã ghi nhận (sổ theo dõi số {project.entries()[-1].seq})." in said(page)
    assert "Gỡ 1 vướng mắc" in said(page)


def test_obstacles__an_unknown_parcel_is_said_and_nothing_is_drawn(project):
    page = run_page()
    page.text_input(key="stuck-other").set_value("99/9")
    page = ran(page)
    assert "Không có thửa “99/9”" in said(page)
    assert not any(one.label == "Ghi nhận vướng mắc" for one in page.button)


def test_obstacles__filters_leave_what_they_say_and_the_address_names_nobody(project):
    opens(project, "P000001", "graves")
    opens(project, "P000002", "price", "BINH")
    page = run_page()
    assert "1–2 trong 2 vướng mắc" in said(page)
    page.selectbox(key="stuck-category").set_value("price")
    page = ran(page)
    assert "1–1 trong 1 vướng mắc" in said(page)
    assert set(page.query_params) == {"category"}
    assert "1–1 trong 1 vướng mắc" in said(run_page(category="price"))
    page.selectbox(key="stuck-age").set_value("4")
    assert "Không vướng mắc nào khớp" in said(ran(page))


def test_obstacles__a_past_day_has_no_form(project):
    opens(project, "P000001", "graves")
    page = run_page(on="2026-01-05")
    assert not any(one.key == "stuck-other" for one in page.text_input)


@pytest.fixture
def sample(sample_folder, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(sample_folder, folder)
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    yield shared()
    shared().close()


def test_obstacles__every_split_of_the_sample_sums_to_the_overview(sample):
    found = overview(sample.snapshot(today()), aliases(sample))
    _, parcels = sample.land(found.snapshot)
    parts_m2 = found.snapshot.boundaries.parts_m2
    lines = open_lines(found.stuck, parts_m2, found.snapshot.state, parcels)
    groups = groups_of(found, lines, charges(sample))
    whole = found.stuck.whole
    assert whole.area_m2 > 10_000  # the sample has some, in several hamlets and zones
    assert min(len(groups[family]) for family in ("hamlet", "zone")) > 1
    for family in ("officer", "hamlet", "zone"):
        assert sum(one.area_m2 for one in groups[family]) == pytest.approx(whole.area_m2, abs=1e-6)
    assert sum(one.parcels for one in groups["officer"]) == whole.parcels
    assert {line.parcel for line in lines if line.area_m2 is not None} == {
        one.parcel for one in found.stuck.parcels
    }


def test_workbook_sheets__have_codes_and_no_names(sample):
    found = overview(sample.snapshot(today()), aliases(sample))
    _, parcels = sample.land(found.snapshot)
    lines = open_lines(found.stuck, found.snapshot.boundaries.parts_m2, found.snapshot.state, parcels)
    charged = charges(sample)
    names = {one.household_id: one.household for one in people(sample)}
    labels = Labels(
        found.snapshot.boundaries.labels, {}, {}, charged, names, {}, {lines[0].obstacle.seq: "lời kể"}, {}
    )
    groups = groups_of(found, lines, charged)
    sheets = workbook_sheets(lines, groups, today(), labels, Texts("vi"))
    told = str(sheets)
    assert len(sheets[0].rows) == len(lines)
    assert "lời kể" not in told
    assert [one.name for one in names.values() if one.name and one.name in told] == []
