"""Đợt as HTML: what is escaped, what is counted, what a long list comes down to."""

from datetime import date

from gis.deadlines import DEFAULT_DEADLINES
from gis.errors import Problem
from gis.ledger.batches import Batch, Document
from gis.ledger.due import Due
from gis.plan import empty_plan_text, parse_plan
from gis.project.batches import BatchFigures, Review
from gis.store.register import Household
from gis.texts import Texts
from gis.web import batch_view as view

VI, EN = Texts("vi"), Texts("en")
PAYMENT = DEFAULT_DEADLINES.regimes["luat-2024"].rules[-1]
DAY = date(2026, 11, 10)
PLAN = parse_plan(empty_plan_text(), "project.toml")
DOCUMENT = Document(9, "QĐ <1>", DAY, date(2026, 11, 12), "plan_approved", None)
BATCH = Batch("D1", "Đợt *1* <b>", None, "luat-2024", DAY, 8, {"H1": DAY, "H2": DAY}, (DOCUMENT,))
FIGURES = BatchFigures({"H1": (), "H2": ()}, {"kcn-phu-quy-gd1": 1.5}, {}, {}, {9: (1, 3)})
PEOPLE = view.People({"H1": Household("H1", "Lê <i>Đạt</i>", "household", "Thôn 1", "15910")}, {"P1": "7/1"})


def row(household="H1", days=-3, status="overdue", rule=PAYMENT, batch="D1"):
    return Due(batch, household, ("P1",), rule, DAY, DAY, days, status, longest=False)


def test_line__a_name_is_no_markup_and_an_empty_batch_says_so():
    assert r"**D1 · Đợt \*1\* \<b\>**" in view.line(BATCH, FIGURES, [row()], VI)
    assert "quá hạn 1 hộ" in view.line(BATCH, FIGURES, [row(), row()], VI)
    empty = Batch("D2", "Đợt 2", None, "luat-2024", DAY, 8, {})
    assert "Chưa có hộ nào" in view.line(empty, FIGURES, [], VI)


def test_summary__a_household_counts_once_in_all_batches():
    rows = [row(), row(batch="D2"), row("H2", 4, "due"), row("H3", 40, "open")]
    assert view.summary(rows, 15, EN).startswith("Overdue: 1 household; due in the next 15 days: 1 household")


def test_deadlines_table__one_line_for_a_rule_with_its_source():
    html = view.deadlines_table([row(), row("H2", 4, "due"), row("H3", 40, "open")], VI)
    assert html.count("<tr") == 2
    assert "Chi trả tiền bồi thường" in html
    assert PAYMENT.source in html
    assert "mã đất ghép" not in html
    assert "Không có thời hạn" in view.deadlines_table([], VI)


def test_rule_name__a_projects_own_title_comes_first():
    assert view.rule_name(PAYMENT, EN) == "Payment of compensation"
    assert view.rule_name(PAYMENT.model_copy(update={"title": "Trả tiền"}), EN) == "Trả tiền"
    assert view.rule_name(PAYMENT.model_copy(update={"id": "own"}), EN) == "own"


def test_pressing_table__names_are_escaped_and_days_are_said():
    html = view.pressing_table([row(), row("H2", 4, "due"), row("H3", 40, "open")], PEOPLE, VI)
    assert "Lê &lt;i&gt;Đạt&lt;/i&gt; · H1" in html
    assert "quá hạn 3 ngày" in html
    assert "còn 4 ngày" in html
    assert "H3" not in html


def test_documents_table__says_what_is_carried_out():
    html = view.documents_table(BATCH, FIGURES, lambda _: "Chủ tịch <x>", VI)
    assert "QĐ &lt;1&gt;" in html
    assert "hiệu lực từ 12/11/2026" in html
    assert "Chủ tịch &lt;x&gt;" in html
    assert "đã ghi cho 1/2 hộ, 3 thửa" in html
    assert 'style="width:50.00%"' in html


def test_review_html__a_long_list_comes_down_to_a_few_lines_and_a_count():
    skipped = tuple(
        Problem(f"7/{n}", "refused.not_a_member", {"household": f"H{n}", "batch": "D1"}) for n in range(100)
    )
    found = Review(2, 3, {"kcn-phu-quy-gd1": 1.5}, 7_000_000, 5, skipped, (), ())
    html = view.review_html(found, DOCUMENT, PLAN, VI)
    assert "7.000.000 đ" in html
    assert html.count("<li>") == 7
    assert "và 94 dòng tương tự" in html
    nothing = Review(0, 0, {}, 0, 0, skipped, (), ())
    assert "không còn gì để ghi" in view.review_html(nothing, DOCUMENT, PLAN, VI)


def test_people__many_parcels_are_cut_and_counted():
    labels = {f"P{n}": f"7/{n}" for n in range(20)}
    assert view.People({}, labels).parcels(labels).endswith("7/11 … +8")
