"""The proof card: what it says of a parcel, to whom, and what it never says."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from landworld import NOW, ON, make_project, stamp
from starlette.applications import Starlette

from gis.ledger.entry import Attachment
from gis.ledger.marks import Mark
from gis.project.proof import proof
from gis.texts import Texts
from gis.web.proof import proof_html
from gis.web.proof_routes import proof_link, proof_routes

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import answer, http_scope

SCAN = Attachment("ab" * 32, "application/pdf", 2048)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Parcel 1 handed over by An with minutes and scan; parcel 2 only by Binh, of An and Binh."""
    opened = make_project(tmp_path_factory.mktemp("proof"))
    opened.mark(Mark(("P000001",), "handed_over", ON, "BB-1", attachments=(SCAN,)), stamp("a"))
    wrong = opened.mark(Mark(("P000002",), "handed_over", ON, "BB-2", "AN"), stamp("b")).seqs
    opened.void(wrong, "<b>nhầm</b> hộ", stamp("c"))
    opened.mark(Mark(("P000002",), "handed_over", ON, "BB-3", "BINH"), stamp("d"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def get(project):
    """A call get(address) -> (status, text)."""
    app = Starlette(routes=proof_routes(lambda: project))

    def asked(address):
        path, _, query = address.partition("?")
        status, headers, body = answer(app, http_scope(path, query=query))
        assert headers["cache-control"] == "private, no-store"
        return status, body.decode()

    return asked


def test_proof__a_cleared_parcel_rests_on_its_minutes(project):
    found = proof(project, "15910/7/1", ON)
    assert found.cleared
    (handed,) = [one for one in found.grounds if one.condition == "handed_over"]
    assert [line.entry.fact.document for line in found.lines if line.entry.seq in handed.seqs] == ["BB-1"]
    assert found.lines[-1].hash == project.ledger.hash_at(found.lines[-1].entry.seq)
    # The scan of this test lies nowhere and no register knows it; nothing else is wrong up to the printed head.
    messages = {problem.message for problem in project.verify([found.known])[0]}
    assert messages == {"verify.attachment_missing", "verify.attachment_row"}


def test_proof__the_missing_household_and_the_cancelled_entry_are_told(project):
    found = proof(project, "P000002", ON)
    assert not found.cleared
    assert [one.missing for one in found.grounds if one.condition == "handed_over"] == [("AN",)]
    (cancelled,) = [line for line in found.lines if line.voided_by]
    assert cancelled.entry.fact.document == "BB-2"
    page = proof_html(found, {}, NOW, Texts("vi"))
    assert "<s>" in page
    assert "&lt;b&gt;nhầm&lt;/b&gt; hộ" in page
    assert "<b>nhầm" not in page


def test_proof__of_a_day_before_it_was_cleared(project):
    assert not proof(project, "P000001", date(2026, 3, 9)).cleared


def test_route__a_page_without_names_unless_they_are_asked_for(get, project):
    status, page = get(proof_link("P000001", ON, project.refresh().seq, "vi"))
    assert status == 200
    assert [word in page for word in ("Phiếu căn cứ", "BB-1", "/attachments/abab")] == [True] * 3
    assert "Nguyễn Thị Mẫu" not in page
    named = proof_link("P000001", ON, project.refresh().seq, "vi", names=True)
    assert "Nguyễn Thị Mẫu" in get(named)[1]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/phieu-can-cu/P999999?on=2026-03-10", 404),
        ("/phieu-can-cu/P000001?on=yesterday", 400),
        ("/phieu-can-cu/P000001", 400),
        ("/phieu-can-cu/P000001?on=2026-03-10&known=99999", 400),
    ],
)
def test_route__refuses_in_a_sentence(get, address, status):
    found, page = get(address)
    assert found == status
    assert "Traceback" not in page
    assert len(page) > 30


def test_route__english_has_no_vietnamese_left_in_it(get):
    _, page = get(proof_link("P000001", ON, 3, "en"))
    assert "Proof card" in page
    assert "Căn cứ" not in page


def test_proof_html__says_when_it_was_made_in_vietnam(project):
    made = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)
    assert "11/03/2026 01:30" in proof_html(proof(project, "P000001", ON), {}, made, Texts("en"))
