"""The two clocks as pages show them, and the page of the bridge: figures, address, banner, nothing written in the past."""

import re
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gis.clearance.bridge_lines import Moment
from gis.project import shared
from gis.project.bridge import bridge
from gis.texts import Texts
from gis.web.bridge_table import sentence
from gis.web.common import today

PAGES = Path(__file__).resolve().parents[2] / "gis" / "web" / "pages"
VI = Texts("vi")
THEN = date(2026, 10, 31)


@pytest.fixture
def project(sample_folder, monkeypatch):
    """The project that the pages show; nothing here writes."""
    monkeypatch.setenv("GPMB_PROJECT", str(sample_folder))
    return shared()


def run_page(name="main.py", **address):
    page = AppTest.from_file(str(PAGES / name), default_timeout=60)
    for key, value in address.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def words(page):
    """What a reader reads, tags stripped."""
    said = "\n".join(element.proto.body for element in page.get("html"))
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", said))


def asked(page, name):
    """What the page's address says of a name."""
    found = page.query_params.get(name)
    return found[0] if isinstance(found, list) else found


def cleared(snapshot):
    return f"đã bàn giao {VI.number(snapshot.totals[0].cleared_ha, 2)}/250 ha"


@pytest.mark.parametrize("known", ["2026-10-31", "15000"])
def test_overview__shows_today_by_what_was_known_then(project, known):
    seq = project.known_on(THEN) if "-" in known else int(known)
    then, now = project.snapshot(today(), seq), project.snapshot(today())
    page = run_page(known=known)
    said = words(page)
    assert cleared(then) in said
    assert cleared(now) not in said
    left = VI.integer(now.head.seq - seq)
    assert f"theo sổ đến số {VI.integer(seq)}, chưa tính {left} số ghi sau đó" in said
    assert asked(page, "known") == known


def test_overview__before_the_first_entry_there_is_nothing_yet(project):
    said = words(run_page(known="0"))
    assert "theo sổ đến số 0, chưa tính" in said
    assert "Dự án chưa có đủ dữ liệu" in said


@pytest.mark.parametrize("known", ["99999999", "", "x", "-1", "2026-13-01", "1e3"])
def test_overview__what_is_beyond_the_head_or_no_number_is_the_head(project, known):
    page = run_page(known=known)
    assert cleared(project.snapshot(today())) in words(page)
    assert "chưa tính" not in words(page)
    assert "known" not in page.query_params


def test_sidebar__a_day_then_a_seq_then_the_newest(project):
    page = run_page()
    mode = next(one for one in page.selectbox if one.key == "known.mode")
    mode.set_value("day").run()
    assert "known" not in page.query_params  # by the end of today: all of it
    next(one for one in page.date_input if one.key == "known.day").set_value(THEN).run()
    assert cleared(project.snapshot(today(), project.known_on(THEN))) in words(page)
    assert asked(page, "known") == "2026-10-31"
    next(one for one in page.selectbox if one.key == "known.mode").set_value("seq").run()
    page.number_input[0].set_value(15000).run()
    assert cleared(project.snapshot(today(), 15000)) in words(page)
    next(one for one in page.button if one.label == "Về số liệu mới nhất").click().run()
    assert not page.exception
    assert cleared(project.snapshot(today())) in words(page)
    assert "known" not in page.query_params


def test_card__nothing_can_be_written_where_the_ledger_is_read_in_part(project):
    """A parcel that waits today: its form is there, and is not by what was known then."""
    snapshot = project.snapshot(today())
    paid = snapshot.classes.index[snapshot.classes == "paid"]
    parcel = next(p for p in paid if len(snapshot.state.of_parcel(p)) == 1)
    labels = [one.label for one in run_page("parcel_map.py", parcel=parcel).button]
    assert "Ghi nhận bàn giao" in labels
    page = run_page("parcel_map.py", parcel=parcel, known="15000")
    assert [one.label for one in page.button if one.label in {"Ghi nhận bàn giao", "Hoàn tác"}] == []
    assert "Đang xem theo sổ đến số 15.000 nên không ghi nhận được" in words(page)


def test_bridge_page__its_figures_parcels_and_file(project):
    page = run_page("bridge.py", **{"from": "2026-09-30", "on": "2026-10-31"})
    days = [date(2026, 9, 30), THEN]
    made = bridge(project.snapshot, project.entries(), *(Moment(on, project.known_on(on)) for on in days))
    said = words(page)
    assert sentence(made, VI) in said
    assert "Các dòng giải trình cộng lại đúng bằng chênh lệch" in said
    assert [one.label.split(":")[0] for one in page.expander] == ["Bàn giao mới", "Ghi bổ sung, đính chính"]
    change = made.zones[0].line("corrected").changes[0]
    assert project.snapshot(THEN).boundaries.labels[change.parcel] in said
    assert f"Số {VI.number(change.entries[0], 0)} ·" in said
    names = (project.folder / "households" / "households.csv").read_text("utf-8").splitlines()[1:]
    assert not [line for line in names if ",household," in line and line.split(",")[1] in said]


def test_bridge_page__days_are_chosen_and_kept_in_the_address(project):
    page = run_page("bridge.py")
    last_month = today().replace(day=1)
    assert date.fromisoformat(asked(page, "from")) < last_month
    fields = {one.key: one for one in page.date_input}
    fields["bridge.from"].set_value(date(2026, 9, 30)).run()
    assert asked(page, "from") == "2026-09-30"
    next(one for one in page.date_input if one.key == "bridge.to").set_value(date(2026, 9, 1)).run()
    assert not page.exception
    assert asked(page, "on") == "2026-09-01"
    assert asked(page, "from") == "2026-09-01"  # never after the second day
    assert "không tăng, không giảm" in words(page)


def test_bridge_page__reads_no_further_than_what_is_known(project):
    page = run_page("bridge.py", **{"from": "2026-09-30", "on": "2026-10-31", "known": "15200"})
    moments = [Moment(on, min(project.known_on(on), 15200)) for on in (date(2026, 9, 30), THEN)]
    assert sentence(bridge(project.snapshot, project.entries(), *moments), VI) in words(page)


def test_bridge_page__an_empty_project_has_a_page(tmp_path, monkeypatch):
    from gis.plan import empty_plan_text

    (tmp_path / "project.toml").write_text(empty_plan_text(), "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path))
    page = run_page("bridge.py")
    assert "Ranh giới các khu, cụm công nghiệp" in words(page)
