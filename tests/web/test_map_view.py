"""The map on a page: what it orders from the browser on each run, and what a click gives back."""

import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gis.texts import Texts
from gis.web.map_answers import version
from gis.web.map_view import Pick, Shown, _focus, _new_pick, _order, _tell
from gis.web.prepared import prepared_units

sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
from mapworld import day, snapshot


@pytest.fixture(autouse=True)
def session(monkeypatch):
    """A session of its own for each test."""
    monkeypatch.setattr(st, "session_state", {})


def order(found, *, live, shown=None):
    return _order(found, shown or Shown(), Texts("vi"), live=live, selected=None, focus=None, note="")


def test_order__of_the_present_leaves_the_seq_to_the_map_and_says_what_the_page_has_seen():
    told = order(snapshot(known=4), live=True)
    assert (told.on, told.known, told.seen, told.boundary) == (day(9), None, 4, version(snapshot()))


def test_order__of_the_past_names_its_seq():
    told = order(snapshot(on=day(2), known=4), live=False)
    assert (told.on, told.known, told.seen) == (day(2), 4, 4)


def test_order__is_of_the_classes_where_nothing_else_is_asked_for():
    told = order(snapshot(), live=True)
    assert (told.layer, told.rows[1].name, told.only) == ("class", "stuck", None)
    other = order(snapshot(), live=True, shown=Shown("class", told.rows[:1], ["stuck"]))
    assert (len(other.rows), other.only) == (1, ["stuck"])


def test_focus__moves_once_per_question():
    prepared = prepared_units.of(snapshot())
    assert _focus(prepared, "m", []) is None
    first = _focus(prepared, "m", ["P000001"])
    assert _focus(prepared, "m", []) == first
    again = _focus(prepared, "m", ["P000001"])
    assert (again.bounds, again.token != first.token) == (first.bounds, True)
    assert _focus(prepared, "m", ["P999999"]) == again


def clicked(parcel, moment):
    return {
        "last_active_drawing": {"type": "Feature", "properties": {"parcel_id": parcel, "clicked_at": moment}}
    }


def test_new_pick__each_click_arrives_once():
    assert _new_pick(None, "k") is None
    assert _new_pick({"last_active_drawing": None}, "k") is None
    assert _new_pick(clicked("P000001", 1_000), "k") == Pick("P000001", 1_000)
    assert _new_pick(clicked("P000001", 1_000), "k") is None
    assert _new_pick(clicked("P000001", 2_000), "k") == Pick("P000001", 2_000)


def test_tell__each_click_is_told_once_and_not_returned_as_well():
    told = []
    st.session_state["m.vi"] = clicked("P000001", 1_000)
    _tell(told.append, "m", "vi")
    _tell(told.append, "m", "vi")
    assert told == [Pick("P000001", 1_000)]
    assert _new_pick(st.session_state["m.vi"], "m.picked") is None


def page():
    import sys

    import streamlit as st

    from gis.texts import Texts
    from gis.web.map_view import clearance_map

    sys.path.insert(0, st.session_state["maps"])
    from mapworld import snapshot

    st.session_state["picked"] = clearance_map(
        snapshot(), key="map", height=300, texts=Texts("vi"), on_today=False, selected="P000001"
    )


def test_clearance_map__draws_on_a_page(monkeypatch):
    monkeypatch.undo()
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["maps"] = str(Path(__file__).parents[1] / "maps")
    for _ in range(2):
        app.run()
        assert not app.exception
        assert app.session_state["picked"] is None
