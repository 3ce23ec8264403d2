"""Lists that would count land twice, twins of one name, months that are not over: figures by hand."""

from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from listworld import CCN, NOW, ON, make_empty, names, read, stamp, zone

from gis.errors import ImportRefusedError
from gis.ledger.facts import Opening
from gis.project.office_list import import_list, preview_list
from gis.project.office_list_columns import read_office_list
from gis.project.office_list_rows import ListAnswers
from gis.project.office_list_undo import undo_list

HEAD = (
    *("STT", "Họ và tên", "Thôn", "Xã cũ", "Khu", "Số tờ", "Số thửa", "Loại đất", "Diện tích thu hồi (m2)"),
    *("Phần", "Ngày bàn giao mặt bằng"),
)


def row(stt, name, number, area, part="", handed=""):
    return f'{stt},{name},Thôn 1,Hoằng Xuyên,CCN Hoàng Sơn,7,{number},LUC,"{area}",{part},{handed}'


@pytest.fixture
def empty(place, tmp_path):
    opened = make_empty(tmp_path, place.url)
    yield opened
    opened.close()


def tracked(project, tmp_path, rows):
    return read(project, tmp_path, rows, head=",".join(HEAD) + "\n")


def took(project, tmp_path, rows, request, now=NOW, **answers):
    return import_list(project, tracked(project, tmp_path, rows), stamp(request, now), ListAnswers(**answers))


def looked(project, tmp_path, rows):
    return preview_list(project, tracked(project, tmp_path, rows), ON)


def workbook(path, sheets):
    """A workbook whose sheets have rows written as `row` writes them."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            for at, text in enumerate(rows, start=1):
                cells = text.replace('"', "").split(",")
                for place, cell in enumerate(cells):
                    sheet.write_string(at, place, cell)
    return path


def test_import_list__twins_of_one_name_on_one_parcel_stay_themselves(empty, tmp_path):
    """Two Nguyễn Văn An of one hamlet hold half of parcel 2 each; only the second handed over."""
    rows = [row(1, "Nguyễn Văn An", 2, 450, "1/2"), row(2, "Nguyễn Văn An", 2, 450, "1/2", "05/03/2026")]
    took(empty, tmp_path, rows, "first")
    assert len(names(empty)) == 2
    head = empty.refresh()
    assert took(empty, tmp_path, rows, "again").seqs == ()
    assert empty.refresh() == head
    newer = [rows[0] + "06/03/2026", rows[1], row(3, "Lê Văn Thử", 3, 10)]
    done = took(empty, tmp_path, newer, "newer")
    assert done.preview.changed == ()
    assert (done.preview.new, done.preview.same, done.preview.openings) == (1, 2, 1)
    assert "problem.list_same_land" in [one.message for one in done.warnings]
    assert zone(empty.snapshot(ON), CCN).cleared_ha == pytest.approx(0.09, abs=1e-12)


def test_import_list__a_sheet_for_each_month_is_refused_and_one_of_them_taken(empty, tmp_path):
    february = [row(1, "Nguyễn Văn Mẫu", 1, 100), row(2, "Lê Văn Thử", 2, "200.5")]
    # In March somebody was added above: the numbers moved.
    march = [row(1, "Trần Văn Vờ", 3, 50), row(2, "Nguyễn Văn Mẫu", 1, 100), row(3, "Lê Văn Thử", 2, "200.5")]
    file = workbook(tmp_path / "theo doi.xlsx", {"Tháng 2": february, "Tháng 3": march})
    shown = preview_list(empty, read_office_list(empty.folder, file), ON)
    refused = [(one.source, one.facts["row"]) for one in shown.refused]
    assert refused == [("theo doi.xlsx, Tháng 3, row 3", 2), ("theo doi.xlsx, Tháng 3, row 4", 3)]
    with pytest.raises(ImportRefusedError):
        import_list(empty, read_office_list(empty.folder, file), stamp("both"))
    import_list(empty, read_office_list(empty.folder, file, ["Tháng 3"]), stamp("one"))
    assert zone(empty.snapshot(ON), CCN).listed_ha == pytest.approx(0.03505, abs=1e-12)


def test_import_list__a_copied_row_is_refused_equal_shares_of_twins_are_not(empty, tmp_path):
    copied = [row(1, "Nguyễn Văn Mẫu", 1, 100), row(1, "Nguyễn Văn Mẫu", 1, 100)]
    assert [one.message for one in looked(empty, tmp_path, copied).refused] == ["problem.list_land_again"]
    pieces = [row(1, "Nguyễn Văn Mẫu", 1, 100), row(1, "Nguyễn Văn Mẫu", 1, 60)]
    assert looked(empty, tmp_path, pieces).refused == ()


def test_read_office_list__a_sheet_that_is_not_there(empty, tmp_path):
    file = workbook(tmp_path / "a.xlsx", {"Tháng 2": [row(1, "Nguyễn Văn Mẫu", 1, 100)]})
    found = read_office_list(empty.folder, file, ["Tháng 9"])
    (problem,) = (one for one in found.problems if one.message == "problem.list_no_such_sheet")
    assert problem.facts == {"found": "Tháng 9", "known": "Tháng 2"}


def test_import_list__a_month_that_is_not_over_is_known_up_to_today(empty, tmp_path):
    """Tháng 3/2026 on 10 March; the same file in April says nothing new, "tháng 4" is a change."""
    rows = [row(1, "Nguyễn Văn Mẫu", 1, 100, handed="tháng 3/2026"), row(2, "Lê Văn Thử", 2, 50, handed=2026)]
    took(empty, tmp_path, rows, "march")
    days = [(one.on, one.fact.not_later_than) for one in empty.entries() if isinstance(one.fact, Opening)]
    assert days == [(ON, True), (ON, True)]
    april = datetime(2026, 4, 20, 2, tzinfo=UTC)
    assert took(empty, tmp_path, rows, "april", april).seqs == ()
    other = [rows[0].replace("3/2026", "4/2026"), rows[1]]
    shown = preview_list(empty, tracked(empty, tmp_path, other), date(2026, 4, 20))
    assert [(one.old, one.new) for one in shown.changed] == [("2026-03-10", "2026-04-20")]


def test_preview_list__tells_what_the_ledger_would_refuse(empty, tmp_path):
    rows = [row(1, "Nguyễn Văn Mẫu", 1, 100, handed="11/03/2026")]
    assert [one.message for one in looked(empty, tmp_path, rows).refused] == ["refused.future_day"]
    shares = [row(1, "Nguyễn Văn Mẫu", 1, 100, "1/2"), row(2, "Lê Văn Thử", 1, 100, "2/3")]
    assert [one.severity for one in looked(empty, tmp_path, shares).problems] == ["refused"]


def test_preview_list__more_than_its_zone_is_refused_and_more_than_the_plan_told(empty, tmp_path):
    """The plan of CCN Hoàng Sơn is 50 ha: 500 m² under a header in ha would be 500 ha."""
    rows = [row(1, "Nguyễn Văn Mẫu", 1, 500)]
    text = read(empty, tmp_path, rows, head=",".join(HEAD).replace("(m2)", "(ha)") + ",\n")
    found = preview_list(empty, text, ON)
    assert [one.message for one in found.refused] == ["problem.list_beyond_zone"]
    wide = [row(1, "Nguyễn Văn Mẫu", 1, 300_000), row(2, "Lê Văn Thử", 2, 300_000)]
    shown = looked(empty, tmp_path, wide)
    assert [(one.message, one.facts["recovered"]) for one in shown.problems] == [
        ("problem.list_beyond_plan", 60.0)
    ]


def test_import_list__a_newer_file_counts_from_its_own_days(empty, tmp_path):
    """Parcel 2 stands first in the file of 20 April and was handed over on 5 March: cleared on 6 March."""
    first = [row(1, "Nguyễn Văn Mẫu", 1, 100, handed="01/03/2026")]
    took(empty, tmp_path, first, "march")
    newer = [first[0].replace('"100"', '"99.5"'), row(2, "Lê Văn Thử", 2, 50, handed="05/03/2026")]
    april = datetime(2026, 4, 20, 2, tzinfo=UTC)
    known = empty.refresh().seq
    done = took(empty, tmp_path, newer, "april", april, changes="take")
    days = [(date(2026, 3, 4), 0.00995), (date(2026, 3, 6), 0.01495), (date(2026, 4, 20), 0.01495)]
    for on, hectares in days:
        assert zone(empty.snapshot(on), CCN).cleared_ha == pytest.approx(hectares, abs=1e-12)
    # As it was known before that file.
    assert zone(empty.snapshot(date(2026, 3, 6), known), CCN).cleared_ha == pytest.approx(0.01, abs=1e-12)
    undo_list(empty, done.seqs[0], "nhập nhầm", stamp("undo", april))
    for on in (date(2026, 3, 6), date(2026, 4, 20)):
        assert zone(empty.snapshot(on), CCN).cleared_ha == pytest.approx(0.01, abs=1e-12)
    assert empty.verify()[0] == []


def test_read_office_list__no_file_and_a_folder_get_one_sentence(empty, tmp_path):
    for path in (tmp_path / "khong co.xlsx", tmp_path):
        found = preview_list(empty, read_office_list(empty.folder, path), ON)
        assert [one.message for one in found.problems] == ["problem.sheet_no_file"]
