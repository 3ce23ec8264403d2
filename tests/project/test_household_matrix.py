"""The matrix of the sample: its sums are those that the overview counts in another way; its filters, one by one."""

from datetime import date

import pytest

from gis.ledger.batches import batches
from gis.ledger.matrix import totals
from gis.plan import COMMUNE_ID
from gis.project import Project
from gis.project.charges import charges
from gis.project.household_matrix import Filter, chosen, lines_of
from gis.project.people import people
from gis.web.figures import household_counts

ON = date(2026, 11, 30)


@pytest.fixture(scope="module")
def opened(sample_folder):
    project = Project.open(sample_folder)
    yield project
    project.close()


@pytest.fixture(scope="module")
def snapshot(opened):
    return opened.snapshot(ON)


def test_lines_of__counts_households_as_the_overview_does(snapshot):
    """The overview goes parcel by parcel through a zone and never sees a household's line."""
    for zone, count in household_counts(snapshot).items():
        lines = lines_of(snapshot, zone, {})
        handed = totals(lines, ["handed_over"])["handed_over"]["all"]
        stuck = sum(line.stuck > 0 for line in lines)
        assert (len(lines), handed, stuck) == (count.total, count.handed_over, count.stuck), zone


def test_lines_of__a_household_in_two_zones_counts_once_in_the_commune(snapshot):
    leaves = snapshot.plan.leaf_ids(COMMUNE_ID)
    by_zone = [{line.household for line in lines_of(snapshot, zone, {})} for zone in leaves]
    whole = {line.household for line in lines_of(snapshot, COMMUNE_ID, {})}
    assert whole == set().union(*by_zone)
    assert len(whole) < sum(map(len, by_zone))  # the sample has some in two


def test_chosen__each_filter_by_what_is_known_of_the_household(opened, snapshot):
    lines, known = lines_of(snapshot, COMMUNE_ID, {}), charges(opened)
    everybody = {one.household_id: one for one in people(opened)}
    there = {line.household for line in lines}

    def found(**wanted):
        return [line.household for line in chosen(lines, Filter(**wanted), known, snapshot, {})]

    order = [one for one in everybody if one in there]
    assert found() == order
    hamlet = everybody[order[0]].hamlet
    assert found(hamlet=hamlet) == [one for one in order if everybody[one].hamlet == hamlet]
    officer = everybody[order[-1]].household.officer
    assert found(officer=officer) == [one for one in order if everybody[one].household.officer == officer]
    batch = next(iter(batches(snapshot.state).values()))
    assert set(found(batch=batch.batch)) == set(batch.members) & there
    stuck = {line.household for line in lines if line.stuck}
    assert set(found(stuck=True)) == stuck
    levels = [set(found(milestone="paid", level=level)) for level in ("all", "some", "none", "waived")]
    assert set().union(*levels) == there
    assert sum(map(len, levels)) == len(there)
    assert found(milestone="paid") == order  # a milestone alone asks nothing
