"""The page "Nhập dữ liệu" in a real Chromium: a file is sent, its problems stand on a map, the Excel opens."""

import geopandas as gpd
import pytest
from browserworld import DESKTOP, PHONE
from playwright.sync_api import expect
from python_calamine import load_workbook

from gis.texts import Texts

pytestmark = pytest.mark.browser
VI = Texts("vi")


@pytest.fixture(scope="module")
def bad_file(app_folder, tmp_path_factory):
    """Forty parcels of the sample, two of them with one number, one moved by a metre."""
    parcels = gpd.read_file(app_folder / "parcels" / "parcels.gpkg").iloc[:40].copy()
    parcels.loc[3, "number"] = parcels.loc[4, "number"]
    parcels.loc[10, "geometry"] = parcels.geometry[10].buffer(1.0)
    path = tmp_path_factory.mktemp("gui") / "thửa sai.gpkg"
    parcels.to_file(path)
    return path


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_intake__problems_on_the_map_in_the_table_and_in_excel(visit, bad_file, size):
    page = visit("nhap-du-lieu", size=size)
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(str(bad_file))
    expect(page.get_by_text(VI("intake.file_refused"), exact=True)).to_be_visible()
    expect(page.locator("table.gp-problems tbody tr").first).to_be_visible()
    frame = page.frame_locator(".st-key-intake-map iframe")
    expect(frame.locator("#map_div canvas").first).to_be_visible()
    expect(frame.locator(".leaflet-tile")).to_have_count(0)
    expect(page.get_by_role("button", name=VI("intake.import_button"))).to_be_disabled()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    with page.expect_download() as download:
        page.locator(".st-key-take-excel button").click()
    rows = load_workbook(str(download.value.path())).get_sheet_by_index(0).to_python()
    refused = sum(row[1] == VI("intake.refused") for row in rows)
    said = VI("intake.problems_remark", refused=refused, warnings=len(rows) - 3 - refused)
    expect(page.get_by_text(said, exact=True)).to_be_visible()


def test_intake__gone_from_the_page_gone_from_memory(visit, bad_file):
    page = visit("nhap-du-lieu")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(str(bad_file))
    expect(page.get_by_text(VI("intake.file_refused"), exact=True)).to_be_visible()
    page.get_by_role("link", name=VI("overview.title")).click()
    expect(page.get_by_role("heading", name=VI("intake.title"))).to_have_count(0)
    page.get_by_role("link", name=VI("intake.title")).click()
    expect(page.get_by_role("heading", name=VI("intake.choose_kind"))).to_be_visible()
    expect(page.get_by_text(VI("intake.file_refused"), exact=True)).to_have_count(0)
