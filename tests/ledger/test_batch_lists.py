"""Pasted lists: what each line says, and which lines cannot be read."""

import pytest

from gis.ledger.batch_lists import parse_list


def read(text):
    rows, problems = parse_list(text)
    return [(r.household, r.amount_vnd, r.source) for r in rows], [(p.source, p.message) for p in problems]


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("H01", None),
        ("  H01 ;", None),
        ("H01\t45.872.000", 45_872_000),
        ("H01; 45.872.000 đồng", 45_872_000),
        ("H01,45872000", 45_872_000),
        ("H01 45 872 000 đ", 45_872_000),
        ("H01 500.000", 500_000),
        ('H01,"1.250.000"', 1_250_000),
        ("H01 0", 0),
    ],
)
def test_parse_list__amounts_as_people_write_them(line, amount):
    assert read(line) == ([("H01", amount, "line 1")], [])


def test_parse_list__headings_and_empty_lines_are_passed_over_and_lines_are_counted():
    assert read("\ufeffMã hộ\tSố tiền\n\nH01\t5\n H02 \n") == (
        [("H01", 5, "line 3"), ("H02", None, "line 4")],
        [],
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("H01 12.5", "error.not_a_number"),
        ("H01 abc", "error.not_a_number"),
        ("H01 1.234,5", "error.not_a_number"),
        ("Lê Văn Đạt", "refused.list_line"),
        ("-H01", "refused.list_line"),
    ],
)
def test_parse_list__a_line_that_cannot_be_read_is_named(line, message):
    rows, problems = read(f"H00\n{line}\nH02 7")
    assert problems == [("line 2", message)]
    assert [row[0] for row in rows] == ["H00", "H02"]
