"""Text and CSV files, each fault with its line."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from gis.errors import FileUnreadableError, FileUnwritableError
from gis.store.text_files import read_csv_rows, read_text, write_csv
from gis.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from gis.errors import Problem


def said(problems: list[Problem]) -> list[tuple[str, str]]:
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in problems)
    return [(problem.source, problem.message) for problem in problems]


def test_read_csv_rows__with_bom_quotes_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "hộ.csv"
    decomposed = unicodedata.normalize("NFD", "Nguyễn Văn Đức")
    path.write_bytes(f'\ufeffid,name\r\nH1," {decomposed} "\r\n\r\nH2,"two\r\nlines"\r\nH3,last'.encode())
    rows, problems = read_csv_rows(path, ["id", "name"])
    assert problems == []
    assert [(row.line, row["id"], row["name"]) for row in rows] == [
        (2, "H1", "Nguyễn Văn Đức"),
        (4, "H2", "two\r\nlines"),
        (6, "H3", "last"),
    ]
    assert rows[0]["absent"] == ""


def test_read_csv_rows__all_faults_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,extra,note\nH1,x\nH2,y,z\nH3,1,2,3\n", "utf-8")
    rows, problems = read_csv_rows(path, ["id"], ["note"])
    assert [row["id"] for row in rows] == ["H2"]
    assert said(problems) == [
        ("a.csv, line 1", "problem.csv_column_unknown"),
        ("a.csv, line 2", "problem.csv_cells"),
        ("a.csv, line 4", "problem.csv_cells"),
    ]
    assert [problem.severity for problem in problems] == ["warning", "refused", "refused"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("a.csv", "problem.file_empty")),
        (b"\n\n", ("a.csv", "problem.file_empty")),
        (b"id;part\n1;2\n", ("a.csv, line 1", "problem.csv_separator")),
        (b"id\n1\n", ("a.csv, line 1", "problem.csv_column_missing")),
        (b"id,part,id\n1,2,3\n", ("a.csv, line 1", "problem.csv_column_twice")),
        ("id,part\n1,2\nđ,3\n".encode("cp1258"), ("a.csv, line 3", "problem.not_utf8")),
        (b'id,part\n1,2\n3,"4\n', ("a.csv, line 3", "problem.csv_broken")),
        (b'id,part\n1,"2"x\n', ("a.csv, line 2", "problem.csv_broken")),
    ],
)
def test_read_csv_rows__one_fault(tmp_path: Path, content: bytes, expected: tuple[str, str]) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    _, problems = read_csv_rows(tmp_path / "a.csv", ["id", "part"])
    assert said(problems) == [expected]


def test_read_csv_rows__missing_file_or_folder(tmp_path: Path) -> None:
    assert said(read_csv_rows(tmp_path / "a.csv", ["id"])[1]) == [("a.csv", "problem.file_missing")]
    assert said(read_csv_rows(tmp_path, ["id"])[1]) == [(tmp_path.name, "problem.file_unreadable")]


def test_write_csv__reads_back(tmp_path: Path) -> None:
    rows = [("H1", "a,b", None), ('say "x"', "hai\ndòng", 12.5)]
    write_csv(tmp_path / "a.csv", ["id", "text", "area"], rows)
    assert (tmp_path / "a.csv").read_bytes().startswith(b'id,text,area\nH1,"a,b",\n')
    back, problems = read_csv_rows(tmp_path / "a.csv", ["id", "text", "area"])
    assert problems == []
    assert [tuple(row.values.values()) for row in back] == [
        ("H1", "a,b", ""),
        ('say "x"', "hai\ndòng", "12.5"),
    ]


def test_write_csv__refuses_where_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(FileUnwritableError):
        write_csv(tmp_path / "absent/a.csv", ["id"], [])


def test_read_text__with_and_without_bom(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes("\ufeffđất".encode())
    assert read_text(tmp_path / "a.toml") == "đất"
    (tmp_path / "a.toml").write_bytes("đất".encode("utf-16"))
    with pytest.raises(FileUnreadableError, match="UTF-8"):
        read_text(tmp_path / "a.toml")
    with pytest.raises(FileUnreadableError):
        read_text(tmp_path / "absent.toml")
