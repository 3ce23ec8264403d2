"""The routes of the list: what it sums is what the legend says, who is told names, pages, the workbook."""

import io
import math
import shutil
from datetime import UTC, datetime

import pytest
import python_calamine
from doorworld import HERE, OWN, TestClient, behind_the_door, coming_to, land_with_people

from gis.maps.layers import LAYERS
from gis.milestones import CLASSES
from gis.project import Project, accounts
from gis.project.days import vietnam_day
from gis.texts import Texts
from gis.web.map_layers import layer_rows, paint_of
from gis.web.parcel_table_routes import A_PAGE, LIST, WORKBOOK, parcel_table_routes

NAME = "Nguyễn Thị Mẫu"
TODAY = vietnam_day(datetime.now(UTC))
VI = Texts("vi")


@pytest.fixture
def project(tmp_path):
    with land_with_people(tmp_path) as opened:
        yield opened


@pytest.fixture
def visit(project):
    return coming_to(project, *parcel_table_routes(lambda: project))


@pytest.fixture(scope="module")
def sample(sample_folder, tmp_path_factory):
    """The sample, and a client of this machine without accounts."""
    folder = tmp_path_factory.mktemp("list") / "data"
    shutil.copytree(sample_folder, folder)
    opened = Project.open(folder)
    app = behind_the_door(opened, *parcel_table_routes(lambda: opened))
    yield opened, TestClient(app, base_url=HERE, client=("127.0.0.1", 50000))
    opened.close()


def ask(client, path=LIST, **asked):
    return client.post(path, json={"on": TODAY.isoformat()} | asked, headers=OWN)


def titles(client, **asked):
    answer = ask(client, **asked)
    assert answer.status_code == 200, answer.text
    return [row["title"] for row in answer.json()["rows"]]


def test_list__rows_as_the_table_shows_them(visit):
    """Parcel 1 and 2 are wholly in the zone, 2a by half: 2.5 ha."""
    told = ask(visit("lan")).json()
    assert told["said"] == "3 thửa · 2,50 ha trong các khu"
    assert told["shown"] == "1–3 / 3"
    first, second, third = told["rows"]
    assert (first["key"], first["title"], first["m2"]) == ("P000001", "Tờ 7, thửa 1", "10.000,0")
    assert first["households"] == [["AN", NAME]]
    assert second["households"] == [["AN", NAME], ["BINH", ""]]
    assert (third["m2"], third["households"]) == ("5.000,0", [])
    assert third["class"] == "Chưa rõ người sử dụng đất"


def test_list__a_viewer_is_told_codes_and_no_name(visit, project):
    client = visit("chu.tich")
    answer = ask(client)
    assert "Mẫu" not in answer.text
    assert answer.json()["rows"][0]["households"] == [["AN", ""]]
    assert titles(client, text="AN") == ["Tờ 7, thửa 1", "Tờ 7, thửa 2"]
    for text in ("nguyen thi mau", "Mẫu", "mau", "thon 1"):
        assert ask(client, text=text).json()["count"] == 0
    assert accounts.name_log(project) == []


def test_list__names_find_and_their_look_is_logged_once(visit, project):
    client = visit("lan")
    for text in ("mau", "nguyen thi", "Mẫu"):
        assert titles(client, text=text) == ["Tờ 7, thửa 1", "Tờ 7, thửa 2"]
    assert [(one.by, one.what, one.household) for one in accounts.name_log(project)] == [
        ("lan", "list", "AN")
    ]


def test_list__of_a_household_a_sheet_and_a_view(visit):
    client = visit("lan")
    assert titles(client, land={"kind": "household", "name": "BINH"}) == ["Tờ 7, thửa 2"]
    assert len(titles(client, land={"kind": "sheet", "name": "7", "commune": "15910"})) == 3
    assert titles(client, land={"kind": "sheet", "name": "7", "commune": "15895"}) == []
    assert titles(client, box=[105.0, 19.0, 105.1, 19.1]) == []
    assert len(titles(client, box=[105.0, 19.0, 106.5, 20.5])) == 3


@pytest.mark.parametrize("layer", LAYERS)
def test_list__of_every_line_of_every_legend_has_the_legends_hectares(sample, layer):
    project, client = sample
    snapshot = project.snapshot(TODAY)
    rows = layer_rows(paint_of(project, snapshot, layer), snapshot, VI)
    assert rows
    counts = 0
    for row in rows:
        told = ask(client, layer=layer, only=[row.name]).json()
        assert f"· {VI.ha(row.area_ha or 0.0)} trong các khu" in told["said"]
        counts += told["count"]
    assert counts == len(snapshot.units)
    both = ask(client, layer=layer, only=[row.name for row in rows]).json()
    assert both["count"] == len(snapshot.units)


def test_list__every_zone_has_the_hectares_of_its_parts(sample):
    """What lies in a zone, whole units' other parts left out: the sum of its classes, from the totals."""
    project, client = sample
    snapshot = project.snapshot(TODAY)
    for total in snapshot.totals[1:]:
        area_ha = math.fsum(total.by_class_ha.values()) if total.by_class_ha else 0.0
        assert f"· {VI.ha(area_ha)} trong" in ask(client, zone=total.zone_id).json()["said"]


def test_list__all_pages_together_are_all_parcels_once_and_in_order(sample):
    project, client = sample
    asked = {"commune": "15910", "sort": "m2", "down": True}
    first = ask(client, **asked).json()
    keys, m2 = [], []
    for start in range(0, first["count"], A_PAGE):
        page = ask(client, first=start, **asked).json()
        keys += [row["key"] for row in page["rows"]]
        m2 += [float(row["m2"].replace(".", "").replace(",", ".").replace("–", "0")) for row in page["rows"]]
    units = project.snapshot(TODAY).units
    assert sorted(keys) == sorted(units.index[units["commune"] == "15910"])
    assert m2 == sorted(m2, reverse=True)
    beyond = ask(client, first=10_000, **asked).json()
    assert beyond["rows"][-1]["key"] == keys[-1]


def test_list__by_last_entry_the_newest_first(sample):
    """Days as read in the ledger, entry by entry."""
    project, client = sample
    rows = ask(client, sort="last", down=True).json()["rows"]
    last = {}
    for entry in project.entries():
        if entry.parcel is not None:
            last[entry.parcel] = entry
    newest = sorted(last.values(), key=lambda entry: -entry.seq)
    units = project.snapshot(TODAY).units.index
    assert [row["key"] for row in rows] == [one.parcel for one in newest if one.parcel in units][:A_PAGE]
    assert rows[0]["last"] == VI.date(vietnam_day(newest[0].recorded_at))


def sheet_of(content):
    book = python_calamine.load_workbook(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_file__is_the_list_without_names(visit, project):
    answer = ask(visit("lan"), WORKBOOK, sort="m2", down=True)
    assert answer.headers["content-disposition"].startswith('attachment; filename="thua-dat-')
    lines = sheet_of(answer.content)
    assert f"tính đến ngày {VI.date(TODAY)}: 3 thửa · 2,50 ha" in lines[0][0]
    assert lines[2] == ["Tờ", "Thửa", "Xã cũ", "Tình trạng", "m² trong khu", "Loại đất", "Hộ"]
    assert [(line[0], line[1], line[4], line[6]) for line in lines[3:]] == [
        ("7", "1", 10_000, "AN"),
        ("7", "2", 10_000, "AN, BINH"),
        ("7", "2a", 5_000, ""),
    ]
    assert accounts.name_log(project) == []


def test_file__names_only_for_the_team_where_asked_for_and_logged(visit, project):
    lines = sheet_of(ask(visit("lan"), WORKBOOK, names=True).content)
    assert lines[2][-1] == "Tên hộ"
    assert [line[-1] for line in lines[3:]] == [NAME, NAME, ""]
    assert [(one.by, one.what) for one in accounts.name_log(project)] == [("lan", "list_file")]
    refused = ask(visit("chu.tich"), WORKBOOK, names=True)
    assert refused.status_code == 403
    assert "Mẫu" not in refused.text


def test_file__of_the_sample_says_that_it_is_one(sample):
    _, client = sample
    lines = sheet_of(ask(client, WORKBOOK, text="7/1").content)
    assert "Dữ liệu mẫu" in lines[1][0]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"sort": "name"}, "sort"),
        ({"class": "cleared"}, "class"),
        ({"zone": "x"}, "zone"),
        ({"layer": "people", "only": ["x"]}, "layer"),
        ({"only": "stuck"}, "only"),
        ({"only": ["x"] * 1000}, "only"),
        ({"text": "x" * 101}, "text"),
        ({"first": -1}, "first"),
        ({"first": True}, "first"),
        ({"first": "0"}, "first"),
        ({"box": [1, 2, 3]}, "bbox"),
        ({"box": "x"}, "bbox"),
        ({"box": [106, 19, 105, 20]}, "bbox"),
        ({"on": None}, "on"),
    ],
)
def test_list__a_wrong_part_is_named_in_one_sentence(visit, wrong, named):
    answer = ask(visit("lan"), **wrong)
    assert answer.status_code == 400
    assert f'"{named}"' in answer.json()["error"]


@pytest.mark.parametrize(
    "odd",
    [
        {"commune": "'; --"},
        {"land_use": "<b>"},
        {"only": ["nothing"]},
        {"land": "x"},
        {"land": {"kind": 7}},
        {"text": "((("},
    ],
)
def test_list__what_nothing_fits_is_an_empty_list(visit, odd):
    told = ask(visit("lan"), **odd).json()
    assert (told["rows"], told["count"], told["shown"]) == ([], 0, "")
    assert told["said"] == "0 thửa · 0,00 ha trong các khu"


def test_list__only_for_those_who_are_let_in(visit):
    assert ask(visit()).status_code == 401
    assert visit("lan").post(LIST, json={}, headers={"Origin": "http://evil.vn"}).status_code == 403
    assert visit("lan").get(LIST).status_code == 405


def test_list__classes_are_those_of_the_partition(sample):
    project, client = sample
    classes = project.snapshot(TODAY).classes
    counts = {name: ask(client, **{"class": name}).json()["count"] for name in CLASSES}
    assert counts == {name: int((classes == name).sum()) for name in CLASSES}
