"""What a project's map is coloured by, on three plots of 1 ha worked out by hand."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gis.ledger.batches import JoinBatch, OpenBatch
from gis.ledger.obstacles import OpenObstacle
from gis.project.map_layers import PAINTS

sys.path.insert(0, str(Path(__file__).parents[1]))
from landworld import ON, make_project, stamp

REGIME = "luat-2024"


@pytest.fixture
def project(tmp_path):
    opened = make_project(tmp_path)
    yield opened
    opened.close()


def told(project, layer, on=ON):
    paint = PAINTS[layer](project, project.snapshot(on))
    return [paint.names[code] for code in paint.codes], dict(zip(paint.names, paint.titles, strict=False))


def test_land_use_paint__is_what_the_file_says(project):
    assert told(project, "land_use")[0] == ["LUC"] * 3


def test_hamlet_paint__is_where_the_holders_live(project):
    """Parcel 1 is An's of Thôn 1; parcel 2 also Binh's, whose hamlet nobody wrote; parcel 3 is nobody's."""
    names, titles = told(project, "hamlet")
    assert names == [names[0], names[0], "none"]
    assert titles[names[0]].startswith("Thôn 1")
    assert "Mẫu" not in str(titles)


def test_obstacle_paint__is_the_category_of_the_oldest(project):
    project.do(OpenObstacle("P000002", None, "price", ON, None), stamp("o1"))
    project.do(OpenObstacle("P000002", None, "graves", ON - timedelta(days=3), None), stamp("o2"))
    assert told(project, "obstacle")[0] == ["none", "graves", "none"]
    assert told(project, "obstacle", ON - timedelta(days=1))[0] == ["none", "graves", "none"]
    assert told(project, "obstacle", ON - timedelta(days=4))[0] == ["none"] * 3


def test_batch_paint__is_the_batch_that_a_holder_joined_last(project):
    """Binh holds half of parcel 2 and is in D2; An holds the rest and joins D1, then D2."""
    for name in ("D1", "D2"):
        project.do(OpenBatch(f"Đợt {name}", ON, REGIME, None, {REGIME}, name), stamp(name))
    assert told(project, "batch")[0] == ["none"] * 3
    project.do(JoinBatch("D1", ("AN",), ON), stamp("j1"))
    project.do(JoinBatch("D2", ("BINH",), ON), stamp("j2"))
    assert told(project, "batch")[0] == ["D1", "several", "none"]
    project.do(JoinBatch("D2", ("AN",), ON), stamp("j3"))
    names, titles = told(project, "batch")
    assert (names, titles["D2"]) == (["D2", "D2", "none"], "D2 · Đợt D2")


def test_last_change_paint__is_when_something_was_recorded(project):
    assert told(project, "last_change")[0] == ["d7", "d7", "never"]
    assert told(project, "last_change", ON + timedelta(days=40))[0] == ["d90", "d90", "never"]


def test_findings_paint__nothing_is_wrong_with_three_plots_side_by_side(project):
    assert told(project, "findings")[0] == ["none"] * 3
