"""The overview's routes over the sample: lists, picture, screen; both clocks, pages of a list, no names."""

import io
import re
import sys
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageFont
from starlette.applications import Starlette

from gis.project import Project, people
from gis.project.beginning import begin
from gis.project.people import aliases
from gis.texts import Texts
from gis.web.assets import font_file
from gis.web.overview_figures import overview
from gis.web.overview_listed import Asked
from gis.web.overview_lists import LISTS
from gis.web.overview_pages import A_PAGE
from gis.web.overview_routes import overview_routes

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from pageworld import open_page, words
from webasgi import answer, http_scope

VI = Texts("vi")
THEN = date(2026, 10, 31)


@pytest.fixture(scope="module")
def project(sample_folder):
    opened = Project.open(sample_folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(project):
    return Starlette(routes=overview_routes(lambda: project))


def ask(app, path, query="on=2026-10-31"):
    status, headers, body = answer(app, http_scope(path, query=query))
    return status, headers, body


def read(app, path, query="on=2026-10-31"):
    status, _, body = ask(app, path, query)
    assert status == 200, body
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.decode()))


def test_lists__each_cell_says_its_heading_for_a_phone(app):
    _, _, body = ask(app, "/so-lieu/vuong")
    page = body.decode()
    heads = re.findall(r"<th[^>]*>([^<]+)</th>", page)
    row = re.search(r"<tbody><tr>(.*?)</tr>", page)[1]
    assert len(heads) > 3
    assert re.findall(r'data-label="([^"]+)"', row) == heads


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("what", LISTS)
def test_lists__name_nobody(app, project, what, language):
    said = read(app, f"/so-lieu/{what}", f"on=2026-10-31&lang={language}")
    names = {one.household.name for one in people.people(project)}
    assert len(names) > 1_000
    assert not [name for name in names if name in said]
    assert not re.search(r"\b(figures|overview|class|obstacle)\.[a-z_]+", said)


def test_lists__are_of_both_clocks(app, project):
    known = project.known_on(date(2026, 6, 30))
    for on, seq in ((THEN, None), (date(2026, 3, 31), None), (THEN, known)):
        snapshot = project.snapshot(on, seq)
        query = f"on={on.isoformat()}" + (f"&known={seq}" if seq else "")
        said = read(app, "/so-lieu/ban-giao", query)
        assert f" {VI.number(snapshot.cleared_ha, 2)} ha" in said
        assert f"sổ theo dõi đến số {VI.integer(snapshot.known)}" in said


def test_lists__all_pages_have_each_line_once(app, project):
    found = overview(project.snapshot(THEN), aliases(project))
    listed = LISTS["ban-giao"](found, Asked(), (), VI)
    assert len(listed.rows) > A_PAGE
    seen, address = [], "/so-lieu/ban-giao?on=2026-10-31"
    while address:
        path, _, query = address.partition("?")
        body = ask(app, path, query)[2].decode()
        seen += re.findall(r"/phieu-can-cu/(\w+)", body)
        on = re.search(r'<a href="([^"]+)">Trang sau</a>', body)
        address = on[1].replace("&amp;", "&") if on else None
    assert seen == [row.parcels[0] for row in listed.rows]


def test_lists__months_sum_to_the_curve(app, project):
    """Each month's own list, against the snapshots at its two ends."""
    before, after = (project.snapshot(day).cleared_ha for day in (date(2026, 8, 31), date(2026, 10, 31)))
    found = overview(project.snapshot(THEN), aliases(project))
    assert sum(one.cleared_ha for one in found.months[-2:]) == pytest.approx(after - before, abs=0.02)
    month = found.months[-1]
    said = read(app, "/so-lieu/ban-giao", f"on=2026-10-31&first={month.first}&last={month.last}")
    assert f" {VI.number(month.cleared_ha, 2)} ha" in said


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/so-lieu/ten-ho", "on=2026-10-31"),
        ("/so-lieu/ban-giao", "on=31/10/2026"),
        ("/so-lieu/ban-giao", "zone=%3Cscript%3E"),
        ("/so-lieu/ban-giao", "first=x&last=2026-01-01"),
        ("/so-lieu/vuong", "age=12"),
        ("/so-lieu/vuong", "from=-1"),
        ("/trinh-chieu", "on=x"),
        ("/trinh-chieu", "on=0001-01-01"),
        ("/tong-quan.png", "known=x"),
    ],
)
def test_routes__a_wrong_address_is_one_sentence(app, path, query):
    status, headers, body = ask(app, path, query)
    assert status == 400
    assert headers["content-type"].startswith("text/plain")
    assert len(body.decode().splitlines()) == 1


def test_presentation__has_no_controls_and_stays_fresh(app, project):
    body = ask(app, "/trinh-chieu", "lang=vi")[2].decode()
    assert not re.search(r"<(a|button|input|form)\b", body)
    assert 'presentation.js" data-every="60"' in body
    past = ask(app, "/trinh-chieu", "on=2026-03-31")[2].decode()
    assert "presentation.js" not in past
    assert f"đã bàn giao {VI.number(project.snapshot(date(2026, 3, 31)).cleared_ha, 2)}/250 ha" in past
    assert "Dữ liệu mẫu" in past


def test_presentation__of_a_project_without_land_says_so(tmp_path):
    begin(tmp_path / "xã", "Hoàng Sơn", 5897)
    opened = Project.open(tmp_path / "xã")
    said = read(Starlette(routes=overview_routes(lambda: opened)), "/trinh-chieu", "lang=vi")
    opened.close()
    assert "Dự án chưa có đủ dữ liệu" in said
    assert "– ha" not in said


def test_picture__is_a_png_of_the_day(app):
    status, headers, body = ask(app, "/tong-quan.png")
    assert (status, headers["content-type"]) == (200, "image/png")
    assert re.search(r'filename="gpmb-2026-10-31-\d+\.png"', headers["content-disposition"])
    picture = Image.open(io.BytesIO(body))
    assert picture.size == (1600, 1000)
    assert len(body) < 200_000
    assert len(picture.getcolors(1 << 20)) > 50  # letters, bars and lines, not an empty sheet
    assert body != ask(app, "/tong-quan.png", "on=2026-03-31")[2]


def test_font_file__has_every_vietnamese_letter():
    """A letter that a font lacks is drawn as the box of the last character of the plane."""
    font = ImageFont.truetype(str(font_file()), 40)
    box = bytes(font.getmask("\U0010ffff"))
    letters = "ăâđêôơưàáảãạầấẩẫậằắẳẵặèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
    assert not [one for one in letters + letters.upper() if bytes(font.getmask(one)) in {box, b""}]


def test_page__shows_the_line_the_due_and_the_year(project, sample_folder, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(sample_folder))
    said = words(open_page("overview.py", on="2026-10-31"))
    found = overview(project.snapshot(THEN), aliases(project))
    assert f"đã chi trả {VI.vnd(found.money.paid)}" in said
    assert "Chỉ tiêu năm 2026" in said
    assert f"{VI.number(found.stuck.whole.area_m2 / 10_000, 2)} ha, {found.stuck.whole.parcels} thửa" in said
    rest = sorted(
        (m2 for name, m2 in found.total.balance.classes_m2.items() if name != "handed_over" and m2 > 0),
        reverse=True,
    )
    others = rest[5:]  # five have a line of their own; the rest makes their sum whole
    assert f"và {len(others)} loại khác: {VI.ha(sum(others) / 10_000)}" in said
    assert "Quá hạn:" in said
    assert "bản sao lưu" in said
    assert "Sao chép câu báo cáo" in said
