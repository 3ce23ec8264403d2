"""Recognising the columns of Vietnamese cadastral files."""

from __future__ import annotations

import pandas as pd
import pytest

from gis.boundaries.columns import DEFAULT_COLUMNS, column_key, parse_columns, recognise
from gis.errors import ColumnTableError
from gis.texts import Texts


@pytest.mark.parametrize(
    ("meaning", "spellings"),
    [
        ("sheet", ["soTo", "so_to", "shbando", "SoHieuToBanDo", "Số tờ", "SỐ TỜ", "sheet"]),
        ("number", ["soThua", "shthua", "SoThuTuThua", "so thua", "Số thửa", "number"]),
        ("legal_area_m2", ["DIENTICH", "dientich", "DienTichPhapLy", "Diện tích", "legal_area_m2", "dt_gcn"]),
        ("measured_area_m2", ["dt_do_dac", "DienTichDoDac", "measured_area_m2"]),
        ("land_use", ["mucDichSuDung", "mdsd", "loaidat", "KH2003", "MaLoaiDat", "Loại đất", "land_use"]),
        ("commune", ["maXa", "ma_xa", "Mã xã", "commune"]),
        ("zone_id", ["zone_id", "Mã khu"]),
        ("name", ["name", "Tên", "xứ đồng"]),
        ("code", ["code", "Mã công trình"]),
    ],
)
def test_recognise__spellings(meaning: str, spellings: list[str]) -> None:
    for spelling in spellings:
        table = pd.DataFrame({"other": [1], spelling: ["x"]})
        assert recognise(table, "a.gpkg", DEFAULT_COLUMNS, [meaning], []) == ({meaning: spelling}, [])


def test_columns__no_spelling_has_two_meanings_in_one_kind_of_layer() -> None:
    kinds = (
        ("commune", "sheet", "number", "land_use", "legal_area_m2", "measured_area_m2", "name"),
        ("commune", "code", "land_use", "name"),
        ("zone_id", "name"),
    )
    for kind in kinds:
        keys = [key for meaning in kind for key in DEFAULT_COLUMNS.shipped[meaning]]
        assert len(keys) == len(set(keys))
    assert not DEFAULT_COLUMNS.known & DEFAULT_COLUMNS.obsolete


def test_recognise__missing_column_is_named_with_what_there_is() -> None:
    found, (problem,) = recognise(
        pd.DataFrame({"a": [1], "b": [2]}), "a.gpkg", DEFAULT_COLUMNS, ["sheet"], ["name"]
    )
    assert found == {}
    assert (problem.source, problem.message) == ("a.gpkg", "problem.column_missing_sheet")
    assert Texts("en").problem(problem).startswith("a.gpkg: no column of map sheets among a, b")


def test_recognise__two_columns_of_one_meaning() -> None:
    table = pd.DataFrame(
        {"DIENTICH": [100.0, 50], "dt_gcn": [100.0, 51], "soTo": [7.0, 8], "so_to": ["7", "8"]}
    )
    found, (problem,) = recognise(table, "a.gpkg", DEFAULT_COLUMNS, ["sheet"], ["legal_area_m2"])
    assert found == {"sheet": "soTo"}, "two columns that say the same are one"
    assert problem.message == "problem.column_ambiguous"
    assert problem.facts == {"meaning": "legal_area_m2", "found": "DIENTICH, dt_gcn"}
    own = parse_columns('[columns]\nlegal_area_m2 = ["DIENTICH"]', "columns.toml")
    assert recognise(table, "a.gpkg", own, [], ["legal_area_m2"]) == ({"legal_area_m2": "DIENTICH"}, [])


def test_parse_columns__adds_to_the_shipped_table() -> None:
    own = parse_columns('[columns]\nsheet = ["Bản đồ số"]\n[land_use]\nknown = ["XYZ"]', "columns.toml")
    table = pd.DataFrame({"BAN_DO_SO": ["7"], "so_thua": ["12"]})
    assert recognise(table, "a", own, ["sheet", "number"], []) == (
        {"sheet": "BAN_DO_SO", "number": "so_thua"},
        [],
    )
    assert {"XYZ", "LUC"} <= own.known
    assert parse_columns("", "columns.toml").shipped == DEFAULT_COLUMNS.shipped


@pytest.mark.parametrize(
    "text",
    [
        "[columns",
        '[columns]\nsheets = ["x"]',
        '[columns]\nsheet = "x"',
        "[columns]\nsheet = [1]",
        "[zones]\na = 1",
        '[land_use]\nnew = ["A"]',
    ],
)
def test_parse_columns__refuses_another_shape(text: str) -> None:
    with pytest.raises(ColumnTableError) as refusal:
        parse_columns(text, "columns.toml")
    assert Texts("vi").error(refusal.value).startswith("columns.toml: cần")


def test_column_key__ignores_signs_and_accents() -> None:
    assert column_key("Diện tích (m²) _GCN") == "dientichm²gcn"
