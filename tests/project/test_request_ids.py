"""A request that is sent again: as it was it writes nothing more, with anything else it is refused."""

import shutil
import sys
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RequestReusedError
from gis.ledger.batches import AddDocument, OpenBatch
from gis.ledger.deliveries import DeliverBlock
from gis.ledger.entry import Attachment
from gis.ledger.marks import Correct, Mark
from gis.ledger.money import RecordMoney
from gis.ledger.objects import ListObject, RemoveObject
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.transfers import Transfer
from gis.ledger.visits import RecordVisit
from gis.ledger.voids import Cancel
from gis.ledger.waivers import Waive
from gis.project import Project

sys.path.insert(0, str(Path(__file__).parent))
from peopleworld import ON, commune, stamp

SCAN = Attachment("a" * 64, "image/png", 5)
OTHER_SCAN = Attachment("b" * 64, "image/png", 6)
ADDED = {"attachments": (SCAN, OTHER_SCAN)}
DAY = date(2026, 3, 5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """7/1 is H1's, handed over, stuck, with two graves; 7/2 is H1's and H2's; a đợt D1."""
    folder = tmp_path_factory.mktemp("made") / "xa"
    opened = commune(folder)
    first = opened.refresh().seq
    for request, command in enumerate(
        (
            OpenObstacle("P000001", "H1", "price", DAY),
            ListObject("P000001", "H1", "grave_built", 2, DAY),
            Mark(("P000001",), "handed_over", DAY, "BB-1"),
            OpenBatch("Đợt 1", DAY, "luat-2024", None, ("luat-2024", "nq-254"), "D1"),
        )
    ):
        opened.do(command, stamp(f"made-{request}"))
    opened.close()
    with (folder / "project.toml").open("a", encoding="utf-8") as plan:
        plan.write('\n[[milestones]]\nid = "meeting"\nname = "Họp dân"\nafter = "notified"\n')
    return folder, first


@pytest.fixture
def project(made, tmp_path):
    opened = Project.open(shutil.copytree(made[0], tmp_path / "xa"))
    yield opened
    opened.close()


def requests(first):
    """By name: a request, and what of it may be another when it is sent again."""
    regimes = ("luat-2024", "nq-254")
    return {
        "opened": (
            OpenObstacle("P000002", "H2", "price", ON, "chê giá", None, (SCAN,)),
            ADDED,
            {"note": "x"},
        ),
        "closed": (CloseObstacle(first + 1, ON, "đã nhận", None, (SCAN,)), ADDED, {"note": "đã trả"}),
        "visit": (RecordVisit("H1", None, ON, "agreed", "hẹn", (SCAN,)), ADDED, {"note": "không hẹn"}),
        "listed": (
            ListObject("P000002", None, "grave_built", 1, ON, "mộ tổ", None, (SCAN,)),
            ADDED,
            {"note": "x"},
        ),
        "removed": (RemoveObject(first + 2, 1, ON, "GP-1", None, (SCAN,)), ADDED, {"document": "GP-2"}),
        "waived": (Waive("P000002", "H1", "meeting", ON, "vắng mặt", None, (SCAN,)), ADDED, {"reason": "ốm"}),
        "cancelled": (Cancel((first + 1,), "nhầm"), {"reason": "trùng"}),
        "corrected": (Correct(first + 3, ON, "BB-2", "nhầm"), {"reason": "sai số"}),
        "money": (
            RecordMoney("H1", "approved", 100, ON, "QĐ-1", None, "D1", (SCAN,)),
            ADDED,
            {"document": "QĐ-2"},
            {"batch": None},
        ),
        "transferred": (
            Transfer("P000002", ("H1",), (("H9", Fraction(1, 2)),), ON, None, (SCAN,)),
            ADDED,
            {"predecessors": ("H2",)},
        ),
        "delivered": (
            DeliverBlock("Lô A", ON, ("P000001",), (), "BB-9", (SCAN,)),
            ADDED,
            {"block": "Lô B"},
        ),
        "batch": (OpenBatch("Đợt 2", ON, "luat-2024", None, regimes), {"regime": "nq-254"}),
        "document": (
            AddDocument("D1", "notified", "TB-1", DAY, None, "Ông Mẫu", (SCAN,)),
            ADDED,
            {"signatory": "Bà Mẫu"},
            {"effective": DAY + timedelta(days=2)},
        ),
    }


NAMES = tuple(requests(0))


@pytest.mark.parametrize("name", NAMES)
def test_do__sent_again_it_writes_nothing_and_with_anything_else_it_is_refused(project, made, name):
    asked, *others = requests(made[1])[name]
    receipt = project.do(asked, stamp("again"))
    head = project.refresh()
    assert project.do(asked, stamp("again")).seqs == receipt.seqs
    emptied = {"note": None, "attachments": ()} if "note" in asked.__slots__ else {}
    assert project.do(replace(asked, **emptied), stamp("again")).repeated  # a click after the fields emptied
    for other in others:
        with pytest.raises(RequestReusedError):
            project.do(replace(asked, **other), stamp("again"))
    assert project.refresh() == head


@pytest.mark.parametrize(
    "asked",
    [
        Mark(("P000002",), "inventoried", DAY, "BB-3", "H1"),
        Mark(("P000002",), "plan_approved", DAY, "QĐ-3", "H1", amount_vnd=5),
        Waive("P000002", "H1", "meeting", DAY, "vắng mặt"),
    ],
)
def test_do__of_one_holder_first_and_then_of_all_is_another_request(project, asked):
    """7/2 is H1's and H2's: what was written of H1 alone is not all of it."""
    of_all = {"household": None} | ({"all_holdings": True} if isinstance(asked, Mark) else {})
    project.do(asked, stamp("one"))
    with pytest.raises(RequestReusedError):
        project.do(replace(asked, **of_all), stamp("one"))
    project.do(replace(asked, **of_all), stamp("all"))
    assert project.do(replace(asked, **of_all), stamp("all")).repeated


@pytest.mark.parametrize(
    "asked",
    [
        Mark(("P000002",), "inventoried", ON, "Biên bản kiểm đếm số 7", all_holdings=True),
        RecordMoney("H1", "approved", 100, ON, "Quyết định phê duyệt số 1"),
        DeliverBlock("Lô A", ON, ("P000001",), (), "Biên bản giao số 9"),
        AddDocument("D1", "notified", "Thông báo số 1", ON),
    ],
)
def test_do__letters_that_are_composed_otherwise_are_the_same_document(project, asked):
    """A telephone or a copied text may send "ê" as "e" and a circumflex: the ledger composes them."""
    field = "number" if isinstance(asked, AddDocument) else "document"
    apart = replace(asked, **{field: unicodedata.normalize("NFD", getattr(asked, field))})
    assert apart != asked
    project.do(apart, stamp("again"))
    assert project.do(apart, stamp("again")).repeated
    assert project.do(asked, stamp("again")).repeated
