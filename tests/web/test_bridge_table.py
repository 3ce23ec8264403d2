"""The bridge as HTML and CSV: the same figures as the bridge, no names, an alarm where it does not add up."""

import csv
import io
import sys
from pathlib import Path

import pytest

from gis.clearance.bridge_lines import Bridge, Moment, ZoneBridge
from gis.project.bridge import bridge
from gis.texts import Texts
from gis.web import bridge_table

sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from bridgeworld import FIRST, day, entries, holds, reaches, snapshots, version, voids

VI, EN = Texts("vi"), Texts("en")
# 4, 5: An and Binh hold P1 and P2. 6: P2 on day 5, cancelled by 9. 7: P1 on day 15. 8: zones redrawn on day 16.
LEDGER = entries(
    *FIRST,
    (1, holds("P1", "AN")),
    (1, holds("P2", "BINH")),
    (5, reaches("P2", "BINH", "handed_over", "BB-2")),
    (15, reaches("P1", "AN", "handed_over", "=1+1")),
    (16, version("zones", "zones-2")),
    (None, voids("P2", 6)),
)
LABELS = {"P1": "15910/7/1", "P2": "15910/7/2"}
ZONES = {"kcn-phu-quy-gd1": "Giai đoạn 1 <b>"}


@pytest.fixture(scope="module")
def made():
    return bridge(snapshots(LEDGER), LEDGER, Moment(day(10), 6), Moment(day(20), 9))


def test_sentence__says_both_figures_and_each_cause(made):
    """P2 is taken back, P1 comes: 1 ha each."""
    said = bridge_table.sentence(made, VI)
    assert (
        "tăng và giảm bù nhau, diện tích đã bàn giao đầu kỳ 1,0000 ha, cuối kỳ 1,0000 ha: bàn giao mới +1,0000 ha; "
        in said
    )
    assert "ghi bổ sung, đính chính −1,0000 ha" in said
    fell = bridge(snapshots(LEDGER), LEDGER, made.start, Moment(day(10), 9))
    assert "giảm 1,0000 ha, từ 1,0000 ha xuống 0,0000 ha: ghi bổ sung" in bridge_table.sentence(fell, VI)
    rose = bridge(snapshots(LEDGER), LEDGER, Moment(day(10), 9), made.end)
    assert "tăng 1,0000 ha, từ 0,0000 ha lên 1,0000 ha: bàn giao mới" in bridge_table.sentence(rose, VI)
    same = bridge(snapshots(LEDGER), LEDGER, made.end, made.end)
    assert "neither rose nor fell: 1.0000 ha and 1.0000 ha" in bridge_table.sentence(same, EN)


def test_steps__each_bar_begins_where_the_last_ended(made):
    """Scale 2 ha: before 1, cleared to 2, corrected back to 1, after 1."""
    drawn = bridge_table.steps(made.zones[0], VI)
    places = [part.split('"')[0] for part in drawn.split('style="')[1:]]
    assert places == [
        "margin-left:0.000%;width:50.000%",
        "margin-left:50.000%;width:50.000%",
        "margin-left:50.000%;width:50.000%",
        "margin-left:0.000%;width:50.000%",
    ]
    assert [kind for kind in ("row up", "row down") if kind in drawn] == ["row up", "row down"]


def test_zone_table__causes_that_there_are_and_those_that_there_are_not(made):
    drawn = bridge_table.zone_table(made, VI)
    assert '<th class="num">Bàn giao mới</th>' in drawn
    assert '<th class="num">Đo đạc lại, tách, hợp thửa</th>' not in drawn
    assert "Trong kỳ không có: biến động người sử dụng đất; đo đạc lại" in drawn


def test_line_html__parcels_by_their_label_with_what_their_entries_say(made):
    corrected = made.zones[0].line("corrected")
    drawn = bridge_table.line_html(corrected, LABELS, ZONES, LEDGER, VI)
    assert "15910/7/2" in drawn
    assert "Số 9 · Hủy ghi nhận số 6 · ghi sổ 01/01/2026" in drawn
    assert "Giai đoạn 1 &lt;b&gt;" in drawn
    assert (
        bridge_table.line_title(corrected, EN)
        == "Recorded late or corrected: −1.0000 ha · 1 parcel · 1 entry"
    )


def test_line_html__a_long_list_says_how_much_more_there_is(made, monkeypatch):
    monkeypatch.setattr(bridge_table, "CHANGES_SHOWN", 0)
    drawn = bridge_table.line_html(made.zones[0].lines[0], LABELS, ZONES, LEDGER, VI)
    assert "Còn 1 dòng nữa trong tệp tải về." in drawn


def test_entry_words__each_kind_that_moves_hectares():
    from gis.ledger.facts import Succession

    said = [bridge_table.entry_words(entry, EN) for entry in LEDGER]
    assert said[0] == "Entry 1 · New boundaries: zones · of 01/01/2026 · written 01/01/2026"
    assert "AN" in said[3]
    assert "BB-2 · of 05/01/2026" in said[5]
    split = entries((1, Succession((("P1", "P2", 1),))))[0]
    assert "Entry 1 · " in bridge_table.entry_words(split, EN)


def test_csv_bytes__a_parcel_of_a_foreign_file_is_no_formula(made):
    """The number of a parcel is whatever stood in the file that somebody brought."""
    odd = {parcel: f"=HYPERLINK({at})" for at, parcel in enumerate(LABELS)}
    told = bridge_table.csv_bytes(made, odd, ZONES, LEDGER, VI).decode()
    assert ";'=HYPERLINK(" in told
    assert ";=HYPERLINK(" not in told


def test_csv_bytes__excel_reads_vietnamese_and_numbers(made):
    content = bridge_table.csv_bytes(made, LABELS, ZONES, LEDGER, VI)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == [bridge_table.sentence(made, VI)]
    assert [row[1:6] for row in rows[3:]] == [
        ["Bàn giao mới", "15910/7/1", "P1", "10.000,0", "7"],
        ["Ghi bổ sung, đính chính", "15910/7/2", "P2", "-10.000,0", "9"],
    ]
    # What somebody typed never stands first in a cell, where Excel would take it for a formula.
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_check__an_alarm_names_the_zone(made):
    assert "gp-good" in bridge_table.check(made, VI)
    silent = Bridge(made.start, made.end, (ZoneBridge("z", "Khu <1>", None, 0.0, 10_000.0, ()),))
    drawn = bridge_table.check(silent, VI)
    assert 'role="alert"' in drawn
    assert "Khu &lt;1&gt;: giải trình không khớp: chênh lệch của khu z là 10.000,0 m²" in drawn
