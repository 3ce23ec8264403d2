"""A commune's workbook as it grows in two years: three sheets, 300 rows, every habit of offices at once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from gis.errors import Problem
from gis.sheets.reading import tracking_list
from gis.store.sheets import read_tables
from gis.texts import LANGUAGES, Texts

FAMILIES = ("Nguyễn", "Lê", "Tống", "Trần", "Phạm")
HAMLETS = ("Thôn 1", "Thôn 2", "Thôn Đồng Cửa")
HEADS = (
    ("STT", "STT"), ("Họ và tên chủ sử dụng đất", "Họ và tên chủ sử dụng đất"), ("Thửa đất", "Tờ BĐ số"), ("Thửa đất", "Thửa đất số"),
    ("Loại đất", "Loại đất"), ("Diện tích (m²)", "Theo GCN"), ("Diện tích (m²)", "Thu hồi"), ("Kiểm đếm", "Số biên bản"),
    ("Kiểm đếm", "Ngày"), ("Chi trả (triệu đồng)", "Ngày"), ("Chi trả (triệu đồng)", "Số tiền"), ("Bàn giao mặt bằng", "Bàn giao mặt bằng"),
    ("Ghi chú", "Ghi chú"),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The workbook, and by a second way what it holds: (name, sheet, number, area) of each row."""
    path = tmp_path_factory.mktemp("Hồ sơ GPMB") / "Theo dõi GPMB xã Hoàng Sơn.xlsx"
    held: list[tuple[str, str, str, Decimal]] = []
    with xlsxwriter.Workbook(path) as book:
        for zone in ("KCN Phú Quý", "CCN Hoàng Sơn"):
            write_sheet(book, zone, held)
        other = book.add_worksheet("Tổng hợp")
        other.write_column("A1", ["BIỂU TỔNG HỢP", "Tổng diện tích thu hồi", "Tổng số hộ"])
    return path, held


def write_sheet(book, zone, held):
    sheet, day = book.add_worksheet(zone), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range("A1:E1", "ỦY BAN NHÂN DÂN XÃ HOÀNG SƠN")
    sheet.merge_range("A3:M3", f"DANH SÁCH THEO DÕI KIỂM ĐẾM, CHI TRẢ, BÀN GIAO {zone.upper()}")
    header(sheet, 4)
    sheet.write_row(6, 0, [f"({number})" for number in range(1, 14)])
    row, stt, all_of_it = 7, 0, Decimal(0)
    for hamlet in HAMLETS:
        sheet.merge_range(row, 0, row, 12, hamlet)
        row, of_hamlet = row + 1, Decimal(0)
        for index in range(20):
            stt += 1
            size = index % 3 + 1
            name = f"{FAMILIES[index % 5]} Văn Mẫu"
            if size > 1 and index % 2:
                sheet.merge_range(row, 0, row + size - 1, 0, stt)
                sheet.merge_range(row, 1, row + size - 1, 1, name)
            else:
                sheet.write(row, 0, stt)
                sheet.write(row, 1, name)
            for part in range(size):
                area = Decimal(stt * 10 + part) + Decimal("0.1")
                number = f"{stt}a" if part else stt
                sheet.write_row(row, 2, [7, number, "LUC", float(area) + 5, float(area), f"{stt:02}/BB-KĐ"])
                sheet.write_datetime(row, 8, date(2025, 9, 9), day)
                sheet.write_row(row, 9, ["09/9/2025", float(area) / 10, "x" if index % 4 else "chưa"])
                held.append((name, "7", str(number), area))
                of_hamlet += area
                row += 1
        sheet.write(row, 1, f"Cộng {hamlet}")
        sheet.write_formula(row, 6, "=SUM(G1:G2)", None, float(of_hamlet))
        all_of_it += of_hamlet
        row += 1
    sheet.write(row, 1, "TỔNG CỘNG: 60 hộ")
    sheet.write_formula(row, 6, "=SUM(G1:G2)", None, float(all_of_it))
    sheet.write(row + 2, 1, "Ghi chú: diện tích lấy theo trích đo")
    sheet.write(row + 3, 8, "Hoàng Sơn, ngày 05 tháng 3 năm 2026")
    sheet.write_row(row + 4, 1, ["NGƯỜI LẬP BIỂU", None, "CÁN BỘ ĐỊA CHÍNH"])


def header(sheet, top):
    column = 0
    while column < len(HEADS):
        upper, lower = HEADS[column]
        last = max(index for index, (text, _) in enumerate(HEADS) if text == upper)
        if upper == lower:
            sheet.merge_range(top, column, top + 1, column, upper)
        else:
            sheet.merge_range(top, column, top, last, upper)
            sheet.write_row(top + 1, column, [text for _, text in HEADS[column : last + 1]])
        column = last + 1


@pytest.fixture(scope="module")
def found(made):
    tables, problems = read_tables(made[0])
    return tracking_list(tables, problems=problems)


def test_ugly_workbook__nothing_is_lost(made, found):
    held = made[1]
    assert [(r.household_name, r.sheet, r.number, r.recovered_area_m2) for r in found.rows] == held
    assert found.computed["recovered_area_m2"] == sum(area for *_, area in held)
    assert [p for p in found.problems if p.severity == "refused"] == []
    assert found.counts.all == sum(any(c is not None for c in row) for t in found.tables for row in t.rows)
    assert (found.counts.sections, found.counts.totals) == (6, 8)


def test_ugly_workbook__households_hamlets_and_zones(found):
    assert Counter(r.zone for r in found.rows) == {"KCN Phú Quý": 117, "CCN Hoàng Sơn": 117}
    assert Counter(r.hamlet for r in found.rows) == dict.fromkeys(HAMLETS, 78)
    assert len({(r.zone, r.household_key) for r in found.rows}) == 120


def test_ugly_workbook__its_own_totals_are_ours(found):
    assert all(total.stated == total.computed for total in found.own_totals)
    assert len([total for total in found.own_totals if total.meaning == "recovered_area_m2"]) == 8


def test_ugly_workbook__amounts_in_millions_are_whole_dong(found):
    first = next(one for one in found.rows[0].milestones if one.milestone == "paid")
    assert (first.on, first.amount_vnd) == (date(2025, 9, 9), 1_010_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ugly_workbook__each_problem_has_its_sentence_and_names_nobody(found, language):
    texts = Texts(language)
    for problem in found.problems:
        assert isinstance(problem, Problem)
        assert not any(f"{family} Văn" in texts.problem(problem) for family in FAMILIES)
