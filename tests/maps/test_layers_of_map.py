"""What the map is coloured by: a code for each unit, in the units' order."""

import pandas as pd
import pytest

from gis.maps.layers import class_codes_paint, class_paint
from gis.milestones import CLASSES


def test_class_paint__follow_the_units_not_the_classes():
    classes = pd.Series(["stuck", "handed_over", "not_started"], index=["B", "A", "C"])
    assert class_paint(classes, pd.Index(["A", "B", "C"])).codes.tolist() == [0, 1, len(CLASSES) - 1]


@pytest.mark.parametrize("classes", [pd.Series({"A": "stuck"}), pd.Series({"A": "stuck", "B": "lost"})])
def test_class_paint__a_unit_without_a_known_class_is_a_bug(classes):
    with pytest.raises(KeyError, match="parcel 'B' has the class"):
        class_paint(classes, pd.Index(["A", "B"]))


def test_look__a_filter_keeps_the_names_that_it_says():
    paint = class_codes_paint(pd.Series([0, 1]).to_numpy())
    assert paint.look().only is None
    assert paint.look(["stuck", "no such"]).only == {CLASSES.index("stuck")}
    assert paint.look([]).only == frozenset()
    assert paint.look().hatched == {CLASSES.index("stuck")}
