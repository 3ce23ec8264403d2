"""A household on paper: what it says, in which language, and to whom it is refused."""

import sys
from pathlib import Path

import pytest
from accountworld import PASSWORDS, add_people
from landworld import ON, make_project, stamp
from starlette.applications import Starlette

from gis.ledger.marks import Mark
from gis.ledger.visits import RecordVisit
from gis.project import accounts, logins
from gis.web.common import now
from gis.web.household_routes import household_link, household_routes
from gis.web.visitors import COOKIE, LOCAL, visitor_of

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import answer, http_scope

NAME = "Nguyễn Thị Mẫu"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """An holds parcel 1, which is notified, and half of parcel 2; somebody talked with her."""
    opened = make_project(tmp_path_factory.mktemp("paper"))
    opened.mark(Mark(("P000001",), "notified", ON, "TB <b>1</b>"), stamp("a"))
    opened.do(RecordVisit("AN", None, ON, "refused", "Nói riêng điều kín"), stamp("b"))
    add_people(opened, now())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def get(project):
    """A call get(address, user) -> (status, text)."""
    app = Starlette(routes=household_routes(lambda: project))

    def asked(address, user=LOCAL):
        path, _, query = address.partition("?")
        status, headers, body = answer(app, http_scope(path, query=query, user=user))
        assert headers["cache-control"] == "private, no-store"
        return status, body.decode()

    return asked


def visitor(project, account):
    token = logins.log_in(project, account, PASSWORDS[account], "p", now()).token
    return visitor_of(project, {COOKIE: token})


def test_household__on_paper_without_the_words_of_notes(project, get):
    status, page = get(household_link("AN", ON, project.snapshot(ON).known, "vi"))
    assert status == 200
    assert NAME in page
    assert "Thửa đất (2)" in page
    assert "TB &lt;b&gt;1&lt;/b&gt;" in page
    assert "Vận động (1 lần)" in page
    assert "Nói riêng" not in page
    assert "<a " not in page  # nobody clicks paper
    assert "Households" in get("/phieu-ho/AN?on=2026-03-10&lang=en")[1]


def test_household__as_of_a_day_before(get):
    assert "TB &lt;b&gt;" not in get("/phieu-ho/AN?on=2026-03-09")[1]


def test_household__not_for_viewers_and_each_look_is_logged(project, get):
    status, page = get("/phieu-ho/AN?on=2026-03-10", visitor(project, "chu.tich"))
    assert status == 403
    assert NAME not in page
    status, page = get("/phieu-ho/AN?on=2026-03-10", visitor(project, "lan"))
    assert (status, NAME in page) == (200, True)
    looks = [one for one in accounts.name_log(project, by="lan") if one.what == "household_print"]
    assert [one.household for one in looks] == ["AN"]


@pytest.mark.parametrize(
    "address", ["/phieu-ho/KHONG?on=2026-03-10", "/phieu-ho/AN?on=10/3/2026", "/phieu-ho/AN"]
)
def test_household__what_is_wrong_is_said_in_a_sentence(get, address):
    status, page = get(address)
    assert status == 400
    assert "<p>" in page
    assert NAME not in page
