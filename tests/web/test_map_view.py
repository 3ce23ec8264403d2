"""The map on a page: what it orders from the browser on each run, and what a click gives back."""

import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gis.web import map_view
from gis.web.map_view import Pick, _focus, _new_pick, _order
from gis.web.routes import prepared_units

sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
from mapworld import LEDGER, day, entries, snapshot


@pytest.fixture(autouse=True)
def session(monkeypatch):
    """A session of its own for each test."""
    monkeypatch.setattr(st, "session_state", {})


def order(found):
    return _order(found, prepared_units.of(found), key="m", selected=None, focus=None, note="")


def test_order__the_first_one_is_a_base_without_a_delta():
    first = order(snapshot(known=4))
    assert (first.on, first.known, first.delta) == (day(9), 4, {})


def test_order__a_mark_travels_as_a_delta_against_the_base():
    """Seq 5 hands P000001 over: class 0."""
    order(snapshot(known=4))
    second = order(snapshot(known=5))
    assert (second.known, second.delta) == (4, {"P000001": 0})


def test_order__an_undone_mark_leaves_the_delta():
    order(snapshot(known=6))
    from gis.ledger.facts import Void

    undone = (*LEDGER, entries(*[(None, Void("P000001", 5))] * 7)[-1])
    assert order(snapshot(known=7, ledger=undone)).delta == {"P000001": 9}
    redone = order(snapshot(known=6))
    assert (redone.known, redone.delta) == (6, {})


def test_order__another_day_is_another_base():
    order(snapshot(known=6))
    past = order(snapshot(on=day(2), known=6))
    assert (past.on, past.delta) == (day(2), {})


def test_order__an_earlier_known_is_another_base():
    order(snapshot(known=6))
    assert order(snapshot(known=2)).known == 2


def test_order__a_long_delta_makes_the_map_load_anew(monkeypatch):
    monkeypatch.setattr(map_view, "MAX_DELTA", 1)
    order(snapshot(known=3))
    assert len(order(snapshot(known=4)).delta) == 1
    reloaded = order(snapshot(known=6))
    assert (reloaded.known, reloaded.delta) == (6, {})


def test_focus__moves_once_per_question():
    prepared = prepared_units.of(snapshot())
    assert _focus(prepared, "m", None) is None
    first = _focus(prepared, "m", "P000001")
    assert _focus(prepared, "m", None) == first
    again = _focus(prepared, "m", "P000001")
    assert (again.bounds, again.token != first.token) == (first.bounds, True)
    assert _focus(prepared, "m", "P999999") == again


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
