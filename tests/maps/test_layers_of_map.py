"""What the map is coloured by: a code for each unit, in the units' order."""

import numpy as np
import pandas as pd
import pytest

from gis.maps.layers import age_paint, category_paint, class_codes_paint, class_paint
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


def test_category_paint__nine_take_a_colour_the_rest_one_together():
    """Eleven categories a..k; a has the least land, k the most: a and b are the rest."""
    names = np.array([*"abcdefghijk", "", "several"], dtype=object)
    paint = category_paint("land_use", names, np.arange(13.0), {"k": "Kênh"})
    assert paint.names == (*"kjihgfedc", "several", "other", "none")
    assert [paint.names[code] for code in paint.codes] == ["other", "other", *"cdefghijk", "none", "several"]
    assert len(set(paint.fills)) == 11  # "other" and "none" are told apart by hatching
    assert paint.hatched == {9, 10}
    assert paint.titles == ("Kênh", *[""] * 11)


def test_category_paint__few_have_no_rest_and_none_is_always_there():
    paint = category_paint("hamlet", np.array(["a", "a"], dtype=object), np.array([1.0, 2.0]), {})
    assert (paint.names, paint.codes.tolist()) == (("a", "none"), [0, 0])
    assert category_paint("hamlet", np.array([], dtype=object), np.array([]), {}).names == ("none",)


def test_age_paint__by_the_last_seq_that_names_a_unit():
    """Within 7 days is after seq 90, within 30 after 80, within 90 after 70, within 365 after 60."""
    paint = age_paint(np.array([95, 90, 81, 80, 71, 61, 60, 1, 0]), [90, 80, 70, 60])
    assert [paint.names[code] for code in paint.codes] == [
        "d7", "d30", "d30", "d90", "d90", "d365", "older", "older", "never",
    ]  # fmt: skip
