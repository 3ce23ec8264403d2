"""Attributes as files hold them."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gis.boundaries.columns import DEFAULT_COLUMNS
from gis.boundaries.fields import areas_m2, check_land_uses, land_uses, text_of, texts
from gis.boundaries.layers import RawLayer
from gis.texts import Texts

RAW = RawLayer("lots.gpkg", "thua", "GPKG", "UTF-8", gpd.GeoDataFrame(geometry=[]))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (np.int64(7), "7"),
        (7.5, "7.5"),
        ("7.0", "7"),
        ("007", "007"),
        ("12a", "12a"),
        ("105-1", "105-1"),
        ("1/2", "1/2"),
        (" 1 \u00a0 a ", "1 a"),
        ("Hoa\u0301", "Ho\u00e1"),
        (math.nan, ""),
        (None, ""),
        (pd.NA, ""),
        ("", ""),
        (9007199254740993, "9007199254740993"),
    ],
)
def test_text_of__never_a_decimal_point_that_was_not_there(value: object, text: str) -> None:
    assert text_of(value) == text


def test_texts__same_for_all_types_of_columns() -> None:
    index = pd.Index([3, 1, 2])
    for values in ([7.0, math.nan, 12.0], ["7", None, "12"], [7, None, "12.0"]):
        found = texts(pd.Series(values, index=index, name="so_to"))
        assert found.to_dict() == {3: "7", 1: "", 2: "12"}
        assert found.name == "so_to"


def test_texts__nested_cells_do_not_crash() -> None:
    assert texts(pd.Series([[1, 2], {"a": 1}, np.array([3])])).tolist() == ["[1, 2]", "{'a': 1}", "[3]"]


def test_land_uses__compound_and_withdrawn_codes_are_kept() -> None:
    codes = land_uses(pd.Series(["ont + cln", "BHK", "luc", None, "LUC", "Đất lúa", "bhk+XYZ"]))
    assert codes.tolist() == ["ONT+CLN", "BHK", "LUC", "", "LUC", "ĐẤT LÚA", "BHK+XYZ"]
    found = {
        (p.message, p.facts["code"], p.facts["count"], p.facts["first"])
        for p in check_land_uses(codes, RAW, DEFAULT_COLUMNS)
    }
    assert found == {
        ("problem.land_use_obsolete", "BHK", 1, 2),
        ("problem.land_use_missing", "", 1, 4),
        ("problem.land_use_unknown", "ĐẤT LÚA", 1, 6),
        ("problem.land_use_unknown", "BHK+XYZ", 1, 7),
    }
    assert {p.severity for p in check_land_uses(codes, RAW, DEFAULT_COLUMNS)} == {"warning"}


def test_areas_m2__numbers() -> None:
    found, problems = areas_m2(pd.Series([150.3, math.nan, -1.0, 0.0]), RAW, "DIENTICH")
    assert found.isna().tolist() == [False, True, True, False]
    assert found[0] == 150.3
    (problem,) = problems
    assert (problem.source, problem.message, problem.severity) == (
        "lots.gpkg, thua, feature 3",
        "problem.area_negative",
        "refused",
    )


def test_areas_m2__texts_as_people_write_them() -> None:
    cells = ["207,4", "1.234,5", "1.234", "", None, "2 sào", " 80 ", "-5", 12.345]
    found, problems = areas_m2(pd.Series(cells, dtype=object), RAW, "dt")
    assert found.dropna().to_dict() == {0: 207.4, 1: 1234.5, 6: 80.0, 8: 12.345}
    assert [(p.facts["feature"], p.message) for p in problems] == [
        (3, "problem.ambiguous_number"),
        (6, "problem.not_a_number"),
        (8, "problem.area_negative"),
    ]
    for problem in problems:
        assert "dt" in Texts("vi").problem(problem)
        assert "dt" in Texts("en").problem(problem)


def test_areas_m2__a_text_of_three_zeros_has_two_readings() -> None:
    """ "1.000" is a thousand or one: it must not pass as a whole number with decimals of nought."""
    values = pd.Series(["1.000", "7.0", "12"])
    found, problems = areas_m2(values, RAW, "dt")
    assert [problem.message for problem in problems] == ["problem.ambiguous_number"]
    assert found.tolist()[1:] == [7.0, 12.0]
