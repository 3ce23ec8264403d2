"""The page "Ma trận hộ × mốc" as Streamlit runs it: names for the team alone, filters, the address, the log."""

import pytest
from accountworld import PASSWORDS, add_people
from landworld import make_project, stamp
from pageworld import open_page, ran
from pageworld import words as said

from gis.ledger.marks import Mark
from gis.ledger.obstacles import OpenObstacle
from gis.project import accounts, logins, shared
from gis.web import common
from gis.web.visitors import COOKIE

NAME = "Nguyễn Thị Mẫu"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """An holds P000001 and half of P000002, Binh the other half; P000001 is notified, Binh is stuck."""
    made = make_project(tmp_path)
    made.do(Mark(("P000001",), "notified", made.plan.starts, "TB 1"), stamp("m"))
    made.do(OpenObstacle("P000002", "BINH", "price", made.plan.starts), stamp("o"))
    monkeypatch.setenv("GPMB_PROJECT", str(made.folder))
    made.close()
    found = shared()
    yield found
    found.close()


def run_page(**address):
    return open_page("matrix.py", **address)


def test_matrix__a_line_a_household_and_its_sums(opened):
    page = run_page()
    assert "Hộ 1 đến 2 trong 2 hộ" in said(page)
    assert "◐ 1/2" in said(page)  # An's two holdings, one notified
    assert NAME in said(page)
    assert "▲ 1 vướng mắc" in said(page)
    assert "chỉ tính một lần trong toàn xã" in said(page)


def test_matrix__filters_are_kept_in_the_address_and_found_there_again(opened):
    page = run_page()
    page.checkbox(key="mx.stuck").check()
    ran(page)
    assert "Hộ 1 đến 1 trong 1 hộ" in said(page)
    assert page.query_params["stuck"] in ("1", ["1"])
    page = run_page(milestone="notified", level="some")
    assert "AN" in said(page)
    assert "BINH" not in said(page)
    assert "Không có hộ nào như vậy" in said(run_page(milestone="paid", level="all"))
    assert "trong 2 hộ" in said(run_page(zone="khu-khac", level="half", milestone="x"))


def test_matrix__a_viewer_sees_codes_and_the_team_is_logged(opened, monkeypatch):
    add_people(opened, common.now())

    def enter(account):
        token = logins.log_in(opened, account, PASSWORDS[account], "p", common.now()).token
        monkeypatch.setattr(common, "_cookies", lambda: {COOKIE: token})

    enter("chu.tich")
    page = run_page()
    assert "BINH" in said(page)
    assert NAME not in said(page)
    assert [one.key for one in page.checkbox] == ["mx.stuck"]  # no choice of names
    enter("lan")
    page = run_page()
    assert NAME in said(page)
    page.checkbox(key="mx.with_names").check()
    ran(page)
    looks = accounts.name_log(opened, 50)
    assert [(one.by, one.what, one.count) for one in looks if one.what == "matrix_file"] == [
        ("lan", "matrix_file", 1)  # the register has no row of Binh
    ]
