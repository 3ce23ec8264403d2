"""The overview's figures, sentences, pieces and lists on the map's small world, by hand."""

import re
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import WrongViewError
from gis.ledger.facts import Holding, Milestone, Money, ObjectListed, ObstacleOpened
from gis.plan import empty_plan_text, parse_plan
from gis.texts import Texts
from gis.web import overview_view as view
from gis.web.overview_figures import Overview, pace_sentence, report_line, year_sentence
from gis.web.overview_links import Links
from gis.web.overview_listed import Asked, require_known
from gis.web.overview_lists import LISTS
from gis.web.overview_view import Shown

sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
import mapworld
from mapworld import day

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import entries

VI, EN = Texts("vi"), Texts("en")
EAST_ZONE = "kcn-phu-quy-con-lai"
TARGET = '\n[[targets]]\nyear = 2026\narea_ha = 4\nsource = "nguồn"\n'
# H1 hands P000001 over and has 900 of 1000 đồng; half of P000002 is handed over, and it is stuck twice.
LEDGER = entries(
    (1, Holding("P000001", "H1", Fraction(1))),
    (1, Holding("P000002", "H2", Fraction(1, 2))),
    (1, Holding("P000002", "H4", Fraction(1, 2))),
    (3, ObstacleOpened("P000002", None, "price")),
    (5, Milestone("P000001", "H1", "handed_over", "BB-1")),
    (6, Milestone("P000002", "H4", "handed_over", "BB-2")),
    (7, ObstacleOpened("P000002", "H2", "graves")),
    (8, Money("P000001", "H1", "approved", 1_000, None, None)),
    (8, Money(None, "H1", "paid", 700, None, None)),
    (9, Money("P000001", "H1", "deposited", 300, None, None)),
    (9, Money("P000001", "H1", "withdrawn", 200, None, None)),
    (9, ObjectListed("P000001", None, "grave_built", 1)),
)


def found(on=9, plan="", ledger=LEDGER, known=None):
    snapshot = mapworld.snapshot(day(on), known, ledger)
    if plan:
        snapshot = type(snapshot)(
            parse_plan(empty_plan_text() + plan, "project.toml"),
            snapshot.boundaries,
            snapshot.state,
            snapshot.head,
        )
    return Overview(snapshot, {})


def listed(what, asked=None, of=None):
    return LISTS[what](of or found(), asked or Asked(), (), VI)


def test_report_line__names_its_whole_and_says_money_and_households():
    assert report_line(found(), VI) == (
        "Tính đến 09/01/2026: đã bàn giao 1,00/250 ha (0,40% mục tiêu của kế hoạch), 2/3 hộ, tổ chức; "
        "đã chi trả 900 đ; còn vướng 1 hộ, tổ chức."
    )
    assert "0.40% of the plan's goal" in report_line(found(), EN)


def test_report_line__says_where_later_entries_are_left_out():
    """Six of twelve entries: half of P000002 is handed over, no money is known."""
    said = report_line(found(known=6), VI)
    assert said.endswith("1 hộ, tổ chức. (Theo sổ theo dõi đến số 6, chưa tính 6 số ghi sau đó.)")
    assert "chưa tính" not in report_line(found(known=len(LEDGER)), VI)


def test_report_line__of_an_earlier_day_and_of_what_was_known_then():
    assert "đã bàn giao 0,00/250 ha" in report_line(found(on=4), VI)
    assert "đã chi trả 0 đ" in report_line(found(known=7), VI)
    assert "đã bàn giao 0,00/250 ha" in report_line(found(known=4), VI)


def test_overview__months_and_the_year():
    """1 ha on 5 January; 3 of 4 ha are left for 356 days, 11.696 mean months."""
    made = found(plan=TARGET)
    assert [one.cleared_ha for one in made.months] == [0.0] * 11 + [1.0]
    assert (made.year.done_ha, made.year.remaining_ha) == (1.0, 3.0)
    assert made.year.needed_ha == pytest.approx(3 * 365.2425 / 12 / 356)
    assert year_sentence(made, VI) == "Chỉ tiêu năm 2026: đã bàn giao 1,00/4 ha (25,00%), cần 0,26 ha/tháng."
    assert year_sentence(found(), VI).startswith("Chưa có chỉ tiêu năm 2026")
    reached = year_sentence(found(plan=TARGET.replace("= 4", "= 1")), VI)
    assert reached == "Chỉ tiêu năm 2026: đã bàn giao 1,00/1 ha (100,00%), đã đạt."


def test_pace_sentence__what_each_month_must_give():
    """249 ha in 1817 days, 59.697 mean months, are 4.171 ha a month; 1 ha in six months is 0.167."""
    assert pace_sentence(found(), VI) == (
        "Sáu tháng gần đây bàn giao bình quân 0,17 ha/tháng. Để đạt mục tiêu đúng hạn 31/12/2030 "
        "(60 tháng nữa) cần 4,17 ha/tháng: phải nhanh hơn."
    )


@pytest.mark.parametrize(
    ("what", "asked", "total", "parcels"),
    [
        ("ban-giao", Asked(), "1 thửa, 1,00 ha", ["P000001"]),
        ("ban-giao", Asked(zone=EAST_ZONE), "0 thửa, 0,00 ha", []),
        ("ban-giao", Asked(first=date(2026, 1, 5), last=date(2026, 1, 5)), "1 thửa, 1,00 ha", ["P000001"]),
        ("ban-giao", Asked(first=date(2026, 1, 6), last=date(2026, 1, 31)), "0 thửa, 0,00 ha", []),
        ("mat-bang-sach", Asked(), "0 thửa, 0,00 ha", []),
        ("da-ky", Asked(), "2 thửa, 1,50 ha", ["P000001", "P000002"]),
        ("vuong", Asked(), "1 thửa, 1,00 ha", ["P000002"]),
        ("vuong", Asked(category="graves", age=0), "1 thửa, 1,00 ha", ["P000002"]),
        ("vuong", Asked(age=1), "0 thửa, 0,00 ha", []),
        ("tinh-trang", Asked(kind="no_holder"), "1 thửa, 0,20 ha", ["F000001"]),
        ("con-lai", Asked(), "2 thửa, 1,20 ha", ["P000002", "F000001"]),
        ("con-lai", Asked(zone=EAST_ZONE), "2 thửa, 1,10 ha", ["P000002", "F000001"]),
    ],
)
def test_lists__sum_to_the_figure_that_opens_them(what, asked, total, parcels):
    made = listed(what, asked)
    assert made.total == total
    assert [row.parcels[0] for row in made.rows] == parcels


def test_lists__each_line_has_its_entries():
    assert listed("ban-giao").rows[0].seqs == (5,)
    assert listed("vuong").rows[0].seqs == (4, 7)
    assert listed("da-ky").rows[1].seqs == (6,)
    assert listed("con-lai").rows[0].seqs == (4, 7)
    assert [row.seqs for row in listed("chi-tra").rows] == [(11,), (9,)]


def test_lists__households_by_code_and_money_to_the_dong():
    """H4 handed over its half: the parcel's obstacle is none of its own any more."""
    handed, stuck, paid = (listed(what) for what in ("ho-ban-giao", "ho-vuong", "chi-tra"))
    assert [row.cells[0] for row in handed.rows] == ["H1", "H4"]
    assert [(row.cells[0], row.seqs) for row in stuck.rows] == [("H2", (4, 7))]
    assert paid.total == "900 đ trong 2 lần ghi"
    made = found()
    assert made.households["commune"].handed_over == len(handed.rows)
    assert made.households["commune"].stuck == len(stuck.rows)
    assert made.money.paid == 900


def test_lists__the_three_wholes_have_their_sources():
    rows = listed("mau-so").rows
    assert rows[0].cells[2] == "250"
    assert "khoảng 250 ha" in rows[0].cells[3]
    plan = [row.cells for row in rows if row.cells[1] == "Toàn xã"]
    assert [cells[2] for cells in plan] == ["257,4", "2,86"]


@pytest.mark.parametrize(
    "asked", [Asked(zone="mars"), Asked(category="x"), Asked(age=9), Asked(status="late"), Asked(kind="done")]
)
def test_require_known__refuses_what_no_list_is_of(asked):
    with pytest.raises(WrongViewError):
        require_known(asked, found())


def pieces(links):
    shown = Shown(found(plan=TARGET), VI, links)
    return view.headline(shown) + view.denominators(shown) + view.panels(shown) + view.zone_table(shown)


def test_view__every_figure_opens_a_list_that_there_is():
    html = pieces(Links(date(2026, 1, 9), 12, "vi"))
    addresses = re.findall(r'href="([^"]+)"', html)
    assert len(addresses) > 40
    assert {
        re.match(r"/so-lieu/([a-z-]+)\?on=2026-01-09&amp;known=12&amp;lang=vi", one)[1] for one in addresses
    } <= set(LISTS)
    for figure in ("1,00", "0,40%", "1,00/116,8 ha", "2/3 hộ, tổ chức đã bàn giao"):
        assert re.search(rf"<a [^>]+>{re.escape(figure)}</a>", html)


def test_view__a_screen_without_links_has_nothing_to_press():
    assert not re.search(r"<(a|button|input)\b", pieces(None))


def test_view__what_a_plan_says_is_escaped():
    plan = empty_plan_text().replace('name = "CCN Hoàng Sơn"', 'name = "<script>x</script>"')
    made = found()
    snapshot = type(made.snapshot)(
        parse_plan(plan, "project.toml"), made.snapshot.boundaries, made.snapshot.state, made.snapshot.head
    )
    shown = Shown(Overview(snapshot, {}), VI, Links(date(2026, 1, 9), 12, "vi"))
    html = view.panels(shown) + view.zone_table(shown)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_actions__the_line_is_copied_as_it_stands():
    html = view.actions(Links(date(2026, 1, 9), 12, "vi"), 'a "b" <c>', VI, present=True)
    assert 'data-gp-copy="a &quot;b&quot; &lt;c&gt;"' in html
    assert 'href="/trinh-chieu?lang=vi"' in html
    assert (
        "known=12"
        in view.actions(Links(date(2026, 1, 9), 12, "vi"), "", VI, present=False).split("trinh-chieu")[1]
    )
