"""The routes of a sheet: who gets one, with names or without, what the paper and the workbook say."""

import re
import sys
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

import pytest
from fieldworld import FIRST_ROW, ID_ROW, IDENTITY_ROW, cells_of
from starlette.applications import Starlette

from gis.ledger.field_sheets import Issue
from gis.ledger.marks import Mark
from gis.ledger.obstacles import OpenObstacle
from gis.ledger.visits import RecordVisit
from gis.project import accounts
from gis.project.register_edits import edit
from gis.texts import Texts
from gis.web.field_sheet_routes import field_sheet_routes, sheet_links
from gis.web.visitors import Visitor

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from peopleworld import ON, commune, stamp
from webasgi import answer, http_scope

EDITOR, VIEWER = Visitor("lan", "editor"), Visitor("chu.tich", "viewer")
NAMES = ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa")
VI = Texts("vi")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """H1 holds 7/1 (inventoried, stuck) and half of 7/2, H2 the other half; H3's 7/3 is handed over."""
    opened = commune(tmp_path_factory.mktemp("sheet") / "xa")
    mark = Mark(("P000001",), "inventoried", date(2026, 2, 3), "BBKĐ <1>", "H1")
    opened.do(mark, stamp("a"))
    opened.do(OpenObstacle("P000001", "H1", "graves", date(2026, 2, 4)), stamp("b"))
    opened.do(RecordVisit("H1", None, date(2026, 2, 5), "considering"), stamp("c"))
    opened.do(Mark(("P000003",), "handed_over", ON, "BB-3"), stamp("d"))
    accounts.add(opened, "quan.tri", "administrator", "quan.tri", datetime.now(UTC))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def get(project):
    app = Starlette(routes=field_sheet_routes(lambda: project))

    def asked(address, visitor=EDITOR):
        path, _, query = address.partition("?")
        scope = http_scope(path, query=query)
        scope["user"] = visitor
        status, headers, body = answer(app, scope)
        assert headers["cache-control"] == "private, no-store"
        return status, headers, body

    return asked


def links(
    project, households=("H1", "H2"), milestones=("inventoried", "handed_over"), *, names=False, language="vi"
):
    moment = (ON, project.refresh().seq)
    return sheet_links("7f3a09bc", moment, households, milestones, language, names=names)


def looks(project):
    return [(one.what, one.count) for one in accounts.name_log(project)]


def test_sheet__the_paper_says_what_the_ledger_says_and_leaves_room(project, get):
    status, headers, body = get(links(project)[1])
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    said = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", body.decode(), flags=re.DOTALL))
    assert "15910/7/1" in said
    assert "Vướng: Mồ mả từ 04/02/2026" in said
    assert "Gặp 05/02/2026: Đang cân nhắc" in said
    assert escape("BBKĐ <1>") in body.decode()
    assert "BBKĐ <1>" not in body.decode()
    assert Issue.parse(re.search(r"<code>(.*?)</code>", body.decode())[1]).head.seq == project.refresh().seq


def test_sheet__what_is_handed_over_is_not_on_it(project, get):
    assert "15910/7/3" not in get(links(project, ("H1", "H3"))[1])[2].decode()
    status, _, body = get(links(project, ("H3",))[1])
    assert (status, "không còn thửa nào" in body.decode()) == (400, True)


def test_sheet__the_workbook_has_its_identity_its_lists_and_days_as_days(project, get):
    status, headers, body = get(links(project)[0])
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="phieu-di-thon-7f3a09bc.xlsx"'
    rows = cells_of(body)
    issue = Issue.parse(rows[IDENTITY_ROW][0])
    assert (issue.sheet, issue.on, issue.rows) == ("7f3a09bc", ON, 3)
    first = dict(zip(rows[ID_ROW], rows[FIRST_ROW], strict=True))
    assert (first["inventoried.on"], first["inventoried.document"]) == (date(2026, 2, 3), "BBKĐ <1>")
    assert first["handed_over.on"] == ""
    assert first["household"] == "H1\nThôn 1"


def test_sheet__names_only_where_asked_for_and_that_is_logged(project, get):
    before = looks(project)
    for address in links(project):
        assert not any(name.encode() in get(address)[2] for name in NAMES)
    assert "Nguyễn" not in str(cells_of(get(links(project)[0])[2]))
    assert looks(project) == before
    assert NAMES[0].encode() in get(links(project, names=True)[1])[2]
    assert NAMES[1] in str(cells_of(get(links(project, names=True)[0])[2]))
    assert looks(project)[:2] == [("field_sheet", 2)] * 2


def test_sheet__a_name_cannot_break_the_paper(project, get):
    edit(project, "H1", {"name": "<script>alert(1)</script>"}, stamp("e"))
    body = get(links(project, names=True)[1])[2].decode()
    assert "<script>" not in body
    assert escape("<script>alert(1)</script>") in body
    edit(project, "H1", {"name": NAMES[0]}, stamp("f"))


@pytest.mark.parametrize("names", [False, True])
def test_sheet__a_viewer_gets_none(project, get, names):
    for address in links(project, names=names):
        status, _, body = get(address, VIEWER)
        assert status == 403
        assert b"15910/7/1" not in body
    assert get(links(project)[0], Visitor("", ""))[0] == 403


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("7f3a09bc", "..%2F..%2Fx"),
        ("7f3a09bc", "zzzzzzzz"),
        ("ho=H1,H2", "ho="),
        ("ho=H1,H2", "ho=H1,%3Cb%3E"),
        ("moc=inventoried,handed_over", "moc=no_such"),
        ("moc=inventoried,handed_over", "moc=%27"),
        ("on=2026-03-10", "on=x"),
        ("known=", "known=x"),
    ],
)
def test_sheet__a_wrong_address_is_one_sentence(project, get, old, new):
    status, _, body = get(links(project)[1].replace(old, new))
    assert status in {400, 404}
    assert b"Traceback" not in body


def test_sheet__both_languages_and_no_vietnamese_heading_in_english(project, get):
    rows = cells_of(get(links(project, language="en")[0])[2])
    assert rows[FIRST_ROW - 1][:4] == ["No.", "Household", "Parcel", "In the ledger now"]
    assert "Stuck: Graves since 04/02/2026" in str(rows)
