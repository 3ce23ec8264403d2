"""The commands of đợt on a copy of the sample: from an open đợt to a list that is applied, once."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import pytest

from gis.cli.main import run
from gis.project import Project


def call(*words, code=0):
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert (ended.value.code or 0) == code, complained.getvalue()
    return said.getvalue(), complained.getvalue()


@pytest.fixture
def gis(sample_copy):
    def ask(*words, code=0):
        return call(*words, "--project", sample_copy, code=code)

    zone = ("--zone", "kcn-phu-quy-gd1")
    ask("batch", "open", "Đợt 99", "--regime", "nq-254-2025", *zone, "--on", "01/11/2026", "--by", "lan")
    return ask


def of_d99(gis):
    """The đợt of these tests; the sample has others."""
    return next(one for one in as_json(gis, "batch", "list") if one["batch"] == "D99")


def as_json(gis, *words, code=0):
    return json.loads(gis(*words, "--json", code=code)[0])


def holders(folder, zone, count):
    """Households on land of a zone, from the frames themselves."""
    project = Project.open(folder)
    now = project.snapshot(project.plan.goal.by)
    parcels = [parcel for parcel, where in now.overlaps.index if where == zone]
    found = sorted({h.household for parcel in parcels for h in now.state.of_parcel(parcel)})
    project.close()
    return found[:count] if count else found


def test_batch__joins_a_zone_and_lists_its_figures(gis, sample_copy):
    gis("batch", "join", "D99", "--zone", "kcn-phu-quy-gd1", "--by", "lan")
    found = of_d99(gis)
    assert set(found["members"]) == set(holders(sample_copy, "kcn-phu-quy-gd1", 0))
    assert set(found["zones_ha"]) == {"kcn-phu-quy-gd1"}
    assert (found["name"], found["regime"], found["documents"]) == ("Đợt 99", "nq-254-2025", [])
    assert "Đợt 99" in gis("batch", "show", "D99")[0]


def test_batch__a_document_is_reviewed_and_applied_once(gis, sample_copy, tmp_path):
    first, second = holders(sample_copy, "kcn-phu-quy-gd1", 2)
    scan = tmp_path / "qd.pdf"
    scan.write_bytes(b"%PDF-1.7 a decision")
    listed = tmp_path / "list.txt"
    listed.write_text(f"Mã hộ; Số tiền\n{first}; 45.872.000 đ\n{second}\n", "utf-8")
    gis("batch", "join", "D99", "--list", listed, "--on", "02/11/2026", "--by", "lan")
    words = ("--milestone", "plan_approved", "--number", "QĐ 999/QĐ-UBND", "--on", "10/11/2026")
    done = as_json(
        gis, "batch", "document", "D99", *words, "--signatory", "Chủ tịch", "--attach", scan, "--by", "lan"
    )
    apply = ("batch", "apply", "D99", "--document", done["seqs"][0], "--list", listed, "--by", "lan")
    review = as_json(gis, *apply, "--review")
    assert (review["households"], review["money_vnd"], review["refused"]) == (2, 45_872_000, [])
    written = as_json(gis, *apply)
    assert len(written["seqs"]) == review["entries"] == review["parcels"] + 1
    found = of_d99(gis)
    assert [len(one["attachments"]) for one in found["documents"]] == [1]
    again = gis(*apply, code=1)[1]
    assert "còn gì để ghi" in again
    due = [
        row
        for row in as_json(gis, "due", "--on", "26/11/2026")
        if row["batch"] == "D99" and row["rule"] == "payment"
    ]
    assert "2026-12-10" in {row["by"] for row in due}


def test_batch__an_unknown_household_refuses_the_whole_list_and_names_its_line(gis, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text("H404\nLê Văn Đạt\n", "utf-8")
    assert "dòng 2" in gis("batch", "join", "D99", "--list", listed, "--by", "lan", code=1)[1]
    listed.write_text("H404\nH405\n", "utf-8")
    said = gis("batch", "join", "D99", "--list", listed, "--by", "lan", code=1)[1]
    assert "dòng 1" in said
    assert "dòng 2" in said
    assert of_d99(gis)["members"] == {}


def test_due__a_project_with_its_own_regimes(gis, sample_copy):
    own = sample_copy / "deadlines.toml"
    own.write_text("[regimes.x]\nname = 'X'\n", "utf-8")
    assert "deadlines.toml" in gis("due", code=1)[1]
    own.write_text("[regimes.x]\nname = 'X'\nsource = 'X'\n", "utf-8")
    gis("batch", "open", "Đợt 98", "--regime", "x", "--zone", "kcn-phu-quy-gd1", "--by", "lan")
    gis("batch", "join", "D98", "--zone", "kcn-phu-quy-gd1", "--by", "lan")
    assert [row for row in as_json(gis, "due") if row["batch"] == "D98"] == []
