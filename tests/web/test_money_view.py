"""Money as HTML and CSV: figures by hand, letters escaped, no names that nobody handed in."""

from datetime import date

from gis.ledger.accounts import Account, Line, Sums
from gis.ledger.entry import Draft
from gis.ledger.facts import Milestone, Money
from gis.ledger.money import RecordMoney
from gis.ledger.money_groups import BatchMoney, Late
from gis.texts import Texts
from gis.web import money_view as view
from gis.web.money_view import Labels

VI = Texts("vi")
DAY = date(2026, 3, 2)
LABELS = Labels({"P1": "15910/1/2"}, {}, {"D1": "Đợt 1 (D1)"})


def line(act, amount, seq=1, parcel="P1", document="QĐ <1>", batch=None):
    return Line(seq, DAY, act, amount, "H1", parcel, document, batch)


ACCOUNT = Account(
    "H1",
    Sums(1_500_000, 1_000_000, 200_000),
    (
        line("approved", 1_500_000),
        line("deposited", 1_200_000, 2),
        line("withdrawn", 1_000_000, 3, None, None, "D1"),
    ),
)
LATE = Late("H1", line("approved", 1_500_000), None, DAY, date(2026, 4, 1), 300_000, 12)


def test_totals_html__shares_of_what_is_approved():
    html = view.totals_html(ACCOUNT.sums, "1 hộ", VI)
    for said in ("1.500.000 đ", "1.000.000 đ", "200.000 đ", "300.000 đ", "66,67%", "13,33%", "20,00%"):
        assert said in html


def test_lines_html__what_remains_after_each():
    html = view.lines_html(ACCOUNT, LABELS, VI)
    cells = [row.split("</td>") for row in html.split("<tr")[2:]]
    after = [cell[3].rsplit(">", 1)[1] for cell in cells]
    assert after == ["1.500.000", "300.000", "300.000"]  # a withdrawal changes nothing
    assert "QĐ &lt;1&gt;" in html
    assert "Đợt 1 (D1)" in html


def test_batches_html__batch_decision_and_the_rest():
    rows = [
        BatchMoney("D1", None, Sums(10, 5, 0), 2),
        BatchMoney(None, "QĐ 7", Sums(3, 3, 0), 1),
        BatchMoney(None, None, Sums(0, 4, 0), 1),
    ]
    html = view.batches_html(rows, LABELS.batches, VI)
    assert html.index("Đợt 1 (D1)") < html.index("QĐ 7") < html.index(VI("money_page.no_approval"))


def test_accounts_csv__vietnamese_numbers_and_names_only_when_handed_in():
    plain = view.accounts_csv([ACCOUNT], [LATE], VI)
    assert plain.startswith("\ufeffMã hộ;Đã phê duyệt;Đã chi trả;Tiền gửi;Còn phải chi;Quá hạn\r\n")
    assert plain.splitlines()[1] == "H1;1.500.000;1.000.000;200.000;300.000;300.000"
    named = view.accounts_csv([ACCOUNT], [], VI, {"H1": "=HYPERLINK(1)"})
    assert named.splitlines()[1] == "H1;'=HYPERLINK(1);1.500.000;1.000.000;200.000;300.000;0"
    over = view.accounts_csv([Account("H1", Sums(0, 5, 0), ())], [], VI)
    assert over.splitlines()[1] == "H1;0;5;0;-5;0"


def test_late_csv__no_name():
    assert view.late_csv([LATE], LABELS, VI).splitlines()[1] == (
        "H1;300.000;15910/1/2;QĐ <1>;02/03/2026;01/04/2026;12"
    )


def test_review_html__before_after_and_what_is_marked():
    request = RecordMoney("H1", "withdrawn", 200_000, DAY, "GR <2>")
    drafts = (
        Draft(DAY, Money(None, "H1", "withdrawn", 200_000, "GR <2>", None)),
        Draft(DAY, Milestone("P1", "H1", "paid", "GR <2>")),
    )
    html = view.review_html(ACCOUNT, request, drafts, LABELS, VI)
    assert "1.200.000" in html
    assert "15910/1/2" in html
    assert "GR &lt;2&gt;" in html
    deposit = view.review_html(ACCOUNT, RecordMoney("H1", "deposited", 1, DAY), drafts[:1], LABELS, VI)
    assert VI("money_page.marks_deposit") in deposit.replace("&#x27;", "'")
