"""Laws of lists: however an office divides one list, the same rows come out, and no row is lost."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from gis.sheets.cells import is_blank
from gis.sheets.reading import tracking_list
from gis.table import Table

HEADER = ("STT", "Họ và tên", "Thôn", "Xã cũ", "Số tờ", "Số thửa", "Diện tích thu hồi (m2)", "Ngày kiểm đếm")
WIDTH = len(HEADER)
# Made up; "Tống" begins like a total, the companies like "Tổng cộng".
NAMES = ("Nguyễn Văn Mẫu", "Tống Thị Mẫu", "Tổng công ty Mẫu", "Lê Văn Mẫu", "Công Thị Mẫu")

parcels = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 5000), st.decimals(0, 5000, places=1)), min_size=1, max_size=3
)
households = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(("Thôn 1", "Thôn 2")), parcels), min_size=1, max_size=12
)


def lines_of(stt, household):
    """A household's rows: its name in the first only."""
    name, hamlet, owned = household
    for index, (sheet, number, area) in enumerate(owned):
        first = index == 0
        yield (
            *((stt, name, hamlet) if first else (None, None, None)),
            *("Hoằng Cát", sheet, number, float(area), "05/3/2026"),
        )


def blank(**cells):
    return tuple(cells.get(f"c{index}") for index in range(WIDTH))


@st.composite
def divided(draw, listed):
    """The list in sheets and sections with total rows, footers and repeated headers, drawn at will."""
    sheets: list[list[tuple]] = [[HEADER]]
    since = Decimal(0)
    whole = Decimal(0)
    for stt, household in enumerate(listed, start=1):
        step = draw(st.sampled_from(("none", "none", "section", "total", "sheet", "header")))
        if step == "section":
            sheets[-1].append(blank(c0="I", c1="KCN Phú Quý"))
            since = Decimal(0)
        elif step == "total" and since:
            sheets[-1].append(blank(c1="Cộng", c6=float(since)))
            since = Decimal(0)
        elif step == "sheet":
            sheets[-1] += [blank(), blank(c1="Người lập biểu"), blank(c1="(ký tên)")]
            sheets.append([blank(c0="BẢNG THEO DÕI"), HEADER, tuple(f"({i})" for i in range(1, WIDTH + 1))])
            since = Decimal(0)
        elif step == "header":
            sheets[-1].append(HEADER)
        sheets[-1] += lines_of(stt, household)
        since += sum(area for *_, area in household[2])
        whole += sum(area for *_, area in household[2])
    sheets[-1].append(blank(c1="Tổng cộng", c6=float(whole)))
    return [Table("a.xlsx", f"Sheet{i}", tuple(rows)) for i, rows in enumerate(sheets, start=1)]


def said(found):
    return [
        (r.stt, r.household_key, r.household_name, r.hamlet, r.sheet, r.number, r.recovered_area_m2)
        for r in found.rows
    ]


@settings(max_examples=150, deadline=None)
@given(st.data(), households)
def test_tracking_list__any_division_gives_the_same_rows(data, listed):
    plain = [
        HEADER,
        *(line for stt, one in enumerate(listed, start=1) for line in lines_of(stt, one)),
    ]
    whole = tracking_list([Table("a.xlsx", "Sheet1", tuple(plain))])
    tables = data.draw(divided(listed))
    found = tracking_list(tables)
    assert said(found) == said(whole)
    assert found.computed == whole.computed
    assert found.computed["households"] == len(listed)
    assert found.counts.all == sum(any(not is_blank(cell) for cell in row) for t in tables for row in t.rows)
    assert [p for p in found.problems if p.severity == "refused" or "total" in p.message] == []
    assert all(total.stated == total.computed for total in found.own_totals)


cells = st.one_of(
    st.none(),
    st.integers(-5, 50_000).map(float),
    st.sampled_from(
        ("x", "Tổng cộng", "Thôn 3", "I", "1.234", "05/3/2026", "Nguyễn Văn Mẫu", "=A1", "#REF!", "")
    ),
    st.text(max_size=5),
    st.dates(),
    st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*[cells] * WIDTH), max_size=12), st.booleans())
def test_tracking_list__every_row_is_counted_whatever_stands_in_it(rows, first):
    table = Table("a.xlsx", "Sheet1", (HEADER, *rows) if first else (*rows, HEADER))
    found = tracking_list([table])
    filled = sum(any(not is_blank(cell) for cell in row) for row in table.rows)
    assert found.counts.all == filled
    assert found.counts.rows == len(found.rows)
    named = Counter(p.source for p in found.problems if p.severity == "refused")
    assert bool(found.counts.refused) == bool(named) or not found.counts.rows
