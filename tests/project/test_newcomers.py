"""A new household and the entries that name it are written together, or not at all."""

from datetime import timedelta
from fractions import Fraction

import pytest
from landworld import ON, stamp

from gis.errors import RefusedError
from gis.ledger.transfers import Transfer
from gis.project.newcomers import do_with_newcomers
from gis.store.register import Household

HEIR = Household("HEIR1", "Trần Văn Mẫu", "household", "", "15910")


def to(*successors):
    return Transfer("P000001", ("AN",), successors, ON - timedelta(days=1))


def test_do_with_newcomers__both_or_neither(project):
    before = project.refresh()
    with pytest.raises(RefusedError):
        do_with_newcomers(project, to(("HEIR1", Fraction(1, 2))), [HEIR], stamp("half"))
    assert (project.refresh(), project.households(["HEIR1"])) == (before, {})
    do_with_newcomers(project, to(("HEIR1", Fraction(1))), [HEIR], stamp("whole"))
    assert project.households(["HEIR1"])["HEIR1"].name == "Trần Văn Mẫu"
    assert [h.household for h in project.snapshot(ON).state.of_parcel("P000001")] == ["HEIR1"]


def test_do_with_newcomers__sent_twice_writes_once(project):
    first = do_with_newcomers(project, to(("HEIR1", Fraction(1))), [HEIR], stamp("one"))
    again = do_with_newcomers(project, to(("HEIR1", Fraction(1))), [HEIR], stamp("one"))
    assert (again.seqs, again.repeated) == (first.seqs, True)


@pytest.mark.parametrize(
    ("household", "message"),
    [
        (Household("AN", "Người khác", "household", "", "15910"), "refused.newcomer_known"),
        (Household("H9", "  ", "household", "", "15910"), "refused.newcomer_name"),
        (Household("H9", "A" * 201, "household", "", "15910"), "refused.newcomer_name"),
    ],
)
def test_do_with_newcomers__no_known_id_and_no_empty_name(project, household, message):
    before = project.refresh()
    request = to((household.household_id, Fraction(1)))
    with pytest.raises(RefusedError) as refused:
        do_with_newcomers(project, request, [household], stamp("x"))
    assert message in [problem.message for problem in refused.value.problems]
    assert project.refresh() == before
    assert project.households(["AN"])["AN"].name == "Nguyễn Thị Mẫu"
