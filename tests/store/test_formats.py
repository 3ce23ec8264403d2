"""The README and the formats that are read say the same."""

import os
import re
import sys
from pathlib import Path

import fiona
import pyogrio
import pytest

from gis.store.formats import VECTOR_FORMATS, check_format

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_readme__names_both_gdal():
    first = ".".join(str(part) for part in pyogrio.__gdal_version__)
    assert f"GDAL {first} (pyogrio)" in README
    assert f"GDAL {fiona.__gdal_version__} (fiona)" in README


def endings(text):
    return set(re.findall(r"`(\.[a-z]+)`", text))


def test_formats__are_all_named_in_the_readme():
    assert endings(README.partition("## The files it reads")[2].partition("\n## ")[0]) == set(VECTOR_FORMATS)


def test_formats__have_a_row_in_the_document():
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs/dinh-dang.md").read_text("utf-8"), re.MULTILINE)
    assert set().union(*map(endings, rows)) == set(VECTOR_FORMATS)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
def test_check_format__what_is_no_file_is_not_opened(tmp_path):
    for name in ("a.gpkg", "a.csv"):
        os.mkfifo(tmp_path / name)
        assert [one.message for one in check_format(tmp_path / name)] == ["problem.file_not_regular"]


def test_check_format__a_file_of_gigabytes(tmp_path):
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"SQLite format 3\0")
    os.truncate(path, 5 << 30)
    (problem,) = check_format(path)
    assert (problem.message, problem.facts["found"]) == ("problem.file_large", 5 << 10)
