"""The page "Bàn giao cho nhà đầu tư" without a browser: reviewed, written, seen, cancelled."""

import shutil

import pytest
from pageworld import open_page, press, words

from gis.clearance.blocks import block_totals, delivered_by_zone, land_of
from gis.ledger.deliveries import deliveries, is_handed_over
from gis.project import shared
from gis.texts import Texts
from gis.web.common import today

VI = Texts("vi")


@pytest.fixture(scope="module")
def folder(sample_folder, tmp_path_factory):
    copied = tmp_path_factory.mktemp("blocks") / "data"
    shutil.copytree(sample_folder, copied)
    return copied


@pytest.fixture
def project(folder, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    return shared()


def run_page(**address):
    return open_page("deliveries.py", **address)


def fill(page, **told):
    for element in [*page.text_input, *page.text_area, *page.checkbox]:
        name = element.key.split(".")[1]
        if name in told:
            element.set_value(told[name])


def commune(project):
    snapshot = project.snapshot(today())
    land = land_of(
        snapshot.plan, snapshot.state, snapshot.boundaries.parts_m2, snapshot.boundaries.area_by_id
    )
    totals = block_totals(snapshot.state, land)
    return delivered_by_zone(snapshot.plan, snapshot.state, land, totals)[0], totals


def land(project, handed, count):
    """Labels of parcels in exactly one zone, handed over or not, that nobody delivered."""
    snapshot = project.snapshot(today())
    state, parts = snapshot.state, snapshot.boundaries.parts_m2
    found = [
        parcel
        for parcel, zones in parts.items()
        if len(zones) == 1
        and parcel.startswith("P")
        and state.of_parcel(parcel)
        and is_handed_over(state, parcel) is handed
        and not any("delivered" in h.milestones for h in state.of_parcel(parcel))
        and parcel not in deliveries(state)
    ]
    return found[:count]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page__figures_beside_cleared_and_clean(project, language):
    texts = Texts(language)
    said = words(run_page(lang=language))
    total = project.snapshot(today()).totals[0]
    row, _ = commune(project)
    for hectares in (row.m2 / 10_000, total.cleared_ha, total.clean_ha):
        assert texts.number(hectares, 4) in said


def test_page__a_block_is_reviewed_written_and_cancelled(project):
    first, second = land(project, handed=True, count=2)
    (waiting,) = land(project, handed=False, count=1)
    labels, parts = project.snapshot(today()).boundaries.labels, project.snapshot(today()).boundaries.parts_m2
    before, _ = commune(project)
    head = project.ledger.head().seq
    page = run_page()
    fill(
        page,
        block="Lô thử",
        document="BBGĐ-9",
        parcels=f"{labels[first]}, {second}; {waiting}",
        exceptions=f"{labels[second]}: 10,5",
        waiting=False,
    )
    press(page, VI("money_page.review"))
    assert labels[waiting] in words(page)  # refused: it is not handed over
    assert not any(b.label == VI("blocks_page.write") for b in page.button)
    fill(page, waiting=True)
    press(page, VI("money_page.review"))
    assert project.ledger.head().seq == head
    press(page, VI("blocks_page.write"))
    after, totals = commune(project)
    block = next(one for one in totals if one.name == "Lô thử")
    m2 = sum(parts[first].values()) + sum(parts[second].values()) - 10.5
    assert after.m2 - before.m2 == pytest.approx(m2)
    assert block.m2 == pytest.approx(m2)
    assert [(one.parcel, one.whole) for one in block.excepted] == sorted([(second, False), (waiting, True)])
    state = project.snapshot(today()).state
    assert all("delivered" in h.milestones for h in state.of_parcel(first))
    assert not any("delivered" in h.milestones for h in state.of_parcel(second))
    assert "Lô thử" in words(page)
    fill(page, reason="ghi nhầm lô")
    press(page, VI("blocks_page.cancel_button"))
    again, blocks = commune(project)
    assert again.m2 == pytest.approx(before.m2)
    assert "Lô thử" not in [one.name for one in blocks]


def test_page__nothing_is_written_on_a_past_day(project):
    page = run_page(on="2026-03-01")
    assert not page.text_area
